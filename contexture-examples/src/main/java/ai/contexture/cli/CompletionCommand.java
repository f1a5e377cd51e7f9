package ai.contexture.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Prints what lets a shell complete commands, options and names of files. */
@Command(
    name = "completion",
    header = "Let the Tab key complete commands and options",
    description = {
      "Prints a script for bash, and for zsh after 'autoload -U bashcompinit && bashcompinit'."
    },
    footer = {
      "  source <(contexture completion)",
      "  contexture completion > ~/.local/share/bash-completion/completions/contexture"
    })
final class CompletionCommand implements Callable<Integer> {

  private final Terminal terminal;

  CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(AutoComplete.bash("contexture", Main.commandLine(terminal)));
    return 0;
  }
}
