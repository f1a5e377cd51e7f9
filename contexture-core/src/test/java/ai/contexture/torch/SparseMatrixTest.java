package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.assertGradient;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparseMatrixTest {

  /** Row 1 and the last row are empty; so are columns 2 and 4. */
  private static final double[] DENSE = {
    0, 2, 0, -1, 0, //
    0, 0, 0, 0, 0, //
    3, 0, 0, 0.5, 0, //
    0, 0, 0, 4, 0, //
    1, -2, 0, 0, 0, //
    0, 0, 0, 0, 0
  };

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private SparseMatrix sparse() {
    return SparseMatrix.of(
        5,
        manager.create(new long[] {0, 2, 2, 4, 5, 7, 7}),
        manager.create(new long[] {1, 3, 0, 3, 3, 0, 1}),
        manager.create(new double[] {2, -1, 3, 0.5, 4, 1, -2}));
  }

  private NDArray dense() {
    return manager.create(DENSE, new Shape(6, 5));
  }

  @Test
  void sizes() {
    assertThat(sparse().rows()).isEqualTo(6);
    assertThat(sparse().columns()).isEqualTo(5);
    assertThat(sparse().size()).isEqualTo(7);
    assertThat(sparse()).hasToString("SparseMatrix(6, 5) with 7 values");
  }

  @Test
  void denseForm() {
    assertClose(sparse().toDense(manager), dense(), 0);
  }

  @Test
  void productInFloat64() {
    for (int c : new int[] {1, 3, 64}) {
      NDArray b = normal(manager, "b", 5, c);
      NDArray product = sparse().times(b);
      assertThat(product.getDataType()).isEqualTo(DataType.FLOAT64);
      assertClose(product, dense().matMul(b), 1e-14);
    }
  }

  @Test
  void productInFloat32() {
    NDArray b = normal(manager, "b", 5, 7).toType(DataType.FLOAT32, false);
    NDArray product = sparse().times(b);
    assertThat(product.getDataType()).isEqualTo(DataType.FLOAT32);
    assertClose(product, dense().toType(DataType.FLOAT32, false).matMul(b), 1e-5);
  }

  @Test
  void transposed() {
    NDArray b = normal(manager, "b", 6, 3);
    assertClose(sparse().transpose().times(b), dense().transpose().matMul(b), 1e-14);
    assertClose(sparse().transpose().transpose().toDense(manager), dense(), 0);
  }

  @Test
  void scaledRowsAndColumns() {
    double[] left = {1, 2, 3, 4, 5, 6};
    double[] right = {-1, 0.5, 7, 2, 3};
    NDArray expected =
        dense()
            .mul(manager.create(left, new Shape(6, 1)))
            .mul(manager.create(right, new Shape(1, 5)));
    assertClose(sparse().scale(left, right).toDense(manager), expected, 1e-14);
    assertClose(sparse().toDense(manager), dense(), 0);
  }

  @Test
  void weightedSumsOfColumns() {
    double[] weights = {1, 2, 3, 4, 5, 6};
    assertClose(sparse().weightedColumnSums(weights), new double[] {14, -8, 0, 16.5, 0}, 1e-14);
  }

  @Test
  void equalRowsMayNameAColumnTwice() {
    NDArray index = manager.create(new long[] {0, 2, 1, 1}, new Shape(2, 2));
    NDArray values = manager.create(new double[] {1, 2, 3, 4}, new Shape(2, 2));
    assertClose(
        SparseMatrix.ofEqualRows(3, index, values).toDense(manager),
        manager.create(new double[] {1, 0, 2, 0, 7, 0}, new Shape(2, 3)),
        0);
  }

  @Test
  void gradientOfTheProduct() {
    SparseMatrix matrix = sparse();
    assertGradient(matrix::times, normal(manager, "b", 5, 3), 1e-8);
    assertGradient(matrix.transpose()::times, normal(manager, "b", 6, 3), 1e-8);
  }

  @Test
  void refusesOtherShapes() {
    NDArray b = normal(manager, "b", 6, 3);
    assertThatThrownBy(() -> sparse().times(b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dense: expected [5, c], got (6, 3)");
    assertThatThrownBy(
            () ->
                SparseMatrix.of(
                    2,
                    manager.create(new long[] {0, 1}),
                    manager.create(new long[] {0}),
                    manager.create(new float[] {1})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("values: expected one float64 value a column index (1), got 1 float32");
  }

  @Test
  void theProductBelongsToTheDenseMatrix() {
    SparseMatrix matrix = sparse();
    int before = manager.getManagedArrays().size();
    try (NDManager other = manager.newSubManager()) {
      NDArray b = normal(other, "b", 5, 3);
      Held held = Held.by(other);
      assertThat(matrix.times(b).getManager()).isSameAs(other);
      held.assertMore(1);
    }
    assertThat(manager.getManagedArrays()).hasSize(before);
  }
}
