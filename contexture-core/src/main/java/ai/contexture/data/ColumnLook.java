package ai.contexture.data;

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

  /** Says whether all names are dates or times of day. */
  static boolean areDates(NominalColumn column) {
    List<String> levels = column.levels();
    return levels.size() > 1 && levels.stream().allMatch(level -> DATE.matcher(level).matches());
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
