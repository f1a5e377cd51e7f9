package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyFolder;
import ai.contexture.experiment.ToyStudy;
import ai.djl.Device;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full after any number of blocks, or becomes read-only: a line that names the file,
 * what was there before as it was, and a run that goes on once there is room. The disk is a small
 * tmpfs, which only root can mount: others skip this.
 */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {

  /** What the disk is full of in steps of. */
  private static final int BLOCK = 4096;

  /** More blocks than a small run has. */
  private static final int BLOCKS = 16;

  @TempDir Path folder;

  private Path table;
  private Path disk;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    table = Command.table(folder.resolve("table.csv"), 60);
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()),
        "no permission to mount a small disk");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("umount", disk.toString());
  }

  private static boolean run(String... words) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  /** Fills the disk but for some blocks. */
  private void fill(int free) throws IOException {
    Path filler = disk.resolve("filler");
    Files.deleteIfExists(filler);
    long room = Files.getFileStore(disk).getUsableSpace();
    try (OutputStream stream = Files.newOutputStream(filler)) {
      stream.write(new byte[Math.toIntExact(room - (long) free * BLOCK)]);
    }
  }

  private void empty() throws IOException {
    Files.delete(disk.resolve("filler"));
  }

  private void assertFailed(Command command, String where) throws IOException {
    assertThat(command.code()).as(where + ": " + command.err()).isEqualTo(1);
    List<String> errors =
        command.err().lines().filter(line -> line.startsWith("contexture: ")).toList();
    assertThat(errors).as(where + ": " + command.err()).hasSize(1);
    assertThat(errors.get(0)).as(where).startsWith("contexture: " + disk);
    assertThat(command.err()).as(where).doesNotContain("\tat ", "unexpected failure");
    try (Stream<Path> files = Files.walk(disk)) {
      assertThat(files.map(Path::toString)).as(where).noneMatch(name -> name.endsWith(".part"));
    }
  }

  @Test
  void aRunGoesOnOnceThereIsRoom() throws IOException {
    Path whole = folder.resolve("whole");
    String[] options = {"--steps", "4", "--checkpoint-every", "1"};
    assertThat(Command.pretrain(table, whole, options).code()).isZero();
    int resumed = 0;
    for (int free = 0; free < BLOCKS; free++) {
      Path run = disk.resolve("run");
      fill(free);
      Command command = Command.pretrain(table, run, options);
      String where = free + " free blocks";
      if (command.code() != 0) {
        assertFailed(command, where);
        empty();
        if (Files.exists(run)) {
          Command again = Command.run("pretrain", "--resume", run.toString());
          assertThat(again.code()).as(where + ": " + again.err()).isZero();
          resumed++;
        }
      }
      if (Files.exists(run)) {
        assertThat(run.resolve("encoder.params"))
            .as(where)
            .hasSameBinaryContentAs(whole.resolve("encoder.params"));
        delete(run);
      }
    }
    assertThat(resumed).isGreaterThan(3);
  }

  /** The cells that were measured are kept, and only the others are measured once there is room. */
  @Test
  void aStudyKeepsItsCells() throws IOException {
    int all = 400;
    AtomicInteger measured = new AtomicInteger();
    ToyStudy toy =
        ToyStudy.of(
            cell -> {
              measured.incrementAndGet();
              return ToyStudy.square(cell);
            });
    Settings settings = Settings.of(toy, false, 0, Map.of("numbers", Integer.toString(all)));
    Path whole = folder.resolve("whole");
    assertThat(study(toy, settings, whole)).isEmpty();
    List<List<String>> cells = KilledTest.cells(whole);
    int begun = 0;
    for (int free = 0; free < BLOCKS / 2; free++) {
      Path path = disk.resolve("study");
      String where = free + " free blocks";
      fill(free);
      Optional<IOException> full = study(toy, settings, path);
      if (full.isPresent()) {
        assertThat(Failures.io(full.get())).as(where).startsWith(path + "/");
      }
      int kept =
          Files.exists(path.resolve("study.json")) ? StudyFolder.open(toy, path).rows().size() : 0;
      begun += kept > 0 && kept < all ? 1 : 0;
      empty();
      measured.set(0);
      assertThat(study(toy, settings, path)).as(where).isEmpty();
      assertThat(measured).as(where).hasValue(all - kept);
      assertThat(KilledTest.cells(path)).as(where).isEqualTo(cells);
      assertThat(path.resolve(StudyFolder.REPORT)).as(where).isNotEmptyFile();
      delete(path);
    }
    assertThat(begun).isPositive();
  }

  /** Begins a study or goes on with it, and returns what stopped it. */
  private static Optional<IOException> study(ToyStudy toy, Settings settings, Path path) {
    try (Study.Grid grid = toy.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      StudyFolder study =
          Files.exists(path)
              ? StudyFolder.open(toy, path)
              : StudyFolder.create(toy, settings, null, path);
      study.run(grid, 1, (row, done, cells, left) -> {});
      study.report();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    } catch (UncheckedIOException e) {
      return Optional.of(e.getCause());
    }
  }

  @Test
  void anExperimentGoesOnOnceThereIsRoom() throws IOException {
    Path out = disk.resolve("study");
    List<String> words = List.of("experiment", "objectives", "--device", "cpu", "--out", "" + out);
    String[] begin =
        Stream.concat(
                words.stream(),
                Stream.of("--quick", "--objectives", "kise", "--steps", "2", "--batches", "full"))
            .toArray(String[]::new);
    fill(0);
    assertFailed(Command.run(begin), "no room for study.json");
    assertThat(out).doesNotExist();
    fill(3);
    assertFailed(Command.run(begin), "no room for figures");
    String cells = Files.readString(out.resolve("cells.csv"));
    empty();
    Command again =
        Command.run(Stream.concat(words.stream(), Stream.of("--resume")).toArray(String[]::new));
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(out.resolve("cells.csv")).hasContent(cells);
    assertThat(out.resolve(StudyFolder.REPORT)).isNotEmptyFile();
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> all = Files.walk(place)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  @Test
  void whatWasThereBeforeIsIntact() throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "2").code()).isZero();
    String data = table.toString();
    for (String[] words :
        new String[][] {
          {"spectrum", "--data", data, "--context", "knn(k=5)", "--json", "o.json"},
          {"spectrum", "--data", data, "--context", "knn(k=5)", "--plot", "o.png"},
          {"spectrum", "--data", data, "--context", "knn(k=5)", "--plot", "o.svg"},
          {"align", run.toString(), "--json", "o.json"},
          {"embed", run.toString(), "--force", "--out", "o.csv"},
          {"embed", run.toString(), "--force", "--out", "o.npy"},
          {"embed", run.toString(), "--force", "--out", "o.npz"},
        }) {
      Path file = disk.resolve(words[words.length - 1]);
      words[words.length - 1] = file.toString();
      String where = String.join(" ", words);
      Files.writeString(file, "before");
      fill(0);
      assertFailed(Command.run(words), where);
      assertThat(file).as(where).hasContent("before");
      empty();
      assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();
      Command readOnly = Command.run(words);
      assertThat(readOnly.code()).as(where + ": " + readOnly.err()).isIn(1, 2);
      assertThat(readOnly.err()).as(where).contains(file.toString()).doesNotContain("\tat ");
      assertThat(file).as(where).hasContent("before");
      assertThat(run("mount", "-o", "remount,rw", disk.toString())).isTrue();
      Command again = Command.run(words);
      assertThat(again.code()).as(where + ": " + again.err()).isZero();
      assertThat(Files.size(file)).as(where).isGreaterThan(6);
      Files.delete(file);
    }
  }
}
