package ai.contexture.benchmark;

import ai.contexture.context.KnnContext;
import ai.contexture.spectrum.Spectra;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The top of the spectrum of nearest neighbours, which were searched for before.
 *
 * <p>The rows are normal, with deviations that fall evenly from 1 in the first column to 0.1 in the
 * last.
 */
public final class SpectrumBenchmark implements Benchmark {

  private static final double LEAST_DEVIATION = 0.1;

  private final NDManager manager;
  private final KnnContext context;
  private final int features;
  private final int top;

  /**
   * Draws the rows and finds their neighbours.
   *
   * @param n how many rows
   * @param features how many numbers in a row
   * @param k how many neighbours, 1 ≤ k &lt; n
   * @param top how many eigenvalues, 1 ≤ top &lt; n
   */
  public SpectrumBenchmark(int n, int features, int k, int top, Device device) {
    this.features = features;
    this.top = top;
    manager = NDManager.newBaseManager(device);
    context = Handover.of(manager, owner -> context(n, features, k, owner));
  }

  private static KnnContext context(int n, int features, int k, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      double[] deviations = new double[features];
      for (int j = 0; j < features; j++) {
        deviations[j] = 1 - (1 - LEAST_DEVIATION) * j / Math.max(1, features - 1);
      }
      NDArray rows = RandomRows.of64(n, features, scope).mul(scope.create(deviations));
      rows.attach(manager);
      return KnnContext.of(rows, k);
    }
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("n", context.points().size());
    parameters.put("features", features);
    parameters.put("k", context.k());
    parameters.put("top", top);
    return parameters;
  }

  @Override
  public double run() {
    long start = System.nanoTime();
    try (NDManager scope = manager.newSubManager()) {
      Spectra.of(context, top, scope).eigenvalues(top);
      return Timing.secondsSince(start);
    }
  }

  @Override
  public double amount() {
    return top;
  }

  @Override
  public String unit() {
    return "eigenvalues";
  }

  @Override
  public void close() {
    manager.close();
  }
}
