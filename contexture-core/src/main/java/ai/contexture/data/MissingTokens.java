package ai.contexture.data;

import ai.contexture.input.Numbers;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which cells stand for a missing value, besides the empty one.
 *
 * <p>Unless told otherwise these are {@code ?}, {@code NA} and {@code na}, and {@code N/A} and
 * {@code null} in any case; {@code Na} is a name. Among numbers, {@code NaN} is missing too. Tokens
 * that are given are the same in upper and lower case, and numbers are the same where their values
 * are: {@code -999} is {@code -999.0}.
 */
public final class MissingTokens {

  /** What is missing unless told otherwise. */
  public static final MissingTokens DEFAULT = new MissingTokens(true, Set.of());

  /** Only the empty cell. */
  public static final MissingTokens NONE = new MissingTokens(false, Set.of());

  private static final Set<String> EXACT = Set.of("?", "NA", "na");
  private static final Set<String> ANY_CASE = Set.of("n/a", "null");
  private static final Set<String> NOT_A_NUMBER = Set.of("nan", "1.#qnan", "1.#ind");

  private final boolean defaults;
  private final Set<String> given;
  private final Set<String> lowerCase;
  private final double[] values;

  /** Says of each ASCII character whether a token begins with it. */
  private final boolean[] first = new boolean[128];

  private MissingTokens(boolean defaults, Set<String> given) {
    this.defaults = defaults;
    this.given = Set.copyOf(given);
    this.lowerCase =
        given.stream().map(t -> t.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    this.values =
        given.stream().mapToDouble(Numbers::parse).filter(v -> !Double.isNaN(v)).sorted().toArray();
    for (char c = 0; c < first.length; c++) {
      char lower = Character.toLowerCase(c);
      first[c] =
          (defaults && "?n".indexOf(lower) >= 0)
              || lowerCase.stream().anyMatch(token -> token.charAt(0) == lower);
    }
  }

  /** Returns these tokens and more of them; the empty cell is missing anyway. */
  public MissingTokens with(Collection<String> tokens) {
    Set<String> all = new TreeSet<>(given);
    tokens.stream().map(String::strip).filter(t -> !t.isEmpty()).forEach(all::add);
    return new MissingTokens(defaults, all);
  }

  /** Returns these tokens as {@link #with(Collection)} does. */
  public MissingTokens with(String... tokens) {
    return with(List.of(tokens));
  }

  /** Returns the tokens that were given, without those that are missing anyway. */
  public MissingTokens withoutDefaults() {
    return new MissingTokens(false, given);
  }

  /** Says whether {@code ?}, {@code NA}, {@code N/A}, {@code null} and {@code NaN} count. */
  public boolean defaults() {
    return defaults;
  }

  /** Returns the tokens that were given besides. */
  public Set<String> given() {
    return given;
  }

  /** Says whether a cell stands for a missing value, by its text. */
  boolean isMissing(String cell) {
    if (cell.isEmpty()) {
      return true;
    }
    char c = cell.charAt(0);
    return (c >= first.length || first[c])
        && ((defaults && isDefault(cell))
            || (!lowerCase.isEmpty() && lowerCase.contains(cell.toLowerCase(Locale.ROOT))));
  }

  /** Says whether a cell is missing only because of what is missing unless told otherwise. */
  boolean isDefault(String cell) {
    return EXACT.contains(cell)
        || (cell.length() >= 3
            && cell.length() <= 4
            && ANY_CASE.contains(cell.toLowerCase(Locale.ROOT)));
  }

  /** Says whether numbers are among the tokens that were given. */
  boolean hasNumbers() {
    return values.length > 0;
  }

  /** Says whether a number stands for a missing value. */
  boolean isMissing(double value) {
    for (double token : values) {
      if (token == value) {
        return true;
      }
    }
    return false;
  }

  /** Says whether a cell is a number's way to say that there is none, such as {@code NaN}. */
  static boolean isNotANumber(String cell) {
    int start = cell.startsWith("-") || cell.startsWith("+") ? 1 : 0;
    int length = cell.length() - start;
    return length > 2
        && length < 8
        && NOT_A_NUMBER.contains(cell.substring(start).toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MissingTokens tokens
        && defaults == tokens.defaults
        && given.equals(tokens.given);
  }

  @Override
  public int hashCode() {
    return given.hashCode() + (defaults ? 1 : 0);
  }

  @Override
  public String toString() {
    return (defaults ? "?, NA, N/A, null" : "")
        + (given.isEmpty() ? "" : " " + new TreeSet<>(given));
  }
}
