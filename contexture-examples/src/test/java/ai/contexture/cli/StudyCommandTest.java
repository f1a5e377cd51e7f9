package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.experiment.Study;
import ai.contexture.experiment.study.Studies;
import ai.contexture.input.Text;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StudyCommandTest {

  @TempDir Path folder;

  static List<Study> studies() {
    return Studies.all();
  }

  /** A folder with one dataset of two clusters. */
  private Path data() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path two = Command.table(data.resolve("two.csv"), 240);
    Files.writeString(two, Files.readString(two).replace("class", "target"));
    StringBuilder list = new StringBuilder("name,file,task,nominal_columns,source\n");
    list.append("two,two.csv,classification,colour;target,a generator\n");
    for (int i = 0; i < 40; i++) {
      list.append(Text.format("d%d,d%d.csv,regression,,the %dth page\n", i, i, i));
    }
    Command.write(data.resolve("datasets.csv"), list.toString());
    return data;
  }

  private Path out() {
    return folder.resolve("out");
  }

  private Command run(String study, String... more) {
    List<String> args = new ArrayList<>(List.of("experiment", study, "--out", out().toString()));
    args.addAll(List.of(more));
    return Command.run(args.toArray(String[]::new));
  }

  private static List<JsonObject> cells(Command command, Predicate<JsonObject> wanted) {
    assertThat(command.code()).as(command.err()).isZero();
    return StreamSupport.stream(command.json().getAsJsonArray("cells").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(wanted)
        .toList();
  }

  private static double number(JsonObject cell, String name) {
    return cell.get(name).getAsDouble();
  }

  private static Predicate<JsonObject> with(String name, String value) {
    return cell -> cell.get(name).getAsString().equals(value);
  }

  private void reported(String study) throws IOException {
    String title =
        studies().stream().filter(one -> one.name().equals(study)).findAny().orElseThrow().title();
    assertThat(out().resolve("report.html")).content().contains("<h1>" + title + "</h1>");
    assertThat(out().resolve(study + ".svg")).isNotEmptyFile();
    assertThat(out().resolve(study + ".png")).isNotEmptyFile();
  }

  @Test
  void objectives() throws IOException {
    String[] small = {
      "--quick",
      "--data",
      data().toString(),
      "--only",
      "two",
      "--context",
      "knn(k=9)",
      "--dim",
      "4",
      "--width",
      "32",
      "--steps",
      "30",
      "--batches",
      "full,64",
      "--objectives",
      "kise,infonce,diffusion",
      "--device",
      "cpu",
      "--json",
      "-"
    };

    Command command = run("objectives", small);

    List<JsonObject> all = cells(command, cell -> true);
    // what else the list of datasets says is nobody's data
    assertThat(command.err()).doesNotContain("datasets.csv");
    // kise has 6 ways and one more for small batches, infonce its own, diffusion has no such
    // context
    assertThat(all).hasSize(6 + 1 + 6 + 7 + 1 + 7);
    List<JsonObject> refused = cells(command, with("objective", "diffusion"));
    assertThat(refused).hasSize(13);
    refused.forEach(
        cell ->
            assertThat(cell.get("problem").getAsString())
                .contains("'diffusion' needs noisy inputs", "knn(k=9)"));
    double most = number(all.get(0), "ratio_trace_most");
    for (JsonObject cell : cells(command, with("objective", "diffusion").negate())) {
      assertThat(cell.get("problem").isJsonNull()).as(cell.toString()).isTrue();
      assertThat(number(cell, "ratio_trace_most")).as("shared").isEqualTo(most);
      assertThat(number(cell, "ratio_trace")).isBetween(0.0, most * (1 + 1e-9));
      for (String share : List.of("cca", "knn", "cca_new", "knn_new", "probe")) {
        assertThat(number(cell, share)).as(share + " of " + cell).isBetween(0.0, 1.0);
      }
      assertThat(number(cell, "probe_exact")).isGreaterThan(0.8);
      assertThat(number(cell, "probe_columns")).isGreaterThan(0.9);
    }
    JsonObject whitened =
        cells(command, with("objective", "kise").and(with("orthonormality", "whitening"))).get(0);
    assertThat(number(whitened, "cca")).isGreaterThan(0.8);
    assertThat(number(whitened, "ratio_trace")).isGreaterThan(0.95 * most);
    assertThat(command.err()).contains("28 cells", "28 of 28 cells, 13 without a result");
    reported("objectives");
    assertThat(out().resolve("report.html")).content().contains("needs noisy inputs");
  }

  @Test
  void scaling() throws IOException {
    String[] small = {
      "--quick",
      "--data",
      data().toString(),
      "--only",
      "two",
      "--k",
      "9",
      "--dim",
      "4",
      "--widths",
      "1,32",
      "--depth",
      "1",
      "--steps",
      "40",
      "--device",
      "cpu",
      "--json",
      "-"
    };

    Command command = run("scaling-width", small);

    List<JsonObject> narrow = cells(command, with("width", "1"));
    List<JsonObject> wide = cells(command, with("width", "32"));
    assertThat(narrow).hasSize(2);
    for (int i = 0; i < 2; i++) {
      // one hidden unit spans one function of four
      assertThat(number(narrow.get(i), "cca")).isLessThanOrEqualTo(0.25 + 1e-9);
      assertThat(number(narrow.get(i), "cca_new")).isLessThanOrEqualTo(0.25 + 1e-9);
      assertThat(number(wide.get(i), "cca")).isGreaterThan(0.5);
      assertThat(wide.get(i).get("method")).isEqualTo(narrow.get(i).get("method"));
    }
    assertThat(wide.get(0).get("method")).isNotEqualTo(wide.get(1).get("method"));
    reported("scaling-width");
    assertThat(out().resolve("report.html")).content().contains("from", "at width 1 to");
  }

  @Test
  void aStudyGoesOnWithItsOptions() throws IOException {
    String data = data().toString();
    String[] small = {
      "--quick",
      "--data",
      data,
      "--only",
      "two",
      "--k",
      "9",
      "--dim",
      "3",
      "--width",
      "8",
      "--depths",
      "1,2",
      "--steps",
      "3",
      "--device",
      "cpu"
    };
    Command first = run("scaling-depth", small);
    assertThat(first.code()).as(first.err()).isZero();
    Path file = out().resolve("cells.csv");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1 + 4);
    Files.writeString(file, String.join("\n", lines.subList(0, 3)) + "\ntwo,0,8,2,VIC");
    Files.delete(out().resolve("report.html"));

    refused(run("scaling-depth", small), "is there already");
    refused(run("scaling-depth", "--resume", "--steps", "4"), "--steps", "begun with 3, got 4");
    refused(run("scaling-depth", "--resume", "--seed", "1"), "--seed", "begun with 0, got 1");
    refused(run("scaling-width", "--resume"), "scaling-width", "got scaling-depth");
    refused(run("scaling-depth", "--resume", "--report-only"), "expected one of them");
    Command so = run("scaling-depth", "--report-only");
    assertThat(so.code()).as(so.err()).isZero();
    assertThat(out().resolve("report.html")).content().contains("2 cells took ");
    Command resumed = run("scaling-depth", "--resume", "--steps", "3");

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("2 of 4 cells are finished", "4 of 4 cells");
    List<String> after = Files.readAllLines(file);
    assertThat(after.subList(0, 3)).isEqualTo(lines.subList(0, 3));
    assertThat(after).hasSize(5);
    for (int i = 3; i < 5; i++) {
      // but for the seconds
      assertThat(after.get(i).replaceAll("[^,]*,[^,]*,$", ""))
          .isEqualTo(lines.get(i).replaceAll("[^,]*,[^,]*,$", ""));
    }
  }

  private static void refused(Command command, String... words) {
    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err().lines()).as(command.err()).hasSize(1);
    assertThat(command.err()).startsWith("contexture: ").contains(words);
    assertThat(command.out()).isEmpty();
  }

  @Test
  void badOptionsAreRefusedBeforeAnythingIsMade() {
    refused(run("objectives"), "dataset abalone", "--data");
    refused(run("objectives", "--quick", "--objectives", "kisse"), "mean kise?");
    refused(run("objectives", "--quick", "--only", "digit"), "dataset digit", "--data");
    refused(run("objectives", "--quick", "--batches", "full,1.5"), "--batches", "'1.5'");
    refused(run("objectives", "--quick", "--context", "knm"), "unknown context 'knm'");
    refused(run("objectives", "--quick", "--jobs", "2"), "--jobs", "one network at a time");
    refused(run("objectives", "--quick", "--jobs", "0"), "--jobs", "at least 1");
    refused(run("objectives", "--resume"), "expected the folder of a study");
    refused(run("scaling-width", "--quick", "--widths", "8,8"), "--widths", "different");
    refused(run("scaling-depth", "--quick", "--widths", "8"), "unknown option '--widths'");
    refused(run("association-shape", "--quick", "--strengths", "1"), "--strengths", "2");
    assertThat(out()).doesNotExist();
  }

  @Test
  void studiesAreListed() {
    Command list = Command.run("experiment", "list");

    assertThat(list.code()).isZero();
    for (Study study : studies()) {
      assertThat(list.out()).contains(study.name(), study.question(), study.source(), study.time());
    }
  }

  @ParameterizedTest
  @MethodSource("studies")
  void everyOptionIsExplained(Study study) {
    Command help = Command.run("experiment", study.name(), "--help");

    assertThat(help.code()).as(help.err()).isZero();
    assertThat(help.out()).contains("contexture experiment " + study.name(), "Examples:");
    assertThat(help.out()).doesNotContain("${", ": null", "%");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    study
        .options()
        .forEach(option -> assertThat(help.out()).containsPattern("--" + option.name() + "\\b"));
  }

  @Test
  @Tag("slow")
  void theQuickObjectivesOfTheDigits() throws IOException {
    Command command = run("objectives", "--quick", "--device", "cpu", "--json", "-");

    JsonObject contrastive =
        cells(
                command,
                with("objective", "spectral-contrastive").and(with("orthonormality", "none")))
            .get(0);
    assertThat(number(contrastive, "cca")).isGreaterThan(0.9);
    assertThat(number(contrastive, "cca_new")).isGreaterThan(0.9);
    assertThat(number(contrastive, "probe")).isGreaterThan(0.8);
    List<JsonObject> kise = cells(command, with("objective", "kise"));
    JsonObject none = kise.get(0);
    JsonObject whitening = kise.get(4);
    assertThat(whitening.get("orthonormality").getAsString()).isEqualTo("whitening");
    assertThat(number(whitening, "cca")).isGreaterThan(number(none, "cca") + 0.05);
    reported("objectives");
  }

  @Test
  @Tag("slow")
  void theQuickScalingOfTheDigits() throws IOException {
    Command command = run("scaling-width", "--quick", "--device", "cpu", "--json", "-");

    List<JsonObject> exact = cells(command, with("method", "exact orthonormality with Muon"));
    assertThat(exact).hasSize(3);
    assertThat(number(exact.get(1), "cca")).isGreaterThan(number(exact.get(0), "cca") + 0.1);
    assertThat(number(exact.get(2), "cca")).isGreaterThan(number(exact.get(1), "cca") + 0.1);
    assertThat(number(exact.get(2), "cca")).isGreaterThan(0.85);
    assertThat(number(exact.get(2), "cca_new")).isGreaterThan(0.8);
    reported("scaling-width");
  }
}
