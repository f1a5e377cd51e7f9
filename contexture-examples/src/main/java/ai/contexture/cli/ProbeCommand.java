package ai.contexture.cli;

import ai.contexture.data.Dataset;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.representation.Representation;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Predicts a target from the features of a run by a linear model. */
@Command(
    name = "probe",
    header = "How well the features of a run predict a target",
    description = {
      "Fits a linear model on the features of a run and compares it with one on the"
          + " columns, one on",
      "both, boosted trees on the columns, and a constant."
    },
    footer = {
      "  contexture probe runs/digits-1",
      "  contexture probe runs/wine-1 --target quality --task regression --json -"
    })
final class ProbeCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private RunArguments run;

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description =
          "The column to predict, one that was not learned from. Default: the run's target")
  private String target;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "classification or regression. Default: classification if the target holds names or"
              + " at most 20 different whole numbers")
  private String task;

  @Mixin private CommonOptions common;

  ProbeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    Task kind = Converters.choice(Task.class, "--task", task);
    SavedRun saved = run.open();
    Dataset data = data(saved, kind);
    try (Representation representation = saved.folder().representation(common.device())) {
      ProbeComparison probes = Evaluation.comparison(representation, data);
      terminal.accepted();
      if (!common.toStandardOutput()) {
        new Report(terminal, true)
            .probes(
                probes,
                data.target().orElseThrow().name(),
                representation.dimension(),
                representation.preprocessing().names().size());
      }
      common.write((JsonObject) Results.probes(probes), terminal);
      return 0;
    }
  }

  /** The run's columns with the target that is asked for. */
  private Dataset data(SavedRun saved, Task kind) {
    DataSource source = saved.source();
    String own = source.target();
    if (source.embedded() && target != null && !target.equals(own)) {
      throw new InputException("--target: the digits have one, 'target', got '" + target + "'");
    }
    String wanted = target == null ? own : ColumnNames.one("--target", target);
    if (wanted == null) {
      throw new InputException(
          saved.folder().path() + ": this run has no target, expected --target COLUMN");
    }
    if (source.embedded() || (wanted.equals(own) && kind == null)) {
      return saved.read();
    }
    Dataset data = source.predicting(wanted, kind).read();
    if (!wanted.equals(own) && !source.drop().contains(wanted)) {
      throw new InputException(
          "--target: the run learned from '"
              + wanted
              + "', so that predicting it tells nothing; pretrain with --drop "
              + wanted);
    }
    saved.folder().requireSame(data, saved.options());
    return data;
  }
}
