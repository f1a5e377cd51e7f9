package ai.contexture.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rows that are in two parts of a table: what is measured on them is not measured on new rows. */
public final class RepeatedRows {

  private RepeatedRows() {}

  /**
   * Returns how many of some rows are equal to one of others in all columns; missing values are
   * equal.
   *
   * @param known positions of the rows that are known
   * @param others positions of the rows to count
   */
  public static int count(Table table, int[] known, int[] others) {
    List<Column> columns = table.columns();
    Set<Row> seen = new HashSet<>();
    Arrays.stream(known).forEach(row -> seen.add(new Row(columns, row)));
    return (int) Arrays.stream(others).filter(row -> seen.contains(new Row(columns, row))).count();
  }

  /** A row by its values. */
  private static final class Row {

    private final List<Column> columns;
    private final int row;
    private final int hash;

    Row(List<Column> columns, int row) {
      this.columns = columns;
      this.row = row;
      int all = 1;
      for (Column column : columns) {
        all = 31 * all + Double.hashCode(value(column, row));
      }
      hash = all;
    }

    /** No negative zero, and one NaN for what is missing. */
    private static double value(Column column, int row) {
      return column instanceof NominalColumn names
          ? names.code(row)
          : ((NumericColumn) column).value(row) + 0.0;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Row that
          && columns.stream()
              .allMatch(column -> Double.compare(value(column, row), value(column, that.row)) == 0);
    }
  }
}
