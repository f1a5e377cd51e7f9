package ai.contexture.encoder;

import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.initializer.Initializer;
import java.util.random.RandomGenerator;

/** Values drawn uniformly from ±1/√inputs, from a seed and not from the engine's generator. */
record FanInUniform(long inputs, Seed seed) implements Initializer {

  @Override
  public NDArray initialize(NDManager manager, Shape shape, DataType dataType) {
    double bound = 1 / Math.sqrt((double) inputs);
    RandomGenerator random = seed.generator();
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    // a copy, since an array made from Java values shares their memory until it is closed
    try (NDArray drawn = manager.create(values, shape)) {
      return dataType == DataType.FLOAT32 ? drawn.duplicate() : drawn.toType(dataType, true);
    }
  }
}
