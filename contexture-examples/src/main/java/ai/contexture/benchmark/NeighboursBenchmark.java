package ai.contexture.benchmark;

import ai.contexture.torch.Neighbours;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/** The exact nearest neighbours of every row among normal rows, itself included. */
public final class NeighboursBenchmark implements Benchmark {

  private final NDManager manager;
  private final NDArray rows;
  private final int k;

  /**
   * Draws the rows.
   *
   * @param n how many rows
   * @param features how many numbers in a row
   * @param k how many neighbours, 1 ≤ k ≤ n
   */
  public NeighboursBenchmark(int n, int features, int k, Device device) {
    this.k = k;
    manager = NDManager.newBaseManager(device);
    rows = RandomRows.of64(n, features, manager);
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("n", rows.getShape().get(0));
    parameters.put("features", rows.getShape().get(1));
    parameters.put("k", k);
    return parameters;
  }

  @Override
  public double run() {
    long start = System.nanoTime();
    try (NDManager scope = manager.newSubManager()) {
      NDArray view = rows.reshape(rows.getShape());
      view.attach(scope);
      Neighbours found = Neighbours.among(view, k);
      found.distances().get(0).toDoubleArray(); // waits for a GPU
      return Timing.secondsSince(start);
    }
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
