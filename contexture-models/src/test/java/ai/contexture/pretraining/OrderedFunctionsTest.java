package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.measure.Correlation;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Features come out in the order of the exact functions, each of them alone. */
@Tag("slow")
class OrderedFunctionsTest {

  private static final Logger logger = LoggerFactory.getLogger(OrderedFunctionsTest.class);

  private static final int FUNCTIONS = 16;

  /** Functions of eigenvalues nearer to each other than this may be learned turned. */
  private static final double GAP = 1e-2;

  @ParameterizedTest
  @ValueSource(strings = {"digits", "abalone"})
  void eachFeatureIsItsFunction(String name) {
    Recipe recipe =
        Recipe.DEFAULT.withTraining(
            Recipe.DEFAULT
                .training()
                .withOptimiser(Optimiser.parse("muon"))
                .withLearningRate(3e-3)
                .withSchedule(Schedule.parse("linear(warm-up=0.05)")));
    try (Pretraining job = Pretraining.prepare(data(name), recipe)) {
      job.train();
      int[] rows = job.split().pretrain();
      Matrix features = job.representation().embed(job.data().features().select(rows));
      double[] exact = job.spectrum().functions().get(":, 0:" + FUNCTIONS).toDoubleArray();
      double[] s = job.spectrum().eigenvalues();
      int measured = 0;
      for (int j = 0; j < FUNCTIONS; j++) {
        double before = j == 0 ? 1 : s[j - 1];
        if (before - s[j] <= GAP || s[j] - s[j + 1] <= GAP) {
          continue;
        }
        int column = j;
        double[] learned =
            IntStream.range(0, rows.length).mapToDouble(i -> features.get(i, column)).toArray();
        double[] best =
            IntStream.range(0, rows.length)
                .mapToDouble(i -> exact[i * FUNCTIONS + column])
                .toArray();
        double correlation = Math.abs(Correlation.pearson(learned, best));
        logger.info("{}: function {} of s² = {}: {}", name, j + 1, s[j], correlation);
        assertThat(correlation).as("function %d", j + 1).isGreaterThan(0.95);
        measured++;
      }
      assertThat(measured).isPositive();
    }
  }

  private static Dataset data(String name) {
    if (name.equals("digits")) {
      return Dataset.digits();
    }
    Path folder = Path.of("../../shared/data");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no folder shared/data here");
    return Dataset.read(folder.resolve(name + ".csv.gz"), "target");
  }
}
