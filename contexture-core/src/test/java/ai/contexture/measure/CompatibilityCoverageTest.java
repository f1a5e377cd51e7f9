package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.seed;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Matrix;
import ai.contexture.measure.CompatibilityEstimate.Sampling;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often an interval holds the compatibility that it estimates, by simulation. */
class CompatibilityCoverageTest {

  private static final Logger logger = LoggerFactory.getLogger(CompatibilityCoverageTest.class);

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** A finite context: P_X, the dual kernel [N, N], the functions [N, d] and eigenvalues. */
  record World(String name, double[] p, NDArray kernel, NDArray functions, double[] eigenvalues) {}

  /** Targets [N, c] of all points. */
  record Task(String name, int c, double[] y) {}

  /**
   * What a simulation found.
   *
   * @param truth ρ²
   * @param coverage the share of intervals that held it
   * @param width their mean width
   * @param error the root mean squared error of the estimates
   */
  record Result(double truth, double coverage, double width, double error) {}

  List<World> worlds() {
    List<World> worlds = new ArrayList<>();
    KnnContext knn = KnnContext.of(rows(), 20);
    Spectrum spectrum = Spectra.of(knn, 299, manager);
    double[] uniform = new double[300];
    Arrays.fill(uniform, 1 / 300.);
    NDArray kernel = knn.kernel(knn.points(), knn.points());
    worlds.add(new World("knn", uniform, kernel, spectrum.functions(), spectrum.eigenvalues()));
    worlds.add(world("joint", JointLaw.random(manager, 300, 30, 6, random("joint"))));
    int[] codes = new int[300];
    Arrays.setAll(codes, i -> i % 7 % 4);
    worlds.add(world("label", JointLaw.label(manager, codes, 4)));
    return worlds;
  }

  private NDArray rows() {
    return normal(manager, "points", 300, 2);
  }

  private static World world(String name, JointLaw law) {
    return new World(
        name, law.inputWeights().toDoubleArray(), law.kernel(), law.functions(), law.eigenvalues());
  }

  /** A function, functions under noise, a line, noise, three classes, and a rare class. */
  List<Task> tasks(World world) {
    double[] x = rows().toDoubleArray();
    double[] noise = normal(manager, "noise", 300, 1).toDoubleArray();
    double[] first = world.functions.get(":, 0").toDoubleArray();
    double[] second = world.functions.get(":, 1").toDoubleArray();
    double[] mixed = new double[300];
    double[] line = new double[300];
    double[] classes = new double[900];
    double[] rare = new double[600];
    for (int i = 0; i < 300; i++) {
      mixed[i] = first[i] + second[i] + noise[i];
      line[i] = x[2 * i] + 3;
      classes[3 * i + (first[i] > 0.5 ? 2 : second[i] > 0 ? 1 : 0)] = 1;
      rare[2 * i + (x[2 * i] + 0.3 * noise[i] > 0.9 ? 1 : 0)] = 1;
    }
    return List.of(
        new Task("function", 1, first),
        new Task("mixed", 1, mixed),
        new Task("line", 1, line),
        new Task("noise", 1, noise),
        new Task("classes", 3, classes),
        new Task("rare", 2, rare));
  }

  /** Intervals from n independent draws, repeated. */
  Result simulate(World world, Task task, int n, boolean functions, double level, int repeats) {
    NDArray weights = manager.create(world.p);
    double truth =
        Compatibility.of(
                world.functions,
                world.eigenvalues,
                weights,
                Matrix.of(world.p.length, task.c, task.y))
            .squared();
    weights.close();
    RandomGenerator random = seed().derive(world.name + task.name).derive(n).generator();
    int held = 0;
    double width = 0;
    double squares = 0;
    int done = 0;
    while (done < repeats) {
      int[] drawn = Kernels.draw(world.p, n, random);
      double[] y = new double[n * task.c];
      for (int i = 0; i < n; i++) {
        System.arraycopy(task.y, drawn[i] * task.c, y, i * task.c, task.c);
      }
      boolean same = true;
      for (int i = 0; i < y.length; i++) {
        same &= y[i] == y[i % task.c];
      }
      if (same) {
        continue; // refused
      }
      try (NDManager scope = manager.newSubManager()) {
        NDArray index = scope.create(Arrays.stream(drawn).asLongStream().toArray());
        NDArray half = world.kernel.get(index);
        half.attach(scope);
        NDArray kernel = half.transpose().get(index);
        Matrix targets = Matrix.of(n, task.c, y);
        CompatibilityEstimate estimate;
        if (functions) {
          NDArray mu = world.functions.get(index);
          mu.attach(scope);
          estimate =
              CompatibilityEstimate.of(
                  kernel, mu, world.eigenvalues, targets, Sampling.INDEPENDENT, level);
        } else {
          estimate = CompatibilityEstimate.of(kernel, targets, Sampling.INDEPENDENT, level);
        }
        held += estimate.low() - 1e-9 <= truth && truth <= estimate.high() + 1e-9 ? 1 : 0;
        width += estimate.high() - estimate.low();
        squares += Math.pow(estimate.squared() - truth, 2);
      }
      done++;
    }
    return new Result(
        truth, held / (double) repeats, width / repeats, Math.sqrt(squares / repeats));
  }

  /**
   * Intervals hold the truth about as often as they say: on the whole, and for no task much more
   * seldom.
   */
  private void holds(int n, boolean functions, double level, int repeats) {
    List<Result> results = new ArrayList<>();
    for (World world : worlds()) {
      for (Task task : tasks(world)) {
        Result result = simulate(world, task, n, functions, level, repeats);
        results.add(result);
        double least = level - 0.15 - 3 * Math.sqrt(level * (1 - level) / repeats);
        assertThat(result.coverage)
            .as("%s, %s, n=%d, seed %s: %s", world.name, task.name, n, seed(), result)
            .isGreaterThan(least);
      }
    }
    double mean = results.stream().mapToDouble(Result::coverage).average().orElseThrow();
    double noise = 3 * Math.sqrt(level * (1 - level) / (repeats * results.size()));
    assertThat(mean).as("mean over %s", results).isGreaterThan(level - noise);
    logger.info("n={} functions={} level {}: mean coverage {}", n, functions, level, mean);
  }

  @Test
  void ofTwentyLabels() {
    holds(20, true, 0.9, 12);
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "20, true, 0.95, 100",
    "20, false, 0.9, 100",
    "60, true, 0.95, 40",
    "60, false, 0.9, 40",
    "150, true, 0.9, 20",
    "150, false, 0.95, 20",
    "500, true, 0.9, 6",
    "500, true, 0.95, 6"
  })
  void ofAnyNumberOfLabels(int n, boolean functions, double level, int repeats) {
    holds(n, functions, level, repeats);
  }
}
