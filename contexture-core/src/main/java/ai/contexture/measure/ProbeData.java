package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** What probes have in common: checks, classes as numbers and standardised features. */
final class ProbeData {

  /** Features whose deviation is below this part of their size are constant within rounding. */
  private static final double CONSTANT = 1e-12;

  private ProbeData() {}

  /**
   * Requires that training and test rows are as many as their targets and have the same features.
   *
   * @param least of training rows
   */
  static void checkRows(NDArray trainX, int n, int least, NDArray testX, int b) {
    Shape train = trainX.getShape();
    if (train.dimension() != 2 || train.get(0) != n || n < least) {
      throw new IllegalArgumentException(
          Text.format(
              "trainX: expected (%d, d), one row a target and at least %d, got %s",
              n, least, train));
    }
    checkRows("testX", testX, b, train.get(1));
  }

  /** Requires that rows are as many as their targets and have d features. */
  static void checkRows(String name, NDArray rows, int b, long d) {
    Shape shape = rows.getShape();
    if (shape.dimension() != 2 || shape.get(0) != b || b < 1 || shape.get(1) != d) {
      throw new IllegalArgumentException(
          Text.format(
              "%s: expected (%d, %d), one row a target and at least 1, got %s", name, b, d, shape));
    }
  }

  /** Requires finite targets, at least one. */
  static void checkFinite(String name, double[] targets) {
    checkAny(name, targets.length);
    for (int i = 0; i < targets.length; i++) {
      if (!Double.isFinite(targets[i])) {
        throw new IllegalArgumentException(
            Text.format("%s: expected finite numbers, got %s at position %d", name, targets[i], i));
      }
    }
  }

  static void checkClasses(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("classes: expected at least 2, got " + classes);
    }
  }

  /** Requires the codes of classes, at least one. */
  static void checkCodes(String name, int[] codes, int classes) {
    checkAny(name, codes.length);
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] < 0 || codes[i] >= classes) {
        throw new IllegalArgumentException(
            Text.format(
                "%s: expected codes from 0 to %d, got %d at position %d",
                name, classes - 1, codes[i], i));
      }
    }
  }

  private static void checkAny(String name, int targets) {
    if (targets == 0) {
      throw new IllegalArgumentException(name + ": expected at least one target, got none");
    }
  }

  /** Returns a 1 for the class of each row [n, classes], row by row. */
  static double[] oneHot(int[] codes, int classes) {
    double[] oneHot = new double[codes.length * classes];
    for (int i = 0; i < codes.length; i++) {
      oneHot[i * classes + codes[i]] = 1;
    }
    return oneHot;
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
