package ai.contexture.spectrum;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/** Decomposes the dense matrix. */
final class DenseSolver {

  /** A matrix with more rows does not fit. */
  static final int MOST = 20_000;

  private DenseSolver() {}

  /** Returns all eigenvalues but the constant's, and the top vectors, or all if those are fewer. */
  static Eigenpairs solve(SymmetricOperator k, int top, NDManager scope) {
    int n = k.size();
    if (n > MOST) {
      throw new InputException(
          Text.format(
              "dense: expected at most %d points or contexts, got %d; take fewer functions, or the"
                  + " method krylov or subsample",
              MOST, n));
    }
    int d = Math.min(top, n - 1);
    try (NDManager step = scope.newSubManager()) {
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(k.matrix(step));
      double[] ascending = eigen.values().toDoubleArray();
      // the constant has the eigenvalue −1, the first of all
      double[] values = new double[n - 1];
      Arrays.setAll(values, i -> ascending[n - 1 - i]);
      NDArray vectors = eigen.vectors().get(":, " + (n - d) + ":").flip(1);
      vectors.attach(scope);
      return new Eigenpairs(values, vectors, "dense eigensolver");
    }
  }
}
