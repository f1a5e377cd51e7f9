package ai.contexture.measure;

import ai.contexture.context.KernelContext;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The expected deviation of the dual kernel from 1, E|k_X⁺(x, x′) − 1| over independent x, x′ ~
 * P_X: small where the association is weak [C, §5].
 *
 * <p>It is 0 where X and A are independent. For a kernel without negative values it is at most 2,
 * since the kernel's mean is 1; it comes near 2 where inputs have no contexts in common.
 *
 * @param value the mean over pairs of points, a point and itself included
 * @param standardError of the value, 0 where all pairs were taken
 * @param sampled how many points were drawn, each compared with all n
 * @param points the number n of pretraining points
 */
public record KernelDeviation(double value, double standardError, int sampled, int points) {

  /** The number of points that are drawn unless another is given. */
  public static final int DEFAULT_POINTS = 1000;

  /**
   * Measures a kernel matrix, all pairs of it.
   *
   * @param kernel k_X⁺ over the points, [n, n]
   * @param weights P_X, [n]
   * @throws IllegalArgumentException if the shapes do not fit or the weights are no probabilities
   * @throws ArithmeticException if a value of the kernel is not finite
   */
  public static KernelDeviation of(NDArray kernel, NDArray weights) {
    Shape shape = kernel.getShape();
    long n = weights.getShape().size();
    if (shape.dimension() != 2 || shape.get(0) != n || shape.get(1) != n) {
      throw new IllegalArgumentException(
          Text.format("kernel: expected (%d, %d), one weight a point, got %s", n, n, shape));
    }
    try (NDManager scope = kernel.getManager().newSubManager()) {
      NDArray p = Kernels.column(weights, scope);
      NDArray k = kernel.reshape(shape);
      k.attach(scope);
      double[] means = means(k, p);
      double[] probabilities = p.toDoubleArray();
      double value =
          IntStream.range(0, means.length).mapToDouble(j -> probabilities[j] * means[j]).sum();
      return new KernelDeviation(finite(value), 0, (int) n, (int) n);
    }
  }

  /** Measures a context with at most {@value #DEFAULT_POINTS} points drawn. */
  public static KernelDeviation of(KernelContext context, Seed seed) {
    return of(context, DEFAULT_POINTS, seed);
  }

  /**
   * Measures a context over its pretraining points.
   *
   * <p>All pairs are taken if there are at most {@code most} points. Otherwise so many points are
   * drawn from P_X with replacement, each is compared with all points, and the mean of those is an
   * unbiased estimate.
   *
   * @param context points and P_X are its own; uniform weights where it has none
   * @param most how many points to draw, at least 2
   * @param seed of the draws
   * @throws ArithmeticException if a value of the kernel is not finite
   */
  public static KernelDeviation of(KernelContext context, int most, Seed seed) {
    if (most < 2) {
      throw new IllegalArgumentException("most: expected at least 2 points, got " + most);
    }
    int n = context.points().size();
    try (NDManager scope = context.points().manager().newSubManager()) {
      NDArray weights = Kernels.weights(context, scope);
      double[] p = weights.toDoubleArray();
      boolean all = n <= most;
      int[] drawn =
          all
              ? IntStream.range(0, n).toArray()
              : Kernels.draw(p, most, seed.derive("kernel deviation").generator());
      double[] means = new double[drawn.length];
      int tile = Kernels.tile(n);
      for (int start = 0; start < drawn.length; start += tile) {
        int end = Math.min(drawn.length, start + tile);
        try (NDManager step = scope.newSubManager()) {
          NDArray block = Kernels.columns(context, Arrays.copyOfRange(drawn, start, end), step);
          System.arraycopy(means(block, weights), 0, means, start, end - start);
        }
      }
      if (all) {
        double value = IntStream.range(0, n).mapToDouble(j -> p[j] * means[j]).sum();
        return new KernelDeviation(finite(value), 0, n, n);
      }
      double mean = finite(Arrays.stream(means).average().orElseThrow());
      double squares = Arrays.stream(means).map(g -> (g - mean) * (g - mean)).sum();
      return new KernelDeviation(mean, Math.sqrt(squares / (most - 1) / most), most, n);
    }
  }

  /** Σ_i p_i |k_ij − 1| of each column j of a block [n, b]. */
  private static double[] means(NDArray block, NDArray weights) {
    return block.sub(1).abs().mul(weights).sum(new int[] {0}).toDoubleArray();
  }

  private static double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new ArithmeticException("the kernel is not finite");
    }
    return value;
  }

  /** Returns one line on what the deviation says of the context. */
  public String verdict() {
    String error = standardError > 0 ? Text.format(" ± %.2g", standardError) : "";
    return Text.format(
        "%.3g%s (0: the context tells nothing of the input; near 2: inputs share no contexts)",
        value, error);
  }

  @Override
  public String toString() {
    return "kernel deviation: " + verdict();
  }
}
