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

  /**
   * Candidates beyond k, so that ties and rounding at the edge are settled by exact distances;
   * where more points than these may be as near as the k-th, all of them become candidates.
   */
  private static final int SLACK = 16;

  /** Distances, and values of candidates, held at once. */
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
    long n = points.getShape().get(0);
    int tile = (int) Math.max(1, Math.min(1024, TILE_VALUES / Math.max(1, n)));
    return search(queries, points, k, selfFirst, tile);
  }

  /** Searches with at most so many queries at once. */
  static Neighbours search(NDArray queries, NDArray points, int k, boolean selfFirst, int tile) {
    int n = Math.toIntExact(points.getShape().get(0));
    int b = Math.toIntExact(queries.getShape().get(0));
    if (k < 1 || k > n) {
      throw new IllegalArgumentException(
          Text.format("k: expected 1 to %d (the number of points), got %d", n, k));
    }
    NDManager owner = queries.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray centre = points.mean(new int[] {0}, true);
      centre.attach(scope);
      NDArray centred = points.sub(centre);
      centred.attach(scope);
      Search search = new Search(centre, centred, k, selfFirst, scope);
      for (int start = 0; start < b; start += tile) {
        search.find(queries, start, Math.min(b, start + tile), Math.min(n, k + SLACK));
      }
      NDArray allIndex = NDArrays.concat(search.index);
      NDArray allDistances = NDArrays.concat(search.distances);
      allIndex.attach(owner);
      allDistances.attach(owner);
      return new Neighbours(allIndex, allDistances);
    }
  }

  /** What one search knows, and the tiles it has found. */
  private static final class Search {

    private final NDArray centre;
    private final NDArray points;
    private final NDArray squares;
    private final int k;
    private final boolean selfFirst;
    private final NDManager scope;
    private final NDList index = new NDList();
    private final NDList distances = new NDList();

    Search(NDArray centre, NDArray points, int k, boolean selfFirst, NDManager scope) {
      this.centre = centre;
      this.points = points;
      this.squares = points.square().sum(new int[] {1});
      this.k = k;
      this.selfFirst = selfFirst;
      this.scope = scope;
    }

    /** Finds the neighbours of some queries; where more points tie, takes more candidates. */
    void find(NDArray queries, int start, int end, long candidates) {
      long values = candidates * Math.max(1, points.getShape().get(1));
      int rows = (int) Math.max(1, Math.min(end - start, TILE_VALUES / values));
      for (int from = start; from < end; from += rows) {
        int to = Math.min(end, from + rows);
        long needed;
        try (NDManager step = scope.newSubManager()) {
          NDArray block = queries.get(from + ":" + to);
          block.attach(step);
          NDArray options =
              step.newSubManager(Device.cpu())
                  .create(new long[] {k, candidates, selfFirst ? from : -1});
          NDList found = NEAREST.call(block.sub(centre), points, squares, options);
          needed = found.get(2).getLong();
          if (needed <= candidates) {
            found.get(0).attach(scope);
            found.get(1).attach(scope);
            index.add(found.get(0));
            distances.add(found.get(1));
          }
        }
        if (needed > candidates) {
          find(queries, from, to, needed);
        }
      }
    }
  }
}
