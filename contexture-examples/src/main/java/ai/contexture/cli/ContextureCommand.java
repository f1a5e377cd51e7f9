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
    synopsisHeading = "Usage: ",
    customSynopsis = "contexture COMMAND [OPTIONS]",
    headerHeading = "",
    header = {
      "Learns features of table rows without labels, from a context: a rule that says which rows"
          + " belong",
      "together, such as nearest neighbours. The best features that a context allows are known"
          + " exactly,",
      "so every result says how close it came to them, and whether they help to predict a target.",
      ""
    },
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  contexture pretrain                           learn from handwritten digits, built in",
      "  contexture pretrain --data t.csv --target y   learn from a table, but not from its column"
          + " y",
      "  contexture spectrum --data t.csv --target y   how much there is to learn",
      "  contexture embed runs/t-1 --data new.csv --out features.csv",
      "",
      "contexture COMMAND --help explains a command; @FILE stands for the arguments in a file.",
      ""
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

  /** The version of this program and of Java. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {
        "contexture " + version() + " (Java " + Runtime.version().feature() + ")"
      };
    }
  }
}
