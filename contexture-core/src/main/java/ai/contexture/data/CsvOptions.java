package ai.contexture.data;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import com.google.gson.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * How to read a CSV file.
 *
 * <p>Columns are named as in the header, or by their place: {@code #3} is the third one, where no
 * column has that name. A column without a name is called so.
 *
 * @param separator the character between cells; empty to recognise comma, semicolon, tab or bar
 *     from the header
 * @param header whether the first line holds the names of the columns
 * @param nominal the columns that hold names even where they look like numbers, such as codes
 * @param numeric the columns that must hold numbers
 * @param drop the columns to leave out
 * @param needed the only columns to read, which must be there, whatever others hold and are called;
 *     empty to read all
 * @param missing the cells that stand for a missing value
 * @param numbers how numbers are written
 * @param elsewhere columns of other files that are read in the same way, where there are such
 *     files; to name them above is no error where they are not in this one
 * @param keys the columns by whose values rows are found in another table, of which is not said
 *     that nothing can be learned from them
 */
public record CsvOptions(
    Optional<Character> separator,
    Header header,
    Set<String> nominal,
    Set<String> numeric,
    Set<String> drop,
    Optional<Set<String>> needed,
    MissingTokens missing,
    NumberStyle numbers,
    Optional<Set<String>> elsewhere,
    Set<String> keys) {

  /** Whether the first line holds the names of the columns. */
  public enum Header {
    /** It does; if it looks like data there is a warning. */
    DETECT,
    /** It does, even if it looks like data. */
    YES,
    /** It holds data; columns are called x0, x1, …. */
    NO
  }

  /** Recognises the separator and the types, and takes what is missing unless told otherwise. */
  public static final CsvOptions DEFAULT =
      new CsvOptions(
          Optional.empty(),
          Header.DETECT,
          Set.of(),
          Set.of(),
          Set.of(),
          Optional.empty(),
          MissingTokens.DEFAULT,
          NumberStyle.PLAIN,
          Optional.empty(),
          Set.of());

  /** Copies the sets, with names as a header has them, and refuses impossible separators. */
  public CsvOptions {
    if (separator.isPresent() && "\"\n\r\uFEFF".indexOf(separator.get()) >= 0) {
      throw new InputException(
          Message.of("%s: expected a character other than a quote or line end", Setting.SEPARATOR));
    }
    nominal = composed(nominal);
    numeric = composed(numeric);
    drop = composed(drop);
    needed = needed.map(CsvOptions::composed);
    elsewhere = elsewhere.map(CsvOptions::composed);
    keys = composed(keys);
  }

  /** Returns these options with a given separator. */
  public CsvOptions withSeparator(char separator) {
    return with(draft -> draft.separator = Optional.of(separator));
  }

  /** Returns these options with another first line. */
  public CsvOptions withHeader(Header header) {
    return with(draft -> draft.header = header);
  }

  /** Returns these options with these columns, too, as names. */
  public CsvOptions withNominal(String... columns) {
    return with(draft -> draft.nominal = joined(nominal, columns));
  }

  /** Returns these options with these columns, too, as numbers. */
  public CsvOptions withNumeric(String... columns) {
    return with(draft -> draft.numeric = joined(numeric, columns));
  }

  /** Returns these options with these columns, too, left out. */
  public CsvOptions withDrop(String... columns) {
    return with(draft -> draft.drop = joined(drop, columns));
  }

  /** Returns these options for these columns only. */
  public CsvOptions withNeeded(Collection<String> columns) {
    return with(draft -> draft.needed = Optional.of(Set.copyOf(columns)));
  }

  /**
   * Returns these options for these columns, too: as they were needed before, else as names, whose
   * text is kept.
   */
  public CsvOptions withKept(Collection<String> columns) {
    if (columns.isEmpty()) {
      return this;
    }
    Set<String> all = new TreeSet<>(needed.orElse(Set.of()));
    String[] more =
        columns.stream()
            .map(Names::composed)
            .filter(column -> !numeric.contains(column))
            .toArray(String[]::new);
    all.addAll(columns);
    Set<String> dropped = new TreeSet<>(drop);
    columns.forEach(column -> dropped.remove(Names.composed(column)));
    return with(
        draft -> {
          draft.nominal = joined(nominal, more);
          draft.drop = dropped;
          draft.needed = Optional.of(all);
        });
  }

  /** Returns these options with these cells, too, as missing values. */
  public CsvOptions withMissing(String... tokens) {
    return withMissing(missing.with(tokens));
  }

  /** Returns these options with other cells as missing values. */
  public CsvOptions withMissing(MissingTokens missing) {
    return with(draft -> draft.missing = missing);
  }

  /** Returns these options for numbers that are written in another way. */
  public CsvOptions withNumbers(NumberStyle numbers) {
    return with(draft -> draft.numbers = numbers);
  }

  /** Returns these options for a file that need not have these columns, since others have them. */
  public CsvOptions withElsewhere(String... columns) {
    return with(draft -> draft.elsewhere = Optional.of(Set.of(columns)));
  }

  /** Returns these options for a file whose rows these columns find in another table. */
  public CsvOptions withKeys(Collection<String> columns) {
    return with(draft -> draft.keys = Set.copyOf(columns));
  }

  /** Returns the columns that these options name. */
  public Set<String> named() {
    Set<String> all = new TreeSet<>(nominal);
    all.addAll(numeric);
    all.addAll(drop);
    return all;
  }

  /** Says whether a column that is named may be in another file only. */
  boolean isElsewhere(String column) {
    return elsewhere.map(columns -> columns.contains(Names.composed(column))).orElse(false);
  }

  /** Returns these options without what they say of single columns, as for another file. */
  CsvOptions withoutColumns() {
    return with(
        draft -> {
          draft.nominal = Set.of();
          draft.numeric = Set.of();
          draft.drop = Set.of();
          draft.needed = Optional.empty();
        });
  }

  /** Returns what holds for other files too, without the types of single columns. */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    separator.ifPresent(sign -> json.addProperty("separator", sign));
    json.addProperty("header", Constants.text(header));
    json.add("missing", Json.array(missing.given().stream().sorted().toList()));
    json.addProperty("default-missing", missing.defaults());
    json.addProperty("decimal", numbers.decimal());
    numbers.thousands().ifPresent(sign -> json.addProperty("thousands", sign));
    json.add("drop", Json.array(drop.stream().sorted().toList()));
    return json;
  }

  /**
   * Returns the options that {@link #toJson} wrote.
   *
   * @throws InputException if it is no such JSON, naming the key
   */
  static CsvOptions fromJson(JsonFields json) {
    CsvOptions options =
        DEFAULT
            .withHeader(json.constant("header", Header.class))
            .withMissing(
                (json.flag("default-missing") ? MissingTokens.DEFAULT : MissingTokens.NONE)
                    .with(json.texts("missing")))
            .withNumbers(
                new NumberStyle(sign(json, "decimal").orElse('.'), sign(json, "thousands")))
            .withDrop(json.texts("drop").toArray(String[]::new));
    return sign(json, "separator").map(options::withSeparator).orElse(options);
  }

  private static Optional<Character> sign(JsonFields json, String key) {
    if (!json.has(key)) {
      return Optional.empty();
    }
    String text = json.text(key);
    if (text.length() != 1) {
      throw new InputException(key + ": expected one character, got '" + text + "'");
    }
    return Optional.of(text.charAt(0));
  }

  private static Set<String> composed(Set<String> columns) {
    return columns.stream().map(Names::composed).collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> joined(Set<String> before, String... more) {
    Set<String> all = new TreeSet<>(before);
    all.addAll(List.of(more));
    return all;
  }

  private CsvOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options on the way from one record to the next. */
  private static final class Draft {

    private Optional<Character> separator;
    private Header header;
    private Set<String> nominal;
    private Set<String> numeric;
    private Set<String> drop;
    private Optional<Set<String>> needed;
    private MissingTokens missing;
    private NumberStyle numbers;
    private Optional<Set<String>> elsewhere;
    private Set<String> keys;

    private Draft(CsvOptions from) {
      separator = from.separator;
      header = from.header;
      nominal = from.nominal;
      numeric = from.numeric;
      drop = from.drop;
      needed = from.needed;
      missing = from.missing;
      numbers = from.numbers;
      elsewhere = from.elsewhere;
      keys = from.keys;
    }

    private CsvOptions options() {
      return new CsvOptions(
          separator, header, nominal, numeric, drop, needed, missing, numbers, elsewhere, keys);
    }
  }
}
