package ai.contexture.torch;

import ai.contexture.random.Seed;
import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/**
 * Random numbers that follow from a seed and their position alone, with the same bits on every
 * device.
 *
 * <p>The word at position i is the i-th that SplittableRandom gives from the seed, a mixing of seed
 * and position in 64-bit integers [Steele, Lea and Flood 2014]. On a GPU all positions are mixed at
 * once there, so that nothing is copied; on the CPU Java's generator is the faster way.
 */
public final class CounterRandom {

  private static final Method UNIFORM = TorchScript.method("uniform");
  private static final Method BELOW = TorchScript.method("below");

  /** What 53 bits are multiplied by. */
  private static final double UNIT = 0x1.0p-53;

  private CounterRandom() {}

  /**
   * Returns uniform numbers in [0, 1), the first 53 bits of the words.
   *
   * @param owner the manager of the result, on whose device it is made
   * @return float64 of the shape
   */
  public static NDArray uniform(NDManager owner, long seed, long... shape) {
    Shape of = new Shape(shape);
    if (owner.getDevice().isGpu()) {
      return drawn(UNIFORM, owner, of, seed, of.size());
    }
    RandomGenerator random = Seed.of(seed).generator();
    double[] values = new double[Math.toIntExact(of.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextLong() >>> (Long.SIZE - 53)) * UNIT;
    }
    return owner.create(values, of);
  }

  /**
   * Returns whole numbers from 0 to less than a bound, each as probable as the others but for a
   * difference of at most bound / 2³²: the first 32 bits of the words times the bound, over 2³².
   *
   * @param owner the manager of the result, on whose device it is made
   * @param bound at least 1
   * @return int64 of the shape
   */
  public static NDArray below(NDManager owner, long seed, int bound, long... shape) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound: expected at least 1, got " + bound);
    }
    Shape of = new Shape(shape);
    if (owner.getDevice().isGpu()) {
      return drawn(BELOW, owner, of, seed, of.size(), bound);
    }
    RandomGenerator random = Seed.of(seed).generator();
    long[] values = new long[Math.toIntExact(of.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((random.nextLong() >>> Integer.SIZE) * bound) >>> Integer.SIZE;
    }
    return owner.create(values, of);
  }

  /** What a method draws on the owner's device. */
  private static NDArray drawn(Method method, NDManager owner, Shape shape, long... options) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray[] arguments = new NDArray[1 + options.length];
      arguments[0] = scope.create(new Shape(0), DataType.INT64); // says where
      for (int i = 0; i < options.length; i++) {
        arguments[i + 1] = TorchScript.integers(options[i]);
        arguments[i + 1].attach(scope);
      }
      NDArray made = Torch.withoutGradient(() -> method.call(arguments)).head().reshape(shape);
      made.attach(owner);
      return made;
    }
  }
}
