package ai.contexture.cli;

import ai.contexture.input.Names;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Explains a command. */
@Command(
    name = "help",
    header = "Explain a command",
    description = {
      "Prints what a command does, its options and examples, as --help behind the command does."
    },
    footer = {"  contexture help", "  contexture help pretrain", "  contexture help bench step"})
final class HelpCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command, and perhaps one below it. Default: all commands in short")
  private List<String> names = List.of();

  HelpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CommandLine command = Main.commandLine(terminal);
    for (String name : names) {
      CommandLine below = command.getSubcommands().get(name);
      if (below == null) {
        throw Names.unknown("command", name, command.getSubcommands().keySet());
      }
      command = below;
    }
    command.usage(terminal.out());
    return 0;
  }
}
