package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.contexture.input.Text;
import ai.contexture.training.Training;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hundred thousand small steps of each kind of objective take no more memory than a thousand. */
class ManyStepsTest {

  private static final int FIRST = 1_000;
  private static final int ALL = Integer.getInteger("contexture.test.steps", 100_000);
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Trains in a process of its own, and prints the arrays and the memory at some steps. */
  public static final class LongTraining {

    private LongTraining() {}

    /** Takes an objective and a context. */
    public static void main(String[] args) throws IOException {
      Recipe recipe =
          Tables.recipe(args[0])
              .withContext(args[1])
              .withEncoder("mlp(width=8,depth=2)")
              .withTraining(Training.options(ALL, 32));
      try (NDManager manager = NDManager.newBaseManager();
          Pretraining job = Pretraining.prepare(Tables.classes(), recipe, Device.cpu())) {
        for (int until : new int[] {FIRST, ALL / 4, ALL / 2, ALL}) {
          job.trainer().train(until, TrainingListener.NONE);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kise                 | knn(k=8)
          svme                 | knn(k=8)
          non-contrastive      | knn(k=8)
          spectral-contrastive | knn(k=8)
          vicreg               | knn(k=8)
          infonce              | knn(k=8)
          byol                 | knn(k=8)
          denoising            | noise
          diffusion            | noise(schedule=cosine, steps=20)
          supervised           | label
          minmax(kise, svme)   | knn(k=8)
          """)
  @Tag("slow")
  void memoryStaysConstant(String objective, String context)
      throws IOException, InterruptedException {
    assumeThat(STATUS).exists();
    Path messages = Files.createTempFile("many-steps", ".txt");
    // a Java heap of constant size, and no compiler that takes memory of its own after some
    // thousand steps, so that growth is growth
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-Dcontexture.test.steps=" + ALL,
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty("java.class.path"),
                LongTraining.class.getName(),
                objective,
                context)
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
    System.out.println(objective + ": " + lines.stream().map(Arrays::toString).toList());
    assertThat(first[0]).isEqualTo(FIRST);
    assertThat(last[0]).isEqualTo(ALL);
    assertThat(last[1]).as("managed arrays").isEqualTo(first[1]);
    assertThat((double) last[2] / first[2]).as(printed).isLessThan(1.01);
  }
}
