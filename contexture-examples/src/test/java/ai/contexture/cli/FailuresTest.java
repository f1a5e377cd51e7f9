package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {"spectrum", "compare", "pretrain", "embed"})
  void aHeapThatIsTooSmall(String command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    List<String> words = new ArrayList<>(List.of(command));
    if (command.equals("embed")) {
      Path run = folder.resolve("run");
      Path some = folder.resolve("some.csv");
      try (Stream<String> lines = Files.lines(wide())) {
        Files.write(some, lines.limit(100).toList());
      }
      List<String> learn = List.of("pretrain", "--data", some.toString(), "--out", run.toString());
      List<String> small = List.of("--steps", "1", "--context", "knn(k=5)", "--dim", "2");
      assertThat(
              Command.run(Stream.concat(learn.stream(), small.stream()).toArray(String[]::new))
                  .code())
          .isZero();
      words.add(run.toString());
    }
    words.addAll(List.of("--data", wide().toString()));
    if (command.equals("compare")) {
      words.addAll(List.of("--context", "knn(k=5)"));
    }
    if (command.equals("embed") || command.equals("pretrain")) {
      words.addAll(List.of("--out", out + (command.equals("embed") ? ".npy" : "")));
    }
    Ended ended = run(List.of("-Xmx16m"), words);

    assertThat(ended.code).as(ended.err).isEqualTo(1);
    assertThat(ended.err.lines().filter(line -> !line.startsWith("warning: ")))
        .as(ended.err)
        .singleElement()
        .asString()
        .matches(
            "contexture: the Java heap of 1[0-9] MiB is too small for this;"
                + " CONTEXTURE_JAVA_OPTS=-Xmx16g makes it larger");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("out.npy")).doesNotExist();
  }

  /** Java has another file under the number of a closed stream. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aClosedStandardOutput() throws IOException, InterruptedException {
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Path run = folder.resolve("run");
    assertThat(Command.pretrain(table, run, "--steps", "3").code()).isZero();
    List<String> words = new ArrayList<>(List.of("bash", "-c", "\"$@\" >&-", "bash"));
    words.addAll(Command.process());
    words.addAll(List.of("embed", run.toString(), "--out", "-"));
    Process process = new ProcessBuilder(words).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(err).isEqualTo(1);
    assertThat(err).isEqualTo("contexture: standard output: cannot be written\n");
  }

  /** The device that is always full. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDisk() throws IOException {
    Path table = Command.table(folder.resolve("table.csv"), 60);
    for (String[] option :
        new String[][] {{"--plot", "p.png"}, {"--plot", "p.svg"}, {"--json", "r.json"}}) {
      Path full = folder.resolve(option[1]);
      Files.createSymbolicLink(full, Path.of("/dev/full"));
      Command command =
          Command.run(
              "spectrum",
              "--data",
              table.toString(),
              "--target",
              "class",
              "--context",
              "knn(k=5)",
              option[0],
              full.toString());
      assertThat(command.code()).isEqualTo(1);
      assertThat(command.err().lines().toList())
          .as(command.err())
          .containsExactly("contexture: " + full + ": No space left on device");
      Files.delete(full);
    }
  }

  @Test
  void aFullStack() {
    assertThat(reported(new StackOverflowError())).contains("nested too deeply", "-Xss64m");
    assertThat(reported(new IllegalStateException(new StackOverflowError())))
        .contains("nested too deeply");
  }

  @Test
  void memoryOfOtherKinds() {
    assertThat(reported(new OutOfMemoryError("unable to create native thread")))
        .contains("no further thread");
    assertThat(reported(new OutOfMemoryError("Requested array size exceeds VM limit")))
        .contains("longer than Java allows");
    assertThat(reported(new OutOfMemoryError("Cannot reserve 9 bytes of direct buffer memory")))
        .contains("beside the Java heap");
    assertThat(reported(new OutOfMemoryError("Java heap space"))).contains("the Java heap of ");
  }

  @Test
  void noRoomForLibtorch() {
    EngineException full =
        new EngineException("Failed to extract", new IOException("No space left on device"));
    assertThat(reported(full))
        .contains(
            "libtorch cannot be unpacked to ", "No space left on device; DJL_CACHE_DIR names");
  }

  private static String reported(Throwable thrown) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    int code = new Failures(new Terminal(stream, stream, 0, "contexture"), false).thrown(thrown);
    assertThat(code).isEqualTo(1);
    String text = err.toString(StandardCharsets.UTF_8);
    assertThat(text.lines()).hasSize(1);
    return text;
  }
}
