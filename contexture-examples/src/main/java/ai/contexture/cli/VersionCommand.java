package ai.contexture.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the version. */
@Command(
    name = "version",
    header = "Print the version of this program and of Java",
    description = {"Prints the version of this program and of Java, as contexture --version does."},
    footer = "  contexture version")
final class VersionCommand implements Callable<Integer> {

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().println(ContextureCommand.versionLine());
    return 0;
  }
}
