package ai.contexture.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A column of names out of a sorted list of levels, code −1 where a value is missing. */
public final class NominalColumn implements Column {

  private final String name;
  private final List<String> levels;
  private final int[] codes;
  private final CellTexts texts;
  private final double[] numbers;

  private NominalColumn(
      String name, List<String> levels, int[] codes, CellTexts texts, double[] numbers) {
    this.name = name;
    this.levels = levels;
    this.codes = codes;
    this.texts = texts;
    this.numbers = numbers;
  }

  /**
   * Returns a column of these names.
   *
   * @param name the name of the column
   * @param values <b>[rows]</b>, null for a missing value
   */
  public static NominalColumn of(String name, String... values) {
    Map<String, Integer> codeOf = new HashMap<>();
    int[] codes = new int[values.length];
    for (int row = 0; row < values.length; row++) {
      codes[row] = values[row] == null ? -1 : code(codeOf, values[row]);
    }
    return wrap(name, codeOf, codes);
  }

  /** Returns the code of a level, which gets the next number if it is new. */
  static int code(Map<String, Integer> codeOf, String level) {
    Integer code = codeOf.putIfAbsent(level, codeOf.size());
    return code == null ? codeOf.size() - 1 : code;
  }

  /** Takes codes in any order of levels as its own and renumbers them by sorted level. */
  static NominalColumn wrap(String name, Map<String, Integer> codeOf, int[] codes) {
    return wrap(name, codeOf, codes, CellTexts.NONE);
  }

  /**
   * Takes codes in any order of levels as its own and renumbers them by sorted level.
   *
   * @param texts what the cells of missing values said
   */
  static NominalColumn wrap(
      String name, Map<String, Integer> codeOf, int[] codes, CellTexts texts) {
    List<String> levels = List.copyOf(new TreeSet<>(codeOf.keySet()));
    int[] sorted = new int[levels.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[codeOf.get(levels.get(i))] = i;
    }
    for (int row = 0; row < codes.length; row++) {
      codes[row] = codes[row] < 0 ? -1 : sorted[codes[row]];
    }
    return new NominalColumn(name, levels, codes, texts, null);
  }

  @Override
  public String name() {
    return name;
  }

  /** Returns the sorted levels; a selection of rows keeps them all. */
  public List<String> levels() {
    return levels;
  }

  @Override
  public int rows() {
    return codes.length;
  }

  @Override
  public boolean missing(int row) {
    return codes[row] < 0;
  }

  @Override
  public String text(int row) {
    return missing(row) ? "" : levels.get(codes[row]);
  }

  /**
   * Returns the same names, some of which a program gave as numbers.
   *
   * @param numbers <b>[rows]</b>, NaN for those that are texts; it is not copied
   */
  NominalColumn with(double[] numbers) {
    return new NominalColumn(name, levels, codes, texts, numbers);
  }

  /** The number that a program gave for a name, NaN where it gave a text or it is from a file. */
  double number(int row) {
    return numbers == null ? Double.NaN : numbers[row];
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

  /** Returns the index of a row's level, −1 if the value is missing. */
  public int code(int row) {
    return codes[row];
  }

  /** Returns a copy of the indices into the levels, −1 for a missing value. <b>[rows]</b> */
  public int[] codes() {
    return codes.clone();
  }

  /** Returns how often each level occurs. <b>[levels]</b> */
  int[] counts() {
    int[] counts = new int[levels.size()];
    Arrays.stream(codes).filter(code -> code >= 0).forEach(code -> counts[code]++);
    return counts;
  }

  @Override
  public NominalColumn select(int[] rows) {
    int[] selected = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = codes[rows[i]];
    }
    double[] numbersSelected =
        numbers == null ? null : Arrays.stream(rows).mapToDouble(row -> numbers[row]).toArray();
    return new NominalColumn(name, levels, selected, texts.select(rows), numbersSelected);
  }

  @Override
  public String toString() {
    return name + " (" + levels.size() + " levels, " + rows() + " rows, " + missing() + " missing)";
  }
}
