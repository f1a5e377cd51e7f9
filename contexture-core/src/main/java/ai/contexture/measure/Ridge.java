package ai.contexture.measure;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A ridge regression with the penalty that predicts best.
 *
 * @param predictions of the test rows [b, c] row by row
 * @param penalty the chosen α
 * @param leaveOneOut the training rows' mean squared error at α, each row left out once
 */
record Ridge(double[] predictions, double penalty, double leaveOneOut) {

  /** From n·10⁻⁶ in half decades. */
  private static final int PENALTIES = 21;

  /** Chooses the penalty on validation rows, or by leave-one-out error where they are null. */
  static Ridge fit(
      NDArray trainX,
      double[] targets,
      int c,
      NDArray validX,
      double[] validTargets,
      NDArray testX,
      boolean standardise) {
    try (NDManager scope = trainX.getManager().newSubManager()) {
      RidgeSystem system = new RidgeSystem(trainX, targets, c, standardise, scope);
      int n = Math.toIntExact(trainX.getShape().get(0));
      double penalty = Double.NaN;
      double leaveOneOut = Double.NaN;
      double least = Double.POSITIVE_INFINITY;
      NDArray onValid = null;
      NDArray validY = null;
      if (validX != null) {
        onValid = system.directions("validX", validX);
        validY = scope.create(validTargets, new Shape(validX.getShape().get(0), c));
      }
      for (int step = system.constant() ? PENALTIES - 1 : 0; step < PENALTIES; step++) {
        double alpha = n * Math.pow(10, -6 + step / 2.0);
        try (NDManager trial = scope.newSubManager()) {
          double leftOut = system.leftOut(alpha, trial).square().sum().toDoubleArray()[0] / n;
          double error = leftOut;
          if (onValid != null) {
            NDArray missed = system.predictedAt(onValid, alpha, trial).sub(validY);
            error = missed.square().sum().toDoubleArray()[0];
          }
          if (error < least) {
            least = error;
            leaveOneOut = leftOut;
            penalty = alpha;
          }
        }
      }
      if (Double.isNaN(penalty)) {
        throw new ArithmeticException("the probe's error is not finite for any penalty");
      }
      double[] predictions = system.predict("testX", testX, penalty).toDoubleArray();
      return new Ridge(predictions, penalty, leaveOneOut);
    }
  }
}
