package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that is stopped goes on as if nothing had been. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {

  private static final String STEPS = "900";

  @TempDir Path folder;

  /** Ctrl-C, and the polite request that init systems and schedulers send. */
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void stopped(String signal, int code) throws IOException, InterruptedException {
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Path whole = folder.resolve("whole");
    Path stopped = folder.resolve("stopped");
    assertThat(pretrain(table, whole).code()).isZero();

    Process process = start(table, stopped);
    awaitSteps(stopped, 40);
    signal(process, signal);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String messages = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.exitValue()).as(messages).isEqualTo(code);
    assertThat(messages).contains("Stopped after step", "pretrain --resume " + stopped);
    assertThat(RunFolder.open(stopped).checkpoints()).hasSize(2);
    assertThat(stopped.resolve("result.json")).doesNotExist();
    List<String> before = Files.readAllLines(stopped.resolve("metrics.csv"));
    assertThat(before).hasSizeBetween(41, 900);
    assertResumed(whole, stopped);
  }

  private static void assertResumed(Path whole, Path stopped) throws IOException {
    Command resumed = Command.run("pretrain", "--resume", stopped.toString(), "--quiet");

    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(stopped.resolve("encoder.params"))
        .hasSameBinaryContentAs(whole.resolve("encoder.params"));
    assertThat(PretrainCommandTest.withoutSeconds(stopped))
        .isEqualTo(PretrainCommandTest.withoutSeconds(whole));
    assertThat(RunFolder.open(stopped).checkpoints()).isEmpty();
    assertThat(stopped.resolve("result.json")).exists();
  }

  private static Command pretrain(Path table, Path out) {
    return Command.pretrain(table, out, options());
  }

  private static String[] options() {
    return new String[] {
      "--steps",
      STEPS,
      "--batch",
      "16",
      "--checkpoint-every",
      "25",
      "--evaluate-every",
      "7",
      "--quiet"
    };
  }

  /** One process at a time, told by the folder's lock; a killed one leaves the folder free. */
  @Test
  void twoProcessesOnOneRun() throws IOException, InterruptedException {
    Path table = Command.table(folder.resolve("table.csv"), 60);
    Path whole = folder.resolve("whole");
    Path shared = folder.resolve("shared");
    assertThat(pretrain(table, whole).code()).isZero();
    Process first = start(table, shared);
    try {
      awaitSteps(shared, 40);
      signal(first, "STOP"); // it holds the folder for as long as this takes
      Command second = Command.run("pretrain", "--resume", shared.toString());
      assertThat(second.code()).isEqualTo(2);
      assertThat(second.err())
          .startsWith(
              "contexture: "
                  + shared
                  + ": another process is at work on it, process "
                  + first.pid()
                  + " on ");
      assertThat(second.err().lines()).hasSize(1);
      Command same = pretrain(table, shared);
      assertThat(same.code()).isEqualTo(2);
      assertThat(same.err()).contains("--out: " + shared + " is there already");
      assertThat(first.isAlive()).as("the first one still trains").isTrue();
    } finally {
      first.destroyForcibly().waitFor();
    }
    assertResumed(whole, shared);
    assertThat(shared.resolve(RunLock.FILE)).doesNotExist();
  }

  private static Process start(Path table, Path out) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(withSignals());
    words.addAll(Command.process());
    words.addAll(List.of("pretrain", "--data", table.toString(), "--target", "class"));
    words.addAll(List.of("--out", out.toString()));
    words.addAll(Command.SMALL);
    words.addAll(List.of(options()));
    return new ProcessBuilder(words).start();
  }

  /** What a process is started with so that it hears signals that this one ignores, as by nohup. */
  static List<String> withSignals() throws IOException, InterruptedException {
    List<String> words = List.of("env", "--default-signal=INT,TERM");
    List<String> trial = new ArrayList<>(words);
    trial.add("true");
    boolean known =
        new ProcessBuilder(trial)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
    return known ? words : List.of();
  }

  private static void awaitSteps(Path run, int steps) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Path metrics = run.resolve("metrics.csv");
    while (!Files.exists(metrics) || Files.readAllLines(metrics).size() < steps) {
      assertThat(System.nanoTime()).as("the time to wait for steps").isLessThan(end);
      Thread.sleep(20);
    }
  }

  static void signal(Process process, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
