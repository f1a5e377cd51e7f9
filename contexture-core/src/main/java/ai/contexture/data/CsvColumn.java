package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * A column while it is read: keeps numbers as long as all cells are numbers, names as long as none
 * is, and only counts from the first cell that breaks this.
 */
final class CsvColumn {

  enum Type {
    DETECT,
    NUMERIC,
    NOMINAL
  }

  private static final Set<String> NOT_FINITE =
      Set.of("nan", "inf", "infinity", "1.#inf", "1.#qnan", "1.#ind");

  private static final Pattern OVERFLOW = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)[eE]\\+?\\d+");

  private static final Pattern COMMA = Pattern.compile("[+-]?\\d+,\\d+");

  private final String file;
  private final String name;
  private final Type type;

  private double[] values;
  private int[] codes;
  private final Map<String, Integer> codeOf = new HashMap<>();
  private int rows;

  private int numbers;
  private int notFinite;
  private int words;
  private String exampleOfNotFinite;
  private long lineOfNotFinite;
  private String exampleOfWord;
  private long lineOfWord;

  CsvColumn(String file, String name, Type type) {
    this.file = file;
    this.name = name;
    this.type = type;
  }

  String name() {
    return name;
  }

  void addMissing() {
    appendValue(Double.NaN);
    appendCode(-1);
    rows++;
  }

  /**
   * Adds a cell that is not missing.
   *
   * @param line the line of the file that the cell is on
   */
  void add(String cell, LongSupplier line) {
    double value = type == Type.NOMINAL ? Double.NaN : Numbers.parse(cell);
    if (!Double.isNaN(value)) {
      numbers++;
    } else if (type != Type.NOMINAL && isNotFinite(cell)) {
      if (notFinite++ == 0) {
        exampleOfNotFinite = cell;
        lineOfNotFinite = line.getAsLong();
      }
    } else if (words++ == 0) {
      exampleOfWord = cell;
      lineOfWord = line.getAsLong();
    }
    keep(cell, value);
    rows++;
  }

  private void keep(String cell, double value) {
    if (numbers > 0 && notFinite + words > 0) {
      values = null;
      codes = null;
      codeOf.clear();
    } else if (numbers > 0) {
      if (values == null) {
        values = new double[Math.max(16, rows + 1)];
        Arrays.fill(values, 0, rows, Double.NaN);
      }
      appendValue(value);
    } else {
      if (codes == null) {
        codes = new int[Math.max(16, rows + 1)];
        Arrays.fill(codes, 0, rows, -1);
      }
      appendCode(NominalColumn.code(codeOf, cell));
    }
  }

  private void appendValue(double value) {
    if (values != null) {
      values = rows < values.length ? values : Arrays.copyOf(values, grown(values.length));
      values[rows] = value;
    }
  }

  private void appendCode(int code) {
    if (codes != null) {
      codes = rows < codes.length ? codes : Arrays.copyOf(codes, grown(codes.length));
      codes[rows] = code;
    }
  }

  private static int grown(int length) {
    return length + (length >> 1);
  }

  /** Refuses a cell that is no number in a column that should hold numbers. */
  void check() {
    if (type == Type.NOMINAL) {
      return;
    }
    if (words > 0 && (type == Type.NUMERIC || numbers + notFinite > words)) {
      String advice =
          type == Type.NUMERIC
              ? " because of --numeric " + name
              : " as in most of the column; give --nominal " + name + " if it holds names";
      throw wrong(lineOfWord, exampleOfWord, "a number" + advice);
    }
    if (words > 0 && COMMA.matcher(exampleOfWord).matches()) {
      throw wrong(
          lineOfWord,
          exampleOfWord,
          "a number with a decimal point; give --nominal " + name + " if it holds names");
    }
    if (words == 0 && notFinite > 0) {
      throw wrong(
          lineOfNotFinite,
          exampleOfNotFinite,
          "a finite number; give --missing "
              + exampleOfNotFinite
              + " if it stands for a missing value");
    }
  }

  /** Says whether the column is nominal but holds numbers, whose text was not kept. */
  boolean isMixedNominal() {
    return words > 0 && numbers > 0;
  }

  Column toColumn() {
    if (type == Type.NOMINAL || words > 0) {
      int[] filled = codes == null ? new int[rows] : Arrays.copyOf(codes, rows);
      if (codes == null) {
        Arrays.fill(filled, -1);
      }
      return NominalColumn.wrap(name, codeOf, filled);
    }
    double[] filled = values == null ? new double[rows] : Arrays.copyOf(values, rows);
    if (values == null) {
      Arrays.fill(filled, Double.NaN);
    }
    return NumericColumn.wrap(name, filled);
  }

  private static boolean isNotFinite(String cell) {
    int start = cell.startsWith("-") || cell.startsWith("+") ? 1 : 0;
    int length = cell.length() - start;
    return (length > 2
            && length < 9
            && NOT_FINITE.contains(cell.substring(start).toLowerCase(Locale.ROOT)))
        || (length > 0
            && cell.charAt(start) <= '9'
            && OVERFLOW.matcher(cell.substring(start)).matches());
  }

  private InputException wrong(long line, String cell, String expected) {
    return CsvRows.wrong(file, line, name, cell, expected);
  }
}
