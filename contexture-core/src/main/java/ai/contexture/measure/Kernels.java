package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.contexture.random.Draws;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The dual kernel over a context's pretraining points, in blocks that fit into memory. */
final class Kernels {

  /** Values of the kernel held at once. */
  private static final int TILE_VALUES = 4 << 20;

  private Kernels() {}

  /** Returns P_X over the pretraining points, float64 [n, 1], which belongs to the scope. */
  static NDArray weights(KernelContext context, NDManager scope) {
    if (context instanceof FiniteContext finite) {
      return column(finite.operator().inputWeights(), scope);
    }
    int n = context.points().size();
    return scope.full(new Shape(n, 1), 1f, DataType.FLOAT64).div(n);
  }

  /** Returns a checked copy of weights [n] as a column [n, 1], which belongs to the scope. */
  static NDArray column(NDArray weights, NDManager scope) {
    NDArray copy = weights.toType(DataType.FLOAT64, true);
    copy.attach(scope);
    double sum = copy.sum().toDoubleArray()[0];
    if (!(Math.abs(sum - 1) <= 1e-6) || !(copy.min().toDoubleArray()[0] >= 0)) {
      throw new IllegalArgumentException(
          Text.format(
              "weights: expected probabilities of the points, [n], got %s of sum %.6g",
              weights.getShape(), sum));
    }
    return copy.reshape(-1, 1);
  }

  /** Returns k_X⁺(x_i, x_j) of all points i and some points j, float64 [n, b], of the scope. */
  static NDArray columns(KernelContext context, int[] points, NDManager scope) {
    long[] index = Arrays.stream(points).asLongStream().toArray();
    if (context instanceof FiniteContext finite) {
      // the columns of TT* diag(p)⁻¹
      ExpectationOperator operator = finite.operator();
      NDArray at = scope.create(index);
      NDArray inverse = operator.inputWeights().get(at);
      inverse.attach(scope);
      inverse = inverse.reshape(1, -1).pow(-1);
      NDArray unit =
          scope
              .zeros(new Shape(operator.inputs(), points.length), DataType.FLOAT64)
              .scatter(at.reshape(1, -1), inverse, 0);
      return operator.apply(operator.adjoint(unit));
    }
    Points all = context.points().within(scope);
    return context.kernel(all, context.points().select(scope.create(index)));
  }

  /** Returns how many columns of the kernel fit into memory, at least 1. */
  static int tile(int n) {
    return Math.max(1, TILE_VALUES / Math.max(1, n));
  }

  /** Returns all of n positions, or m different ones drawn at random if m is smaller. */
  static int[] some(int n, int m, RandomGenerator random) {
    return m >= n ? IntStream.range(0, n).toArray() : Draws.distinct(m, n, random);
  }

  /** Returns m positions drawn independently with these probabilities. */
  static int[] draw(double[] weights, int m, RandomGenerator random) {
    double[] cumulative = weights.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
    double total = cumulative[cumulative.length - 1];
    int[] drawn = new int[m];
    for (int i = 0; i < m; i++) {
      int found = Arrays.binarySearch(cumulative, random.nextDouble() * total);
      int above = found >= 0 ? found + 1 : -found - 1;
      while (weights[above] == 0) {
        above++;
      }
      drawn[i] = above;
    }
    return drawn;
  }
}
