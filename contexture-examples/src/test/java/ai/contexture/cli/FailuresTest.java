package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot go on says so in one line, whatever stopped it. */
class FailuresTest {

  @TempDir Path folder;

  /** A process of the command with options for Java. */
  private record Ended(int code, String err) {}

  private Ended run(List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(Command.process());
    words.addAll(1, options);
    words.addAll(arguments);
    Process process =
        new ProcessBuilder(words).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), err);
  }

  private Path wide() throws IOException {
    StringBuilder text = new StringBuilder("x0");
    for (int j = 1; j < 40; j++) {
      text.append(",x").append(j);
    }
    for (int i = 0; i < 40_000; i++) {
      text.append('\n').append(i);
      for (int j = 1; j < 40; j++) {
        text.append(',').append((i * 31L + j) % 997);
      }
    }
    return Files.writeString(folder.resolve("wide.csv"), text);
  }

  @Test
  void aHeapThatIsTooSmall() throws IOException, InterruptedException {
    Ended ended = run(List.of("-Xmx16m"), List.of("spectrum", "--data", wide().toString()));

    assertThat(ended.code).as(ended.err).isEqualTo(1);
    assertThat(ended.err)
        .matches(
            "contexture: the Java heap of 1[0-9] MiB is too small for this;"
                + " CONTEXTURE_JAVA_OPTS=-Xmx16g makes it larger\n");
  }
}
