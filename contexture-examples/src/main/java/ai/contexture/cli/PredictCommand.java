package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import ai.contexture.prediction.Prediction;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Predicts a target from a few labels by a context. */
@Command(
    name = "predict",
    header = "Predict a column from a few labels and all rows, without training",
    description = {
      "Predicts the rows whose target is missing: rows that belong together by the context get"
          + " similar answers,",
      "and rows without a label help to tell which do. Where the target is known in all rows,"
          + " predicts those of",
      "the test part of the split, and scores the predictions beside simpler ones."
    },
    footer = {
      "  contexture predict --data houses.csv --target price --out predictions.csv",
      "  contexture predict --labels 50 --context 'knn(k=10)'",
      "  contexture predict --data nodes.csv --edges edges.csv --target label --out -"
    })
final class PredictCommand implements Callable<Integer> {

  private static final String STDOUT = "-";
  private static final double DEFAULT_LEVEL = 0.9;

  private final Terminal terminal;

  @Mixin private DataOptions data;
  @Mixin private ContextOptions context;

  @Option(
      names = "--labels",
      paramLabel = "N",
      description =
          "How many of the labelled rows to use, drawn at random. Default: all; where the"
              + " target is known in all rows, the labelled part of the split")
  private Integer labels;

  @Option(
      names = "--level",
      paramLabel = "P",
      description =
          "Also give an interval, or a set of classes, that holds what is true with this"
              + " probability, such as 0.9. A quarter of the labels serves for this and for nothing"
              + " else. 0: none. Default: 0.9 for numbers, 0 for classes")
  private Double level;

  @Option(
      names = "--inductive",
      description =
          "Build the context without the rows to be predicted. Default: with all rows, but"
              + " not their target")
  private boolean inductive;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "A new CSV file for the predictions, or - for standard output. Default: only report"
              + " on them")
  private String out;

  @Option(names = "--force", description = "Replace the file if it exists")
  private boolean force;

  @Mixin private CommonOptions common;

  PredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.check();
    Converters.requirePositive("--labels", labels);
    if (level != null && !(level >= 0 && level < 1)) {
      throw new InputException("--level: expected at least 0 and below 1, got " + level);
    }
    Path file = file();
    Recipe recipe = context.apply(Recipe.DEFAULT.withContext(data.recipe().context()));
    ContextFactory factory = Contexts.parse(recipe.context());
    Dataset whole = data.source(factory).read();
    int[] origin = ContextFactory.commonRows(whole, List.of(factory));
    Dataset dataset = PreparedData.joined(whole, factory);
    Recipe suited = context.forData(recipe, dataset, false);
    boolean numbers =
        dataset.target().map(target -> target.task().equals(Task.REGRESSION)).orElse(false);
    Prediction prediction =
        Prediction.of(
            dataset,
            factory,
            suited,
            new Prediction.Options(
                labels == null ? OptionalInt.empty() : OptionalInt.of(labels),
                level == null ? (numbers ? DEFAULT_LEVEL : 0) : level,
                level != null,
                inductive),
            common.device());
    terminal.accepted();
    PredictionReport report = new PredictionReport(terminal, dataset, prediction);
    if (STDOUT.equals(out)) {
      // Not closed: where the shell closed it, its number is that of a file of Java's own.
      OutputStream stream = new BufferedOutputStream(terminal.out());
      PredictionFile.write(prediction, origin, stream);
      stream.flush();
    } else {
      if (file != null) {
        Outputs.write(file, stream -> PredictionFile.write(prediction, origin, stream));
      }
      if (!common.toStandardOutput()) {
        report.print(file);
      }
    }
    common.write(report.json(out), terminal);
    return 0;
  }

  private Path file() {
    if (out == null) {
      return null;
    }
    if (out.equals(STDOUT)) {
      if (common.toStandardOutput()) {
        throw new InputException(
            "--json and --out: expected one of them on standard output, got both");
      }
      return null;
    }
    Path file = Outputs.path("--out", out);
    Outputs.requireNewFile("--out", file, force);
    return file;
  }
}
