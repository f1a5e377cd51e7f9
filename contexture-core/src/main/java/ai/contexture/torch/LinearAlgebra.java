package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Factorisations of libtorch and what follows from them.
 *
 * <p>All run on the device of their arrays and are differentiable unless they say otherwise.
 * Results belong to the manager of the first array. Use float64.
 */
public final class LinearAlgebra {

  private static final Method EIGH = TorchScript.method("eigh");
  private static final Method SVD = TorchScript.method("svd");
  private static final Method QR = TorchScript.method("qr");
  private static final Method CHOLESKY = TorchScript.method("cholesky");
  private static final Method SOLVE_LOWER = TorchScript.method("solve_lower");
  private static final Method LEAST_RIDGE = TorchScript.method("least_ridge");
  private static final Method SOLVE = TorchScript.method("solve");

  /** From so many times more rows than columns a matrix is taken for tall. */
  private static final int TALL = 4;

  /** After one round, AᵀA of a matrix that is well enough conditioned is this near to I. */
  private static final double NEARLY_ORTHONORMAL = 0.1;

  private LinearAlgebra() {}

  /**
   * An eigendecomposition A = V diag(λ) Vᵀ.
   *
   * @param values the eigenvalues [n], ascending
   * @param vectors the orthonormal eigenvectors [n, n], one a column
   */
  public record Eigen(NDArray values, NDArray vectors) {

    /**
     * Returns V_r diag(λ_r)^{−1/2} [n, r], which gives a covariance A the form I on its r largest
     * directions.
     *
     * @param smallest directions whose eigenvalue is at most this part of the largest, which is
     *     positive, are left out; 0 ≤ smallest &lt; 1
     */
    public NDArray whitening(double smallest) {
      double[] ascending = Torch.doubles(values);
      double bound = smallest * ascending[ascending.length - 1];
      int dropped = 0;
      while (ascending[dropped] <= bound) {
        dropped++;
      }
      return vectors.get(":, " + dropped + ":").div(values.get(dropped + ":").sqrt());
    }
  }

  /**
   * A thin singular value decomposition A = U diag(s) Vᵀ with r = min(n, m).
   *
   * @param left U [n, r]
   * @param values s [r], descending
   * @param rightTransposed Vᵀ [r, m]
   */
  public record Svd(NDArray left, NDArray values, NDArray rightTransposed) {}

  /**
   * Returns the eigendecomposition of a symmetric matrix [n, n], of which the lower half is read.
   */
  public static Eigen eigh(NDArray symmetric) {
    NDList result = EIGH.call(symmetric);
    return new Eigen(result.get(0), result.get(1));
  }

  /** Returns the thin singular value decomposition of a matrix [n, m]. */
  public static Svd svd(NDArray matrix) {
    NDList result = SVD.call(matrix);
    return new Svd(result.get(0), result.get(1), result.get(2));
  }

  /**
   * Returns an orthonormal basis [n, min(n, m)] of a matrix's columns, Q of A = QR up to signs.
   *
   * <p>Tall float64 matrices with independent columns take two rounds of Q = A L⁻ᵀ with AᵀA = LLᵀ,
   * which is many times faster than Householder's way where cores are shared; the rest take that.
   */
  public static NDArray orthonormalise(NDArray matrix) {
    long n = matrix.getShape().get(0);
    long m = matrix.getShape().get(1);
    if (n >= TALL * m && matrix.getDataType() == DataType.FLOAT64) {
      try (NDManager scope = matrix.getManager().newSubManager()) {
        NDArray view = Torch.within(matrix, scope);
        NDArray once = byCholesky(view, Double.POSITIVE_INFINITY, scope);
        NDArray twice = once == null ? null : byCholesky(once, NEARLY_ORTHONORMAL, scope);
        if (twice != null) {
          twice.attach(matrix.getManager());
          return twice;
        }
      }
    }
    NDList result = QR.call(matrix);
    result.get(1).close();
    return result.get(0);
  }

  /** A L⁻ᵀ with AᵀA = LLᵀ; null where that fails or AᵀA is farther from I than allowed. */
  private static NDArray byCholesky(NDArray a, double farthest, NDManager scope) {
    NDArray identity =
        scope.eye(Math.toIntExact(a.getShape().get(1))).toType(DataType.FLOAT64, false);
    NDArray gram = a.transpose().matMul(a);
    if (!(Torch.doubles(gram.sub(identity).abs().max())[0] <= farthest)) {
      return null;
    }
    NDList factor = CHOLESKY.call(gram);
    if (factor.get(1).toIntArray()[0] != 0) {
      return null;
    }
    NDArray inverse = solveLower(factor.get(0), identity);
    return a.matMul(inverse.transpose());
  }

  /**
   * Returns the lower triangular L [n, n] with A = LLᵀ.
   *
   * @throws ArithmeticException if A is not positive definite in its own precision
   */
  public static NDArray cholesky(NDArray symmetric) {
    NDList result = CHOLESKY.call(symmetric);
    try (NDArray info = result.get(1)) {
      int failed = info.toIntArray()[0];
      if (failed != 0) {
        result.get(0).close();
        throw new ArithmeticException(
            "a matrix "
                + symmetric.getShape()
                + " is not positive definite: its leading minor of order "
                + failed
                + " is not positive");
      }
    }
    return result.get(0);
  }

  /**
   * Returns the least r of ridge, 10·ridge, …, 10^raises·ridge with which A + r·unit·I is positive
   * definite within rounding, found without waiting for the device.
   *
   * @param symmetric A, float64 [n, n]
   * @param unit a float64 scalar
   * @return a float64 scalar, NaN where no r is enough; it belongs to the manager of A
   */
  public static NDArray leastRidge(NDArray symmetric, NDArray unit, double ridge, int raises) {
    try (NDArray options = TorchScript.numbers(ridge, raises)) {
      return Torch.withoutGradient(() -> LEAST_RIDGE.call(symmetric, unit, options)).head();
    }
  }

  /**
   * Returns the lower triangular L [n, n] with A = LLᵀ without looking whether there is one, so
   * that a device need not be waited for.
   *
   * @param symmetric A, positive definite; where it holds NaN, so does L
   */
  public static NDArray uncheckedCholesky(NDArray symmetric) {
    NDList result = CHOLESKY.call(symmetric);
    result.get(1).close();
    return result.get(0);
  }

  /** Returns L⁻¹B [n, c] for a lower triangular L [n, n] and B [n, c]. */
  public static NDArray solveLower(NDArray lower, NDArray right) {
    return SOLVE_LOWER.call(lower, right).head();
  }

  /** Returns A⁻¹B [n, c] for a square A [n, n] and B [n, c]. */
  public static NDArray solve(NDArray matrix, NDArray right) {
    return SOLVE.call(matrix, right).head();
  }
}
