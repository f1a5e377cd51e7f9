package ai.contexture.cli;

import ai.contexture.data.Dataset;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.representation.Representation;
import ai.djl.Device;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how close a run came to the exact answer. */
@Command(
    name = "align",
    header = "How close a run came to the best possible features",
    description = {
      "Measures how close the features of a run are to the best that its context allows."
    },
    footer = {
      "  contexture align runs/digits-1",
      "  contexture align runs/digits-1 --split test --json -"
    })
final class AlignCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private RunArguments run;

  @Option(
      names = "--split",
      paramLabel = "PART",
      description =
          "The rows to measure on: pretrain (learned from), or labelled or test (not learned"
              + " from). Default: pretrain")
  private String split;

  @Mixin private CommonOptions common;

  AlignCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    Evaluation.Part chosen = Converters.choice(Evaluation.Part.class, "--split", split);
    Evaluation.Part part = chosen == null ? Evaluation.Part.PRETRAIN : chosen;
    SavedRun saved = run.open();
    Dataset data = saved.read();
    Device device = common.device();
    try (Representation representation = saved.folder().representation(device)) {
      int rows = rows(part, data, representation);
      terminal.accepted();
      Measured<Alignment> measured =
          Measured.of(() -> Evaluation.alignment(representation, data, part, device));
      if (!measured.known()) {
        throw new InputException(saved.folder().path() + ": not measured: " + measured.why());
      }
      Alignment alignment = measured.value();
      if (!common.toStandardOutput()) {
        Report report = new Report(terminal, true);
        report.title(
            Text.format(
                "How close the %d features of %s are to the best that %s allows",
                representation.dimension(),
                saved.folder().path(),
                saved.options().recipe().context()));
        String what = part == Evaluation.Part.PRETRAIN ? " rows learned from" : " new rows";
        report.alignment(rows + what, alignment, 0, null);
        if (part == Evaluation.Part.PRETRAIN) {
          report.heading("The same on new rows");
          report.command(
              terminal.command()
                  + " align "
                  + Names.word(saved.folder().path().toString())
                  + " --split test");
        }
      }
      common.write(Results.alignment(alignment), terminal);
      return 0;
    }
  }

  private static int rows(Evaluation.Part part, Dataset data, Representation representation) {
    var parts = PreparedData.split(data, Evaluation.recipe(representation));
    if (part == Evaluation.Part.PRETRAIN) {
      return parts.pretrain().length;
    }
    int rows = part == Evaluation.Part.TEST ? parts.test().length : parts.labelled().length;
    if (rows <= representation.dimension()) {
      throw new InputException(
          Text.format(
              "--split %s: expected more rows than the %d features, got %d rows",
              Constants.text(part), representation.dimension(), rows));
    }
    return rows;
  }
}
