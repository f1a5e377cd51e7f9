package ai.contexture.torch;

import ai.contexture.input.Text;
import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * A sparse matrix [n, m] in compressed rows on a device, which multiplies dense matrices.
 *
 * <p>Values are float64; products with float32 matrices use a copy that is rounded once.
 */
public final class SparseMatrix {

  private static final Method TIMES = TorchScript.method("sparse_times");
  private static final Method DENSE = TorchScript.method("sparse_dense");
  private static final Method SELECT = TorchScript.method("sparse_select");
  private static final Method DRAW = TorchScript.method("sparse_draw");

  /** Initialised by the first product: libtorch warns once that compressed rows are new to it. */
  private static final class Compressed {

    static final Method TIMES = TorchScript.method("sparse_times64");

    static {
      try (NDManager scope = NDManager.newBaseManager(Device.cpu())) {
        NDArray one = scope.create(new double[] {1}, new Shape(1, 1));
        NDArray offsets = scope.create(new int[] {0, 1});
        NDArray index = scope.create(new int[] {0});
        LibtorchLog.withoutWarnings(() -> TIMES.call(one, offsets, index, one.flatten()));
      }
    }
  }

  private final int rows;
  private final int columns;

  /** How many values each row holds where all hold the same number, else 0. */
  private final long rowSize;

  private final NDArray offsets;
  private final NDArray columnIndex;
  private final NDArray shortOffsets;
  private final NDArray shortIndex;
  private final NDArray doubles;
  private final NDArray floats;

  private SparseMatrix(int columns, NDArray offsets, NDArray columnIndex, NDArray values) {
    this(columns, 0, offsets, columnIndex, values);
  }

  private SparseMatrix(
      int columns, long rowSize, NDArray offsets, NDArray columnIndex, NDArray values) {
    this.rows = Math.toIntExact(offsets.size() - 1);
    this.columns = columns;
    this.rowSize = rowSize;
    this.offsets = offsets;
    this.columnIndex = columnIndex;
    this.shortOffsets = offsets.toType(DataType.INT32, true);
    this.shortIndex = columnIndex.toType(DataType.INT32, true);
    this.doubles = values;
    this.floats = values.toType(DataType.FLOAT32, true);
  }

  /**
   * Creates a matrix from its compressed rows, whose manager owns all that the matrix makes.
   *
   * @param columns m
   * @param offsets int64 [n + 1], where each row starts; the last is the number of values
   * @param columnIndex int64, the column of each value
   * @param values float64, row by row
   */
  public static SparseMatrix of(int columns, NDArray offsets, NDArray columnIndex, NDArray values) {
    requireValues(columnIndex, values);
    return new SparseMatrix(columns, offsets, columnIndex, values);
  }

  private static void requireValues(NDArray columnIndex, NDArray values) {
    if (columnIndex.size() != values.size() || values.getDataType() != DataType.FLOAT64) {
      throw new IllegalArgumentException(
          Text.format(
              "values: expected one float64 value a column index (%d), got %d %s",
              columnIndex.size(), values.size(), values.getDataType()));
    }
  }

  /**
   * Creates a matrix whose rows all hold the same number k of values.
   *
   * @param columns m
   * @param columnIndex int64 [n, k], the columns of each row's values
   * @param values float64 [n, k]
   */
  public static SparseMatrix ofEqualRows(int columns, NDArray columnIndex, NDArray values) {
    long n = columnIndex.getShape().get(0);
    long k = columnIndex.getShape().get(1);
    long[] offsets = new long[Math.toIntExact(n + 1)];
    for (int i = 0; i <= n; i++) {
      offsets[i] = i * k;
    }
    requireValues(columnIndex, values);
    return new SparseMatrix(
        columns,
        k,
        columnIndex.getManager().create(offsets),
        columnIndex.flatten(),
        values.flatten());
  }

  /** Returns the non-zero values of a dense matrix float64 [n, m], with the same manager. */
  public static SparseMatrix ofDense(NDArray dense) {
    int m = Math.toIntExact(dense.getShape().get(1));
    return of(m, Entries.of(Torch.doubles(dense), m), dense.getManager());
  }

  /**
   * Returns a matrix that stores copies of these.
   *
   * @param columns m
   */
  public static SparseMatrix of(int columns, Entries entries, NDManager owner) {
    return of(
        columns,
        owner.create(entries.offsets),
        owner.create(entries.columns),
        owner.create(entries.values));
  }

  /**
   * What a matrix stores.
   *
   * @param offsets [n + 1], where each row starts
   * @param columns the column of each value
   * @param values row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  public record Entries(long[] offsets, long[] columns, double[] values) {

    /**
     * Returns what a matrix of these values stores, of which zeros are left out.
     *
     * @param dense row by row, m to each
     */
    public static Entries of(double[] dense, int m) {
      int count = (int) Arrays.stream(dense).filter(value -> value != 0).count();
      long[] offsets = new long[dense.length / m + 1];
      long[] columns = new long[count];
      double[] values = new double[count];
      int next = 0;
      for (int at = 0; at < dense.length; at++) {
        if (dense[at] != 0) {
          columns[next] = at % m;
          values[next++] = dense[at];
        }
        offsets[at / m + 1] = next;
      }
      return new Entries(offsets, columns, values);
    }
  }

  /** Returns a copy of what the matrix stores. */
  public Entries entries() {
    return new Entries(Torch.longs(offsets), Torch.longs(columnIndex), Torch.doubles(doubles));
  }

  /** Returns the number of rows n. */
  public int rows() {
    return rows;
  }

  /** Returns the number of columns m. */
  public int columns() {
    return columns;
  }

  /** Returns the number of stored values. */
  public long size() {
    return doubles.size();
  }

  /**
   * Returns the product [n, c] with a dense matrix [m, c] of float32 or float64.
   *
   * <p>Differentiable in the dense matrix, whose manager owns the result.
   */
  public NDArray times(NDArray dense) {
    if (dense.getShape().dimension() != 2 || dense.getShape().get(0) != columns) {
      throw new IllegalArgumentException(
          Text.format("dense: expected [%d, c], got %s", columns, dense.getShape()));
    }
    if (dense.getDataType() == DataType.FLOAT64) {
      return Compressed.TIMES.call(dense, shortOffsets, shortIndex, doubles).head();
    }
    return TIMES.call(dense, offsets, columnIndex, floats).head();
  }

  /**
   * Returns the same matrix with values of the same place added to one, columns in ascending order.
   *
   * @param owner the manager of the result
   */
  public SparseMatrix combineEqualColumns(NDManager owner) {
    long[] starts = Torch.longs(offsets);
    long[] index = Torch.longs(columnIndex);
    double[] values = Torch.doubles(doubles);
    double[] sums = new double[columns];
    boolean[] occurs = new boolean[columns];
    long[] combinedOffsets = new long[rows + 1];
    int next = 0;
    for (int i = 0; i < rows; i++) {
      int first = next;
      for (int at = (int) starts[i]; at < starts[i + 1]; at++) {
        int column = (int) index[at];
        sums[column] += values[at];
        if (!occurs[column]) {
          occurs[column] = true;
          index[next++] = column;
        }
      }
      Arrays.sort(index, first, next);
      for (int at = first; at < next; at++) {
        int column = (int) index[at];
        values[at] = sums[column];
        sums[column] = 0;
        occurs[column] = false;
      }
      combinedOffsets[i + 1] = next;
    }
    return new SparseMatrix(
        columns,
        owner.create(combinedOffsets),
        owner.create(Arrays.copyOf(index, next)),
        owner.create(Arrays.copyOf(values, next)));
  }

  /** Returns the transpose [m, n]. */
  public SparseMatrix transpose() {
    long[] starts = Torch.longs(offsets);
    long[] index = Torch.longs(columnIndex);
    double[] values = Torch.doubles(doubles);
    long[] next = new long[columns + 1];
    for (long column : index) {
      next[(int) column + 1]++;
    }
    for (int j = 0; j < columns; j++) {
      next[j + 1] += next[j];
    }
    long[] transposedOffsets = next.clone();
    long[] transposedIndex = new long[values.length];
    double[] transposedValues = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int at = (int) starts[i]; at < starts[i + 1]; at++) {
        int target = (int) next[(int) index[at]]++;
        transposedIndex[target] = i;
        transposedValues[target] = values[at];
      }
    }
    var manager = doubles.getManager();
    return new SparseMatrix(
        rows,
        manager.create(transposedOffsets),
        manager.create(transposedIndex),
        manager.create(transposedValues));
  }

  /** Returns the matrix with row i multiplied by left[i] and column j by right[j] (float64). */
  public SparseMatrix scale(double[] left, double[] right) {
    long[] starts = Torch.longs(offsets);
    long[] index = Torch.longs(columnIndex);
    double[] values = Torch.doubles(doubles);
    for (int i = 0; i < rows; i++) {
      for (int at = (int) starts[i]; at < starts[i + 1]; at++) {
        values[at] *= left[i] * right[(int) index[at]];
      }
    }
    return new SparseMatrix(
        columns, rowSize, offsets, columnIndex, doubles.getManager().create(values));
  }

  /** Returns the dense matrix [n, m] in float64, which belongs to the given manager. */
  public NDArray toDense(NDManager owner) {
    try (NDArray width = TorchScript.integers(columns)) {
      NDArray dense = DENSE.call(offsets, columnIndex, doubles, width).head();
      dense.attach(owner);
      return dense;
    }
  }

  /**
   * Returns the matrix [b, m] of some rows, each of which may be taken several times. A device is
   * waited for only where rows hold different numbers of values.
   *
   * @param index int64 [b]
   * @param owner the manager of the result
   */
  public SparseMatrix selectRows(NDArray index, NDManager owner) {
    try (NDArray size = TorchScript.integers(rowSize)) {
      NDList selected = SELECT.call(offsets, columnIndex, doubles, index, size);
      selected.attach(owner);
      return new SparseMatrix(columns, rowSize, selected.get(0), selected.get(1), selected.get(2));
    }
  }

  /**
   * Draws columns, the values of each row being their weights.
   *
   * @param uniform float64 [n, r], uniform numbers in [0, 1)
   * @param owner the manager of the result
   * @return int64 [n·r], the columns drawn, those of one row next to each other
   */
  public NDArray draw(NDArray uniform, NDManager owner) {
    NDArray drawn = DRAW.call(offsets, columnIndex, doubles, uniform).head();
    drawn.attach(owner);
    return drawn;
  }

  /** Returns the sum of each column [m], each row i weighted by weights[i]. */
  public double[] weightedColumnSums(double[] weights) {
    long[] starts = Torch.longs(offsets);
    long[] index = Torch.longs(columnIndex);
    double[] values = Torch.doubles(doubles);
    double[] sums = new double[columns];
    for (int i = 0; i < rows; i++) {
      for (int at = (int) starts[i]; at < starts[i + 1]; at++) {
        sums[(int) index[at]] += weights[i] * values[at];
      }
    }
    return sums;
  }

  @Override
  public String toString() {
    return "SparseMatrix" + new Shape(rows, columns) + " with " + size() + " values";
  }
}
