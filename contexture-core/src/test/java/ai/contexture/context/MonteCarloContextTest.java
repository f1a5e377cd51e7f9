package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static ai.contexture.testing.Numeric.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Estimated operators: what all finite contexts must do, and how near they are to the exact ones.
 */
class MonteCarloContextTest {

  private interface OfText
      extends ContextContract.SampledFinite<MonteCarloContext>,
          ContextContract.KernelFinite<MonteCarloContext> {

    String text();

    @Override
    default MonteCarloContext context(NDManager manager) {
      NDArray rows = normal(manager, "points", 12, 3).mul(0.7).round();
      return (MonteCarloContext)
          Contexts.parse(text())
              .fit(ContextData.of(rows.add(normal(manager, "x", 12, 3).mul(noise()))));
    }

    /** What makes the values of rows differ. */
    default double noise() {
      return 0;
    }

    @Override
    default NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3).round();
    }
  }

  @Nested
  class Masking implements OfText {
    @Override
    public String text() {
      return "monte-carlo(masking(rate=0.2..0.8, schedule=uniform, fill=mean), samples=3)";
    }
  }

  @Nested
  class Scarf implements OfText {
    @Override
    public String text() {
      return "monte-carlo(scarf(rate=0.6, marginal=empirical), samples=3)";
    }
  }

  @Nested
  class ScarfOfDensities implements OfText {
    @Override
    public String text() {
      return "monte-carlo(scarf(rate=0.6, marginal=gaussian), samples=3)";
    }
  }

  @Nested
  class Cutmix implements OfText {
    @Override
    public String text() {
      return "monte-carlo(cutmix(rate=0.5), samples=3)";
    }
  }

  @Nested
  class Noise implements OfText {
    @Override
    public String text() {
      return "monte-carlo(noise(schedule=cosine, steps=5), samples=3)";
    }

    @Override
    public double noise() {
      return 0.3;
    }
  }

  /** Six rows of three binary columns, two of them equal. */
  private static final double[][] BINARY = {
    {1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {-1, -1, -1}, {-1, 1, -1}, {1, 1, 1}
  };

  /** P⁺(a|x) on all a of three values in three columns, [6, 27]. */
  private static NDArray exactLaw(NDManager manager, ToDoubleBiFunction<double[], double[]> law) {
    double[] probabilities = new double[6 * 27];
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 27; j++) {
        double[] a = {j % 3 - 1, j / 3 % 3 - 1, j / 9 - 1};
        probabilities[i * 27 + j] = law.applyAsDouble(a, BINARY[i]);
      }
    }
    NDArray matrix = manager.create(probabilities, new Shape(6, 27));
    assertClose(matrix.sum(new int[] {1}), manager.ones(new Shape(6), DataType.FLOAT64), 1e-12);
    return matrix;
  }

  /** k_X⁺ = P diag(1/q) Pᵀ. */
  private static NDArray exactKernel(NDArray law) {
    NDArray q = law.mean(new int[] {0}, true);
    NDArray occurs = q.gt(0).toType(DataType.FLOAT64, false);
    return law.mul(occurs.div(q.add(occurs.neg().add(1)))).matMul(law.transpose());
  }

  private static double[] eigenvalues(NDArray kernel) {
    return LinearAlgebra.eigh(kernel.div(kernel.getShape().get(0))).values().toDoubleArray();
  }

  private static NDArray estimated(NDManager manager, String text, int samples, int round) {
    NDArray rows = manager.create(BINARY);
    MonteCarloContext context =
        (MonteCarloContext)
            Contexts.parse("monte-carlo(" + text + ", samples=" + samples + ")")
                .fit(ContextData.of(rows).withSeed(seed().derive(round)));
    assertThat(context.samples()).isEqualTo(samples);
    assertThat(context.contexts().size()).isEqualTo(6 * samples);
    return context.kernel(context.points(), context.points());
  }

  /** Root mean square error of kernel and eigenvalues at so many samples, over some rounds. */
  private static double[] errors(
      NDManager manager, String text, NDArray exact, int samples, int rounds) {
    double kernel = 0;
    double spectrum = 0;
    for (int round = 0; round < rounds; round++) {
      NDArray found = estimated(manager, text, samples, round);
      kernel += found.sub(exact).square().mean().getDouble() / rounds;
      double[] values = eigenvalues(found);
      double[] expected = eigenvalues(exact);
      for (int i = 0; i < values.length; i++) {
        spectrum += Math.pow(values[i] - expected[i], 2) / values.length / rounds;
      }
    }
    return new double[] {Math.sqrt(kernel), Math.sqrt(spectrum)};
  }

  private static void assertConverges(String text, ToDoubleBiFunction<double[], double[]> law) {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray exact = exactKernel(exactLaw(manager, law));
      int rounds = 10;
      double[] few = errors(manager, text, exact, 20, rounds);
      double[] many = errors(manager, text, exact, 1000, rounds);
      // fifty times the samples, a seventh of the error, whose deviation over rounds is some 25 %
      for (int i = 0; i < 2; i++) {
        assertThat(few[i] / many[i]).as("%s, %s", text, reproduce()).isBetween(3.0, 17.0);
      }
      assertThat(many[0]).as("%s, %s", text, reproduce()).isLessThan(0.1);
      assertThat(many[1]).as("%s, %s", text, reproduce()).isLessThan(0.02);
    }
  }

  @Test
  void maskingConverges() {
    assertConverges(
        "masking(rate=0.4)",
        (a, x) -> {
          double product = 1;
          for (int j = 0; j < 3; j++) {
            product *= a[j] == 0 ? 0.4 : a[j] == x[j] ? 0.6 : 0;
          }
          return product;
        });
  }

  @Test
  void scarfConverges() {
    assertConverges(
        "scarf(rate=0.7)",
        (a, x) -> {
          double product = 1;
          for (int j = 0; j < 3; j++) {
            int column = j;
            double mass =
                Arrays.stream(BINARY).filter(row -> row[column] == a[column]).count() / 6.0;
            product *= 0.7 * mass + (a[j] == x[j] ? 0.3 : 0);
          }
          return product;
        });
  }

  @Test
  void cutmixConverges() {
    assertConverges(
        "cutmix(rate=0.7)",
        (a, x) -> {
          double sum = 0;
          for (double[] z : BINARY) {
            double product = 1;
            for (int j = 0; j < 3; j++) {
              product *= (a[j] == z[j] ? 0.7 : 0) + (a[j] == x[j] ? 0.3 : 0);
            }
            sum += product / 6;
          }
          return sum;
        });
  }

  /** On a line, where the integral over a is a sum. */
  @Test
  void noiseConverges() {
    try (NDManager manager = NDManager.newBaseManager()) {
      double[] x = {-1, -0.4, 0.1, 0.2, 1.5};
      double sigma = 0.6;
      int points = 4001;
      double[] kernel = new double[25];
      for (int k = 0; k < points; k++) {
        double a = -6 + 13.0 * k / (points - 1);
        double[] density =
            Arrays.stream(x)
                .map(
                    v ->
                        Math.exp(-Math.pow((a - v) / sigma, 2) / 2)
                            / sigma
                            / Math.sqrt(2 * Math.PI))
                .toArray();
        double mean = Arrays.stream(density).average().orElseThrow();
        for (int i = 0; i < 25; i++) {
          kernel[i] += density[i / 5] * density[i % 5] / mean * 13.0 / (points - 1);
        }
      }
      NDArray exact = manager.create(kernel, new Shape(5, 5));
      assertClose(exact.mean(new int[] {1}), manager.ones(new Shape(5), DataType.FLOAT64), 1e-9);
      MonteCarloContext context =
          (MonteCarloContext)
              Contexts.parse("monte-carlo(noise(scale=0.6), samples=20000)")
                  .fit(
                      ContextData.of(manager.create(x, new Shape(5, 1)))
                          .withSeed(seed().derive("noise")));
      // k is bounded by 5; the deviation of a mean of 10⁵ weights is below 5/√10⁵ = 0.016
      assertClose(context.kernel(context.points(), context.points()), exact, 5 * 0.016);
    }
  }

  @Test
  void largeTablesAreTiled() {
    try (NDManager manager = NDManager.newBaseManager()) {
      // more densities than are held at once
      NDArray rows = normal(manager, "rows", 1200, 2);
      MonteCarloContext context =
          (MonteCarloContext)
              Contexts.parse("monte-carlo(noise(scale=0.5), samples=3)").fit(ContextData.of(rows));
      NDArray ones = manager.ones(new Shape(3600, 1), DataType.FLOAT64);
      assertClose(
          context.operator().apply(ones),
          manager.ones(new Shape(1200, 1), DataType.FLOAT64),
          1e-12);
      // each value of A is about equally probable
      double[] q = context.operator().contextWeights().toDoubleArray();
      double deviation =
          Math.sqrt(Arrays.stream(q).map(v -> Math.pow(v * 3600 - 1, 2)).average().orElseThrow());
      assertThat(deviation).isLessThan(0.2);
    }
  }

  @Test
  @Tag("slow")
  void digitsTakeSeconds() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "rows", 1797, 64).mul(2).round();
      for (String text : new String[] {"masking(rate=0.3)", "scarf(rate=0.6)"}) {
        long start = System.nanoTime();
        MonteCarloContext context =
            (MonteCarloContext)
                Contexts.parse("monte-carlo(" + text + ")").fit(ContextData.of(rows));
        assertThat(context.operator().contexts()).isEqualTo(8 * 1797);
        assertThat((System.nanoTime() - start) / 1e9).as(text).isLessThan(60);
      }
    }
  }

  @Test
  void otherViewsHaveNoDensity() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "rows", 9, 2));
      assertThatThrownBy(() -> Contexts.parse("monte-carlo(augment(cutmix))").fit(data))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "monte-carlo: the density of augment(cutmix(rate=0.3)) is not known; it is for"
                  + " masking, cutout of columns, scarf, cutmix and noise");
      assertThatThrownBy(() -> Contexts.parse("monte-carlo(knn)"))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("unknown view 'knn'; known: augment, blur,");
      assertThatThrownBy(() -> Contexts.parse("monte-carlo(cutmix, samples=0)"))
          .hasMessage("monte-carlo: samples must be a whole number of at least 1, got '0'");
    }
  }

  @Test
  void newRowsAreRefusedWhereTheyHaveNoView() {
    try (NDManager manager = NDManager.newBaseManager()) {
      ContextData data = ContextData.of(normal(manager, "rows", 9, 2));
      MonteCarloContext context =
          (MonteCarloContext) Contexts.parse("monte-carlo(masking)").fit(data);
      assertThat(context.inductive()).isFalse();
      assertThatThrownBy(() -> context.law(Points.of(normal(manager, "new rows", 3, 2))))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "context monte-carlo(masking(rate=0.3, schedule=uniform, fill=zero), samples=8) is"
                  + " only known for its pretraining rows, not for new ones");
    }
  }
}
