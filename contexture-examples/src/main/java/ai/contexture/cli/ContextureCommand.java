package ai.contexture.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command without a subcommand: says what there is. */
@Command(
    name = "contexture",
    mixinStandardHelpOptions = true,
    versionProvider = ContextureCommand.Version.class,
    customSynopsis = "contexture COMMAND [OPTIONS]",
    header = {
      "Learns features of table rows without labels, from a context: a rule that says which rows"
          + " belong",
      "together, such as nearest neighbours. The best features that a context allows are known"
          + " exactly,",
      "so every result says how close it came to them, and whether they help to predict a target."
    },
    commandListHeading = "Commands:",
    footer = {
      "  contexture pretrain                           learn from built-in digits",
      "  contexture pretrain --data t.csv --target y   learn from a table, but not y",
      "  contexture spectrum --data t.csv --target y   how much there is to learn",
      "  contexture embed runs/t-1 --data new.csv --out features.csv",
      "",
      "contexture help COMMAND explains a command, and contexture help kise what a name",
      "stands for; @FILE stands for the arguments in a file."
    })
final class ContextureCommand implements Callable<Integer> {

  private final Terminal terminal;
  @Spec private CommandSpec spec;

  ContextureCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(terminal.out());
    return 0;
  }

  /** Returns the version of this program. */
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** Returns the version of this program and of Java. */
  static String versionLine() {
    return "contexture " + version() + " (Java " + Runtime.version().feature() + ")";
  }

  /** Gives them to the parser of the command line. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {versionLine()};
    }
  }
}
