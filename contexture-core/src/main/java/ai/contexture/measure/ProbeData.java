package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** What probes with a validation split have in common: checks and standardised features. */
final class ProbeData {

  /** Features whose deviation is below this part of their size are constant within rounding. */
  private static final double CONSTANT = 1e-12;

  private ProbeData() {}

  static void checkShapes(NDArray trainX, int n, NDArray validX, int v, NDArray testX, int b) {
    long d = trainX.getShape().dimension() == 2 ? trainX.getShape().get(1) : -1;
    check("trainX", trainX, n, d);
    check("validX", validX, v, d);
    check("testX", testX, b, d);
  }

  private static void check(String name, NDArray x, int rows, long d) {
    Shape shape = x.getShape();
    if (rows < 1 || shape.dimension() != 2 || shape.get(0) != rows || shape.get(1) != d) {
      throw new IllegalArgumentException(
          Text.format(
              "%s: expected (%d, %s), one row a target and at least 1, got %s",
              name, rows, d < 0 ? "d" : Long.toString(d), shape));
    }
  }

  static void checkCodes(int classes, int[]... parts) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes: expected at least 2, got " + classes);
    }
    for (int[] codes : parts) {
      for (int code : codes) {
        if (code < 0 || code >= classes) {
          throw new IllegalArgumentException(
              Text.format("codes: expected from 0 to %d, got %d", classes - 1, code));
        }
      }
    }
  }

  static void checkFinite(double[]... parts) {
    for (double[] targets : parts) {
      for (double target : targets) {
        if (!Double.isFinite(target)) {
          throw new IllegalArgumentException("targets: expected finite numbers, got " + target);
        }
      }
    }
  }

  /**
   * How features are standardised.
   *
   * @param mean float64 [1, d]
   * @param inverse one over the standard deviation, 0 for constant features, float64 [1, d]
   */
  record Standard(NDArray mean, NDArray inverse) {

    /** Learns from training rows [n, d]; the scope owns the result. */
    static Standard of(NDArray trainX, NDManager scope) {
      NDArray x = trainX.toType(DataType.FLOAT64, true);
      x.attach(scope);
      NDArray mean = Torch.columnMeans(x);
      NDArray deviation = x.sub(mean).square().mean(new int[] {0}, true).sqrt();
      if (!Double.isFinite(deviation.sum().toDoubleArray()[0])) {
        throw new IllegalArgumentException("trainX: expected finite numbers");
      }
      NDArray varies = deviation.gt(mean.abs().mul(CONSTANT)).toType(DataType.FLOAT64, false);
      return new Standard(mean, varies.div(deviation.add(varies.neg().add(1))));
    }

    /** Returns what only takes the mean away. */
    Standard centring() {
      return new Standard(mean, inverse.onesLike());
    }

    /** Returns standardised features, float64, which belong to the scope. */
    NDArray apply(NDArray rows) {
      NDArray x = rows.toType(DataType.FLOAT64, true);
      x.attach(mean.getManager());
      NDArray z = x.sub(mean).mul(inverse);
      if (!Double.isFinite(z.sum().toDoubleArray()[0])) {
        throw new IllegalArgumentException("rows: expected finite numbers");
      }
      return z;
    }
  }
}
