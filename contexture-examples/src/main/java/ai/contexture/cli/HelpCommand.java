package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Explains a command, or what a name stands for. */
@Command(
    name = "help",
    header = "Explain a command, or what a name such as kise stands for",
    description = {
      "Prints what a command does, its options and examples, like --help after the" + " command.",
      "Given the name of a context, an objective, an encoder, an optimiser or anything"
          + " else that",
      "an option accepts, it explains that name and its own options."
    },
    footer = {
      "  contexture help",
      "  contexture help pretrain",
      "  contexture help bench step",
      "  contexture help encoders",
      "  contexture help kise"
    })
final class HelpCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "A command, optionally with a subcommand, or another name. Default: all commands"
              + " in short")
  private List<String> names = List.of();

  HelpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CommandLine command = Main.commandLine(terminal);
    for (String name : names) {
      CommandLine below = command.getSubcommands().get(name);
      if (below == null && names.size() == 1) {
        return explain(name, command);
      }
      if (below == null) {
        throw Suggestions.unknown("command", name, command.getSubcommands().keySet());
      }
      command = below;
    }
    command.usage(terminal.out());
    return 0;
  }

  private int explain(String name, CommandLine command) {
    if (!new ComponentHelp(new Report(terminal, true)).print(name)) {
      List<String> commands = List.copyOf(command.getSubcommands().keySet());
      List<String> known =
          Stream.concat(commands.stream(), ComponentHelp.names().stream()).toList();
      String meant =
          Suggestions.closest(name, known)
              .map(close -> " (did you mean " + close + "?)")
              .orElse("");
      throw new InputException(
          Text.format(
              "unknown command '%s', and nothing else has this name; commands: %s%s",
              name, String.join(", ", commands), meant));
    }
    return 0;
  }
}
