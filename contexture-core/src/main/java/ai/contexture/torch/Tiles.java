package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * The products and distances of a block of rows with many others, and the least of them.
 *
 * <p>What is returned belongs to the manager of the first array.
 */
public final class Tiles {

  private static final Method PRODUCTS = TorchScript.method("scores");
  private static final Method PRODUCTS_INTO = TorchScript.method("products");
  private static final Method MANHATTAN = TorchScript.method("manhattan");
  private static final Method NEAREST = TorchScript.method("nearest");
  private static final Method NEAREST_OF_ALL = TorchScript.method("nearest_of_all");

  private Tiles() {}

  /**
   * Returns left·rightᵀ.
   *
   * @param left [b, p]
   * @param right [n, p]
   * @return [b, n]
   */
  public static NDArray products(NDArray left, NDArray right) {
    return PRODUCTS.call(left, right).head();
  }

  /**
   * Returns left·rightᵀ, written into memory that is there.
   *
   * @param left [b, p]
   * @param right [n, p]
   * @param memory [b, n]
   * @return [b, n], the same memory
   */
  public static NDArray products(NDArray left, NDArray right, NDArray memory) {
    return PRODUCTS_INTO.call(left, right, memory).head();
  }

  /**
   * Returns the sums of absolute differences Σ_c |left_ic − right_jc|.
   *
   * @param left [b, p]
   * @param right [n, p]
   * @return [b, n]
   */
  public static NDArray manhattan(NDArray left, NDArray right) {
    return MANHATTAN.call(left, right).head();
  }

  /**
   * What is asked of a tile.
   *
   * @param k how many of the nearest
   * @param candidates how many of the least scores have their distances computed
   * @param first where the queries are points themselves, in order from this one on, so that none
   *     is its own neighbour; −1 where they are not
   * @param manhattan sums of absolute differences, else squared distances
   */
  public record Query(int k, int candidates, int first, boolean manhattan) {

    private NDArray in(NDManager manager) {
      return manager
          .newSubManager(Device.cpu())
          .create(new long[] {k, candidates, first, manhattan ? 1 : 0});
    }
  }

  /**
   * The nearest points of each query.
   *
   * @param positions among the points [b, k], the nearest first
   * @param distances to them [b, k], squared unless they are sums
   */
  public record Nearest(NDArray positions, NDArray distances) {}

  /**
   * The nearest points among those with the least scores.
   *
   * @param found the nearest
   * @param scores all scores [b, n], without those of a query with itself
   */
  public record Likely(Nearest found, NDArray scores) {}

  /**
   * Returns the nearest of the points with the least scores.
   *
   * @param scores [b, n]
   * @param queries [b, p]
   * @param columns the points, by columns [p, n]
   */
  public static Likely nearest(NDArray scores, NDArray queries, NDArray columns, Query query) {
    NDArray options = query.in(queries.getManager());
    NDList made = NEAREST.call(scores, queries, columns, options);
    return new Likely(new Nearest(made.get(0), made.get(1)), made.get(2));
  }

  /**
   * Returns the nearest of all points.
   *
   * @param queries [b, p]
   * @param columns the points, by columns [p, n]
   */
  public static Nearest nearest(NDArray queries, NDArray columns, Query query) {
    NDList made = NEAREST_OF_ALL.call(queries, columns, query.in(queries.getManager()));
    return new Nearest(made.get(0), made.get(1));
  }
}
