package ai.contexture.measure;

import ai.contexture.context.KernelContext;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * The complexity κ² = sup_x k_X⁺(x, x) of a context, which drives how many samples a downstream
 * task needs [A; D, ch. 5].
 *
 * <p>It is 1 where X and A are independent, and at most 1 / min_x P_X(x) over finitely many points.
 * The mean of k_X⁺(x, x) over P_X is the trace of TT*, Σ_{i≥0} s_i² with the constant's s_0 = 1.
 *
 * @param kappaSquared κ² over the points that were looked at
 * @param mean the mean of k_X⁺(x, x) over these points, 1 + Σ_{i≥1} s_i² if they are all
 * @param sampled how many points were looked at
 * @param points the number n of pretraining points
 */
public record ContextComplexity(double kappaSquared, double mean, int sampled, int points) {

  /** The number of points that are looked at unless another is given. */
  public static final int DEFAULT_POINTS = 10_000;

  /**
   * Measures the diagonal of a kernel.
   *
   * @param diagonal k_X⁺(x_i, x_i), n ≥ 1 values
   * @param weights P_X, n probabilities
   * @throws IllegalArgumentException if there are not as many weights as values
   * @throws ArithmeticException if a value is not finite
   */
  public static ContextComplexity of(double[] diagonal, double[] weights) {
    if (diagonal.length == 0 || diagonal.length != weights.length) {
      throw new IllegalArgumentException(
          Text.format(
              "diagonal: expected at least 1 value and as many weights, got %d and %d",
              diagonal.length, weights.length));
    }
    return of(diagonal, weights, diagonal.length);
  }

  /** Measures a context on at most {@value #DEFAULT_POINTS} points. */
  public static ContextComplexity of(KernelContext context, Seed seed) {
    return of(context, DEFAULT_POINTS, seed);
  }

  /**
   * Measures a context on its pretraining points, or on so many of them drawn without replacement.
   *
   * @param context points and P_X are its own; uniform weights where it has none
   * @param most the largest number of points to look at, at least 1
   * @param seed of the draw
   * @throws ArithmeticException if a value of the kernel is not finite
   */
  public static ContextComplexity of(KernelContext context, int most, Seed seed) {
    if (most < 1) {
      throw new IllegalArgumentException("most: expected at least 1 point, got " + most);
    }
    int n = context.points().size();
    int[] drawn = Kernels.some(n, most, seed.derive("context complexity").generator());
    double[] weights;
    double[] diagonal;
    try (NDManager scope = context.points().manager().newSubManager()) {
      double[] p = Kernels.weights(context, scope).toDoubleArray();
      weights = Arrays.stream(drawn).mapToDouble(i -> p[i]).toArray();
      NDArray index = scope.create(Arrays.stream(drawn).asLongStream().toArray());
      diagonal = context.diagonal(context.points().select(index));
    }
    return of(diagonal, weights, n);
  }

  private static ContextComplexity of(double[] diagonal, double[] weights, int points) {
    double largest = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double total = 0;
    for (int i = 0; i < diagonal.length; i++) {
      if (!Double.isFinite(diagonal[i])) {
        throw new ArithmeticException("the kernel is not finite");
      }
      largest = Math.max(largest, diagonal[i]);
      sum += weights[i] * diagonal[i];
      total += weights[i];
    }
    return new ContextComplexity(largest, sum / total, diagonal.length, points);
  }

  /** Returns one line on what κ² says of the context. */
  public String verdict() {
    return Text.format(
        "κ² = %.4g, on average %.4g (1: the context tells nothing of the input; the larger, the"
            + " more labelled rows a task needs)",
        kappaSquared, mean);
  }

  @Override
  public String toString() {
    return "context complexity: " + verdict();
  }
}
