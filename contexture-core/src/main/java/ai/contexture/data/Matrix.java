package ai.contexture.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** A dense matrix of doubles, row after row in one array. */
public final class Matrix {

  private final int rows;
  private final int columns;
  private final double[] values;

  private Matrix(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /**
   * Returns a matrix over an array, which it takes without a copy and the caller must not change
   * any more.
   *
   * @param values <b>[rows·columns]</b>, the value of row i and column j at i·columns + j
   * @throws IllegalArgumentException if the length of the array is not rows·columns
   */
  public static Matrix of(int rows, int columns, double[] values) {
    if (rows < 0 || columns < 0 || values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "values: expected " + rows + "·" + columns + " of them, got " + values.length);
    }
    return new Matrix(rows, columns, values);
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of columns. */
  public int columns() {
    return columns;
  }

  /** Returns one value. */
  public double get(int row, int column) {
    return values[row * columns + column];
  }

  /** Returns a copy of one row. <b>[columns]</b> */
  public double[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }

  /**
   * Returns the array itself, not a copy because it may be large; do not change it.
   * <b>[rows·columns]</b>
   */
  public double[] values() {
    return values;
  }

  /** Returns a matrix of these rows in this order; a row may be taken several times. */
  public Matrix select(int[] selected) {
    double[] copy = new double[Math.multiplyExact(selected.length, columns)];
    for (int i = 0; i < selected.length; i++) {
      System.arraycopy(values, selected[i] * columns, copy, i * columns, columns);
    }
    return new Matrix(selected.length, columns, copy);
  }

  /** Returns the values as an array float64 [rows, columns], which belongs to the owner. */
  public NDArray array(NDManager owner) {
    return owner.create(values, new Shape(rows, columns));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix matrix
        && rows == matrix.rows
        && columns == matrix.columns
        && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return 31 * rows + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "matrix [" + rows + ", " + columns + "]";
  }
}
