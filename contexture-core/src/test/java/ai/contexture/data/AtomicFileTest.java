package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A file is complete or as it was before, and nothing else is touched. */
class AtomicFileTest {

  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void replacesWhatIsThere() throws IOException {
    Path file = folder.resolve("x.csv");
    AtomicFile.write(file, "before");
    AtomicFile.write(file, "after");

    assertThat(file).hasContent("after");
    assertThat(names()).containsExactly("x.csv");
  }

  @Test
  void aFailureLeavesWhatWasThere() throws IOException {
    Path file = folder.resolve("x.csv");
    AtomicFile.write(file, "before");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    stream -> {
                      stream.write(new byte[100_000]);
                      throw new IOException("no space");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("x.csv", "no space");
    assertThat(file).hasContent("before");
    assertThat(names()).containsExactly("x.csv");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkUnderTheOldTemporaryNameIsNotFollowed() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "mine");
    Files.createSymbolicLink(folder.resolve("x.csv.part"), other);

    AtomicFile.write(folder.resolve("x.csv"), "numbers");

    assertThat(other).hasContent("mine");
    assertThat(folder.resolve("x.csv")).hasContent("numbers");
  }

  @Test
  void errorsNameTheFile() {
    Path file = folder.resolve("none").resolve("x.csv");
    assertThatThrownBy(() -> AtomicFile.write(file, "numbers"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(file.toString());
  }

  /** Two at once write to two files, and the last one moved is whole. */
  @Test
  void temporaryNamesDiffer() throws IOException {
    Path file = folder.resolve("x.csv");
    AtomicFile.write(
        file,
        stream -> {
          AtomicFile.write(file, "within");
          stream.write("around".getBytes(StandardCharsets.UTF_8));
        });

    assertThat(file).hasContent("around");
    assertThat(names()).containsExactly("x.csv");
  }

  /** The temporary name is not longer than the name. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theLongestNameIsWritten() throws IOException {
    String name = "x".repeat(255);
    AtomicFile.write(folder.resolve(name), "long");

    assertThat(names()).containsExactly(name);
  }
}
