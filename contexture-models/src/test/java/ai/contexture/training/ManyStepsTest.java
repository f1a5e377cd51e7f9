package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.contexture.context.KnnContext;
import ai.contexture.input.Text;
import ai.contexture.objective.Svme;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred thousand small steps take no more memory than a thousand. */
class ManyStepsTest {

  private static final int FIRST = 1_000;
  private static final int ALL = 100_000;
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Trains in a process of its own, and prints the arrays and the memory at both steps. */
  public static final class LongTraining {

    private LongTraining() {}

    public static void main(String[] args) throws IOException {
      TrainingOptions options = Training.options(ALL, 9);
      try (NDManager manager = NDManager.newBaseManager();
          Trainer<KnnContext> trainer = Training.trainer(manager, new Svme(), options)) {
        for (int until : new int[] {FIRST, ALL / 10, ALL / 2, ALL}) {
          trainer.train(until, TrainingListener.NONE);
          System.gc();
          System.out.println(
              Text.format(
                  "%d %d %d", until, Training.held(manager.getParentManager()), resident()));
        }
      }
    }

    /** The memory that this process occupies, in KiB. */
    private static long resident() throws IOException {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findAny()
          .orElseThrow();
    }
  }

  @Test
  @Tag("slow")
  void memoryStaysConstant() throws IOException, InterruptedException {
    assumeThat(STATUS).exists();
    Path messages = Files.createTempFile("many-steps", ".txt");
    // a Java heap of constant size, so that growth is growth
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty("java.class.path"),
                LongTraining.class.getName())
            .redirectError(messages.toFile())
            .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(1, TimeUnit.HOURS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(messages)).isZero();
    Files.delete(messages);
    List<long[]> lines =
        printed
            .lines()
            .map(line -> List.of(line.split(" ")).stream().mapToLong(Long::parseLong).toArray())
            .toList();
    long[] first = lines.get(0);
    long[] last = lines.get(lines.size() - 1);
    assertThat(first[0]).isEqualTo(FIRST);
    assertThat(last[0]).isEqualTo(ALL);
    assertThat(last[1]).as("managed arrays").isEqualTo(first[1]);
    assertThat((double) last[2] / first[2]).as(printed).isLessThan(1.01);
  }
}
