package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
        run("mount", "-t", "tmpfs", "-o", "size=" + 4 * BLOCKS * BLOCK, "tmpfs", disk.toString()),
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
