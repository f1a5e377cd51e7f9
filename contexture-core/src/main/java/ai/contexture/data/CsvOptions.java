package ai.contexture.data;

import ai.contexture.input.InputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to read a CSV file.
 *
 * @param separator the character between cells; empty to recognise comma, semicolon, tab or bar
 *     from the header
 * @param nominal the columns that hold names even where they look like numbers, such as codes
 * @param numeric the columns that must hold numbers
 * @param drop the columns to leave out
 * @param missing the cells that stand for a missing value, besides the empty cell; upper and lower
 *     case are the same
 * @param elsewhere columns of other files that are read in the same way; to name them above is no
 *     error where they are not in this one
 */
public record CsvOptions(
    Optional<Character> separator,
    Set<String> nominal,
    Set<String> numeric,
    Set<String> drop,
    Set<String> missing,
    Set<String> elsewhere) {

  /**
   * Recognises the separator and the types; {@code ?}, {@code NA}, {@code N/A}, {@code null} are
   * missing.
   */
  public static final CsvOptions DEFAULT =
      new CsvOptions(
          Optional.empty(),
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of("?", "na", "n/a", "null"),
          Set.of());

  /** Copies the sets, puts the missing tokens in lower case, and refuses impossible separators. */
  public CsvOptions {
    if (separator.isPresent() && "\"\n\r\uFEFF".indexOf(separator.get()) >= 0) {
      throw new InputException("--separator: expected a character other than a quote or line end");
    }
    nominal = Set.copyOf(nominal);
    numeric = Set.copyOf(numeric);
    drop = Set.copyOf(drop);
    missing =
        Set.copyOf(missing.stream().map(token -> token.strip().toLowerCase(Locale.ROOT)).toList());
    elsewhere = Set.copyOf(elsewhere);
  }

  /** Options for a file that is read alone. */
  public CsvOptions(
      Optional<Character> separator,
      Set<String> nominal,
      Set<String> numeric,
      Set<String> drop,
      Set<String> missing) {
    this(separator, nominal, numeric, drop, missing, Set.of());
  }

  /** Returns these options with a given separator. */
  public CsvOptions withSeparator(char separator) {
    return new CsvOptions(Optional.of(separator), nominal, numeric, drop, missing, elsewhere);
  }

  /** Returns these options with these columns, too, as names. */
  public CsvOptions withNominal(String... columns) {
    return new CsvOptions(separator, joined(nominal, columns), numeric, drop, missing, elsewhere);
  }

  /** Returns these options with these columns, too, as numbers. */
  public CsvOptions withNumeric(String... columns) {
    return new CsvOptions(separator, nominal, joined(numeric, columns), drop, missing, elsewhere);
  }

  /** Returns these options with these columns, too, left out. */
  public CsvOptions withDrop(String... columns) {
    return new CsvOptions(separator, nominal, numeric, joined(drop, columns), missing, elsewhere);
  }

  /** Returns these options with these cells, too, as missing values. */
  public CsvOptions withMissing(String... tokens) {
    return new CsvOptions(separator, nominal, numeric, drop, joined(missing, tokens), elsewhere);
  }

  /** Returns these options for a file that need not have these columns, since others have them. */
  public CsvOptions withElsewhere(String... columns) {
    return new CsvOptions(separator, nominal, numeric, drop, missing, joined(elsewhere, columns));
  }

  /** Returns the columns that these options name. */
  public Set<String> named() {
    Set<String> all = new TreeSet<>(nominal);
    all.addAll(numeric);
    all.addAll(drop);
    return all;
  }

  private static Set<String> joined(Set<String> before, String... more) {
    Set<String> all = new TreeSet<>(before);
    all.addAll(List.of(more));
    return all;
  }
}
