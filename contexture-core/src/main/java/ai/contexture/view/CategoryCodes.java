package ai.contexture.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of each column as numbers 0, 1, …, so that equal ones have the same number. */
final class CategoryCodes {

  /** The code of a row's value that is not known; it equals no other. */
  static final long UNKNOWN_ROW = -1;

  /** The code of a view's value that is not known; it equals no other. */
  static final long UNKNOWN_VIEW = -2;

  private final Columns columns;
  private final List<Map<List<Double>, Long>> known = new ArrayList<>();

  /**
   * Learns the values of a table.
   *
   * @param values [n·p]
   */
  CategoryCodes(Columns columns, double... values) {
    this.columns = columns;
    for (int column = 0; column < columns.count(); column++) {
      Map<List<Double>, Long> codes = new HashMap<>();
      for (int first = 0; first < values.length; first += columns.inputs()) {
        codes.putIfAbsent(value(values, first, column), (long) codes.size());
      }
      known.add(codes);
    }
  }

  private List<Double> value(double[] values, int first, int column) {
    // adding 0 makes −0 the same as 0
    return Arrays.stream(columns.inputsOf(column)).mapToObj(j -> values[first + j] + 0.0).toList();
  }

  /** Returns the number of values of a column. */
  int size(int column) {
    return known.get(column).size();
  }

  /**
   * Returns the codes [b·g] of rows over g columns.
   *
   * @param values [b·p]
   * @param unknown the code of values that are not known
   */
  long[] of(double[] values, long unknown) {
    int p = columns.inputs();
    int g = columns.count();
    long[] codes = new long[values.length / p * g];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = known.get(i % g).getOrDefault(value(values, i / g * p, i % g), unknown);
    }
    return codes;
  }

  /** Returns the number of values of each column, [g]. */
  int[] sizes() {
    return known.stream().mapToInt(Map::size).toArray();
  }
}
