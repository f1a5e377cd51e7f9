package ai.contexture.data;

import ai.contexture.input.InputException;
import com.google.gson.JsonObject;
import java.util.List;

/** How one column of a table becomes columns of a matrix. */
sealed interface FittedColumn permits FittedNumericColumn, FittedNominalColumn {

  /** The name of the column of the table. */
  String name();

  /** The names of the columns of the matrix. */
  List<String> outputs();

  /**
   * Writes the columns of the matrix.
   *
   * @param reading how cells were read in the data that this was fitted to
   * @param place what messages begin with
   * @param out the values of the matrix, row after row
   * @param width the number of columns of the matrix
   * @param first the first column to write
   */
  void apply(Column column, CsvOptions reading, String place, double[] out, int width, int first);

  JsonObject toJson();

  /** The largest input of which the square is finite, summed over many columns too. */
  double LARGEST = 1e150;

  /** Refuses a result that is not finite, or so large that distances would not be. */
  static double requireFinite(double result, Column column, int row, String place) {
    if (!(Math.abs(result) <= LARGEST)) {
      throw new InputException(
          place
              + ": column '"
              + column.name()
              + "', row "
              + (row + 1)
              + ": "
              + column.cell(row)
              + " is too large for this preprocessing");
    }
    return result;
  }
}
