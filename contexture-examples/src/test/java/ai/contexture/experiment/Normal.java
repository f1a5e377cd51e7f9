package ai.contexture.experiment;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** Arrays of normal numbers, the same at every run. */
public final class Normal {

  private Normal() {}

  /** Returns float64 [n, d]. */
  public static NDArray rows(NDManager manager, String name, int n, int d) {
    RandomGenerator random = Seed.of(0).derive(name).generator();
    double[] values = new double[n * d];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return manager.create(values, new Shape(n, d));
  }
}
