package ai.contexture.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Finds the columns in which rows are equal to given ones: Σ_g w_jg · 1[x_ig = a_jg], as the sparse
 * matrix of the weights times the rows' indicators.
 */
public final class IndicatorProduct {

  /** So many indicators are held at once. */
  private static final int BLOCK_VALUES = 1 << 22;

  /** Where the indicators of each column begin; the last is their number. */
  private final int[] first;

  private final SparseMatrix weights;

  /**
   * Prepares m rows, whose codes in each of g columns are numbers from 0, or less for no code.
   *
   * @param codes [m·g]
   * @param weights w [m·g]
   * @param sizes the number of codes of each column, [g]
   * @param owner the manager of what is prepared
   */
  public IndicatorProduct(long[] codes, double[] weights, int[] sizes, NDManager owner) {
    int g = sizes.length;
    first = new int[g + 1];
    for (int column = 0; column < g; column++) {
      first[column + 1] = Math.addExact(first[column], Math.max(1, sizes[column]));
    }
    long[] index = new long[codes.length];
    double[] values = new double[codes.length];
    for (int i = 0; i < codes.length; i++) {
      boolean known = codes[i] >= 0;
      index[i] = first[i % g] + (known ? codes[i] : 0);
      values[i] = known ? weights[i] : 0;
    }
    Shape shape = new Shape(codes.length / g, g);
    this.weights =
        SparseMatrix.ofEqualRows(first[g], owner.create(index, shape), owner.create(values, shape));
  }

  /**
   * Returns the sums for b rows against the m prepared ones.
   *
   * @param codes of the rows, [b·g]; less than 0 equals none
   * @param owner the manager of the result
   * @return float64 [b, m]
   */
  public NDArray of(long[] codes, NDManager owner) {
    int g = first.length - 1;
    int b = codes.length / g;
    int all = first[g];
    int block = Math.max(1, BLOCK_VALUES / all);
    try (NDManager scope = owner.newSubManager()) {
      NDList parts = new NDList();
      for (int from = 0; from < b; from += block) {
        int rows = Math.min(block, b - from);
        double[] indicators = new double[Math.multiplyExact(all, rows)];
        for (int i = 0; i < rows * g; i++) {
          long code = codes[from * g + i];
          if (code >= 0) {
            indicators[Math.toIntExact(first[i % g] + code) * rows + i / g] = 1;
          }
        }
        NDArray given = scope.create(indicators, new Shape(all, rows));
        parts.add(weights.times(given).transpose());
        given.close();
      }
      NDArray sums = NDArrays.concat(parts);
      sums.attach(owner);
      return sums;
    }
  }

  @Override
  public String toString() {
    return "Matches" + Arrays.toString(first);
  }
}
