package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Contexts;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that judge contexts without a run. */
class ContextCommandsTest {

  @TempDir Path folder;

  private Path table;

  @BeforeEach
  void table() {
    table = Command.table(folder.resolve("table.csv"), 60);
  }

  private Command run(String command, String... more) {
    return Command.run(
        with(new String[] {command, "--data", table.toString(), "--target", "class"}, more));
  }

  private static String[] with(String[] first, String... more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
  }

  private static List<JsonObject> rows(JsonObject json) {
    JsonArray array = json.getAsJsonArray("contexts");
    return StreamSupport.stream(array.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  @Test
  void contextsAreListedWithOptionsAndGifts() {
    Command all = Command.run("contexts");
    Command one = Command.run("contexts", "knn");

    assertThat(all.code()).isZero();
    assertThat(all.err()).isEmpty();
    Contexts.registry().names().forEach(name -> assertThat(all.out()).contains("  " + name));
    assertThat(all.out()).contains("k=30", "gives samples, kernel, operator, new rows");
    assertThat(one.out())
        .contains("knn: ", "k=30", "a whole number of at least 1", "weights=uniform", "gaussian")
        .contains("contexture spectrum --context 'knn(k=30)'");
  }

  @Test
  void contextsAsJson() throws IOException {
    Path file = folder.resolve("contexts.json");
    List<JsonObject> all = rows(Command.run("contexts", "--json", "-").json());
    assertThat(Command.run("contexts", "rbf", "--json", file.toString()).code()).isZero();
    JsonObject rbf = rows(JsonParser.parseString(Files.readString(file)).getAsJsonObject()).get(0);

    assertThat(all.stream().map(context -> context.get("name").getAsString()))
        .containsExactlyElementsOf(Contexts.registry().names());
    assertThat(all)
        .allSatisfy(
            context ->
                assertThat(context.keySet())
                    .containsExactly("name", "summary", "example", "options", "gives"));
    JsonObject gamma = rbf.getAsJsonArray("options").get(0).getAsJsonObject();
    assertThat(gamma.get("name").getAsString()).isEqualTo("gamma");
    assertThat(gamma.get("expected").getAsString()).isEqualTo("a number greater than 0");
    assertThat(gamma.get("default").isJsonNull()).isTrue();
    assertThat(rbf.getAsJsonObject("gives").keySet())
        .containsExactly("samples", "kernel", "operator", "newRows");
  }

  @Test
  void aComparisonSaysWhatSpectrumSays() {
    JsonObject row =
        rows(run("compare", "--context", "knn(k=5)", "--d0", "9", "--json", "-").json()).get(0);
    JsonObject spectrum =
        run("spectrum", "--context", "knn(k=5)", "--rows", "pretrain", "--d0", "9", "--json", "-")
            .json();

    assertThat(row.get("tau").getAsDouble())
        .isCloseTo(spectrum.getAsJsonObject("usefulness").get("tau").getAsDouble(), within(1e-12));
    assertThat(row.get("decayRate").getAsDouble())
        .isCloseTo(spectrum.get("decayRate").getAsDouble(), within(1e-12));
  }

  /** Two rows that are tied are too few, and all too many unless the target says otherwise. */
  @Test
  void whatLooksWrongIsSaid() {
    String[] contexts = {
      "--context", "knn(k=2)", "--context", "knn(k=12)", "--context", "knn(k=29)"
    };
    Command people = run("compare", contexts);
    List<JsonObject> compared = rows(run("compare", with(contexts, "--json", "-")).json());
    Command spectrum = run("spectrum", "--context", "knn(k=2)");
    JsonObject compatibility =
        run("compatibility", "--context", "knn(k=2)", "--labels", "30", "--json", "-").json();

    assertThat(people.out())
        .containsPattern("What looks wrong\\R")
        .contains("knn(k=2): association too strong: each row is tied to about ")
        .as("the best of them is not too weak for this target")
        .contains("best  knn(k=29)")
        .doesNotContain("knn(k=29): association", "knn(k=12): association");
    assertThat(compared.stream().map(row -> row.getAsJsonArray("diagnosis").size()))
        .containsExactlyInAnyOrder(1, 0, 1);
    assertThat(spectrum.out()).contains("What looks wrong", "  association too strong: ");
    JsonObject finding = compatibility.getAsJsonArray("diagnosis").get(0).getAsJsonObject();
    assertThat(finding.get("signature").getAsString()).isEqualTo("association too strong");
    assertThat(finding.get("value").getAsDouble()).isLessThan(10);
    assertThat(finding.get("limit").getAsDouble()).isEqualTo(10);
  }

  @Test
  void aComparisonIsDrawn() throws IOException {
    Path svg = folder.resolve("compared.svg");

    Command command =
        run("compare", "--context", "knn(k=5)", "--context", "rbf", "--plot", svg.toString());

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(Files.readString(svg)).contains("<svg", "Spectra; Usefulness");
  }

  @Test
  void compatibilityOfALabelContextIsOne() {
    JsonObject json =
        run("compatibility", "--context", "label", "--labels", "20", "--json", "-").json();

    assertThat(json.getAsJsonObject("exact").get("rho").getAsDouble()).isCloseTo(1, within(1e-9));
    JsonObject estimate = json.getAsJsonObject("estimate");
    assertThat(estimate.get("high").getAsDouble()).isCloseTo(1, within(1e-6));
    assertThat(estimate.get("labels").getAsInt()).isEqualTo(20);
    assertThat(estimate.get("level").getAsDouble()).isEqualTo(0.9);
  }

  @Test
  void compatibilityIsWhatACompareOfAllRowsSays() {
    JsonObject compared =
        rows(run("compare", "--context", "knn(k=9)", "--rows", "all", "--json", "-").json()).get(0);
    Command people = run("compatibility", "--context", "knn(k=9)");
    JsonObject json = run("compatibility", "--context", "knn(k=9)", "--json", "-").json();

    assertThat(json.getAsJsonObject("exact").get("rho").getAsDouble())
        .isCloseTo(compared.get("rho").getAsDouble(), within(1e-12));
    assertThat(people.out()).contains("exact", "all 60 rows", "90 % confidence", "variance");
  }

  @Test
  void unknownTargetsAreEstimated() throws IOException {
    String text = Files.readString(table).replaceFirst("(?m)^(.*,.*,.*,.*),a,", "$1,,");
    Files.writeString(table, text);

    Command command =
        run("compatibility", "--context", "knn(k=9)", "--labels", "30", "--json", "-");

    assertThat(command.json().get("exact").isJsonNull()).isTrue();
    assertThat(command.json().getAsJsonObject("estimate").get("rho").getAsDouble())
        .isBetween(0.3, 1.0);
  }

  @Test
  void associationShapeOfAFolderOfDatasets() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path two = Command.table(data.resolve("two.csv"), 90);
    Files.writeString(two, Files.readString(two).replace("class", "target"));
    Command.write(
        data.resolve("datasets.csv"),
        "name,file,task,nominal_columns\ntwo,two.csv,classification,colour;target\n");
    Path out = folder.resolve("shape");
    String[] args = {"experiment", "association-shape", "--data", data.toString(), "--quick"};

    Command command = Command.run(with(args, "--only", "two", "--out", out.toString()));

    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("of 4 cases", "Saved in");
    assertThat(out.resolve("report.html")).content().contains("masked-knn");
    List<String> lines = Files.readAllLines(out.resolve("cells.csv"));
    assertThat(lines).hasSize(1 + 4 * 4 * 2);
    List<Double> rates = new ArrayList<>();
    lines.stream()
        .map(line -> line.split(",", -1))
        .filter(cells -> cells[1].equals("knn") && cells[3].equals("0"))
        .forEach(cells -> rates.add(Double.parseDouble(cells[4])));
    assertThat(rates).as("from strong to weak").hasSize(4).isSorted();
    assertThat(out.resolve("association-shape.svg")).isNotEmptyFile();
    assertThat(Command.run(with(args, "--only", "tow", "--out", out + "2")).err())
        .contains("unknown dataset 'tow'", "mean two?");
  }

  @Test
  void aSentinelIsNamedAndTheNeighboursAreRight() {
    StringBuilder text = new StringBuilder("x\n999999999\n");
    StringBuilder scaled = new StringBuilder("x\n1000\n");
    for (int i = 0; i < 80; i++) {
      text.append(Math.sqrt(i) / 10).append('\n');
      scaled.append(Math.sqrt(i)).append('\n');
    }
    Path sentinel = Command.write(folder.resolve("sentinel.csv"), text.toString());
    Path plain = Command.write(folder.resolve("plain.csv"), scaled.toString());

    Command warned = spectrum(sentinel);

    assertThat(warned.err().lines())
        .singleElement()
        .asString()
        .startsWith("warning: " + sentinel + ": column 'x': ")
        .contains("--missing 999999999", "--scale robust");
    assertThat(warned.json().get("eigenvalues"))
        .isEqualTo(spectrum(plain).json().get("eigenvalues"));
    assertThat(spectrum(sentinel, "--scale", "robust").err()).isEmpty();
    assertThat(spectrum(sentinel, "--missing=999999999").err()).isEmpty();
    Path run = folder.resolve("scaled-run");
    assertThat(
            Command.run(
                    "pretrain",
                    "--data",
                    sentinel.toString(),
                    "--context",
                    "knn(k=5)",
                    "--encoder",
                    "linear",
                    "--dim",
                    "1",
                    "--steps",
                    "3",
                    "--scale",
                    "robust",
                    "--out",
                    run.toString())
                .code())
        .isZero();
    assertThat(run.resolve("representation.json")).content().contains("\"scale\": \"robust\"");
    Command unknown = spectrum(sentinel, "--scale", "wide");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("--scale", "standard", "robust");
  }

  private static Command spectrum(Path data, String... more) {
    List<String> args =
        new ArrayList<>(List.of("spectrum", "--data", data.toString(), "--json", "-"));
    args.addAll(List.of("--context", "knn(k=5)"));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  /** A spectrum far below 1 is drawn, too, and what takes long is said. */
  @Test
  void barsAreAsLongAsTheLargest() {
    Command weak = run("spectrum", "--context", "rbf(gamma=0.0001)", "--top", "3");

    assertThat(weak.code()).as(weak.err()).isZero();
    assertThat(weak.out()).containsPattern("i  s² +bars: the longest is 0\\.0\\d{3}\n");
    assertThat(weak.out()).containsPattern("    1  0\\.0\\d{3}  █{40}\n");
  }
}
