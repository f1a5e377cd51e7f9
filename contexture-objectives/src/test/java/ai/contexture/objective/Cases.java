package ai.contexture.objective;

import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Context;
import ai.contexture.context.KnnContext;
import ai.contexture.context.MarkovContext;
import ai.contexture.context.MarkovLaw;
import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Small contexts and encoders that are tables of free vectors, for the tests of objectives. */
final class Cases {

  private static final Projector PROJECTOR = new Projector(List.of(4, 2));

  /** Every objective that takes an orthonormality, with its options. */
  static final List<Function<Orthonormality, Objective<? super MarkovContext>>> CONSTRAINED =
      List.of(
          Kise::new,
          Svme::new,
          way -> new Svme(way, 2),
          NonContrastive::new,
          way -> new NonContrastive(way, 3),
          SpectralContrastive::new,
          way -> new SpectralContrastive(way, 3, true, Nesting.NONE),
          way -> new SpectralContrastive(way, 0, false, Nesting.JOINT),
          way -> new SpectralContrastive(way, 2, false, Nesting.JOINT),
          way -> new Supervised(Readout.linear(), way, 0),
          way -> new Supervised(Readout.network(3), way, 2),
          way -> new BalancedClassification(Readout.linear(), way),
          way -> new Denoising(Readout.linear(), way, 0),
          way -> new Denoising(Readout.network(3), way, 2));

  /** Those whose contexts must be inputs. */
  static final List<Function<Orthonormality, Objective<? super MarkovContext>>> ON_EDGES =
      List.of(way -> new Laplacian(way, 0), way -> new Laplacian(way, 2));

  /** Every objective that takes none, with its options. */
  static final List<Objective<? super MarkovContext>> OTHERS =
      List.of(
          new LowRank(),
          new LowRank(Nesting.NONE, 2),
          new LowRank(Nesting.JOINT, 0),
          new LowRank(Nesting.JOINT, 2),
          new Distillation(),
          new Distillation(Nesting.JOINT),
          new InfoNce(),
          new InfoNce(InfoNce.Negatives.ALL_VIEWS, 0.7, true, 3, PROJECTOR),
          new InfoNce(InfoNce.Negatives.OTHER_VIEW, 0.3, false, 3, Projector.none()),
          new SupervisedContrastive(0.5, Projector.none()),
          new SupervisedContrastive(0.5, PROJECTOR),
          new Clip(),
          new Clip(0.5, false),
          new BarlowTwins(0.7, 0, Projector.none()),
          new BarlowTwins(0.7, 3, PROJECTOR),
          new VicReg(),
          new VicReg(2, 3, 5, 3, PROJECTOR),
          new Byol(),
          new Byol(0.9, List.of(4), 3, PROJECTOR));

  /** Those with a readout in closed form, which need a whitening. */
  static final List<Function<Orthonormality, Objective<? super MarkovContext>>> CLOSED =
      List.of(
          way -> new Supervised(Readout.best(), way, 0),
          way -> new Supervised(Readout.best(), way, 2),
          way -> new BalancedClassification(Readout.best(), way),
          way -> new Denoising(Readout.best(), way, 0),
          way -> new Denoising(Readout.best(), way, 2));

  /** Every orthonormality with its options. */
  static final List<Orthonormality> WAYS =
      List.of(
          new Whitening(1e-2, 1e-3),
          new Whitening(1e-2, 1e-3, Whitening.Form.ZCA, 0.5),
          new VicRegPenalty(),
          new Frobenius(0.7),
          new Correlation(0.7),
          Orthonormality.none());

  private Cases() {}

  /** Which context, and which of its points. */
  enum Batch {
    ALL(false),
    SOME(false),
    ALL_WEIGHTED(true),
    SOME_WEIGHTED(true);

    /** Those whose contexts are the points. */
    private static final Batch[] ON_POINTS = {ALL, SOME};

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

    /** What {@link #weights} says, in plain arrays. */
    Plain.Rows rows(double[] p) {
      if (full()) {
        return Plain.Rows.all(p);
      }
      return weighted ? Plain.Rows.independent(DRAWN.length) : Plain.Rows.drawn(PART.length, 9);
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

  /**
   * Every objective with every orthonormality that it takes, with the first of them on every batch.
   */
  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    CONSTRAINED.forEach(objective -> add(cases, objective, WAYS, Batch.values()));
    ON_EDGES.forEach(objective -> add(cases, objective, WAYS, Batch.ON_POINTS));
    CLOSED.forEach(objective -> add(cases, objective, WAYS.subList(0, 2), Batch.values()));
    for (Objective<? super MarkovContext> objective : OTHERS) {
      add(cases, none -> objective, List.of(Orthonormality.none()), Batch.values());
    }
    return cases;
  }

  private static void add(
      List<Case> cases,
      Function<Orthonormality, Objective<? super MarkovContext>> objective,
      List<Orthonormality> ways,
      Batch[] batches) {
    for (Orthonormality way : ways) {
      for (int i = 0; i < (way == ways.get(0) ? batches.length : 1); i++) {
        Batch batch = batches[(cases.size() + i) % batches.length];
        cases.add(new Case(objective.apply(way), way, batch));
      }
    }
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

  /** A context with any laws [n, m]. */
  static MarkovContext context(Points points, Points contexts, NDArray law, NDArray p) {
    return new Weighted(points, contexts, law, p.reshape(-1));
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

  /** The positions of points that are told apart by their first coordinate. */
  private static final class Positions {

    private final Map<Double, Long> known = new HashMap<>();

    Positions(Points points) {
      double[] rows = doubles(points.rows());
      for (int i = 0; i < points.size(); i++) {
        known.put(rows[i * points.width()], (long) i);
      }
    }

    long[] of(NDArray rows) {
      double[] asked = doubles(rows);
      int p = (int) rows.getShape().get(1);
      long[] index = new long[asked.length / p];
      Arrays.setAll(index, i -> known.get(asked[i * p]));
      return index;
    }
  }

  /** Encoders that are tables of free vectors, and heads, all of whose numbers are given. */
  static class Free implements Networks {

    private final Positions inputs;
    private final Positions contexts;
    private final List<Head> heads;
    private final Map<String, Map<String, Shape>> shapes = new LinkedHashMap<>();
    private final int n;
    private final int d;
    private final int rows;
    private final int size;
    private NDArray numbers;
    private Free targets;

    Free(MarkovContext context, List<Head> heads, int d, NDManager manager) {
      this.inputs = new Positions(context.points());
      this.contexts = new Positions(context.contexts());
      this.heads = heads;
      this.d = d;
      n = context.points().size();
      rows = n + context.contexts().size();
      int sum = rows * d;
      for (Head head : heads) {
        Map<String, Shape> own = new LinkedHashMap<>();
        try (NDManager scope = manager.newSubManager()) {
          Map<String, NDArray> made = head.parameters(DataType.FLOAT64, Seed.of(0), scope);
          made.forEach((name, array) -> own.put(name, array.getShape()));
        }
        sum += own.values().stream().mapToInt(shape -> (int) shape.size()).sum();
        shapes.put(head.name(), own);
      }
      size = sum;
    }

    private Free(Free of) {
      inputs = of.inputs;
      contexts = of.contexts;
      heads = of.heads;
      shapes.putAll(of.shapes);
      n = of.n;
      d = of.d;
      rows = of.rows;
      size = of.size;
    }

    /** The numbers. */
    NDArray numbers() {
      return numbers;
    }

    /** How many numbers there are. */
    int size() {
      return size;
    }

    /** These networks with numbers [size]: the tables of Φ and Ψ, then the heads' parameters. */
    Free at(NDArray numbers) {
      Free free = new Free(this);
      free.numbers = numbers;
      return free;
    }

    /** These networks with moving averages. */
    Free withAverages(Free targets) {
      Free free = at(numbers);
      free.targets = targets;
      return free;
    }

    private NDArray table() {
      return numbers.get("0:" + rows * d).reshape(rows, d);
    }

    private NDArray row(long[] index, long shift) {
      long[] shifted = Arrays.stream(index).map(i -> i + shift).toArray();
      return table().get(numbers.getManager().create(shifted));
    }

    @Override
    public NDArray phi(NDArray rows) {
      return row(inputs.of(rows), 0);
    }

    @Override
    public NDArray psi(NDArray rows) {
      return row(contexts.of(rows), n);
    }

    @Override
    public NDArray head(String name, NDArray given) {
      int at = rows * d;
      for (Head head : heads) {
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, Shape> shape : shapes.get(head.name()).entrySet()) {
          int end = at + (int) shape.getValue().size();
          parameters.put(shape.getKey(), numbers.get(at + ":" + end).reshape(shape.getValue()));
          at = end;
        }
        if (head.name().equals(name)) {
          return head.apply(given, parameters, numbers.getManager());
        }
      }
      throw new AssertionError("no head " + name);
    }

    @Override
    public Networks targets() {
      return targets == null ? Networks.super.targets() : targets;
    }
  }

  /** A step on all points in which Φ is the upper part [n, d] of a table [n + m, d] and Ψ below. */
  static Step<MarkovContext> step(
      MarkovContext context, NDArray table, RandomGenerator random, double progress) {
    int d = (int) table.getShape().get(1);
    Free free = new Free(context, List.of(), d, table.getManager()).at(table.reshape(-1));
    Weights weights = Weights.all(context);
    return new Step<>(context, context.points(), weights, free, State.empty(), random, progress);
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
