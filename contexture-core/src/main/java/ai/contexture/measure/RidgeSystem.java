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
 * Ridge regressions of the same rows for any penalty: min Σ_i ‖y_i − b − W z_i‖² + α‖W‖² with z = U
 * diag(s) Vᵀ the centred, perhaps standardised rows, decomposed once.
 */
final class RidgeSystem {

  /** Squared singular values below this part of the largest are zero within rounding. */
  private static final double SMALLEST = 1e-13;

  private final NDManager scope;
  private final NDArray mean;
  private final NDArray inverse;
  private final NDArray targetMean;
  private final NDArray residualOfMean;
  private final double[] squares;
  private final NDArray u;
  private final NDArray v;
  private final NDArray projected;
  private final NDArray leverage;

  /**
   * Decomposes training rows.
   *
   * @param trainX [n, d]
   * @param targets [n, c] row by row
   * @param standardise whether to divide features by their deviations
   * @param scope the owner of what is kept
   */
  RidgeSystem(NDArray trainX, double[] targets, int c, boolean standardise, NDManager scope) {
    this.scope = scope;
    NDArray x = trainX.toType(DataType.FLOAT64, true);
    x.attach(scope);
    int n = Math.toIntExact(x.getShape().get(0));
    mean = Torch.columnMeans(x);
    NDArray centred = x.sub(mean);
    inverse = inverseDeviations(mean, centred, standardise, scope);
    NDArray z = centred.mul(inverse);
    NDArray y = scope.create(targets, new Shape(n, c));
    targetMean = Torch.columnMeans(y);
    residualOfMean = y.sub(targetMean);

    // by the smaller of its two Gram matrices
    boolean primal = z.getShape().get(1) <= n;
    NDArray gram = primal ? z.transpose().matMul(z) : z.matMul(z.transpose());
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(gram);
    double[] all = eigen.values().toDoubleArray();
    int first = 0;
    while (first < all.length && all[first] <= SMALLEST * all[all.length - 1]) {
      first++;
    }
    squares = Arrays.copyOfRange(all, first, all.length);
    if (squares.length == 0) {
      u = null;
      v = null;
      projected = null;
      leverage = null;
      return;
    }
    NDArray s = scope.create(squares).sqrt();
    NDArray vectors = eigen.vectors().get(":, " + first + ":");
    u = primal ? z.matMul(vectors).div(s) : vectors;
    v = primal ? vectors : z.transpose().matMul(vectors).div(s);
    projected = u.transpose().matMul(residualOfMean);
    leverage = u.square();
  }

  /** Returns whether every feature is constant, so that the mean is all there is. */
  boolean constant() {
    return squares.length == 0;
  }

  /** Returns y_i less what is predicted without row i, [n, c], which belongs to the trial. */
  NDArray leftOut(double alpha, NDManager trial) {
    int n = Math.toIntExact(residualOfMean.getShape().get(0));
    if (constant()) {
      return Torch.within(residualOfMean, trial).mul(n / (n - 1.0));
    }
    NDArray shrink = column(i -> squares[i] / (squares[i] + alpha), trial);
    NDArray fitted = u.matMul(shrink.mul(projected));
    fitted.attach(trial);
    NDArray h = leverage.matMul(shrink);
    h.attach(trial);
    NDArray rest = residualOfMean.sub(fitted);
    rest.attach(trial);
    return rest.div(h.neg().add(1 - 1.0 / n));
  }

  /**
   * Returns standardised rows in the directions V [b, r], zeros where there are none, which belong
   * to the scope.
   *
   * @param name what messages call the rows
   * @throws IllegalArgumentException if a feature is not finite
   */
  NDArray directions(String name, NDArray rows) {
    NDArray z = standardised(name, rows);
    return constant() ? z.get(":, 0:1").mul(0) : z.matMul(v);
  }

  /** Returns what is predicted for rows in the directions V, [b, c], by the trial's manager. */
  NDArray predictedAt(NDArray directions, double alpha, NDManager trial) {
    NDArray some = Torch.within(directions, trial);
    return constant() ? some.add(targetMean) : some.matMul(weights(alpha, trial)).add(targetMean);
  }

  /** Returns what is predicted for rows [b, c], which belongs to the scope. */
  NDArray predict(String name, NDArray rows, double alpha) {
    return predictedAt(directions(name, rows), alpha, scope);
  }

  /** Returns what features are multiplied by, [d, c], which belongs to the scope. */
  NDArray coefficients(double alpha) {
    return constant()
        ? inverse.transpose().matMul(targetMean).mul(0)
        : v.matMul(weights(alpha, scope)).mul(inverse.transpose());
  }

  /** Returns what is added to features times coefficients, [1, c], which belongs to the scope. */
  NDArray intercept(NDArray coefficients) {
    return targetMean.sub(mean.matMul(coefficients));
  }

  private NDArray standardised(String name, NDArray rows) {
    NDArray x = rows.toType(DataType.FLOAT64, true);
    x.attach(scope);
    NDArray z = x.sub(mean).mul(inverse);
    if (!Double.isFinite(z.sum().toDoubleArray()[0])) {
      throw new IllegalArgumentException(name + ": expected finite features");
    }
    return z;
  }

  /** s/(s² + α) times the targets in the directions U, [r, c]. */
  private NDArray weights(double alpha, NDManager trial) {
    return column(i -> Math.sqrt(squares[i]) / (squares[i] + alpha), trial).mul(projected);
  }

  private NDArray column(IntToDoubleFunction value, NDManager manager) {
    double[] values = new double[squares.length];
    Arrays.setAll(values, value);
    return manager.create(values, new Shape(values.length, 1));
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
}
