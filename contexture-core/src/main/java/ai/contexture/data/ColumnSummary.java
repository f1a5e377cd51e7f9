package ai.contexture.data;

import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a column holds.
 *
 * @param name its name
 * @param numeric whether it holds numbers, else names
 * @param rows how many values it has, missing ones included
 * @param different how many different values
 * @param missing how many rows have none
 * @param values the least and the largest number, or the most frequent names
 * @param distance its share of the mean squared distance between preprocessed rows, NaN where the
 *     preprocessing leaves it out
 * @param notes what is worth a look, in a few words each
 * @param advice what may be set for it
 */
public record ColumnSummary(
    String name,
    boolean numeric,
    int rows,
    int different,
    int missing,
    String values,
    double distance,
    List<String> notes,
    Optional<Setting> advice) {

  /** Missing values of a larger share are worth a look. */
  private static final double MANY_MISSING = 0.2;

  private static final int SHOWN = 3;

  /** Copies the notes. */
  public ColumnSummary {
    notes = List.copyOf(notes);
  }

  /**
   * Returns what the columns of a dataset hold, in order.
   *
   * @param preprocessing how they become inputs
   * @param fitted the rows that it was fitted to
   */
  public static List<ColumnSummary> of(Dataset data, Preprocessing preprocessing, int[] fitted) {
    Map<String, Double> shares = new HashMap<>();
    List<String> names = preprocessing.columns();
    DistanceShares distances = DistanceShares.of(preprocessing, data.features().select(fitted));
    IntStream.range(0, names.size()).forEach(i -> shares.put(names.get(i), distances.of(i)));
    List<ColumnSummary> all = new ArrayList<>();
    for (Column column : data.features().columns()) {
      double distance = shares.getOrDefault(column.name(), Double.NaN);
      all.add(of(column, distance, data));
    }
    return all;
  }

  private static ColumnSummary of(Column column, double distance, Dataset data) {
    Optional<Target> target = data.target();
    List<String> notes = new ArrayList<>();
    Setting advice = null;
    if (ColumnLook.isMostlyMissing(column)) {
      notes.add("mostly missing");
      advice = Setting.DROP;
    } else if (column.missing() > MANY_MISSING * column.rows()) {
      notes.add(Text.format("missing in %d of %d rows", column.missing(), column.rows()));
    }
    if (target.isPresent() && Leak.tells(column, target.get())) {
      notes.add("tells the target in every row");
    }
    int different = different(column);
    boolean constant = different + (column.missing() > 0 && !isNumeric(column) ? 1 : 0) < 2;
    if (constant) {
      notes.add("constant, left out");
    } else if (distance > DistanceShares.MOST) {
      notes.add("makes up most of the distance between rows");
    }
    String name = Names.composed(column.name());
    if (data.reading().nominal().contains(name) || data.reading().numeric().contains(name)) {
      advice = null; // somebody has looked at it
    } else if (column instanceof NumericColumn numbers) {
      if (ColumnLook.counts(numbers)) {
        notes.add("counts the rows");
        advice = Setting.DROP;
      } else if (ColumnLook.code(numbers).isPresent()) {
        notes.add("looks like codes");
        advice = Setting.NOMINAL;
      }
    } else if (column instanceof NominalColumn levels) {
      if (ColumnLook.areDates(levels)) {
        notes.add("dates or times, read as names");
        advice = Setting.DROP;
      } else if (ColumnLook.areTexts(levels)) {
        notes.add("not supported as text: each is a name of its own");
        advice = Setting.DROP;
      } else if (ColumnLook.areQuantities(levels, data.reading().numbers())) {
        notes.add("numbers with a unit, read as names");
        advice = Setting.NUMERIC;
      } else if (data.reading().numbers().decimal() != '.' && ColumnLook.areNumbers(levels)) {
        notes.add("numbers with a decimal point, read as names");
      } else if (ColumnLook.areUnique(levels)) {
        notes.add("a name of its own in almost every row");
        advice = Setting.DROP;
      }
    }
    return new ColumnSummary(
        column.name(),
        isNumeric(column),
        column.rows(),
        different,
        column.missing(),
        values(column),
        distance,
        notes,
        Optional.ofNullable(advice));
  }

  private static boolean isNumeric(Column column) {
    return column instanceof NumericColumn;
  }

  private static int different(Column column) {
    return column instanceof NominalColumn names
        ? (int) Arrays.stream(names.counts()).filter(count -> count > 0).count()
        : (int)
            Arrays.stream(((NumericColumn) column).values())
                .filter(value -> !Double.isNaN(value))
                .map(value -> value + 0.0)
                .distinct()
                .count();
  }

  private static String values(Column column) {
    if (column instanceof NumericColumn numbers) {
      double[] known =
          Arrays.stream(numbers.values()).filter(value -> !Double.isNaN(value)).sorted().toArray();
      if (known.length == 0) {
        return "";
      }
      String least = Numbers.plain(known[0]);
      String most = Numbers.plain(known[known.length - 1]);
      return least.equals(most) ? least : least + " to " + most;
    }
    NominalColumn names = (NominalColumn) column;
    int[] counts = names.counts();
    int[] used =
        IntStream.range(0, counts.length)
            .filter(code -> counts[code] > 0)
            .boxed()
            .sorted(Comparator.comparingInt(code -> -counts[code]))
            .mapToInt(code -> code)
            .toArray();
    return Arrays.stream(used)
            .limit(SHOWN)
            .mapToObj(code -> Cell.shown(names.levels().get(code)))
            .collect(Collectors.joining(", "))
        + (used.length > SHOWN ? ", …" : "");
  }
}
