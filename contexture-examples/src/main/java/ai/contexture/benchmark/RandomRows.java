package ai.contexture.benchmark;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Rows of independent normal numbers, the same in every process. */
final class RandomRows {

  private static final double NOISE = 0.02;

  private RandomRows() {}

  static RandomGenerator generator(String consumer) {
    return Seed.of(0).derive("benchmark").derive(consumer).generator();
  }

  /** Returns float32 rows [n, features] with mean 0 and deviation 1. */
  static NDArray of(int n, int features, NDManager manager) {
    RandomGenerator random = generator("rows");
    float[] values = new float[Math.multiplyExact(n, features)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(n, features));
  }

  /** Returns float64 rows [n, features] with mean 0 and deviation 1. */
  static NDArray of64(int n, int features, NDManager manager) {
    try (NDArray rows = of(n, features, manager)) {
      return rows.toType(DataType.FLOAT64, true);
    }
  }

  /**
   * Returns float64 rows [n, features] that follow from a few independent normal numbers each:
   * tanh(z W) with weights of variance 1 / latent, and noise of deviation 0.02.
   *
   * @param latent how many numbers z a row has
   */
  static NDArray following(int latent, int n, int features, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray z = scope.create(normal(generator("latent"), n * latent), new Shape(n, latent));
      double[] weights = normal(generator("weights"), latent * features);
      NDArray w = scope.create(weights, new Shape(latent, features)).div(Math.sqrt(latent));
      NDArray noise = of64(n, features, scope).mul(NOISE);
      NDArray rows = z.matMul(w).tanh().add(noise);
      rows.attach(manager);
      return rows;
    }
  }

  private static double[] normal(RandomGenerator random, int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }
}
