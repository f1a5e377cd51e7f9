package ai.contexture.measure;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Targets as functions on points: a number is one function, a class one indicator each. */
final class Targets {

  private Targets() {}

  /**
   * Returns the values [n, 1] of numbers or the one-hot rows [n, classes] of classes.
   *
   * @throws IllegalArgumentException if the target of a row is not known
   */
  static Matrix of(Target target) {
    int n = target.rows();
    for (int row = 0; row < n; row++) {
      if (!target.known(row)) {
        throw new IllegalArgumentException(
            Text.format(
                "%s: expected a value in every row, got none in row %d", target.name(), row));
      }
    }
    if (target instanceof Target.Values values) {
      return Matrix.of(n, 1, values.values());
    }
    Target.Classes classes = (Target.Classes) target;
    int c = classes.classes().size();
    double[] oneHot = new double[n * c];
    for (int row = 0; row < n; row++) {
      oneHot[row * c + classes.code(row)] = 1;
    }
    return Matrix.of(n, c, oneHot);
  }

  /**
   * Returns targets as an array float64 [n, c] of the scope.
   *
   * @throws IllegalArgumentException if there are not n ≥ 1 of them, c ≥ 1, or one is not finite
   */
  static NDArray array(Matrix targets, int n, NDManager scope) {
    if (targets.rows() != n || targets.columns() < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "targets: expected (%d, c), one row a point, got (%d, %d)",
              n, targets.rows(), targets.columns()));
    }
    for (double value : targets.values()) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("targets: expected finite numbers, got " + value);
      }
    }
    return targets.array(scope);
  }
}
