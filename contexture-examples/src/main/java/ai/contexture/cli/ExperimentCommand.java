package ai.contexture.cli;

import ai.contexture.experiment.Study;
import ai.contexture.experiment.study.Studies;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs studies. */
@Command(
    name = "experiment",
    header = "Run a study of contexts, objectives or encoders, and report on it",
    description = {
      "A study measures many cells, such as one training each, and ends with a page that says what"
          + " was",
      "asked, how, and what came out. Each cell is saved as soon as it is measured: a"
          + " study can be stopped",
      "at any time and continued with --resume."
    },
    customSynopsis = "contexture experiment STUDY [OPTIONS]",
    commandListHeading = "Studies:",
    footer = {
      "  contexture experiment list",
      "  contexture experiment objectives --quick --out quick",
      "  contexture experiment scaling-width --data datasets --out scaling-width",
      "  contexture experiment scaling-width --out scaling-width --resume"
    })
final class ExperimentCommand implements Callable<Integer> {

  private final Terminal terminal;
  @Spec private CommandSpec spec;

  private ExperimentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Returns the command with a command for each study. */
  static CommandLine of(Terminal terminal) {
    CommandLine line = new CommandLine(new ExperimentCommand(terminal));
    line.addSubcommand(new Listing(terminal));
    for (Study study : Studies.all()) {
      line.addSubcommand(StudyCommand.of(terminal, study));
    }
    return line;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(terminal.out());
    return 0;
  }

  /** Lists the studies. */
  @Command(
      name = "list",
      header = "What each study asks, who asked it first, and how long it takes",
      footer = "  contexture experiment list")
  static final class Listing implements Callable<Integer> {

    private final Terminal terminal;

    Listing(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      for (Study study : Studies.all()) {
        terminal.out().println(study.name());
        terminal.out().println("  " + study.question());
        terminal.out().println("  Source: " + study.source());
        terminal.out().println("  Time: " + study.time());
        terminal.out().println();
      }
      return 0;
    }
  }
}
