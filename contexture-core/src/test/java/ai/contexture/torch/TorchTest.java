package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.assertGradient;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.testing.Held;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TorchTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theEngineIsTheOneThatWasMeasured() {
    assertThat(Engine.getInstance().getEngineName()).isEqualTo("PyTorch");
    assertThat(Engine.getInstance().getVersion()).isEqualTo("2.7.1");
  }

  @Test
  void eigenvaluesOfALiteralMatrix() {
    NDArray a = manager.create(new double[] {2, 1, 1, 2}, new Shape(2, 2));
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(a);
    assertClose(eigen.values(), manager.create(new double[] {1, 3}), 1e-14);
  }

  /** Variances 1 and 3 along (1, −1)/√2 and (1, 1)/√2. */
  @Test
  void whiteningLeavesSmallDirectionsOut() {
    NDArray a = manager.create(new double[] {2, 1, 1, 2}, new Shape(2, 2));
    NDArray both = LinearAlgebra.eigh(a).whitening(0.3);
    assertClose(both.transpose().matMul(a).matMul(both), identity(manager, 2), 1e-14);
    NDArray one = LinearAlgebra.eigh(a).whitening(0.4);
    assertThat(one.getShape()).isEqualTo(new Shape(2, 1));
    double part = Math.sqrt(1 / 6.);
    assertClose(one.abs(), manager.create(new double[] {part, part}, new Shape(2, 1)), 1e-15);
  }

  @Test
  void reciprocalsOfWeights() {
    NDArray w = manager.create(new double[] {0.25, 0, 1e-300, 4}, new Shape(4, 1));
    Held held = Held.by(manager);
    NDArray inverse = Torch.reciprocal(w);
    held.assertMore(1);
    assertThat(inverse.toDoubleArray()).containsExactly(4, 0, 1 / 1e-300, 0.25);
  }

  @Test
  void eigenvectorsRebuildTheMatrix() {
    NDArray a = symmetric("eigh", 9);
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(a);
    NDArray v = eigen.vectors();
    assertClose(v.transpose().matMul(v), identity(manager, 9), 1e-13);
    assertClose(v.mul(eigen.values()).matMul(v.transpose()), a, 1e-12);
    assertAscending(eigen.values().toDoubleArray());
  }

  @Test
  void singularVectorsRebuildTallAndWideMatrices() {
    for (int[] size : new int[][] {{8, 5}, {5, 8}, {6, 6}, {4, 1}}) {
      NDArray a = normal(manager, "svd", size[0], size[1]);
      LinearAlgebra.Svd svd = LinearAlgebra.svd(a);
      int r = Math.min(size[0], size[1]);
      NDArray u = svd.left();
      NDArray vt = svd.rightTransposed();
      assertThat(u.getShape()).isEqualTo(new Shape(size[0], r));
      assertThat(vt.getShape()).isEqualTo(new Shape(r, size[1]));
      assertClose(u.transpose().matMul(u), identity(manager, r), 1e-13);
      assertClose(vt.matMul(vt.transpose()), identity(manager, r), 1e-13);
      assertClose(u.mul(svd.values()).matMul(vt), a, 1e-13);
      assertAscending(svd.values().flip(0).toDoubleArray());
    }
  }

  @Test
  void orthonormalColumnsSpanTheSame() {
    NDArray a = normal(manager, "qr", 9, 4);
    NDArray q = LinearAlgebra.orthonormalise(a);
    assertThat(q.getShape()).isEqualTo(new Shape(9, 4));
    assertClose(q.transpose().matMul(q), identity(manager, 4), 1e-14);
    assertClose(q.matMul(q.transpose().matMul(a)), a, 1e-13);
  }

  @Test
  void choleskyFactorAndTriangularSolve() {
    NDArray a = positive(normal(manager, "cholesky", 6, 6));
    NDArray l = LinearAlgebra.cholesky(a);
    NDArray b = normal(manager, "right", 6, 3);
    assertClose(l.matMul(l.transpose()), a, 1e-12);
    assertClose(l, LinearAlgebra.cholesky(a.add(upperNoise())), 0);
    assertClose(l.matMul(LinearAlgebra.solveLower(l, b)), b, 1e-13);
    assertClose(a.matMul(LinearAlgebra.solve(a, b)), b, 1e-12);
  }

  @Test
  void choleskyNamesTheMinorThatFails() {
    NDArray a = manager.create(new double[] {1, 2, 2, 1}, new Shape(2, 2));
    Held held = Held.by(manager);
    assertThatThrownBy(() -> LinearAlgebra.cholesky(a))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "a matrix (2, 2) is not positive definite: its leading minor of order 2 is not"
                + " positive");
    held.assertNoMore();
  }

  @Test
  void columnMeansKeepTheirAxis() {
    NDArray a = manager.create(new double[] {1, 2, 3, 5}, new Shape(2, 2));
    assertClose(
        Torch.columnMeans(a), manager.create(new double[] {2, 3.5}, new Shape(1, 2)), 1e-15);
  }

  @Test
  void resultsBelongToTheFirstArraysManager() {
    NDArray b = normal(manager, "right", 3, 2);
    Held held = Held.by(manager);
    try (NDManager other = manager.newSubManager()) {
      NDArray a = normal(other, "owner", 3, 3);
      assertThat(LinearAlgebra.solve(a, b).getManager()).isSameAs(other);
      assertThat(LinearAlgebra.eigh(a).vectors().getManager()).isSameAs(other);
      assertThat(LinearAlgebra.orthonormalise(a).getManager()).isSameAs(other);
    }
    held.assertNoMore();
  }

  @Test
  void gradientOfCholesky() {
    assertGradient(b -> LinearAlgebra.cholesky(positive(b)), normal(manager, "b", 4, 4), 1e-7);
  }

  @Test
  void gradientOfTriangularSolveInBothArguments() {
    NDArray b = normal(manager, "b", 4, 4);
    NDArray right = normal(manager, "right", 4, 2);
    NDArray lower = LinearAlgebra.cholesky(positive(b));
    assertGradient(
        x -> LinearAlgebra.solveLower(LinearAlgebra.cholesky(positive(x)), right), b, 1e-7);
    assertGradient(x -> LinearAlgebra.solveLower(lower, x), right, 1e-7);
  }

  @Test
  void gradientOfSolveInBothArguments() {
    NDArray b = normal(manager, "b", 4, 4);
    NDArray right = normal(manager, "right", 4, 2);
    assertGradient(x -> LinearAlgebra.solve(positive(x), right), b, 1e-7);
    assertGradient(x -> LinearAlgebra.solve(positive(b), x), right, 1e-7);
  }

  @Test
  void gradientsOfDecompositions() {
    NDArray b = normal(manager, "b", 4, 4);
    assertGradient(x -> LinearAlgebra.eigh(positive(x)).values(), b, 1e-6);
    assertGradient(x -> LinearAlgebra.svd(x).values(), normal(manager, "tall", 5, 3), 1e-6);
    assertGradient(LinearAlgebra::orthonormalise, normal(manager, "tall", 5, 3), 1e-6);
  }

  private NDArray symmetric(String consumer, int n) {
    NDArray a = normal(manager, consumer, n, n);
    return a.add(a.transpose());
  }

  /** bbᵀ + I. */
  private NDArray positive(NDArray b) {
    int n = (int) b.getShape().get(0);
    return b.matMul(b.transpose()).add(identity(manager, n));
  }

  private NDArray upperNoise() {
    double[] values = new double[36];
    values[5] = 7;
    return manager.create(values, new Shape(6, 6));
  }

  private static void assertAscending(double[] values) {
    for (int i = 1; i < values.length; i++) {
      assertThat(values[i]).isGreaterThanOrEqualTo(values[i - 1]);
    }
  }
}
