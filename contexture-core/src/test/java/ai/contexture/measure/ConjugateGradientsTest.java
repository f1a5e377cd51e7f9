package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConjugateGradientsTest {

  private final NDManager manager = NDManager.newBaseManager();
  private final NDArray alike = manager.ones(new Shape(40, 1), DataType.FLOAT64);

  @AfterEach
  void close() {
    manager.close();
  }

  /** Sizes of right-hand sides differ, and one of them is 0. */
  @Test
  void solvesBadlyConditionedSystems() {
    NDArray half = normal(manager, "matrix", 40, 40);
    NDArray matrix = half.matMul(half.transpose()).add(identity(manager, 40).mul(1e-3));
    NDArray b = normal(manager, "right", 40, 3).mul(manager.create(new double[] {1, 1e6, 0}));
    NDArray found = ConjugateGradients.solve(x -> matrix.matMul(x), alike, b);
    NDArray scales = manager.create(new double[] {1, 1e-6, 1});
    assertClose(found.mul(scales), LinearAlgebra.solve(matrix, b).mul(scales), 1e-6);
    assertClose(matrix.matMul(found).mul(scales), b.mul(scales), 1e-9);
  }

  @Test
  void refusesWhatHasNoSolution() {
    NDArray b = normal(manager, "right", 40, 1);
    assertThatThrownBy(() -> ConjugateGradients.solve(x -> x.mul(0), alike, b))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("residual");
    assertThatThrownBy(() -> ConjugateGradients.solve(x -> x.mul(Double.NaN), alike, b))
        .isInstanceOf(ArithmeticException.class);
  }
}
