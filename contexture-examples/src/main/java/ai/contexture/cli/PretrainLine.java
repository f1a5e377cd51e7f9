package ai.contexture.cli;

import ai.contexture.input.Names;
import java.util.Collection;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A command that pretrains on the data of another command, to be copied into a shell.
 *
 * @param begin the program, the command and the options that both have
 */
record PretrainLine(String begin) {

  /** Options with the same name that say something else, or belong to the other command. */
  private static final Set<String> NOT_KEPT =
      Set.of("--context", "--dim", "--json", OptionsFile.OPTION, "--debug", "--help");

  /** Returns a command with the options of another that it knows too. */
  static PretrainLine of(ParseResult given, Terminal terminal) {
    CommandSpec pretrain = new CommandLine(new PretrainCommand(terminal)).getCommandSpec();
    StringJoiner line = new StringJoiner(" ").add(terminal.command() + " pretrain");
    for (OptionSpec option : given.matchedOptionsSet()) {
      String name = option.longestName();
      if (pretrain.findOption(name) == null || NOT_KEPT.contains(name)) {
        continue;
      }
      if (option.arity().max() == 0) {
        line.add(name);
        continue;
      }
      for (String value : option.originalStringValues()) {
        line.add(option(name, value));
      }
    }
    return new PretrainLine(line.toString());
  }

  /** Returns an option for a shell; a value that looks like an option is behind an equals sign. */
  static String option(String name, String value) {
    return value.startsWith("-") || value.isEmpty()
        ? Names.word(name + "=" + value)
        : name + " " + Names.word(value);
  }

  /**
   * Returns the command for a context and a number of features.
   *
   * @param drop columns to leave out, besides those that are
   */
  String with(String context, int dimension, Collection<String> drop) {
    return begin
        + list("--drop", drop)
        + " "
        + option("--context", context)
        + " --dim "
        + dimension;
  }

  /** Returns an option with names of columns and a space before, or nothing without any. */
  static String list(String name, Collection<String> columns) {
    return columns.isEmpty()
        ? ""
        : " " + option(name, columns.stream().map(Names::quoted).collect(Collectors.joining(",")));
  }
}
