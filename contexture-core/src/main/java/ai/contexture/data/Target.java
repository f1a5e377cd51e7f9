package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What is known about each row beyond its features: its class or a number. */
public sealed interface Target permits Target.Classes, Target.Values {

  /** At most so many different whole numbers are taken for classes. */
  int MOST_DETECTED_CLASSES = 20;

  /** More different numbers than this are refused as classes. */
  int MOST_CLASSES = 1000;

  /** Larger numbers are refused: sums of their squares could be more than a double holds. */
  double MOST_VALUE = 1e140;

  /** Numbers that are all closer together are refused: their variance could be 0 as a double. */
  double LEAST_RANGE = 1e-140;

  /** Returns the name of the column this was. */
  String name();

  /** Returns the number of rows. */
  int rows();

  /** Says whether the target of a row is known. */
  boolean known(int row);

  /** Says whether the targets of all rows are known. */
  default boolean complete() {
    return IntStream.range(0, rows()).allMatch(this::known);
  }

  /** Says whether two rows have known targets that differ. */
  boolean varies();

  /** Returns what can be predicted. */
  Task task();

  /** Returns the targets of these rows in this order; a row may be taken several times. */
  Target select(int[] rows);

  /** Returns the targets of all rows, of which those of all but these rows are unknown. */
  default Target knownOnlyIn(int... rows) {
    boolean[] shown = new boolean[rows()];
    for (int row : rows) {
      shown[row] = true;
    }
    IntStream all = IntStream.range(0, rows());
    if (this instanceof Classes classes) {
      int[] codes = all.map(row -> shown[row] ? classes.code(row) : -1).toArray();
      return new Classes(name(), classes.classes(), codes);
    }
    Values values = (Values) this;
    return new Values(
        name(), all.mapToDouble(row -> shown[row] ? values.value(row) : Double.NaN).toArray());
  }

  /**
   * Returns the target that a column of a table holds.
   *
   * <p>Names are classes. So are whole numbers of which at most {@value #MOST_DETECTED_CLASSES}
   * different ones occur; their classes are in numeric order. Other numbers are values.
   *
   * @param column the name of the column
   * @param task what it must be, or null to recognise it
   * @throws InputException if there is no such column, it does not suit the task, or fewer than two
   *     values occur
   */
  static Target of(Table table, String column, Task task) {
    Column found = table.column(column);
    String place = table.source() + ": target '" + column + "'";
    if (found instanceof NumericColumn numbers) {
      return ofNumbers(numbers, task, place);
    }
    NominalColumn names = (NominalColumn) found;
    if (task == Task.REGRESSION) {
      throw new InputException(
          Message.of(
              "%s holds names such as '%s', expected numbers for %s",
              place,
              names.levels().stream().findFirst().orElse(""),
              Setting.TASK.to("regression")));
    }
    int[] counts = names.counts();
    int[] rank = new int[counts.length];
    int[] used = IntStream.range(0, counts.length).filter(code -> counts[code] > 0).toArray();
    requireTwo(used.length, place, () -> names.levels().get(used[0]));
    for (int i = 0; i < used.length; i++) {
      rank[used[i]] = i;
    }
    int[] codes =
        IntStream.range(0, names.rows())
            .map(row -> names.missing(row) ? -1 : rank[names.code(row)])
            .toArray();
    List<String> classes = Arrays.stream(used).mapToObj(names.levels()::get).toList();
    return new Classes(found.name(), classes, codes);
  }

  private static Target ofNumbers(NumericColumn column, Task task, String place) {
    double[] values = column.values();
    double[] distinct =
        Arrays.stream(values)
            .filter(v -> !Double.isNaN(v))
            .map(v -> v + 0.0)
            .sorted()
            .distinct()
            .toArray();
    requireTwo(distinct.length, place, () -> Numbers.text(distinct[0]));
    boolean few =
        distinct.length <= MOST_DETECTED_CLASSES
            && Arrays.stream(distinct).allMatch(v -> v == Math.rint(v));
    if (task == Task.REGRESSION || (task == null && !few)) {
      requireSquares(distinct, place);
      return new Values(column.name(), values);
    }
    if (distinct.length > MOST_CLASSES) {
      throw new InputException(
          Message.of(
              "%s holds %d different numbers, expected at most %d for %s",
              place, distinct.length, MOST_CLASSES, Setting.TASK.to("classification")));
    }
    int[] codes =
        Arrays.stream(values)
            .mapToInt(v -> Double.isNaN(v) ? -1 : Arrays.binarySearch(distinct, v + 0.0))
            .toArray();
    List<String> classes = Arrays.stream(distinct).mapToObj(Numbers::text).toList();
    return new Classes(column.name(), classes, codes);
  }

  /** Requires numbers whose squares and variance a double holds. */
  private static void requireSquares(double[] sorted, String place) {
    double least = sorted[0];
    double largest = sorted[sorted.length - 1];
    if (Math.max(-least, largest) > MOST_VALUE || largest - least < LEAST_RANGE) {
      throw new InputException(
          Text.format(
              "%s goes from %s to %s, too %s to be squared; give it in another unit",
              place,
              Numbers.text(least),
              Numbers.text(largest),
              largest - least < LEAST_RANGE ? "narrow" : "wide"));
    }
  }

  private static void requireTwo(int distinct, String place, Supplier<String> only) {
    if (distinct == 0) {
      throw new InputException(place + " is missing in every row");
    }
    if (distinct == 1) {
      throw new InputException(
          place + " is '" + only.get() + "' wherever it is known, expected at least two values");
    }
  }

  /** A class for each row. */
  final class Classes implements Target {

    private final String name;
    private final List<String> classes;
    private final int[] codes;

    private Classes(String name, List<String> classes, int[] codes) {
      this.name = name;
      this.classes = classes;
      this.codes = codes;
    }

    /**
     * Returns the classes of some rows.
     *
     * @param name the name of the target
     * @param classes the names of the classes
     * @param codes <b>[rows]</b>, the index of each row's class, −1 if it is unknown
     * @throws IllegalArgumentException if a code is out of range
     */
    public static Classes of(String name, List<String> classes, int... codes) {
      for (int row = 0; row < codes.length; row++) {
        if (codes[row] < -1 || codes[row] >= classes.size()) {
          throw new IllegalArgumentException(
              name
                  + ", row "
                  + row
                  + ": expected a code below "
                  + classes.size()
                  + ", got "
                  + codes[row]);
        }
      }
      return new Classes(name, List.copyOf(classes), codes.clone());
    }

    @Override
    public String name() {
      return name;
    }

    /** Returns the names of the classes. */
    public List<String> classes() {
      return classes;
    }

    @Override
    public int rows() {
      return codes.length;
    }

    @Override
    public boolean known(int row) {
      return codes[row] >= 0;
    }

    @Override
    public Task task() {
      return Task.CLASSIFICATION;
    }

    /** Returns the index of a row's class, −1 if it is unknown. */
    public int code(int row) {
      return codes[row];
    }

    /** Returns a copy of the index of each row's class, −1 if it is unknown. <b>[rows]</b> */
    public int[] codes() {
      return codes.clone();
    }

    @Override
    public boolean varies() {
      return Arrays.stream(codes).filter(code -> code >= 0).distinct().limit(2).count() > 1;
    }

    @Override
    public Classes select(int[] rows) {
      return new Classes(name, classes, Arrays.stream(rows).map(row -> codes[row]).toArray());
    }

    @Override
    public String toString() {
      return name + " (" + classes.size() + " classes, " + rows() + " rows)";
    }
  }

  /** A number for each row. */
  final class Values implements Target {

    private final String name;
    private final double[] values;

    private Values(String name, double[] values) {
      this.name = name;
      this.values = values;
    }

    /**
     * Returns the numbers of some rows.
     *
     * @param name the name of the target
     * @param values <b>[rows]</b>, NaN where it is unknown
     * @throws IllegalArgumentException if one is infinite
     */
    public static Values of(String name, double... values) {
      return new Values(name, NumericColumn.of(name, values).values());
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int rows() {
      return values.length;
    }

    @Override
    public boolean known(int row) {
      return !Double.isNaN(values[row]);
    }

    @Override
    public Task task() {
      return Task.REGRESSION;
    }

    /** Returns the number of a row, NaN if it is unknown. */
    public double value(int row) {
      return values[row];
    }

    /** Returns a copy of the number of each row, NaN if it is unknown. <b>[rows]</b> */
    public double[] values() {
      return values.clone();
    }

    @Override
    public boolean varies() {
      return Arrays.stream(values).filter(v -> !Double.isNaN(v)).distinct().limit(2).count() > 1;
    }

    @Override
    public Values select(int[] rows) {
      return new Values(name, Arrays.stream(rows).mapToDouble(row -> values[row]).toArray());
    }

    @Override
    public String toString() {
      return name + " (numbers, " + rows() + " rows)";
    }
  }
}
