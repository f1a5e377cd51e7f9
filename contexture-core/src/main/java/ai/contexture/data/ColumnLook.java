package ai.contexture.data;

import ai.contexture.input.Numbers;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What columns look like that are more than measurements or names. */
final class ColumnLook {

  /** Fewer rows show nothing. */
  private static final int LEAST = 20;

  /** Names beyond so many have few rows each, and two of them may look alike by chance. */
  private static final int MOST_LEVELS = 64;

  private static final double ALMOST_ALL = 0.9;

  private static final double MOSTLY_MISSING = 0.8;

  /** Words of a text, on average; names have fewer. */
  private static final double WORDS = 4;

  /** Columns of such names hold codes, whatever the numbers are. */
  private static final Pattern CODE_NAME =
      Pattern.compile(
          "(.*[^a-z])?(zip|zip[^a-z]?codes?|post(al)?[^a-z]?codes?|plz|fips|naics|isbn|ean|phone)"
              + "([^a-z].*)?");

  /** Shorter numbers may be years. */
  private static final int DIGITS_OF_CODE = 5;

  private static final Pattern DATE =
      Pattern.compile(
          "(\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}[-/.]\\d{1,2}[-/.](\\d{4}|\\d{2}))"
              + "([ T]\\d{1,2}:\\d{2}.*)?"
              + "|\\d{1,2}:\\d{2}(:\\d{2}([.,]\\d+)?)?( ?[aApP][mM])?");

  /** The same in any case. */
  private static final Set<String> TRUTH = Set.of("true", "false");

  private static final Map<String, String> BITS =
      Map.of("true", "1", "false", "0", "1", "1", "0", "0", "1.0", "1", "0.0", "0");

  private static final Pattern DIGITS = Pattern.compile("[+-]?[\\p{Nd}.,\u066B\u066C]*\\p{Nd}");

  private ColumnLook() {}

  /** Says whether each number is one more than the number in the row before. */
  static boolean counts(NumericColumn column) {
    double[] values = column.values();
    for (int i = 1; i < values.length; i++) {
      if (!(values[i] == values[i - 1] + 1)) {
        return false;
      }
    }
    return values.length >= LEAST;
  }

  /**
   * Returns the first of numbers that look like codes: the name of the column says so, or they are
   * few whole numbers of many digits, all of one length, none round, and near to each other for
   * their size, as zip codes of one place are.
   */
  static Optional<String> code(NumericColumn column) {
    double[] known = Arrays.stream(column.values()).filter(v -> !Double.isNaN(v)).toArray();
    double[] distinct = Arrays.stream(known).sorted().distinct().toArray();
    if (distinct.length < 2 || Arrays.stream(distinct).anyMatch(v -> v != Math.rint(v) || v < 0)) {
      return Optional.empty();
    }
    double least = distinct[0];
    double most = distinct[distinct.length - 1];
    boolean oneLength =
        least >= Math.pow(10, DIGITS_OF_CODE - 1)
            && Math.floor(Math.log10(least)) == Math.floor(Math.log10(most));
    boolean few = known.length >= LEAST && 4 * distinct.length <= known.length;
    boolean near = most - least <= least / 2;
    boolean round = Arrays.stream(distinct).allMatch(v -> v % 10 == 0);
    boolean named = CODE_NAME.matcher(column.name().toLowerCase(Locale.ROOT)).matches();
    return named || (oneLength && few && near && !round)
        ? Optional.of(Numbers.plain(known[0]))
        : Optional.empty();
  }

  /** Says whether names are texts of several words, most of which occur once. */
  static boolean areTexts(NominalColumn column) {
    int[] counts = column.counts();
    int present = column.rows() - column.missing();
    long different = Arrays.stream(counts).filter(count -> count > 0).count();
    double words =
        column.levels().stream()
            .mapToInt(level -> level.split("\\s+", -1).length)
            .average()
            .orElse(0);
    return present >= LEAST && 2 * different > present && words >= WORDS;
  }

  /** Says whether few rows have a value. */
  static boolean isMostlyMissing(Column column) {
    return column.rows() >= LEAST && column.missing() >= MOSTLY_MISSING * column.rows();
  }

  /** Says whether all names are dates or times of day. */
  static boolean areDates(NominalColumn column) {
    List<String> levels = column.levels();
    return levels.size() > 1 && levels.stream().allMatch(level -> DATE.matcher(level).matches());
  }

  /** Says whether all names are numbers with the same letters behind. */
  static boolean areQuantities(NominalColumn column, NumberStyle style) {
    List<String> units =
        column.levels().stream()
            .map(level -> style.quantity(level).map(NumberStyle.Quantity::unit).orElse(""))
            .distinct()
            .toList();
    return column.levels().size() > 1 && units.size() == 1 && !units.get(0).isEmpty();
  }

  /** Says whether all names are numbers as they are usually written. */
  static boolean areNumbers(NominalColumn column) {
    return column.levels().size() > 1
        && column.levels().stream()
            .noneMatch(level -> Double.isNaN(NumberStyle.PLAIN.parse(level)));
  }

  /** Says whether almost every row has a name that no other row has. */
  static boolean areUnique(NominalColumn column) {
    int present = column.rows() - column.missing();
    long single = Arrays.stream(column.counts()).filter(count -> count == 1).count();
    return present >= LEAST && single >= ALMOST_ALL * present;
  }

  /** Says whether all names are numbers in digits that are not read, such as Arabic ones. */
  static boolean areOtherDigits(NominalColumn column) {
    return !column.levels().isEmpty()
        && column.levels().stream()
            .allMatch(
                level ->
                    DIGITS.matcher(level).matches()
                        && level.chars().noneMatch(c -> c >= '0' && c <= '9'));
  }

  private static String folded(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[\\s\\p{Z}\\p{Cf}]+", " ");
  }

  /**
   * Returns two names that differ in nothing but case, spaces or how accents are encoded, or in a
   * truth value and its number.
   */
  static Optional<String> alike(NominalColumn column) {
    List<String> levels = column.levels();
    boolean truth = levels.stream().allMatch(level -> TRUTH.contains(folded(level)));
    boolean bits = levels.stream().allMatch(level -> BITS.containsKey(folded(level)));
    if (truth || levels.size() > MOST_LEVELS) {
      return Optional.empty();
    }
    Map<String, String> first = new HashMap<>();
    for (String level : levels) {
      String other = first.putIfAbsent(bits ? BITS.get(folded(level)) : folded(level), level);
      if (other != null) {
        return Optional.of("'" + Cell.shown(other) + "' and '" + Cell.shown(level) + "'");
      }
    }
    return Optional.empty();
  }
}
