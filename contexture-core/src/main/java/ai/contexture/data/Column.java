package ai.contexture.data;

/** One named column of a {@link Table}: numbers or names. */
public sealed interface Column permits NumericColumn, NominalColumn {

  /** Returns the name of this column. */
  String name();

  /** Returns how many values this column has, missing ones included. */
  int rows();

  /** Says whether the value in a row is missing. */
  boolean missing(int row);

  /** Returns the value in a row as text, empty if it is missing. */
  String text(int row);

  /**
   * Returns what the file said in a row, such as {@code 007} or {@code NA}; the text of the value
   * where that is the same or a program gave the value.
   */
  String cell(int row);

  /** Returns a column of these rows in this order; a row may be taken several times. */
  Column select(int[] rows);

  /** Returns how many values are missing. */
  default int missing() {
    int count = 0;
    for (int row = 0; row < rows(); row++) {
      count += missing(row) ? 1 : 0;
    }
    return count;
  }
}
