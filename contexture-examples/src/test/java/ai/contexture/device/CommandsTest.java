package ai.contexture.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.cli.Main;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.study.Studies;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command that computes, on a GPU that is not there. */
@OnPretendDevices
class CommandsTest {

  private static final int ROWS = 80;

  @TempDir static Path shared;

  private static Path table;

  @TempDir Path folder;

  @BeforeAll
  static void aTable() throws IOException {
    StringBuilder text = new StringBuilder("length,width,height,colour,target\n");
    for (int i = 0; i < ROWS; i++) {
      text.append(Math.sin(i) + 3 * (i % 2)).append(',').append(Math.cos(3 * i)).append(',');
      text.append(Math.sin(7 * i)).append(i % 3 == 0 ? ",red," : ",blue,");
      text.append(i % 2 == 0 ? "a" : "b").append('\n');
    }
    table = Files.writeString(shared.resolve("table.csv"), text);
    Files.writeString(
        shared.resolve("datasets.csv"),
        "name,file,task,nominal_columns\ntwo,table.csv,classification,colour;target\n");
  }

  /** Runs a command that must succeed and returns what it printed. */
  private static String run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static JsonObject json(String... args) {
    String[] all = Stream.concat(Stream.of(args), Stream.of("--json", "-")).toArray(String[]::new);
    return JsonParser.parseString(run(all)).getAsJsonObject();
  }

  private JsonObject pretrain(String run, String device, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--data",
                table.toString(),
                "--target",
                "target",
                "--out",
                folder.resolve(run).toString(),
                "--context",
                "knn(k=5)",
                "--encoder",
                "mlp(width=8,depth=1)",
                "--dim",
                "2",
                "--steps",
                "12",
                "--device",
                device));
    args.addAll(List.of(more));
    return json(args.toArray(String[]::new));
  }

  private static double cca(JsonObject alignment) {
    return alignment.get("cca").getAsDouble();
  }

  /** What was trained on either device is looked at and embeds on either. */
  @ParameterizedTest
  @ValueSource(strings = {"kise", "non-contrastive"})
  void aRunOnEitherDevice(String objective) throws IOException {
    for (String trained : List.of("gpu", "cpu", "gpu:0,gpu:1")) {
      String run = folder.resolve(trained.replaceAll("\\W", "")).toString();
      JsonObject result =
          pretrain(trained.replaceAll("\\W", ""), trained, "--objective", objective);
      List<String> features = new ArrayList<>();
      for (String device : List.of("gpu", "cpu", "gpu:1")) {
        assertThat(cca(json("align", run, "--device", device)))
            .isCloseTo(cca(result.getAsJsonObject("alignment")), within(1e-4));
        json("align", run, "--split", "test", "--device", device);
        assertThat(json("probe", run, "--device", device).get("value"))
            .isEqualTo(result.getAsJsonObject("probe").get("value"));
        features.add(run("embed", run, "--out", "-", "--device", device));
      }
      assertThat(features.get(0).lines()).hasSize(ROWS + 1);
      assertThat(numbers(features.get(1))).containsExactly(numbers(features.get(0)), within(1e-4));
      assertThat(numbers(features.get(2))).containsExactly(numbers(features.get(0)), within(1e-4));
    }
  }

  private static double[] numbers(String csv) {
    return csv.lines()
        .skip(1)
        .flatMap(line -> Stream.of(line.split(",")))
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spectrum --context knn(k=5) --top 3",
        "spectrum --context rbf --top 3",
        "spectrum --context masked-knn(k=5) --top 3",
        "compare --context knn(k=5) --context rbf --context monte-carlo(scarf) --dim 3",
        "compatibility --context knn(k=5)",
        "compatibility --context monte-carlo(scarf)",
        "predict --context knn(k=5)",
        "predict --context monte-carlo(scarf) --inductive",
      })
  void aContextWithoutTraining(String command) {
    String[] words = command.split(" ");
    String[] data = {"--data", table.toString(), "--target", "target", "--device"};
    List<String> args = new ArrayList<>(List.of(words));
    args.addAll(List.of(data));

    String onTheCpu = run(with(args, "cpu"));
    assertThat(Ledger.LEDGER.operations()).isZero();
    assertThat(run(with(args, "gpu")).lines()).hasSameSizeAs(onTheCpu.lines().toList());
    assertThat(Ledger.LEDGER.operations()).isPositive();
  }

  private static String[] with(List<String> args, String last) {
    return Stream.concat(args.stream(), Stream.of(last)).toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "step --n 16 --width 8 --dim 4 --steps 3",
        "knn --n 200 --features 4 --k 5",
        "knn --n 200 --features 4 --k 5 --search approximate",
        "spectrum --n 100 --features 4 --k 5 --top 4"
      })
  void benchmarks(String benchmark) {
    List<String> args = new ArrayList<>(List.of("bench"));
    args.addAll(List.of(benchmark.split(" ")));
    args.addAll(List.of("--runs", "1", "--warm-up", "0", "--device", "gpu"));

    run(args.toArray(String[]::new));

    assertThat(Ledger.LEDGER.operations()).isPositive();
  }

  @Test
  void theCheckupSeesBoth() {
    JsonObject checkup = json("doctor");

    assertThat(checkup.getAsJsonArray("devices")).hasSize(1 + PretendDevices.COUNT);
  }

  private void study(String... more) {
    List<String> args = new ArrayList<>(List.of("experiment"));
    args.addAll(List.of(more));
    args.addAll(List.of("--out", folder.resolve("study").toString(), "--quick", "--device", "gpu"));
    run(args.toArray(String[]::new));
    assertThat(Ledger.LEDGER.operations()).isPositive();
  }

  @Test
  void aStudyOfObjectives() {
    study(
        "objectives",
        "--data",
        shared.toString(),
        "--only",
        "two",
        "--context",
        "knn(k=5)",
        "--dim",
        "2",
        "--width",
        "8",
        "--steps",
        "3",
        "--batches",
        "full,16",
        "--objectives",
        "kise,infonce");
  }

  static List<String> studies() {
    return Studies.all().stream().map(Study::name).toList();
  }

  @ParameterizedTest
  @MethodSource("studies")
  @Tag("slow")
  void everyStudy(String name) {
    study(name);
  }
}
