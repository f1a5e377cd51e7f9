package ai.contexture.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** What the tests of numeric code share: seeds, random arrays, comparisons that NaN cannot pass. */
public final class Numeric {

  private static final long SEED = Long.getLong("contexture.test.seed", 0);

  private Numeric() {}

  /** The seed of all randomised tests, which a failure prints. */
  public static Seed seed() {
    return Seed.of(SEED);
  }

  public static RandomGenerator random(String consumer) {
    return seed().derive(consumer).generator();
  }

  /** How to run a failed test again with the same numbers. */
  public static String reproduce() {
    return "again with -Dcontexture.test.seed=" + SEED;
  }

  /** Standard normal numbers, float64 [n, m], in memory of their own. */
  public static NDArray normal(NDManager manager, String consumer, int n, int m) {
    RandomGenerator random = random(consumer);
    double[] values = new double[n * m];
    Arrays.setAll(values, i -> random.nextGaussian());
    try (NDArray shared = manager.create(values, new Shape(n, m))) {
      return shared.duplicate();
    }
  }

  /** The same numbers, float32 [n, m]. */
  public static NDArray normal32(NDManager manager, String consumer, int n, int m) {
    try (NDArray exact = normal(manager, consumer, n, m)) {
      return exact.toType(DataType.FLOAT32, true);
    }
  }

  /** A matrix of given numbers, row by row, float64 [rows, ·], in memory of its own. */
  public static NDArray matrix(NDManager manager, int rows, double... values) {
    try (NDArray shared = manager.create(values, new Shape(rows, values.length / rows))) {
      return shared.duplicate();
    }
  }

  /** The identity, float64 [n, n]. */
  public static NDArray identity(NDManager manager, int n) {
    return manager.eye(n).toType(DataType.FLOAT64, false);
  }

  /** Compares shapes, then every value; a value that is not finite fails. */
  public static void assertClose(NDArray actual, NDArray expected, double tolerance) {
    assertThat(actual.getShape()).as(reproduce()).isEqualTo(expected.getShape());
    assertClose(
        actual.toType(DataType.FLOAT64, true).toDoubleArray(),
        expected.toType(DataType.FLOAT64, true).toDoubleArray(),
        tolerance);
  }

  /** Compares lengths, then every value; a value that is not finite fails. */
  public static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertClose("values", actual, expected, tolerance);
  }

  /** Compares lengths, then every value, of something with a name in the same way. */
  public static void assertClose(
      String what, double[] actual, double[] expected, double tolerance) {
    assertThat(actual.length).as(what + "; " + reproduce()).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertClose(what + " at " + i, actual[i], expected[i], tolerance);
    }
  }

  /** Compares two numbers; one that is not finite fails. */
  public static void assertClose(String what, double actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new AssertionError(
          Text.format(
              "%s: expected %s ± %s, got %s; %s", what, expected, tolerance, actual, reproduce()));
    }
  }

  /**
   * Compares the gradient of Σ (weights · f(x)) at x with central differences, all in float64.
   *
   * @param f differentiable, for any result shape
   */
  public static void assertGradient(UnaryOperator<NDArray> f, NDArray x, double tolerance) {
    NDManager manager = x.getManager();
    Shape shape = f.apply(x).getShape();
    NDArray weights = normal(manager, "gradient weights", 1, (int) shape.size()).reshape(shape);
    double[] analytic;
    NDArray variable = x.toType(DataType.FLOAT64, true);
    variable.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(f.apply(variable).mul(weights).sum());
      analytic = variable.getGradient().toDoubleArray();
    }
    double[] values = x.toDoubleArray();
    double[] numeric = new double[values.length];
    double step = 1e-5;
    for (int i = 0; i < values.length; i++) {
      double[] moved = values.clone();
      moved[i] = values[i] + step;
      double up = f.apply(manager.create(moved, x.getShape())).mul(weights).sum().getDouble();
      moved[i] = values[i] - step;
      double down = f.apply(manager.create(moved, x.getShape())).mul(weights).sum().getDouble();
      numeric[i] = (up - down) / (2 * step);
    }
    assertClose(analytic, numeric, tolerance);
  }
}
