package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import ai.contexture.training.DivergedException;
import ai.djl.Device;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyFolderTest {

  private static final StudyFolder.Listener NONE = (row, done, all, left) -> {};

  @TempDir Path temporary;

  private Path path() {
    return temporary.resolve("study");
  }

  private Path cells() {
    return path().resolve("cells.csv");
  }

  private StudyFolder create(Study study) throws IOException {
    return StudyFolder.create(study, settings(study), null, path());
  }

  private static Settings settings(Study study) {
    return Settings.of(study, false, 0, Map.of());
  }

  private static void run(Study study, StudyFolder folder, int jobs) throws IOException {
    run(study, folder, jobs, NONE);
  }

  private static void run(Study study, StudyFolder folder, int jobs, StudyFolder.Listener listener)
      throws IOException {
    try (Study.Grid grid = study.grid(folder.settings(), DatasetFolder.empty(), Device.cpu())) {
      folder.run(grid, jobs, listener);
    }
  }

  private static List<String> xs(List<CellResult> rows) {
    return rows.stream().map(row -> row.text("x")).toList();
  }

  @Test
  void eachCellIsKeptBeforeTheNextIsMeasured() throws IOException {
    List<Integer> kept = new ArrayList<>();
    Study study =
        ToyStudy.of(
            cell -> {
              try {
                kept.add(Files.readAllLines(cells()).size() - 1);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return ToyStudy.square(cell);
            });
    StudyFolder folder = create(study);

    run(study, folder, 1);

    assertThat(kept).containsExactly(0, 1, 2, 3, 4);
    List<CellResult> rows = folder.rows();
    assertThat(rows).hasSize(5).allMatch(CellResult::finished);
    assertThat(rows.get(0).number("square")).isEqualTo(1);
    assertThat(rows.get(1).number("square")).isCloseTo(4.0 / 9, within(1e-15));
    assertThat(rows.get(1).text("kind")).isEqualTo("low");
    assertThat(Files.readAllLines(cells()).get(0))
        .isEqualTo("word,x,square,kind,cell_seconds,problem");
  }

  @Test
  void whatIsThereIsNotMeasuredAgain() throws IOException {
    Study whole = ToyStudy.of(ToyStudy::square);
    run(whole, create(whole), 1);
    byte[] complete = Files.readAllBytes(cells());
    List<String> lines = lines();
    List<String> measured = new ArrayList<>();
    Study study =
        ToyStudy.of(
            cell -> {
              measured.add(cell.get("x"));
              return ToyStudy.square(cell);
            });

    // a kill may leave any number of bytes
    for (int length = 0; length <= complete.length; length++) {
      Files.write(cells(), Arrays.copyOf(complete, length));
      if (length == 0) {
        Files.delete(cells());
      }
      measured.clear();
      StudyFolder folder = StudyFolder.open(study, path());
      int before = folder.rows().size();
      run(study, folder, 1);

      assertThat(measured).as("after %d bytes", length).hasSize(5 - before).doesNotHaveDuplicates();
      assertThat(lines()).as("after %d bytes", length).isEqualTo(lines);
    }
    assertThat(measured).isEmpty();
  }

  /** The lines of the file, without the time that the cells took. */
  private List<String> lines() throws IOException {
    return Files.readAllLines(cells()).stream()
        .map(line -> line.replaceAll("[^,]*,[^,]*$", ""))
        .toList();
  }

  /** The header can be put back, so nothing is measured again. */
  @Test
  void cellsWithoutTheirHeaderAreKept() throws IOException {
    Study study = ToyStudy.of(ToyStudy::square);
    run(study, create(study), 1);
    List<String> whole = Files.readAllLines(cells());
    Files.write(cells(), whole.subList(1, whole.size()));

    StudyFolder folder = StudyFolder.open(study, path());
    assertThat(folder.rows()).hasSize(5);
    run(study, folder, 1);
    assertThat(Files.readAllLines(cells())).isEqualTo(whole);
  }

  /** Damage is told, with the line, and what is in the file stays. */
  @Test
  void damagedCellsAreRefused() throws IOException {
    Study study = ToyStudy.of(ToyStudy::square);
    run(study, create(study), 1);
    String whole = Files.readString(cells());
    for (String damaged :
        List.of(
            "word,x\n" + whole,
            whole.replaceFirst("\n", "\n1,2\n"),
            whole.replaceFirst("\n", "\n\"open\n"),
            "\"a\"b,\n" + whole)) {
      Files.writeString(cells(), damaged);
      StudyFolder folder = StudyFolder.open(study, path());
      assertThatThrownBy(() -> run(study, folder, 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(cells().toString())
          .hasMessageNotContaining("\n");
      assertThat(cells()).hasContent(damaged);
    }
  }

  @Test
  void damagedOptionsAreRefused() throws IOException {
    Study study = ToyStudy.of(ToyStudy::square);
    create(study);
    Path file = path().resolve("study.json");
    String whole = Files.readString(file);
    for (String damaged :
        List.of(
            "",
            "null",
            "[]",
            "{",
            "[".repeat(100_000),
            whole.replaceFirst("\"version\": [0-9]+", "\"version\": \"x\""),
            whole.replaceFirst("\"seed\": [0-9]+", "\"seed\": null"),
            whole.replaceFirst("\"quick\": [a-z]+,", ""))) {
      assertThat(damaged).isNotEqualTo(whole);
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> StudyFolder.open(study, path()))
          .as(damaged)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void anErrorStopsTheStudyAndLeavesWhatIsFinished() throws IOException {
    Study study =
        ToyStudy.of(
            cell -> {
              if (cell.get("x").equals("0.0")) {
                throw new OutOfMemoryError("as if");
              }
              return ToyStudy.square(cell);
            });
    StudyFolder folder = create(study);

    assertThatThrownBy(() -> run(study, folder, 1)).isInstanceOf(OutOfMemoryError.class);
    Files.writeString(cells(), "plain,0.0,7", StandardOpenOption.APPEND);

    StudyFolder again = StudyFolder.open(study, path());
    assertThat(again.rows()).hasSize(3);
    assertThat(cells()).content().as("reading changes nothing").endsWith("plain,0.0,7");
    Study healed = ToyStudy.of(ToyStudy::square);
    run(healed, again, 1);
    assertThat(again.rows()).hasSize(5);
    assertThat(again.rows().get(3).number("square")).isZero();
  }

  @Test
  void aCellThatCannotRunSaysWhyAndTheOthersGoOn() throws IOException {
    List<RuntimeException> thrown =
        List.of(
            new InputException("objective 'a, b' has \"no\" place"),
            new DivergedException("step 3:\n  not finite"),
            new ArithmeticException("the features are constant"),
            new IllegalStateException("surprise"));
    Study study =
        ToyStudy.of(
            cell -> {
              int i = (int) Math.rint(3 * (Double.parseDouble(cell.get("x")) + 1));
              if (i < thrown.size()) {
                throw thrown.get(i);
              }
              return ToyStudy.square(cell);
            });
    StudyFolder folder = create(study);

    run(study, folder, 1);

    List<CellResult> rows = folder.rows();
    assertThat(rows.stream().map(CellResult::problem))
        .containsExactly(
            "objective 'a, b' has \"no\" place",
            "step 3:",
            "the features are constant",
            "IllegalStateException: surprise",
            "");
    assertThat(rows.get(0).number("square")).isNaN();
    assertThat(rows.get(4).number("square")).isCloseTo(1.0 / 9, within(1e-15));
    assertThat(Files.readAllLines(cells())).hasSize(6);
  }

  @Test
  void cellsRunAtOnce() throws IOException {
    List<String> measured = Collections.synchronizedList(new ArrayList<>());
    Study study =
        ToyStudy.of(
            cell -> {
              measured.add(cell.get("x"));
              return ToyStudy.square(cell);
            });
    StudyFolder folder = create(study);

    run(study, folder, 3);

    assertThat(measured).hasSize(5).doesNotHaveDuplicates();
    assertThat(xs(folder.rows())).containsExactlyInAnyOrderElementsOf(measured);
  }

  @Test
  void theTimeLeftGoesByTheCost() throws IOException {
    List<Double> left = new ArrayList<>();
    List<Integer> done = new ArrayList<>();
    long start = System.nanoTime();
    Study study = ToyStudy.of(ToyStudy::square);

    run(
        study,
        create(study),
        1,
        (row, finished, all, seconds) -> {
          double spent = (System.nanoTime() - start) * 1e-9;
          // costs 1 to 5: after the first cell, 14 times as much is left as was done
          assertThat(seconds).isLessThanOrEqualTo(14 * spent);
          assertThat(all).isEqualTo(5);
          done.add(finished);
          left.add(seconds);
        });

    assertThat(done).containsExactly(1, 2, 3, 4, 5);
    assertThat(left.get(0)).isPositive();
    assertThat(left.get(4)).isZero();
  }

  @Test
  void otherFoldersAreRefused() throws IOException {
    Study study = ToyStudy.of(ToyStudy::square);
    assertThatThrownBy(() -> StudyFolder.open(study, path()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected the folder of a study, with study.json");
    run(study, create(study), 1);
    Study later = new ToyStudy("plain", 2, ToyStudy::square);

    assertThatThrownBy(() -> StudyFolder.open(later, path()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected the study toy in version 2, got toy in version 1");
    Files.writeString(cells(), "word,x,problem\n");
    assertThatThrownBy(() -> StudyFolder.open(study, path()).rows())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected 6 values, got 3");
    Files.writeString(cells(), "word,y,square,kind,cell_seconds,problem\n");
    assertThatThrownBy(() -> StudyFolder.open(study, path()).rows())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected the columns word,x,square,kind,cell_seconds,problem");
    Files.writeString(path().resolve("study.json"), "{\"study\":");
    assertThatThrownBy(() -> StudyFolder.open(study, path()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("study.json: damaged, not the JSON of a study");
  }

  @Test
  void aStudyThatIsAtWorkIsReadAndNotRun() throws Exception {
    Study study = ToyStudy.of(ToyStudy::square);
    StudyFolder folder = create(study);
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                path().resolve("study.json").toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.getInputStream().read()).as("it holds the study").isEqualTo('h');

      assertThat(folder.rows()).isEmpty();
      assertThatThrownBy(() -> run(study, folder, 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another process is at work on this study");
    } finally {
      other.destroyForcibly().waitFor();
    }
    run(study, folder, 1);
    assertThat(folder.rows()).hasSize(5);
  }

  /** A process that is at work on a study until it is killed. */
  static final class Holder {

    private Holder() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
        file.lock();
        System.out.write('h');
        System.out.flush();
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void optionsAreKept() throws IOException {
    Study study = ToyStudy.of(ToyStudy::square);
    Settings settings = Settings.of(study, true, 7, Map.of("numbers", "3"));
    StudyFolder.create(study, settings, temporary, path());

    assertThat(StudyFolder.open(study, path()).settings()).isEqualTo(settings);
    assertThat(StudyFolder.open(study, path()).data()).contains(temporary.toAbsolutePath());
  }

  @Test
  void aReportNeedsAFinishedCell() throws IOException {
    Study study =
        ToyStudy.of(
            cell -> {
              throw new ArithmeticException("never");
            });
    StudyFolder folder = create(study);

    assertThatThrownBy(folder::report)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no cell is finished");
    run(study, folder, 1);
    assertThatThrownBy(folder::report)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no cell could be measured; the first: never");
  }
}
