package ai.contexture.torch;

import ai.contexture.input.Text;
import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * The exact K nearest points of each query in Euclidean distance, found tile by tile.
 *
 * <p>A tile's candidates come from one matrix product; their distances are then taken again from
 * the differences and sorted, equal ones by position, so that the answer does not hang on rounding.
 *
 * @param index int64 [queries, k], positions of the points, nearest first
 * @param squaredDistances float64 [queries, k], in the units of the points squared
 */
public record Neighbours(NDArray index, NDArray squaredDistances) {

  private static final Method NEAREST = TorchScript.method("nearest");

  /** Candidates beyond k, so that ties and rounding at the edge are settled by exact distances. */
  private static final int SLACK = 16;

  /** Distances held at once. */
  private static final int TILE_VALUES = 4 << 20;

  /**
   * Returns the k nearest points of every query.
   *
   * @param queries float64 [b, p]; its manager owns the result
   * @param points float64 [n, p]
   * @param k how many, 1 ≤ k ≤ n
   */
  public static Neighbours search(NDArray queries, NDArray points, int k) {
    return search(queries, points, k, false);
  }

  /**
   * Returns the k nearest points of every point among all points, itself the first.
   *
   * @param points float64 [n, p]; its manager owns the result
   * @param k how many, 1 ≤ k ≤ n
   */
  public static Neighbours among(NDArray points, int k) {
    return search(points, points, k, true);
  }

  private static Neighbours search(NDArray queries, NDArray points, int k, boolean selfFirst) {
    int n = Math.toIntExact(points.getShape().get(0));
    int b = Math.toIntExact(queries.getShape().get(0));
    if (k < 1 || k > n) {
      throw new IllegalArgumentException(
          Text.format("k: expected 1 to %d (the number of points), got %d", n, k));
    }
    int tile = Math.max(1, Math.min(1024, TILE_VALUES / n));
    NDManager owner = queries.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray centre = points.mean(new int[] {0}, true);
      centre.attach(scope);
      NDArray centred = points.sub(centre);
      centred.attach(scope);
      NDArray squares = centred.square().sum(new int[] {1});
      NDList index = new NDList();
      NDList distances = new NDList();
      for (int start = 0; start < b; start += tile) {
        int end = Math.min(b, start + tile);
        try (NDManager step = scope.newSubManager()) {
          NDArray rows = queries.get(start + ":" + end);
          rows.attach(step);
          NDArray options =
              step.newSubManager(Device.cpu())
                  .create(new long[] {k, Math.min(n, k + SLACK), selfFirst ? start : -1});
          NDList found = NEAREST.call(rows.sub(centre), centred, squares, options);
          found.attach(scope);
          index.add(found.get(0));
          distances.add(found.get(1));
        }
      }
      NDArray allIndex = NDArrays.concat(index);
      NDArray allDistances = NDArrays.concat(distances);
      allIndex.attach(owner);
      allDistances.attach(owner);
      return new Neighbours(allIndex, allDistances);
    }
  }
}
