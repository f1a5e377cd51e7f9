package ai.contexture.measure;

import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * The Lipschitz constant of the dual kernel, max |k_X⁺(z, x) − k_X⁺(z, y)| / ‖x − y‖ over triples
 * of points: large where the association is strong [C, §5].
 *
 * <p>Pairs of equal rows x = y are left out. Over a sample it is a lower bound of the constant over
 * all points.
 *
 * @param value the constant, in units of 1/‖x‖
 * @param sampled how many points were compared
 * @param points the number n of pretraining points
 */
public record KernelLipschitz(double value, int sampled, int points) {

  /** The largest number of points that are compared. */
  public static final int MOST_POINTS = 1000;

  /**
   * Measures a kernel matrix in O(n³).
   *
   * @param kernel k_X⁺ over the points, symmetric [n, n]
   * @param rows the points, [n, p], of which at least two differ
   * @throws IllegalArgumentException if the shapes do not fit or all rows are equal
   * @throws ArithmeticException if a value of the kernel or of a row is not finite
   */
  public static KernelLipschitz of(NDArray kernel, NDArray rows) {
    int n = Math.toIntExact(rows.getShape().get(0));
    return new KernelLipschitz(constant(kernel, rows), n, n);
  }

  /**
   * Measures a context on its pretraining points, or on {@value #MOST_POINTS} of them drawn without
   * replacement.
   *
   * @param context its rows give the distances
   * @param seed of the draw
   * @throws IllegalArgumentException if all rows are equal
   * @throws ArithmeticException if a value of the kernel is not finite
   */
  public static KernelLipschitz of(KernelContext context, Seed seed) {
    int n = context.points().size();
    int[] drawn = Kernels.some(n, MOST_POINTS, seed.derive("kernel lipschitz").generator());
    try (NDManager scope = context.points().manager().newSubManager()) {
      NDArray index = scope.create(Arrays.stream(drawn).asLongStream().toArray());
      Points x = context.points().select(index);
      return new KernelLipschitz(constant(context.kernel(x, x), x.rows()), drawn.length, n);
    }
  }

  private static double constant(NDArray kernel, NDArray rows) {
    Shape shape = kernel.getShape();
    int n = Math.toIntExact(rows.getShape().get(0));
    if (rows.getShape().dimension() != 2
        || shape.dimension() != 2
        || shape.get(0) != n
        || shape.get(1) != n) {
      throw new IllegalArgumentException(
          Text.format(
              "kernel: expected (n, n) with rows (n, p), got %s and %s", shape, rows.getShape()));
    }
    double[] k = doubles(kernel);
    double[] x = doubles(rows);
    int p = x.length / Math.max(1, n);
    double largest = -1;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double squared = 0;
        for (int c = 0; c < p; c++) {
          double difference = x[i * p + c] - x[j * p + c];
          squared += difference * difference;
        }
        if (squared == 0) {
          continue;
        }
        double change = 0;
        for (int z = 0; z < n; z++) {
          // not Math.max, which is slower for its care of NaN
          double step = Math.abs(k[i * n + z] - k[j * n + z]);
          change = step > change ? step : change;
        }
        largest = Math.max(largest, change / Math.sqrt(squared));
      }
    }
    if (largest < 0) {
      throw new IllegalArgumentException("rows: expected at least two different rows");
    }
    return largest;
  }

  private static double[] doubles(NDArray array) {
    try (NDArray copy = array.toType(DataType.FLOAT64, true)) {
      double[] values = copy.toDoubleArray();
      for (double value : values) {
        if (!Double.isFinite(value)) {
          throw new ArithmeticException("the kernel or the rows are not finite");
        }
      }
      return values;
    }
  }

  /** Returns one line on what the constant says of the context. */
  public String verdict() {
    return Text.format(
        "%.3g over %d of %d points (the larger, the faster the contexts of inputs differ with"
            + " their distance: a stronger association)",
        value, sampled, points);
  }

  @Override
  public String toString() {
    return "kernel Lipschitz constant: " + verdict();
  }
}
