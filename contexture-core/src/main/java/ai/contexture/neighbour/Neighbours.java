package ai.contexture.neighbour;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The exact K nearest points of each query.
 *
 * <p>Matrix products in tiles leave a few candidates; how far rounding can have moved a product is
 * known, and no point is left out that could be nearer. The candidates' distances are taken in
 * float64, column after column, and sorted, equal ones by position: the answer is that of all
 * distances computed so, and does not hang on tiles, threads or the device.
 *
 * @param index int64 [queries, k], positions of the points, nearest first
 * @param distances float64 [queries, k], in the form that {@link Distance} says
 */
public record Neighbours(NDArray index, NDArray distances) {

  /** The squares of greater values may have no finite sum. */
  private static final double LARGEST = 1e150;

  /**
   * Returns the k nearest points of every query in Euclidean distance.
   *
   * @param queries float64 [b, p]; its manager owns the result
   * @param points float64 [n, p]
   * @param k how many, 1 ≤ k ≤ n
   */
  public static Neighbours search(NDArray queries, NDArray points, int k) {
    return search(queries, points, k, Distance.EUCLIDEAN);
  }

  /**
   * Returns the k nearest points of every query.
   *
   * @param queries float64 [b, p]; its manager owns the result
   * @param points float64 [n, p]
   * @param k how many, 1 ≤ k ≤ n
   * @throws IllegalArgumentException if k is another number, or a value is not finite
   * @throws InputException if the distance is {@link Distance#COSINE} and a row is zero
   */
  public static Neighbours search(NDArray queries, NDArray points, int k, Distance distance) {
    return search(queries, points, k, distance, NeighbourSearch.by(points));
  }

  /** Returns the k nearest points of every point in Euclidean distance, itself the first. */
  public static Neighbours includingSelf(NDArray points, int k) {
    return includingSelf(points, k, Distance.EUCLIDEAN);
  }

  /**
   * Returns the k nearest points of every point among all points, itself the first.
   *
   * @param points float64 [n, p]; its manager owns the result
   * @param k how many, 1 ≤ k ≤ n
   * @throws IllegalArgumentException if k is another number, or a value is not finite
   * @throws InputException if the distance is {@link Distance#COSINE} and a row is zero
   */
  public static Neighbours includingSelf(NDArray points, int k, Distance distance) {
    return includingSelf(points, k, distance, NeighbourSearch.by(points));
  }

  /**
   * Returns the k nearest other points of every point, itself left out.
   *
   * @param points float64 [n, p]; its manager owns the result
   * @param k how many, 1 ≤ k &lt; n
   * @throws IllegalArgumentException if k is another number, or a value is not finite
   * @throws InputException if the distance is {@link Distance#COSINE} and a row is zero
   */
  public static Neighbours excludingSelf(NDArray points, int k, Distance distance) {
    return excludingSelf(points, k, distance, NeighbourSearch.by(points));
  }

  static Neighbours search(
      NDArray queries, NDArray points, int k, Distance distance, NeighbourSearch search) {
    requireCount(k, points.getShape().get(0), "the number of points");
    NDManager owner = queries.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray from = rows("queries", queries, distance, scope);
      NDArray to = rows("points", points, distance, scope);
      return search.find(from, to, k, false, distance == Distance.MANHATTAN).to(owner, distance);
    }
  }

  static Neighbours excludingSelf(
      NDArray points, int k, Distance distance, NeighbourSearch search) {
    requireCount(k, points.getShape().get(0) - 1, "the number of other points");
    NDManager owner = points.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray rows = rows("points", points, distance, scope);
      return search.find(rows, rows, k, true, distance == Distance.MANHATTAN).to(owner, distance);
    }
  }

  static Neighbours includingSelf(
      NDArray points, int k, Distance distance, NeighbourSearch search) {
    long n = points.getShape().get(0);
    requireCount(k, n, "the number of points");
    NDManager owner = points.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray rows = rows("points", points, distance, scope);
      NDArray self = scope.arange(Math.toIntExact(n)).toType(DataType.INT64, false).reshape(-1, 1);
      NDArray zero = scope.zeros(new Shape(n, 1), DataType.FLOAT64);
      if (k == 1) {
        return new Neighbours(self, zero).to(owner, distance);
      }
      Neighbours others = search.find(rows, rows, k - 1, true, distance == Distance.MANHATTAN);
      return new Neighbours(
              NDArrays.concat(new NDList(self, others.index), 1),
              NDArrays.concat(new NDList(zero, others.distances), 1))
          .to(owner, distance);
    }
  }

  /** These neighbours for their owner; of directions, ‖x − y‖² = 2 (1 − cos). */
  private Neighbours to(NDManager owner, Distance distance) {
    NDArray given = distance == Distance.COSINE ? distances.mul(0.5) : distances;
    index.attach(owner);
    given.attach(owner);
    return new Neighbours(index, given);
  }

  static void requireCount(int k, long most, String what) {
    if (k < 1 || k > most) {
      throw new IllegalArgumentException(
          Text.format("k: expected 1 to %d (%s), got %d", most, what, k));
    }
  }

  /** The rows between which Euclidean or Manhattan distances are to be taken. */
  static NDArray rows(String name, NDArray given, Distance distance, NDManager scope) {
    NDArray rows = Torch.within(given, scope);
    NDArray largest = largest(rows);
    requireFinite(name, largest);
    if (distance != Distance.COSINE) {
      return rows;
    }
    long zero = first(largest.eq(0));
    if (zero >= 0) {
      throw new InputException(
          Text.format(
              "cosine distance: row %d of the %s holds only zeros and so has no direction; leave"
                  + " it out or take another distance",
              zero + 1, name));
    }
    // By its largest value first: exact multiples of a row then become the very same row.
    NDArray scaled = rows.div(largest);
    return scaled.div(scaled.square().sum(new int[] {1}, true).sqrt());
  }

  /** The largest absolute value of each row, [n, 1]. */
  private static NDArray largest(NDArray rows) {
    return NDArrays.maximum(rows.max(new int[] {1}, true), rows.min(new int[] {1}, true).neg());
  }

  private static void requireFinite(String name, NDArray largest) {
    long row = first(largest.lte(LARGEST).logicalNot());
    if (row >= 0) {
      throw new InputException(
          Text.format(
              "%s: row %d holds a value that is not finite or beyond 1e150", name, row + 1));
    }
  }

  /** The first position at which something holds, −1 for none. */
  private static long first(NDArray holds) {
    return holds.any().getBoolean() ? holds.toType(DataType.INT32, false).argMax().getLong() : -1;
  }
}
