package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Neighbours;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/**
 * The K-nearest-neighbours context: A is one of the K pretraining points nearest to x, each with
 * probability 1/K [C, §5.3].
 *
 * <p>Distances are Euclidean on the rows as they are given. A pretraining point is its own first
 * neighbour.
 */
public final class KnnContext extends MarkovContext {

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
    public KnnContext fit(ContextData data) {
      return KnnContext.of(data.points(), k);
    }

    @Override
    public String toString() {
      return "knn(k=" + k + ")";
    }
  }

  private final int k;
  private final NDArray rows64;
  private final NDArray neighbours;

  private KnnContext(Points points, int k, NDArray rows64, NDArray neighbours) {
    super(points, points, law(neighbours, points.size()));
    this.k = k;
    this.rows64 = rows64;
    this.neighbours = neighbours;
  }

  private static MarkovLaw law(NDArray neighbours, int n) {
    double k = neighbours.getShape().get(1);
    NDArray weights =
        neighbours.getManager().full(neighbours.getShape(), 1f, DataType.FLOAT64).div(k);
    return MarkovLaw.sparse(SparseMatrix.ofEqualRows(n, neighbours, weights));
  }

  /**
   * Finds the neighbours of every pretraining point.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @param k the number of neighbours, itself included, 1 ≤ k &lt; n
   */
  public static KnnContext of(NDArray rows, int k) {
    return of(Points.all(rows), k);
  }

  private static KnnContext of(Points points, int k) {
    if (k < 1 || k >= points.size()) {
      throw new InputException(
          Text.format(
              "knn: expected k from 1 to %d (one less than the %d pretraining rows), got k=%d",
              points.size() - 1, points.size(), k));
    }
    NDArray rows64 = points.rows().toType(DataType.FLOAT64, false);
    Neighbours found = Neighbours.among(rows64, k);
    found.distances().close();
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
  protected MarkovLaw lawOfNew(NDArray rows) {
    Neighbours found = Neighbours.search(rows, rows64, k);
    found.distances().close();
    return law(found.index(), points().size());
  }

  @Override
  public String toString() {
    return new Options(k).toString();
  }
}
