package ai.contexture.objective;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Context;
import ai.contexture.context.KnnContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Small contexts and encoders that are tables of free vectors, for the tests of objectives. */
final class Cases {

  private static final long SEED = Long.getLong("contexture.test.seed", 0);

  /** Every objective, as a function of its orthonormality. */
  static final List<Function<Orthonormality, Objective<? super KnnContext>>> OBJECTIVES =
      List.of(Kise::new, Svme::new, NonContrastive::new, SpectralContrastive::new);

  private Cases() {}

  /** One objective with one orthonormality, on all points or on some of them. */
  record Case(
      Objective<? super KnnContext> objective, Orthonormality orthonormality, boolean full) {

    @Override
    public String toString() {
      return objective + " with " + orthonormality + (full ? ", all points" : ", some points");
    }
  }

  /** Every objective with every orthonormality, on all points and on some of them. */
  static List<Case> all() {
    return OBJECTIVES.stream()
        .flatMap(
            objective ->
                List.of(new Whitening(1e-2, 1e-3), new VicReg(), Orthonormality.none()).stream()
                    .flatMap(
                        way ->
                            List.of(true, false).stream()
                                .map(full -> new Case(objective.apply(way), way, full))))
        .toList();
  }

  static RandomGenerator random(String consumer) {
    return Seed.of(SEED).derive(consumer).generator();
  }

  /** How to run a failed test again with the same numbers. */
  static String reproduce() {
    return "again with -Dcontexture.test.seed=" + SEED;
  }

  /** Standard normal numbers, float64 [n, m]. */
  static NDArray normal(NDManager manager, String consumer, int n, int m) {
    RandomGenerator random = random(consumer);
    double[] values = new double[n * m];
    Arrays.setAll(values, i -> random.nextGaussian());
    return manager.create(values, new Shape(n, m)).duplicate();
  }

  /** The k nearest among n normal points in the plane. */
  static KnnContext knn(NDManager manager, int n, int k) {
    return KnnContext.of(normal(manager, "points", n, 2), k);
  }

  /** The points of a context at some positions. */
  static Points some(Context context, NDManager manager, long... positions) {
    return context.points().select(manager.create(positions));
  }

  /**
   * An encoder that is a table of free vectors, one for each pretraining point.
   *
   * @param context whose points are told apart by their first coordinate
   * @param table [2n, d]
   * @param first the row of the table that belongs to the first point
   */
  static UnaryOperator<NDArray> lookUp(Context context, NDArray table, long first) {
    double[] known = doubles(context.points().rows());
    int p = known.length / context.points().size();
    Map<Double, Long> positions = new HashMap<>();
    for (int i = 0; i < known.length; i += p) {
      positions.put(known[i], first + i / p);
    }
    return rows -> {
      double[] asked = doubles(rows);
      long[] index = new long[asked.length / p];
      Arrays.setAll(index, i -> positions.get(asked[i * p]));
      return table.get(table.getManager().create(index));
    };
  }

  /** A step in which Φ is the upper half of a table [2n, d] and Ψ the lower half. */
  static Step<KnnContext> step(
      KnnContext context, Points batch, NDArray table, RandomGenerator random, double progress) {
    return new Step<>(
        context,
        batch,
        lookUp(context, table, 0),
        lookUp(context, table, context.points().size()),
        random,
        progress);
  }

  /** The gradient of a scalar function at an array, by the engine. */
  static double[] gradient(UnaryOperator<NDArray> f, NDArray at) {
    NDArray variable = at.duplicate();
    variable.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(f.apply(variable));
      return doubles(variable.getGradient());
    }
  }

  static double[] doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, true).toDoubleArray();
  }

  static double value(NDArray scalar) {
    assertThat(scalar.getShape()).isEqualTo(new Shape());
    return doubles(scalar)[0];
  }

  /** Compares every number; one that is not finite fails. */
  static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertClose(what + " at " + i, actual[i], expected[i], tolerance);
    }
  }

  /** Compares two numbers; one that is not finite fails. */
  static void assertClose(String what, double actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new AssertionError(
          Text.format(
              "%s: expected %s ± %s, got %s; %s", what, expected, tolerance, actual, reproduce()));
    }
  }

  /** ‖a − b‖ / ‖b‖, which is NaN where a number is. */
  static double relativeError(double[] a, double[] b) {
    assertThat(a.length).isEqualTo(b.length);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      size += b[i] * b[i];
    }
    return Math.sqrt(difference / size);
  }
}
