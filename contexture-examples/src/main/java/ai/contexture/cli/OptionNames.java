package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;

/** The options by which the command line knows the settings that messages of the libraries name. */
final class OptionNames {

  private OptionNames() {}

  /** Returns a message as the command line says it. */
  static String text(Message message) {
    return message.text(OptionNames::option);
  }

  /** Returns what an exception says, as the command line says it. */
  static String text(InputException e) {
    return e.message(OptionNames::option);
  }

  /** An option with its value, as it is typed. */
  private static String option(Setting.Choice choice) {
    String name = "--" + choice.setting();
    return choice
        .value()
        .map(value -> name + (value.startsWith("-") ? "=" : " ") + value)
        .orElse(name);
  }
}
