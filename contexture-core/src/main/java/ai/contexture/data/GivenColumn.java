package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import java.util.List;

/** A column of values that a program gives, rather than a file. */
final class GivenColumn {

  private GivenColumn() {}

  /**
   * Returns a column of numbers where all values are, else one of names.
   *
   * @param source what messages begin with
   * @param values numbers, texts, truth values, and null where one is missing
   */
  static Column of(String source, String name, List<?> values) {
    boolean numeric = true;
    double[] numbers = new double[values.size()];
    String[] names = new String[values.size()];
    for (int row = 0; row < names.length; row++) {
      Object value = values.get(row);
      numbers[row] = value instanceof Number number ? number.doubleValue() : Double.NaN;
      if (Double.isInfinite(numbers[row])) {
        throw wrong(source, name, row, "a finite number", value);
      }
      names[row] = name(source, name, row, value, numbers[row]);
      numeric &= names[row] == null || value instanceof Number;
    }
    return numeric ? NumericColumn.wrap(name, numbers) : NominalColumn.of(name, names);
  }

  /** The text of a value, null where it is missing. */
  private static String name(String source, String name, int row, Object value, double number) {
    if (value == null || value instanceof Number) {
      return Double.isNaN(number) ? null : Numbers.text(number);
    }
    if (value instanceof CharSequence || value instanceof Boolean) {
      String text = value.toString().strip();
      return text.isEmpty() ? null : text;
    }
    throw wrong(source, name, row, "a number or a text", value);
  }

  private static InputException wrong(
      String source, String name, int row, String expected, Object got) {
    return new InputException(
        source
            + ": column '"
            + name
            + "', row "
            + (row + 1)
            + ": expected "
            + expected
            + ", got "
            + got);
  }
}
