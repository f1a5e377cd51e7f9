package ai.contexture.measure;

import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

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

  /** Squared singular values below this part of the largest are zero within rounding. */
  private static final double SMALLEST = 1e-13;

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
      NDArray x = trainX.toType(DataType.FLOAT64, true);
      x.attach(scope);
      NDArray test = testX.toType(DataType.FLOAT64, true);
      test.attach(scope);
      int n = Math.toIntExact(x.getShape().get(0));

      NDArray mean = Torch.columnMeans(x);
      NDArray centred = x.sub(mean);
      NDArray inverse = inverseDeviations(mean, centred, standardise, scope);
      NDArray z = centred.mul(inverse);
      NDArray zTest = test.sub(mean).mul(inverse);
      checkFinite("testX", zTest);
      NDArray y = scope.create(targets, new Shape(n, c));
      NDArray yMean = Torch.columnMeans(y);
      NDArray residualOfMean = y.sub(yMean);

      // z = U diag(s) Vᵀ by the smaller of its two Gram matrices
      boolean primal = z.getShape().get(1) <= n;
      NDArray gram = primal ? z.transpose().matMul(z) : z.matMul(z.transpose());
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(gram);
      double[] all = eigen.values().toDoubleArray();
      int first = 0;
      while (first < all.length && all[first] <= SMALLEST * all[all.length - 1]) {
        first++;
      }
      double[] squares = Arrays.copyOfRange(all, first, all.length);
      if (squares.length == 0) {
        // every feature is constant: the mean is all there is
        return new Ridge(
            repeat(yMean.toDoubleArray(), Math.toIntExact(test.getShape().get(0))),
            n * 1e4,
            residualOfMean.square().sum().toDoubleArray()[0] * n / ((n - 1.0) * (n - 1.0)));
      }
      NDArray s = scope.create(squares).sqrt();
      NDArray vectors = eigen.vectors().get(":, " + first + ":");
      NDArray u = primal ? z.matMul(vectors).div(s) : vectors;
      NDArray v = primal ? vectors : z.transpose().matMul(vectors).div(s);
      NDArray projected = u.transpose().matMul(residualOfMean);
      NDArray leverage = u.square();
      NDArray onValid = null;
      NDArray validRest = null;
      if (validX != null) {
        NDArray valid = validX.toType(DataType.FLOAT64, true);
        valid.attach(scope);
        NDArray zValid = valid.sub(mean).mul(inverse);
        checkFinite("validX", zValid);
        onValid = zValid.matMul(v);
        validRest = scope.create(validTargets, new Shape(validX.getShape().get(0), c)).sub(yMean);
      }

      double penalty = Double.NaN;
      double leaveOneOut = Double.NaN;
      double least = Double.POSITIVE_INFINITY;
      for (int step = 0; step < PENALTIES; step++) {
        double alpha = n * Math.pow(10, -6 + step / 2.0);
        try (NDManager trial = scope.newSubManager()) {
          NDArray shrink = column(squares, i -> squares[i] / (squares[i] + alpha), trial);
          NDArray fitted = u.matMul(shrink.mul(projected));
          fitted.attach(trial);
          NDArray h = leverage.matMul(shrink);
          h.attach(trial);
          NDArray rest = residualOfMean.sub(fitted);
          rest.attach(trial);
          NDArray left = rest.div(h.neg().add(1 - 1.0 / n));
          double leftOut = left.square().sum().toDoubleArray()[0] / n;
          double error = leftOut;
          if (onValid != null) {
            NDArray weights = weights(squares, alpha, trial).mul(projected);
            weights.attach(trial);
            NDArray fit = onValid.matMul(weights);
            fit.attach(trial);
            NDArray missed = validRest.sub(fit);
            missed.attach(trial);
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
      NDArray weights = weights(squares, penalty, scope);
      double[] predictions =
          zTest.matMul(v.matMul(weights.mul(projected))).add(yMean).toDoubleArray();
      return new Ridge(predictions, penalty, leaveOneOut);
    }
  }

  private static void checkFinite(String name, NDArray standardised) {
    if (!Double.isFinite(standardised.sum().toDoubleArray()[0])) {
      throw new IllegalArgumentException(name + ": expected finite features");
    }
  }

  /** s/(s² + α) [r, 1]. */
  private static NDArray weights(double[] squares, double alpha, NDManager manager) {
    return column(squares, i -> Math.sqrt(squares[i]) / (squares[i] + alpha), manager);
  }

  /** 1 / standard deviation [1, d], and 0 for constant features, so that they drop out. */
  private static NDArray inverseDeviations(
      NDArray mean, NDArray centred, boolean standardise, NDManager scope) {
    double[] means = mean.toDoubleArray();
    double[] deviations = centred.square().mean(new int[] {0}).sqrt().toDoubleArray();
    double[] inverse = new double[means.length];
    for (int j = 0; j < inverse.length; j++) {
      if (!Double.isFinite(deviations[j])) {
        throw new IllegalArgumentException(
            "trainX: expected finite features, got others in column " + j);
      }
      boolean constant = deviations[j] <= 1e-12 * Math.abs(means[j]);
      inverse[j] = constant ? 0 : standardise ? 1 / deviations[j] : 1;
    }
    return scope.create(inverse, new Shape(1, inverse.length));
  }

  private static NDArray column(double[] like, IntToDoubleFunction value, NDManager manager) {
    double[] values = new double[like.length];
    Arrays.setAll(values, value);
    return manager.create(values, new Shape(values.length, 1));
  }

  private static double[] repeat(double[] row, int times) {
    double[] rows = new double[row.length * times];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row[i % row.length];
    }
    return rows;
  }
}
