package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Split;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.representation.Representation;
import ai.djl.Device;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports of trainings of which something is not determined or cannot be measured. */
class ReportTest {

  @TempDir Path folder;

  /** Writes a table of two random columns and a class, of which a row without one has none. */
  private Path table(int rows, IntFunction<String> target) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    StringBuilder text = new StringBuilder("a,b,class\n");
    for (int i = 0; i < rows; i++) {
      text.append(random.nextGaussian()).append(',').append(random.nextGaussian());
      text.append(',').append(target.apply(i)).append('\n');
    }
    return Command.write(folder.resolve("table.csv"), text.toString());
  }

  private Command pretrain(Path table, String... more) {
    List<String> args =
        new ArrayList<>(List.of("pretrain", "--data", table.toString(), "--steps", "40"));
    args.addAll(List.of("--encoder", "mlp(width=8,depth=1)", "--device", "cpu"));
    args.addAll(List.of("--out", folder.resolve("run").toString()));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  private JsonObject result() {
    try {
      String text = Files.readString(folder.resolve("run").resolve("result.json"));
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The report without the ends of its lines. */
  private static String oneLine(Command command) {
    return command.out().replaceAll("\\s+", " ");
  }

  /** Nothing of a report is cut off, or split within a word, on a narrow terminal. */
  @Test
  void aReportFitsIntoEightyColumns() {
    Path table = table(120, i -> i % 2 == 0 ? "x" : "y");

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=4)", "--dim", "3");

    assertThat(command.out()).contains("What looks wrong");
    assertThat(command.out().lines().takeWhile(line -> !line.equals("Try next")))
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
    assertThat(command.out().lines().filter(line -> !line.isBlank()).findFirst().orElseThrow())
        .startsWith("18 rows are too few to tell whether these features are better than your");
  }

  @Test
  void oneThingIsNotCalledSeveral() {
    StringBuilder text = new StringBuilder("a,class\n");
    for (int i = 0; i < 60; i++) {
      text.append(i % 17).append(',').append(i % 2 == 0 ? "x" : "y").append('\n');
    }
    Path table = Command.write(folder.resolve("table.csv"), text.toString());

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=9)", "--dim", "1");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("the 1 learned feature ", "your columns, as 1 input ");
    assertThat(command.out() + command.err())
        .doesNotContainPattern(
            "(?<![0-9.,])1 (restart|input|output|column|row|feature|function|label|step)s\\b");
  }

  private static int number(JsonObject json, String key) {
    return json.get(key).getAsInt();
  }

  /** Each of 12 rows is there 20 times, and its neighbours are copies of it. */
  @Test
  void copiesOfFewRowsAreAlignedWithTheWholeEigenspace() {
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < 240; i++) {
      text.append(i % 4).append(',').append(i % 3).append('\n');
    }
    Path table = Command.write(folder.resolve("copies.csv"), text.toString());

    Command command = pretrain(table, "--context", "knn(k=10)", "--dim", "4", "--outputs", "16");

    assertThat(command.code()).as(command.err()).isZero();
    JsonObject alignment = result().getAsJsonObject("alignment");
    // all that four features can hold, so that they are a best span
    double held =
        alignment.get("ratioTrace").getAsDouble() / alignment.get("ratioTraceMax").getAsDouble();
    assertThat(held).isCloseTo(1, within(1e-6));
    assertThat(alignment.get("cca").getAsDouble()).isCloseTo(1, within(1e-6));
    assertThat(alignment.get("leastCca").getAsDouble()).isCloseTo(0, within(1e-6));
    assertThat(number(alignment, "functions")).isEqualTo(4);
    assertThat(number(alignment, "eigenspaceFrom")).isEqualTo(1);
    assertThat(number(alignment, "eigenspaceTo")).isEqualTo(11);
    assertThat(number(alignment, "components")).isEqualTo(12);
    assertThat(result().getAsJsonObject("alignmentOnNewRows").get("cca").getAsDouble())
        .isCloseTo(1, within(1e-6));
    assertThat(result().getAsJsonArray("diagnosis")).as("10 rows are tied, not fewer").isEmpty();
    assertThat(oneLine(command))
        .contains(
            "(the context is in 12 parts that it never ties together, s² = 1 for 11 functions)",
            "(s² is the same for functions 1 to 11, so that the best 4 are not determined; the"
                + " correlation is with those nearest to the features, and 0.000 with those farthest"
                + " from them)");
    Command spectrum =
        Command.run(
            "spectrum", "--data", table.toString(), "--context", "knn(k=10)", "--json", "-");
    assertThat(number(spectrum.json(), "components")).isEqualTo(12);
    Command align = Command.run("align", folder.resolve("run").toString());
    assertThat(align.out()).contains("not determined", "12 parts");
    Command test =
        Command.run("align", folder.resolve("run").toString(), "--split", "test", "--json", "-");
    assertThat(test.json().get("cca").getAsDouble()).isCloseTo(1, within(1e-6));
  }

  /** Three classes have two functions; the other features are said to be idle beforehand. */
  @Test
  void fewerFunctionsThanFeatures() {
    Path table = table(120, i -> "xyz".substring(i % 3, i % 3 + 1));

    Command command = pretrain(table, "--target", "class", "--context", "label", "--dim", "4");

    assertThat(command.code()).as(command.err()).isZero();
    String warning =
        "warning: context label has only 2 functions; of the 4 features those beyond will hold"
            + " nothing of it, --dim 2 leaves them out";
    assertThat(command.err()).contains(warning);
    assertThat(command.err().indexOf(warning)).isLessThan(command.err().indexOf("Comparing"));
    JsonObject alignment = result().getAsJsonObject("alignment");
    assertThat(number(alignment, "functions")).isEqualTo(2);
    assertThat(number(alignment, "components")).isEqualTo(3);
    assertThat(alignment.get("cca").getAsDouble())
        .isCloseTo(alignment.get("ratioTrace").getAsDouble() / 2, within(1e-6));
    assertThat(oneLine(command))
        .contains("(s² = 1 for all its 2 functions: what belongs together agrees in them)")
        .contains(
            "(the context has only 2 functions, with which the first 2 of 4 features are compared)")
        .doesNotContain("not determined");
  }

  /** A context so weak that all s² are 0 has nothing to be compared with. */
  @Test
  void noFunctionsAtAll() {
    Path table = table(120, i -> i % 2 == 0 ? "x" : "y");

    Command command = pretrain(table, "--context", "rbf(gamma=1e-12)", "--dim", "3");

    assertThat(command.code()).as(command.err()).isZero();
    String why = "every s² of the context is 0, so that there is no function to compare with";
    assertThat(result().get("alignment").isJsonNull()).isTrue();
    assertThat(result().getAsJsonObject("notMeasured").get("alignment").getAsString())
        .isEqualTo(why);
    assertThat(oneLine(command)).contains(" not measured: " + why);
    assertThat(command.err())
        .contains("rbf(gamma=1.0E-12) has no function, so that features will hold nothing of it");
    Command align = Command.run("align", folder.resolve("run").toString());
    assertThat(align.code()).isEqualTo(Failures.INPUT);
    assertThat(align.err()).contains("not measured: " + why).hasLineCount(1);
  }

  /** One row in 200 is of the rare class, and none that is learned from. */
  @ParameterizedTest
  @ValueSource(strings = {"labelled", "test"})
  void aClassThatHardlyOccurs(String onlyOne) {
    Split split = PreparedData.split(200, Recipe.DEFAULT);
    int rare = onlyOne.equals("test") ? split.labelled()[3] : split.test()[3];
    Path table = table(200, i -> i == rare ? "rare" : "usual");

    Command compare =
        Command.run(
            "compare", "--data", table.toString(), "--target", "class", "--context", "knn(k=12)");

    assertThat(compare.code()).as(compare.err()).isZero();
    assertThat(compare.out())
        .containsPattern("best  knn\\(k=12\\) +\\d+ +0\\.\\d+ ")
        .contains("column error", "It knows no");
    assertThat(compare.err())
        .contains("warning: ranked without the target: table: expected " + onlyOne + " rows");

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=12)", "--dim", "3");

    assertThat(command.code()).as(command.err()).isZero();
    String why = result().getAsJsonObject("notMeasured").get("probe").getAsString();
    assertThat(why)
        .contains("expected " + onlyOne + " rows of different 'class', got 30 of the same");
    assertThat(result().get("probe").isJsonNull()).isTrue();
    assertThat(result().get("alignment").isJsonObject()).isTrue();
    assertThat(command.err()).contains("warning: the features will not be scored: " + why);
    assertThat(oneLine(command)).contains("not measured: " + why).doesNotContain("95 % interval");
    Command probe = Command.run("probe", folder.resolve("run").toString());
    assertThat(probe.code()).isEqualTo(Failures.INPUT);
    assertThat(probe.err()).contains(why).hasLineCount(1);
  }

  /** A number to predict that is the same in all labelled rows tells nothing either. */
  @Test
  void aTargetThatIsTheSameInAllFittedRows() {
    int other = PreparedData.split(200, Recipe.DEFAULT).pretrain()[0];
    Path table = table(200, i -> i == other ? "8.5" : "7.5");

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=12)", "--dim", "3");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(result().getAsJsonObject("notMeasured").get("probe").getAsString())
        .contains("expected labelled rows of different 'class', got 30 of the same");
  }

  /** The report counts the rows that have a label. */
  @Test
  void rowsWithoutALabelAreNotCounted() {
    Path table = table(300, i -> i % 4 > 0 ? "" : i % 8 == 0 ? "x" : "y");

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=12)", "--dim", "3");

    assertThat(command.code()).as(command.err()).isZero();
    JsonObject probe = result().getAsJsonObject("probe");
    int fitted = number(probe, "fitted");
    int scored = number(probe, "scored");
    assertThat(fitted).isBetween(40, 70);
    assertThat(scored).isBetween(2, 25);
    assertThat(command.out())
        .contains(
            "'class' is predicted (fitted on "
                + fitted
                + " rows, scored on "
                + scored
                + " others)");
    try (Pretraining job = job()) {
      assertThat(fitted).isEqualTo(labels(job.split().labelled()) + labels(job.split().pretrain()));
      assertThat(scored).isEqualTo(labels(job.split().test()));
    }
    assertThat(Command.run("probe", folder.resolve("run").toString()).out())
        .contains("(fitted on " + fitted + " rows, scored on " + scored + " others)");
  }

  private static int labels(int[] rows) {
    int labels = 0;
    for (int row : rows) {
      labels += row % 4 == 0 ? 1 : 0;
    }
    return labels;
  }

  /** Two labels in the whole table do not keep a training from being made. */
  @Test
  void tooFewLabels() {
    Path table = table(120, i -> i == 5 ? "x" : i == 6 ? "y" : "");

    Command command = pretrain(table, "--target", "class", "--context", "knn(k=12)", "--dim", "3");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(result().getAsJsonObject("notMeasured").get("probe").getAsString())
        .matches(
            "table: expected at least 2 (labelled|test) rows with a known 'class', got [01];.*");
  }

  /** Any two spaces of as many dimensions as there are rows seem equal. */
  @Test
  void fewerNewRowsThanFeatures() {
    Path table = table(100, i -> i % 2 == 0 ? "x" : "y");

    Command command =
        pretrain(
            table,
            "--target",
            "class",
            "--context",
            "knn(k=12)",
            "--dim",
            "6",
            "--split",
            "0.9,0.04,0.06");

    assertThat(command.code()).as(command.err()).isZero();
    String why = "it takes more of them than features, and there are 6 of 6 features";
    assertThat(result().get("alignmentOnNewRows").isJsonNull()).isTrue();
    assertThat(result().getAsJsonObject("notMeasured").get("alignmentOnNewRows").getAsString())
        .isEqualTo(why);
    assertThat(oneLine(command)).contains("(not measured on new rows: " + why + ")");
  }

  /** Without its last files, but with the checkpoint of its last step. */
  @Test
  void aReportThatFailedIsMadeAgain() throws IOException {
    Path table = table(120, i -> i % 2 == 0 ? "x" : "y");
    Command whole =
        pretrain(table, "--target", "class", "--context", "knn(k=12)", "--dim", "3", "--json", "-");
    Path run = folder.resolve("run");
    Path metrics = run.resolve("metrics.csv");
    List<String> lines = Files.readAllLines(metrics);
    try (Pretraining job = job()) {
      job.train();
      RunFolder.open(run).checkpoint(job, 1);
    }
    Files.delete(run.resolve("result.json"));
    Files.delete(run.resolve(Representation.DESCRIPTION));

    Command resumed = Command.run("pretrain", "--resume", run.toString(), "--json", "-");

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("The training is finished; making the report of " + run);
    assertThat(Files.readAllLines(metrics)).isEqualTo(lines);
    assertThat(resumed.json().get("alignment")).isEqualTo(whole.json().get("alignment"));
    assertThat(resumed.json().get("probe")).isEqualTo(whole.json().get("probe"));
    assertThat(whole.json().get("notMeasured").isJsonNull()).isTrue();
  }

  private Pretraining job() {
    try {
      RunOptions options = RunFolder.open(folder.resolve("run")).options();
      return Pretraining.prepare(options.data().read(), options.recipe(), Device.cpu());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
