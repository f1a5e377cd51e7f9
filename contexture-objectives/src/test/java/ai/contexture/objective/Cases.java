package ai.contexture.objective;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Context;
import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.context.MarkovLaw;
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

  /** Every objective with its options, as a function of its orthonormality. */
  static final List<Function<Orthonormality, Objective<? super MarkovContext>>> OBJECTIVES =
      List.of(
          Kise::new,
          Svme::new,
          way -> new Svme(way, 2),
          NonContrastive::new,
          way -> new NonContrastive(way, 3),
          SpectralContrastive::new,
          way -> new SpectralContrastive(way, 3, true),
          way -> new SpectralContrastive(way, 0, false),
          way -> new SpectralContrastive(way, 2, false));

  private Cases() {}

  /** Which context, and which of its points. */
  enum Batch {
    ALL(false),
    SOME(false),
    ALL_WEIGHTED(true),
    SOME_WEIGHTED(true);

    private static final long[] PART = {7, 2, 5, 0, 4};
    private static final long[] DRAWN = {7, 2, 2, 0, 4, 7};

    private final boolean weighted;

    Batch(boolean weighted) {
      this.weighted = weighted;
    }

    MarkovContext context(NDManager manager) {
      return weighted ? weighted(manager, 9, 7) : knn(manager, 9, 4);
    }

    boolean full() {
      return this == ALL || this == ALL_WEIGHTED;
    }

    Points points(MarkovContext context, NDManager manager) {
      return full() ? context.points() : some(context, manager, weighted ? DRAWN : PART);
    }

    /** The positions of the batch's points. */
    long[] positions() {
      return full() ? new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8} : weighted ? DRAWN : PART;
    }

    Weights weights(MarkovContext context) {
      if (full()) {
        return Weights.all(context);
      }
      return weighted ? Weights.independent(DRAWN.length) : Weights.drawn(PART.length, 9);
    }
  }

  /** One objective with one orthonormality, on all points or on some of them. */
  record Case(
      Objective<? super MarkovContext> objective, Orthonormality orthonormality, Batch batch) {

    @Override
    public String toString() {
      return objective + " with " + orthonormality + " on " + batch;
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
                            Arrays.stream(Batch.values())
                                .map(batch -> new Case(objective.apply(way), way, batch))))
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

  /** A context with its laws in a table, of which no two contexts or inputs are alike. */
  static final class Weighted extends MarkovContext {

    private Weighted(Points points, Points contexts, NDArray law, NDArray inputWeights) {
      super(points, contexts, MarkovLaw.dense(law), inputWeights);
    }

    @Override
    protected MarkovLaw lawOfNew(NDArray rows) {
      throw refuseNewRows();
    }

    @Override
    public String toString() {
      return "weighted";
    }
  }

  /** A context with other probabilities of its inputs. */
  static MarkovContext reweighted(MarkovContext context, NDArray inputWeights) {
    NDArray law = context.law(context.points()).dense(context.points().manager());
    return new Weighted(context.points(), context.contexts(), law, inputWeights);
  }

  /** Random laws of n inputs, which are not equally probable, over m contexts. */
  static MarkovContext weighted(NDManager manager, int n, int m) {
    NDArray law = normal(manager, "law", n, m).mul(2).exp();
    NDArray weights = normal(manager, "weights", 1, n).exp().reshape(n);
    return new Weighted(
        Points.all(normal(manager, "points", n, 2)),
        Points.all(normal(manager, "contexts", m, 3)),
        law.div(law.sum(new int[] {1}, true)),
        weights.div(weights.sum()));
  }

  /** The points of a context at some positions. */
  static Points some(Context context, NDManager manager, long... positions) {
    return context.points().select(manager.create(positions));
  }

  /**
   * An encoder that is a table of free vectors, one for each of some points.
   *
   * @param points told apart by their first coordinate
   * @param table [rows, d]
   * @param first the row of the table that belongs to the first point
   */
  static UnaryOperator<NDArray> lookUp(Points points, NDArray table, long first) {
    double[] known = doubles(points.rows());
    int p = points.width();
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

  /** A step in which Φ is the upper part [n, d] of a table [n + m, d] and Ψ the lower part. */
  static Step<MarkovContext> step(
      MarkovContext context,
      Points batch,
      Weights weights,
      NDArray table,
      RandomGenerator random,
      double progress) {
    return new Step<>(
        context,
        batch,
        weights,
        lookUp(context.points(), table, 0),
        lookUp(context.contexts(), table, context.points().size()),
        random,
        progress);
  }

  /** A step on all points. */
  static Step<MarkovContext> step(
      MarkovContext context, NDArray table, RandomGenerator random, double progress) {
    return step(context, context.points(), Weights.all(context), table, random, progress);
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
