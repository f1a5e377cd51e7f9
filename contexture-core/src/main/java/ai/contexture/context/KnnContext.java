package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Neighbours;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/**
 * The K-nearest-neighbours context: A is one of the K pretraining points nearest to x, each with
 * probability 1/K [C, §5.3].
 *
 * <p>Distances are Euclidean on the rows as they are given. A pretraining point is its own first
 * neighbour.
 */
public final class KnnContext implements SampledContext, KernelContext, FiniteContext {

  /**
   * What the context needs to know before it sees data.
   *
   * @param k the number of neighbours K, the point itself included
   */
  public record Options(int k) implements ContextFactory {

    static final int DEFAULT_K = 30;

    /** Requires at least one neighbour. */
    public Options {
      if (k < 1) {
        throw new InputException("knn: expected k of at least 1, got k=" + k);
      }
    }

    static Options of(SpecOptions options) {
      return new Options(options.integer("k", DEFAULT_K, 1, Integer.MAX_VALUE));
    }

    @Override
    public KnnContext fit(NDArray rows) {
      return KnnContext.of(rows, k);
    }

    @Override
    public String toString() {
      return "knn(k=" + k + ")";
    }
  }

  private final Points points;
  private final int k;
  private final NDArray rows64;
  private final NDArray neighbours;
  private final SparseOperator operator;

  private KnnContext(Points points, int k, NDArray rows64, NDArray neighbours) {
    this.points = points;
    this.k = k;
    this.rows64 = rows64;
    this.neighbours = neighbours;
    SparseMatrix conditional =
        SparseMatrix.ofEqualRows(points.size(), neighbours, uniformWeights(neighbours));
    this.operator = SparseOperator.uniform(conditional, rows64);
  }

  /**
   * Finds the neighbours of every pretraining point.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @param k the number of neighbours, itself included, 1 ≤ k &lt; n
   */
  public static KnnContext of(NDArray rows, int k) {
    Points points = Points.all(rows);
    if (k < 1 || k >= points.size()) {
      throw new InputException(
          Text.format(
              "knn: expected k from 1 to %d (one less than the %d pretraining rows), got k=%d",
              points.size() - 1, points.size(), k));
    }
    NDArray rows64 = rows.toType(DataType.FLOAT64, false);
    Neighbours found = Neighbours.among(rows64, k);
    found.squaredDistances().close();
    return new KnnContext(points, k, rows64, found.index());
  }

  /** Returns the number of neighbours K. */
  public int k() {
    return k;
  }

  /** Returns the positions of the neighbours of the pretraining points, int64 [n, k]. */
  public NDArray neighbours() {
    return neighbours;
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public Points contexts() {
    return points;
  }

  @Override
  public ExpectationOperator operator() {
    return operator;
  }

  @Override
  public Points sample(Points x, int views, RandomGenerator random) {
    NDManager manager = x.manager();
    int b = x.size();
    long[] choice = new long[b * views];
    for (int i = 0; i < choice.length; i++) {
      choice[i] = random.nextInt(k);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray near = neighboursOf(x, scope);
      NDArray picked = near.gather(scope.create(choice, new Shape(b, views)), 1).flatten();
      picked.attach(manager);
      return Points.of(points.rows(), picked);
    }
  }

  @Override
  public NDArray kernel(Points x, Points y) {
    NDManager manager = x.manager();
    int n = points.size();
    try (NDManager scope = manager.newSubManager()) {
      NDArray nearY = neighboursOf(y, scope);
      NDArray indicator =
          scope
              .zeros(new Shape(y.size(), n), DataType.FLOAT64)
              .scatter(nearY, uniformWeights(nearY), 1);
      // q_j > 0: a pretraining point is its own neighbour
      NDArray weighted = indicator.div(operator.contextWeights());
      NDArray gram = conditional(x, scope).times(weighted.transpose());
      gram.attach(manager);
      return gram;
    }
  }

  @Override
  public NDArray expectation(Points x, NDArray g) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray mean = conditional(x, scope).times(g);
      mean.attach(manager);
      return mean;
    }
  }

  /** The conditional law of each point over the contexts, [b, n] sparse. */
  private SparseMatrix conditional(Points x, NDManager scope) {
    NDArray near = neighboursOf(x, scope);
    return SparseMatrix.ofEqualRows(points.size(), near, uniformWeights(near));
  }

  private NDArray uniformWeights(NDArray index) {
    return index.getManager().full(index.getShape(), 1f, DataType.FLOAT64).div(k);
  }

  /** The neighbours [b, k] of points: looked up for pretraining points, searched for new ones. */
  private NDArray neighboursOf(Points x, NDManager scope) {
    if (x.index().isPresent()) {
      NDArray near = neighbours.get(x.index().get());
      near.attach(scope);
      return near;
    }
    NDArray rows = x.rows().toType(DataType.FLOAT64, true);
    rows.attach(scope);
    return Neighbours.search(rows, rows64, k).index();
  }

  @Override
  public String toString() {
    return new Options(k).toString();
  }
}
