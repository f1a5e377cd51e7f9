package ai.contexture.data;

import ai.contexture.input.Numbers;
import java.util.Arrays;
import java.util.Optional;

/** A column of finite numbers, NaN where a value is missing. */
public final class NumericColumn implements Column {

  /** The numbers, however they are held. */
  private interface Values {

    int rows();

    double get(int row);

    Values select(int[] rows);
  }

  private record Doubles(double[] all) implements Values {

    @Override
    public int rows() {
      return all.length;
    }

    @Override
    public double get(int row) {
      return all[row];
    }

    @Override
    public Values select(int[] rows) {
      double[] selected = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = all[rows[i]];
      }
      return new Doubles(selected);
    }
  }

  /** One pixel of all pictures. */
  private record Pixel(PixelMatrix pictures, int position) implements Values {

    @Override
    public int rows() {
      return pictures.rows();
    }

    @Override
    public double get(int row) {
      return pictures.value(row, position);
    }

    @Override
    public Values select(int[] rows) {
      return new Pixel(pictures.select(rows), position);
    }
  }

  private final String name;
  private final Values values;
  private final CellTexts texts;
  private final Optional<String> unit;

  private NumericColumn(String name, Values values, CellTexts texts, Optional<String> unit) {
    this.name = name;
    this.values = values;
    this.texts = texts;
    this.unit = unit;
  }

  /**
   * Returns a column of these numbers, which are copied.
   *
   * @param name the name of the column
   * @param values <b>[rows]</b>, NaN for a missing value
   * @throws IllegalArgumentException if a value is infinite
   */
  public static NumericColumn of(String name, double... values) {
    return wrap(name, values.clone());
  }

  /** Takes the array as its own. */
  static NumericColumn wrap(String name, double[] values) {
    return wrap(name, values, CellTexts.NONE, Optional.empty());
  }

  /**
   * Takes the array as its own.
   *
   * @param texts what the cells said where that is not the text of the number
   * @param unit what stood beside every number, such as {@code %}, nothing where they stood alone;
   *     absent where the numbers are not from a file
   */
  static NumericColumn wrap(String name, double[] values, CellTexts texts, Optional<String> unit) {
    for (int row = 0; row < values.length; row++) {
      if (Double.isInfinite(values[row])) {
        throw new IllegalArgumentException(
            "column " + name + ", row " + row + ": expected a finite number, got " + values[row]);
      }
    }
    return new NumericColumn(name, new Doubles(values), texts, unit);
  }

  /** Returns the column of one pixel of all pictures. */
  static NumericColumn of(String name, PixelMatrix pictures, int position) {
    return new NumericColumn(name, new Pixel(pictures, position), CellTexts.NONE, Optional.empty());
  }

  /** The pictures whose pixel at a position the column is, null if it is not that. */
  PixelMatrix pixels(int position) {
    return values instanceof Pixel pixel && pixel.position == position ? pixel.pictures : null;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rows() {
    return values.rows();
  }

  @Override
  public boolean missing(int row) {
    return Double.isNaN(values.get(row));
  }

  @Override
  public String text(int row) {
    return missing(row) ? "" : Numbers.plain(values.get(row));
  }

  @Override
  public String cell(int row) {
    String said = texts.get(row);
    return said == null ? text(row) : said;
  }

  /** What cells said where that is not the text of their value. */
  CellTexts texts() {
    return texts;
  }

  /** What stood beside every number in the file; absent where they are not from a file. */
  Optional<String> unit() {
    return unit;
  }

  /** Returns the number in a row, NaN if it is missing. */
  public double value(int row) {
    return values.get(row);
  }

  /** Returns a copy of the numbers, NaN for a missing one. <b>[rows]</b> */
  public double[] values() {
    double[] copy = new double[rows()];
    Arrays.setAll(copy, values::get);
    return copy;
  }

  @Override
  public NumericColumn select(int[] rows) {
    return new NumericColumn(name, values.select(rows), texts.select(rows), unit);
  }

  @Override
  public String toString() {
    return name + " (numeric, " + rows() + " rows, " + missing() + " missing)";
  }
}
