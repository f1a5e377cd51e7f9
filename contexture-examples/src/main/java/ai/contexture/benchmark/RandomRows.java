package ai.contexture.benchmark;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** Rows of independent normal numbers, the same in every process. */
final class RandomRows {

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
}
