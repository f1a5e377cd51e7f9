package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** A column of values that a program gives, rather than a file. */
final class GivenColumn {

  /** Below this bound a double holds every whole number. */
  private static final double EXACT = 0x1p53;

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
    if (!numeric) {
      return NominalColumn.of(name, names).with(numbers);
    }
    CellTexts.Builder texts = new CellTexts.Builder();
    for (int row = 0; row < names.length; row++) {
      if (names[row] != null && !names[row].equals(Numbers.plain(numbers[row]))) {
        texts.put(row, names[row]); // a whole number that is rounded
      }
    }
    return NumericColumn.wrap(name, numbers, texts.build(names.length), Optional.empty());
  }

  /** The text of a value, null where it is missing. */
  private static String name(String source, String name, int row, Object value, double number) {
    if (value == null || (Double.isNaN(number) && value instanceof Number)) {
      return null;
    }
    if (value instanceof Number) {
      return Math.abs(number) < EXACT ? Numbers.plain(number) : exact(value.toString(), number);
    }
    if (value instanceof CharSequence || value instanceof Boolean) {
      String text = value.toString().strip();
      return text.isEmpty() ? null : text;
    }
    throw wrong(source, name, row, "a number or a text", value);
  }

  /** A number that a double may round. */
  private static String exact(String written, double number) {
    try {
      return new BigDecimal(written).toBigIntegerExact().toString();
    } catch (ArithmeticException | NumberFormatException e) {
      return Numbers.plain(number);
    }
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
