package ai.contexture.neighbour;

import ai.contexture.torch.Tiles;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;

/**
 * Neighbours on any device: tiles of float64 scores, of which libtorch takes the least.
 *
 * <p>Where more points may be as near as the k-th than were taken, as with ties, all distances of
 * the tile are taken and sorted.
 *
 * @param tileQueries queries of a tile, at most
 * @param tileValues scores of a tile, at most, where one query has no more
 */
record DeviceSearch(int tileQueries, int tileValues) implements NeighbourSearch {

  static final DeviceSearch DEFAULT = new DeviceSearch(1024, 4 << 20);

  /** Queries of a tile where there is memory for them. */
  private static final int MOST_QUERIES = 8192;

  /** The largest tile, whose positions still are 32-bit numbers. */
  private static final long MOST_VALUES = 1L << 28;

  /** Bytes for a score, its distance and what sorting all of them takes. */
  private static final long BYTES = 64;

  /** Returns the way that takes up to half of a GPU's free memory for a tile. */
  static DeviceSearch on(Device gpu) {
    MemoryUsage memory = CudaUtils.getGpuMemory(gpu);
    long values = (memory.getMax() - memory.getUsed()) / 2 / BYTES;
    long within = Math.max(DEFAULT.tileValues, Math.min(MOST_VALUES, values));
    return new DeviceSearch(MOST_QUERIES, Math.toIntExact(within));
  }

  /** Candidates beyond k, so that few ties need all distances. */
  private static final int SLACK = 16;

  @Override
  public Neighbours find(
      NDArray queries, NDArray points, int k, boolean others, boolean manhattan) {
    NDManager owner = queries.getManager();
    int b = Math.toIntExact(queries.getShape().get(0));
    int n = Math.toIntExact(points.getShape().get(0));
    int candidates = (int) Math.min(others ? n - 1 : n, (long) k + SLACK);
    int height = Math.max(1, Math.min(tileQueries, tileValues / n));
    try (NDManager scope = owner.newSubManager()) {
      NeighbourScores scores =
          new NeighbourScores(queries, points, manhattan, DataType.FLOAT64, scope);
      NDArray right = scores.right(points, scope);
      NDArray columns = points.transpose();
      columns.attach(scope);
      // Made before the tiles: small arrays that outlive them would keep their memory from reuse.
      NDArray index = scope.create(new Shape(b, k), DataType.INT64);
      NDArray distances = scope.create(new Shape(b, k), DataType.FLOAT64);
      for (int start = 0; start < b; start += height) {
        try (NDManager step = scope.newSubManager()) {
          NDArray block = queries.get(start + ":" + Math.min(b, start + height));
          block.attach(step);
          Tiles.Query query = new Tiles.Query(k, candidates, others ? start : -1, manhattan);
          NDArray left = scores.left(block);
          NDArray tile = manhattan ? Tiles.manhattan(left, right) : Tiles.products(left, right);
          Tiles.Likely likely = Tiles.nearest(tile, block, columns, query);
          Tiles.Nearest found = likely.found();
          NDArray reach = found.distances().get(":, -1:");
          NDArray thresholds =
              scores.thresholds(scores.norms(block), manhattan ? reach : reach.sqrt());
          long needed = likely.scores().lte(thresholds).sum(new int[] {1}).max().getLong();
          if (needed > candidates) {
            found = Tiles.nearest(block, columns, query);
          }
          copy(found.positions(), index, start, step);
          copy(found.distances(), distances, start, step);
        }
      }
      index.attach(owner);
      distances.attach(owner);
      return new Neighbours(index, distances);
    }
  }

  private static void copy(NDArray rows, NDArray target, int start, NDManager scope) {
    NDArray part = target.get(start + ":" + (start + rows.getShape().get(0)));
    part.attach(scope);
    Torch.copy(rows, part);
  }
}
