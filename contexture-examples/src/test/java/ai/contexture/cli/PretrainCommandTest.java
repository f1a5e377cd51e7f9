package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.NpyFile;
import ai.contexture.input.Names;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.representation.Representation;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PretrainCommandTest {

  @TempDir Path folder;

  private Path table;

  @BeforeEach
  void table() {
    table = Command.table(folder.resolve("table.csv"), 60);
  }

  @Test
  void aRunLeavesItsFiles() throws IOException {
    Path run = folder.resolve("deep/er/run");

    Command command = Command.pretrain(table, run, "--steps", "25", "--evaluate-every", "5");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(names(run)).containsExactlyInAnyOrder(Command.RUN_FILES);
    List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
    assertThat(metrics.get(0))
        .matches(
            "step,seconds,loss,[a-z_,]+,gradient_norm,learning_rate,validation,cca,ratio_trace,"
                + "effective_rank,probe");
    assertThat(metrics).hasSize(26);
    for (int step = 1; step <= 25; step++) {
      String[] cells = metrics.get(step).split(",", -1);
      assertThat(cells).hasSameSizeAs(metrics.get(0).split(",", -1));
      assertThat(cells[0]).isEqualTo(Integer.toString(step));
      for (int last = 1; last <= 4; last++) {
        assertThat(cells[cells.length - last].isEmpty()).isEqualTo(step % 5 != 0);
      }
    }
    assertThat(command.out())
        .contains("Learned 2 features from 42 rows × 5 columns of table")
        .contains("knn(k=5)", "25 steps", "1 = exact", "new rows", "'class'", "accuracy")
        .contains("  saved in     " + run, "contexture embed " + Names.word(run.toString()));
    assertThat(command.err())
        .contains(
            "Shown: excess loss, above the least possible; correlation² with the best features,"
                + " 1 = exact; validation accuracy, of a linear model\n")
        .containsPattern("step 25 of 25: excess loss \\d")
        .containsPattern("\nTime: reading .*, context .*, spectrum .*, training .*, report .*\n")
        .doesNotContain("Exception");
    assertThat(command.err().lines().count()).isBetween(5L, 16L);
  }

  @Test
  void resultHasTheKeysThatOthersRead() throws IOException {
    Path run = folder.resolve("run");

    Command command = Command.pretrain(table, run, "--steps", "4", "--json", "-");

    JsonObject json = command.json();
    assertThat(json)
        .isEqualTo(JsonParser.parseString(Files.readString(run.resolve("result.json"))));
    assertThat(json.keySet())
        .contains("n", "features", "dimension", "steps", "seconds", "loss", "alignment")
        .contains("probe", "eigenvalues", "run", "inputs", "context", "objective", "encoder")
        .contains("seed", "alignmentOnNewRows", "evaluationSeconds", "validation")
        .contains("notMeasured");
    assertThat(json.get("n").getAsInt()).isEqualTo(42);
    assertThat(json.get("features").getAsInt()).isEqualTo(5);
    assertThat(json.get("inputs").getAsInt()).isEqualTo(6);
    assertThat(json.get("steps").getAsInt()).isEqualTo(4);
    assertThat(json.getAsJsonObject("alignment").keySet())
        .containsExactlyInAnyOrder(
            "cca",
            "mutualKnn",
            "jaccardKnn",
            "ratioTrace",
            "ratioTraceMax",
            "eigenvalueError",
            "effectiveRank",
            "leastCca",
            "functions",
            "eigenspaceFrom",
            "eigenspaceTo",
            "components");
    assertThat(json.getAsJsonObject("alignment").get("cca").getAsDouble()).isBetween(0.0, 1.0);
    assertThat(json.getAsJsonObject("probe").keySet())
        .containsExactlyInAnyOrder(
            "metric",
            "value",
            "rawFeatures",
            "together",
            "trees",
            "meanPredictor",
            "intervals",
            "balanced",
            "valueLessRawFeatures",
            "fitted",
            "contextLabels",
            "scored");
    assertThat(json.getAsJsonArray("eigenvalues")).hasSize(2);
    List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
    assertThat(metrics.get(4).split(",", -1)[2]).isEqualTo(json.get("loss").getAsString());
  }

  /** Inputs in a file beside the run make the same bits, and nothing of the file is left. */
  @Test
  void rowsOnDiskMakeTheSameRun() throws IOException {
    Path inMemory = folder.resolve("memory/run");
    Path onDisk = folder.resolve("disk/run");
    String[] options = {"--steps", "6", "--batch", "16", "--objective", "svme"};
    Command defaults = Command.pretrain(table, inMemory, options);
    String[] more =
        Stream.concat(Stream.of(options), Stream.of("--rows-on-disk")).toArray(String[]::new);
    Command disk = Command.pretrain(table, onDisk, more);
    assertThat(defaults.code()).as(defaults.err()).isZero();
    assertThat(disk.code()).as(disk.err()).isZero();
    assertThat(onDisk.resolve("encoder.params"))
        .hasSameBinaryContentAs(inMemory.resolve("encoder.params"));
    assertThat(names(onDisk.getParent())).containsExactly("run");
    assertThat(Files.readString(onDisk.resolve("run.json"))).contains("\"rowsOnDisk\": true");
  }

  /** Numbers as numpy saves them are a table too, here of a last column to predict. */
  @Test
  void anArrayIsATable() throws IOException {
    Path array = folder.resolve("rows.npy");
    ByteBuffer numbers = ByteBuffer.allocate(4 * 60 * 3).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 60; i++) {
      numbers.putFloat(i % 7).putFloat((i * i) % 11).putFloat(i % 3);
    }
    byte[] header = NpyFile.header("<f4", 60, 3);
    Files.write(
        array,
        ByteBuffer.allocate(header.length + numbers.capacity())
            .put(header)
            .put(numbers.array())
            .array());
    Path run = folder.resolve("run");
    String[] command = {
      "pretrain",
      "--data",
      array.toString(),
      "--target",
      "x2",
      "--context",
      "knn(k=5)",
      "--encoder",
      "mlp(width=8,depth=1)",
      "--dim",
      "2",
      "--steps",
      "2",
      "--out",
      run.toString(),
      "--device",
      "cpu"
    };
    Command trained = Command.run(command);
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("42 rows × 2 columns of rows", "'x2'");
    Path features = folder.resolve("features.csv");
    Command embedded =
        Command.run(
            "embed", run.toString(), "--data", array.toString(), "--out", features.toString());
    assertThat(embedded.code()).as(embedded.err()).isZero();
    assertThat(Files.readAllLines(features)).hasSize(61);
    command[4] = "x3";
    command[14] = folder.resolve("other").toString();
    Command wrong = Command.run(command);
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("unknown column 'x3'; known: x0, x1, x2");
    Command nominal = Command.run("spectrum", "--data", array.toString(), "--nominal", "x0");
    assertThat(nominal.code()).isEqualTo(2);
    assertThat(nominal.err()).contains("--nominal x0: expected a CSV file", array.toString());
  }

  @Test
  void withoutTargetThereIsNoProbe() {
    Command command =
        Command.run(
            "pretrain",
            "--data",
            table.toString(),
            "--context",
            "knn(k=5)",
            "--encoder",
            "mlp(width=8,depth=1)",
            "--dim",
            "2",
            "--steps",
            "2",
            "--device",
            "cpu",
            "--quiet",
            "--out",
            folder.resolve("run").toString(),
            "--json",
            "-");

    assertThat(command.json().get("probe").isJsonNull()).isTrue();
    assertThat(command.err()).isEmpty();
  }

  @Test
  void numbersArePredictedByRegression() {
    Path run = folder.resolve("run");
    Command command =
        Command.run(
            "pretrain",
            "--data",
            table.toString(),
            "--target",
            "weight",
            "--context",
            "knn(k=5)",
            "--encoder",
            "mlp(width=8,depth=1)",
            "--dim",
            "2",
            "--steps",
            "2",
            "--device",
            "cpu",
            "--out",
            run.toString(),
            "--drop",
            "class,colour");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("RMSE", "R²", "3 columns");
  }

  @Test
  void featuresAreAsManyAsSuitTheRows() throws IOException {
    List<String> args = new ArrayList<>(List.of("pretrain", "--data", table.toString()));
    args.addAll(List.of("--context", "knn(k=5)", "--encoder", "linear", "--steps", "1"));
    args.addAll(List.of("--out", folder.resolve("usual").toString()));

    Command defaults = Command.run(args.toArray(String[]::new));

    assertThat(defaults.code()).as(defaults.err()).isZero();
    assertThat(defaults.out())
        .contains(
            "Learned 16 features", "  features     16, usual for fewer than 1000 rows; --dim");
    Command given = Command.pretrain(table, folder.resolve("given"), "--steps", "1");
    assertThat(given.out()).contains(", by --dim\n");
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Path third = folder.resolve("third");

    Command.pretrain(table, first, "--steps", "7", "--batch", "16", "--seed", "5");
    Command.pretrain(
        table,
        second,
        "--steps",
        "7",
        "--batch",
        "16",
        "--seed",
        "5",
        "--evaluate-every",
        "0",
        "--checkpoint-every",
        "3");
    Command.pretrain(table, third, "--steps", "7", "--batch", "16", "--seed", "6");

    assertThat(second.resolve("encoder.params"))
        .hasSameBinaryContentAs(first.resolve("encoder.params"));
    assertThat(withoutSecondsAndMeasures(second)).isEqualTo(withoutSecondsAndMeasures(first));
    assertThat(withoutSecondsAndMeasures(third)).isNotEqualTo(withoutSecondsAndMeasures(first));
  }

  static List<String> withoutSeconds(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.csv")).stream()
        .map(line -> line.replaceFirst(",[^,]*", ""))
        .toList();
  }

  static List<String> withoutSecondsAndMeasures(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.csv")).stream()
        .map(line -> line.replaceFirst(",[^,]*", "").replaceFirst("(,[^,]*){4}$", ""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "kise, full",
    "kise, 16",
    "svme, full",
    "svme, 16",
    "non-contrastive, full",
    "non-contrastive, 16",
    "spectral-contrastive, full",
    "spectral-contrastive, 16"
  })
  void everyObjectiveInFullAndInBatches(String objective, String batch) throws IOException {
    Path run = folder.resolve("run");

    Command command =
        Command.pretrain(
            table,
            run,
            "--objective",
            objective,
            "--batch",
            batch,
            "--epochs",
            "3",
            "--quiet",
            "--average",
            "0.9",
            "--optimiser",
            "muon(rate=0.01)",
            "--schedule",
            "cosine(warm-up=0.1)",
            "--weight-decay",
            "0.01",
            "--clip",
            "1",
            "--power",
            "yeo-johnson",
            "--impute",
            "mean",
            "--json",
            "-");

    assertThat(command.code()).as(command.err()).isZero();
    int steps = batch.equals("full") ? 3 : 6;
    assertThat(command.json().get("steps").getAsInt()).isEqualTo(steps);
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(steps + 1);
    assertThat(command.err()).isEmpty();
  }

  @Test
  void divergedTrainingIsOneLineAndCodeOne() {
    Command command =
        Command.run(
            "pretrain",
            "--data",
            table.toString(),
            "--out",
            folder.resolve("run").toString(),
            "--context",
            "knn(k=5)",
            "--dim",
            "2",
            "--steps",
            "100",
            "--learning-rate",
            "900",
            "--schedule",
            "constant",
            "--objective",
            "spectral-contrastive",
            "--clip",
            "0",
            "--quiet",
            "--encoder",
            "mlp(width=8,depth=4,activation=relu)");

    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.err())
        .startsWith("contexture: training stopped at step ")
        .contains("learning rate");
    assertThat(command.err().lines()).hasSize(1);
  }

  @Test
  void warningsArePlainLines() throws IOException {
    String text = Files.readString(table).replaceAll("(?m)$", ",1").replaceFirst(",1", ",always");
    Path data = Command.write(folder.resolve("constant.csv"), text.strip().replaceAll("\n,1$", ""));

    Command command = Command.pretrain(data, folder.resolve("run"), "--steps", "2", "--quiet");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err().lines()).hasSize(1);
    assertThat(command.err()).startsWith("warning: ").contains("constant: always");
  }

  /** Stops a run as if it had been killed after training; it has the given checkpoints. */
  private Path stopped(String... more) throws IOException {
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, more).code()).isZero();
    for (String name :
        List.of(
            "result.json",
            "encoder.params",
            "SHA256SUMS",
            Representation.DESCRIPTION,
            Representation.SERVING)) {
      Files.move(run.resolve(name), folder.resolve(name));
    }
    return run;
  }

  @ParameterizedTest
  @CsvSource({"0", "20", "300", "900"})
  void aDamagedCheckpointFallsBackToTheOneBefore(int kept) throws IOException {
    Path run = stopped("--steps", "6", "--quiet");
    checkpointAt(run, 4);
    byte[] whole = Files.readAllBytes(run.resolve("checkpoint-4.npz"));
    Files.write(run.resolve("checkpoint-5.npz"), Arrays.copyOf(whole, kept));
    Files.writeString(run.resolve("checkpoint-6.npz.part"), "half-written");

    Command resumed = Command.run("pretrain", "--resume", run.toString());

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err())
        .contains("warning: " + run.resolve("checkpoint-5.npz"))
        .contains("Going on after step 4 of 6 steps");
    assertThat(run.resolve("encoder.params"))
        .hasSameBinaryContentAs(folder.resolve("encoder.params"));
    assertThat(names(run)).containsExactlyInAnyOrder(Command.RUN_FILES);
  }

  /** Writes the checkpoint that the run of a folder would have had. */
  private static void checkpointAt(Path run, int step) throws IOException {
    RunOptions options = RunFolder.open(run).options();
    try (Pretraining job =
        Pretraining.prepare(options.data().read(), options.recipe(), Device.cpu())) {
      job.trainer().train(step, TrainingListener.NONE);
      RunFolder.open(run).checkpoint(job, 2);
    }
  }

  @Test
  void theLastCheckpointsAreKept() throws IOException {
    Path run = stopped("--steps", "6", "--quiet");
    for (int step = 1; step <= 5; step++) {
      checkpointAt(run, step);
    }
    assertThat(names(run)).contains("checkpoint-5.npz", "checkpoint-4.npz").hasSize(5);
    assertThat(RunFolder.open(run).checkpoints())
        .containsExactly(run.resolve("checkpoint-5.npz"), run.resolve("checkpoint-4.npz"));
  }

  @Test
  void anInterruptedEvaluationIsResumed() throws IOException {
    Path run = folder.resolve("run");
    Command whole = Command.pretrain(table, run, "--steps", "6", "--json", "-");
    byte[] parameters = Files.readAllBytes(run.resolve("encoder.params"));
    Files.delete(run.resolve("result.json"));
    Files.delete(run.resolve("encoder.params"));
    Files.delete(run.resolve(Representation.DESCRIPTION));

    Command resumed = Command.run("pretrain", "--resume", run.toString(), "--json", "-");

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(run.resolve("encoder.params")).hasBinaryContent(parameters);
    assertThat(resumed.json().get("alignment")).isEqualTo(whole.json().get("alignment"));
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(7);
  }

  @Test
  void aTrainingStopsEarlyAndSaysSo() throws IOException {
    Path run = folder.resolve("run");

    Command command =
        Command.pretrain(
            table,
            run,
            "--steps",
            "600",
            "--hold-out",
            "0.3",
            "--validate-every",
            "5",
            "--patience",
            "3",
            "--learning-rate",
            "0.05",
            "--schedule",
            "constant",
            "--json",
            folder.resolve("out.json").toString());

    assertThat(command.code()).as(command.err()).isZero();
    JsonObject json =
        JsonParser.parseString(Files.readString(run.resolve("result.json"))).getAsJsonObject();
    int steps = json.get("steps").getAsInt();
    int best = json.getAsJsonObject("validation").get("step").getAsInt();
    assertThat(steps).isEqualTo(best + 15).isLessThan(600);
    assertThat(json.get("n").getAsInt()).isEqualTo(29);
    assertThat(command.err())
        .contains("13 held out")
        .contains("Stopping early: the objective on held-out rows was least after step " + best);
    assertThat(command.out().replaceAll("\\s+", " "))
        .contains("the weights after step " + best + ", with the least loss", "13 held-out rows");
    List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
    assertThat(metrics).hasSize(steps + 1);
    int column = List.of(metrics.get(0).split(",", -1)).indexOf("validation");
    double least = Double.POSITIVE_INFINITY;
    for (int step = 1; step <= steps; step++) {
      String cell = metrics.get(step).split(",", -1)[column];
      assertThat(cell.isEmpty()).isEqualTo(step % 5 != 0);
      least = cell.isEmpty() ? least : Math.min(least, Double.parseDouble(cell));
    }
    assertThat(json.getAsJsonObject("validation").get("loss").getAsDouble()).isEqualTo(least);
    assertThat(Files.readString(run.resolve("run.json"))).contains("\"share\": 0.3");
    assertThat(Command.run("align", run.toString()).out()).contains("29 rows");
  }

  /** Two names of the CPU share each step, and products are rounded; a stop keeps both. */
  @Test
  void severalDevicesAndRoundedProducts() throws IOException {
    Path run = folder.resolve("run");
    String[] args = {
      "pretrain",
      "--data",
      table.toString(),
      "--target",
      "class",
      "--context",
      "knn(k=5)",
      "--encoder",
      "mlp(width=8,depth=1)",
      "--dim",
      "2",
      "--steps",
      "9",
      "--quiet",
      "--device",
      "cpu,cpu",
      "--precision",
      "bfloat16",
      "--out",
      run.toString(),
      "--json",
      "-"
    };
    JsonObject json = Command.run(args).json();
    JsonObject exact =
        Command.pretrain(table, folder.resolve("exact"), "--steps", "9", "--json", "-").json();

    double loss = json.get("loss").getAsDouble();
    assertThat(loss).isCloseTo(exact.get("loss").getAsDouble(), within(0.1));
    assertThat(loss).isNotEqualTo(exact.get("loss").getAsDouble());
    assertThat(Files.readString(run.resolve("run.json")))
        .contains("\"device\": \"cpu,cpu\"", "\"precision\": \"BFLOAT16\"");
    assertThat(Command.run("align", run.toString()).code()).isZero();
  }

  @Test
  void aCollapseIsAWarning() {
    Command command =
        Command.pretrain(
            table,
            folder.resolve("run"),
            "--orthonormality",
            "none",
            "--learning-rate",
            "0.01",
            "--steps",
            "320",
            "--quiet");

    assertThat(command.err())
        .matches("(?s)warning: after \\d+ steps: dimension collapsed: the encoder's .*");
    assertThat(command.err().lines()).hasSize(1);
  }

  /** Measures by default take at most a tenth of the time, but for a first one. */
  @Test
  void measuresUnderWayAreCheap() throws IOException {
    Path run = folder.resolve("run");

    Command command = Command.pretrain(table, run, "--steps", "1500", "--quiet", "--json", "-");

    JsonObject json = command.json();
    List<String> measured =
        Files.readAllLines(run.resolve("metrics.csv")).stream()
            .skip(1)
            .filter(line -> !line.endsWith(","))
            .toList();
    assertThat(measured).hasSizeBetween(1, 50);
    if (measured.size() > 1) {
      assertThat(json.get("evaluationSeconds").getAsDouble())
          .isLessThanOrEqualTo(0.1 * json.get("seconds").getAsDouble());
    }
  }

  private static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /**
   * Of 200 rows 40 have a class: those to pretrain on fit the linear model, too, and it is said.
   */
  @Test
  void fewLabelsAreCountedAndUsed() {
    StringBuilder text = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 200; i++) {
      text.append(i % 13).append(',').append(i * i % 11).append(',');
      text.append(i % 5 > 0 ? "" : i % 13 < 6 ? "a" : "b").append('\n');
    }
    Path table = Command.write(folder.resolve("few.csv"), text.toString());

    Command command = Command.pretrain(table, folder.resolve("run"), "--steps", "1");

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err())
        .containsPattern(
            "'class' is known in 40 of 200 rows: a linear model is fitted on 3\\d of them and tested"
                + " on \\d; --split 0.5,0.1,0.4 tests on \\d+");
    assertThat(command.out().replaceAll("\\s+", " "))
        .containsPattern(
            "\\d rows are too few to tell whether these features are better than your columns")
        .containsPattern("fitted on 3\\d rows, scored on \\d others");
  }
}
