package ai.contexture.benchmark;

import ai.contexture.context.KnnContext.Search;
import ai.contexture.neighbour.Distance;
import ai.contexture.neighbour.NeighbourCells;
import ai.contexture.neighbour.Neighbours;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** The nearest neighbours of every row among random rows, itself included. */
public final class NeighboursBenchmark implements Benchmark {

  private final NDManager manager;
  private final NDArray rows;
  private final int latent;
  private final int k;
  private final Search search;
  private double recall;

  /**
   * Draws the rows.
   *
   * @param n how many rows
   * @param features how many numbers in a row
   * @param latent how many independent numbers those follow from, but for a little noise; 0 for
   *     rows of independent normal numbers
   * @param k how many neighbours, 1 ≤ k ≤ n, or k &lt; n in an approximate search
   */
  public NeighboursBenchmark(int n, int features, int latent, int k, Search search, Device device) {
    this.latent = latent;
    this.k = k;
    this.search = search;
    manager = NDManager.newBaseManager(device);
    rows =
        latent == 0
            ? RandomRows.of64(n, features, manager)
            : RandomRows.following(latent, n, features, manager);
  }

  /** Returns what determines the work; after an approximate search also how good it was. */
  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("n", rows.getShape().get(0));
    parameters.put("features", rows.getShape().get(1));
    if (latent > 0) {
      parameters.put("latent", latent);
    }
    parameters.put("k", k);
    if (search == Search.APPROXIMATE) {
      parameters.put("search", "approximate");
      parameters.put("recall", recall);
    }
    return parameters;
  }

  @Override
  public double run() {
    long start = System.nanoTime();
    try (NDManager scope = manager.newSubManager()) {
      NDArray view = Torch.within(rows, scope);
      Neighbours found =
          search == Search.EXACT ? Neighbours.includingSelf(view, k) : approximate(view);
      found.distances().get(0).toDoubleArray(); // waits for a GPU
      return Timing.secondsSince(start);
    }
  }

  private Neighbours approximate(NDArray points) {
    NeighbourCells cells = NeighbourCells.of(points, k, Distance.EUCLIDEAN);
    recall = cells.recall();
    return cells.includingSelf();
  }

  @Override
  public double amount() {
    return rows.getShape().get(0);
  }

  @Override
  public String unit() {
    return "rows";
  }

  @Override
  public void close() {
    manager.close();
  }
}
