package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Suggestions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** One pass over a CSV file. */
final class CsvPass {

  /** How a column is called by its place, such as #2. */
  private static final Pattern PLACE = Pattern.compile("#[1-9]\\d{0,7}");

  private final String name;
  private final CsvOptions options;
  private final Set<String> only;
  private final List<CsvColumn> columns = new ArrayList<>();
  private final List<String> header;

  /** Where in the header a name stands. */
  private final Map<String, List<Integer>> positions = new HashMap<>();

  private final OtherSeparator separator;
  private int read;
  private int empty;

  /** The given tokens that occurred, in lower case, and their values. */
  private final Set<Object> occurred = new HashSet<>();

  /**
   * Reads the file.
   *
   * @param only the columns to read, all of them as nominal; empty for all columns as the options
   *     say
   */
  CsvPass(String name, CsvRows.Source source, CsvOptions options, Set<String> only) {
    this.name = name;
    this.options = options;
    this.only = only;
    try (CsvRows rows = CsvRows.open(name, source, options)) {
      header = rows.header();
      separator = new OtherSeparator(header, options);
      read(rows, Integer.MAX_VALUE);
    }
    check();
  }

  /**
   * Reads the next rows of an open file.
   *
   * @param most how many
   */
  CsvPass(String name, CsvRows rows, CsvOptions options, int most) {
    this.name = name;
    this.options = options;
    only = Set.of();
    header = rows.header();
    separator = new OtherSeparator(header, options);
    read(rows, most);
    check();
  }

  private void read(CsvRows rows, int most) {
    for (int i = 0; i < header.size(); i++) {
      positions.computeIfAbsent(header.get(i), column -> new ArrayList<>(1)).add(i);
    }
    CsvColumn[] byPosition = columns();
    while (read < most && rows.next()) {
      read++;
      separator.add(rows.cell(0));
      empty += header.size() > 1 && rows.isEmpty() ? 1 : 0;
      for (int i = 0; i < byPosition.length; i++) {
        if (byPosition[i] != null) {
          String token = byPosition[i].add(rows.cell(i), rows::line);
          if (token != null) {
            occurred.add(token.toLowerCase(Locale.ROOT));
            occurred.add(Numbers.parse(token));
          }
        }
      }
    }
  }

  private void check() {
    separator.check(name);
    columns.forEach(CsvColumn::check);
  }

  /** Returns how many rows were read. */
  int rows() {
    return read;
  }

  /** Returns whether what a column holds is said by the options, not by its cells. */
  boolean typesAreGiven() {
    return columns.stream().noneMatch(CsvColumn::isDetected);
  }

  /**
   * Returns the nominal columns that hold numbers too, so that a second pass must read them as
   * text.
   */
  Set<String> mixedNominal() {
    Set<String> names = new LinkedHashSet<>();
    for (CsvColumn column : columns) {
      if (column.isMixedNominal()) {
        names.add(column.name());
      }
    }
    return names;
  }

  Table table() {
    return table(name);
  }

  /** Returns the table under another name. */
  Table table(String source) {
    return Table.of(source, options, columns.stream().map(CsvColumn::toColumn).toList());
  }

  /** Returns the table with some columns from a second pass. */
  Table table(CsvPass second) {
    List<Column> merged = new ArrayList<>();
    Iterator<CsvColumn> again = second.columns.iterator();
    for (CsvColumn column : columns) {
      merged.add(column.isMixedNominal() ? again.next().toColumn() : column.toColumn());
    }
    return Table.of(name, options, merged);
  }

  /** Tells what may be read otherwise than it was meant. */
  void warn(Table table, Consumer<Message> warning) {
    if (options.needed().isPresent()) {
      return; // the rules are those of the data that were learned from
    }
    CsvWarnings warnings = new CsvWarnings(options.numbers());
    columns.forEach(column -> column.warn(warnings));
    for (CsvColumn column : columns) {
      if (column.isDetected() && !options.keys().contains(Names.composed(column.name()))) {
        warnings.look(table.column(column.name()));
      }
    }
    warnings.tell(name, warning);
    if (empty > 0) {
      warning.accept(
          Message.of(
              "%s: %s no value at all, as spreadsheet programs leave them below a table; take them"
                  + " out if they are none",
              name, empty == 1 ? "1 row has" : empty + " rows have"));
    }
    for (String token : new TreeSet<>(options.missing().given())) {
      double value = Numbers.parse(token);
      if (options.elsewhere().isEmpty()
          && !occurred.contains(token.toLowerCase(Locale.ROOT))
          && (Double.isNaN(value) || !occurred.contains(value))) {
        warning.accept(Message.of("%s: %s: no cell holds it", name, Setting.MISSING.to(token)));
      }
    }
    if (options.header() == CsvOptions.Header.DETECT && looksLikeData(table)) {
      warning.accept(
          Message.of(
              "%s: line 1 looks like data and is read as the names of the columns (%s); give %s if"
                  + " it is data, %s if not",
              name, Names.list(header, 3), Setting.HEADER.to("no"), Setting.HEADER.to("yes")));
    }
  }

  /** Says whether most names of columns are numbers or values of their column. */
  private boolean looksLikeData(Table table) {
    int data = 0;
    double before = Double.NaN;
    boolean counted = true;
    for (String column : header) {
      double value = Numbers.parse(column);
      if (!Double.isNaN(value)) {
        data++;
        counted &= value == Math.rint(value) && (Double.isNaN(before) || value == before + 1);
        before = value;
      }
    }
    data = counted && data > 2 ? 0 : data; // 0, 1, 2, … are names
    for (Column column : table.columns()) {
      data +=
          column instanceof NominalColumn names
                  && Collections.binarySearch(names.levels(), column.name()) >= 0
              ? 1
              : 0;
    }
    return 2 * data > header.size();
  }

  /** Returns the columns to read by their position in the file, null for those to leave out. */
  private CsvColumn[] columns() {
    boolean given = options.needed().isPresent();
    Set<Integer> nominal = places(Setting.NOMINAL, options.nominal(), given);
    Set<Integer> numeric = places(Setting.NUMERIC, options.numeric(), given);
    Set<Integer> drop = places(Setting.DROP, options.drop(), given);
    for (String column : new TreeSet<>(options.needed().orElse(Set.of()))) {
      if (!positions.containsKey(column) && !column.startsWith("#")) {
        throw missing(name, column, header);
      }
    }
    CsvColumn[] byPosition = new CsvColumn[header.size()];
    Set<String> named = new HashSet<>();
    for (int i = 0; i < byPosition.length; i++) {
      String column = header.get(i).isEmpty() ? place(i) : header.get(i);
      boolean needed = options.needed().map(columns -> columns.contains(column)).orElse(true);
      if (!needed || drop.contains(i) || !(only.isEmpty() || only.contains(column))) {
        continue;
      }
      if (header.get(i).isEmpty() && !given && !nominal.contains(i) && !numeric.contains(i)) {
        throw new InputException(
            Message.of(
                "%s: line 1: column %d has no name; leave it out with %s, or learn from it with %s",
                name, i + 1, Setting.DROP.toName(place(i)), Setting.NUMERIC.toName(place(i))));
      }
      if (!named.add(column)) {
        throw new InputException(
            Message.of(
                "%s: line 1: columns %d and %d are both named '%s'; leave one out with %s%s",
                name,
                positions.get(header.get(i)).get(0) + 1,
                i + 1,
                column,
                Setting.DROP.toName(place(i)),
                given
                    ? ""
                    : Message.of(", or give %s if line 1 is data", Setting.HEADER.to("no"))));
      }
      if (nominal.contains(i) && numeric.contains(i)) {
        throw new InputException(
            Message.of(
                "%s: column '%s' is named by both %s and %s, expected one",
                name, column, Setting.NOMINAL, Setting.NUMERIC));
      }
      boolean asName = nominal.contains(i) || !only.isEmpty();
      CsvColumn.Type type =
          asName
              ? CsvColumn.Type.NOMINAL
              : numeric.contains(i) ? CsvColumn.Type.NUMERIC : CsvColumn.Type.DETECT;
      byPosition[i] = new CsvColumn(name, column, type, options);
      columns.add(byPosition[i]);
    }
    if (columns.isEmpty()) {
      throw new InputException(Message.of("%s: no column is left after %s", name, Setting.DROP));
    }
    return byPosition;
  }

  /** Returns the error for a column that must be there. */
  static InputException missing(String place, String column, List<String> names) {
    return new InputException(
        place
            + ": column '"
            + column
            + "' is needed but not there; "
            + Suggestions.knownNames(column, names));
  }

  /** What a column without a name is called, and any other can be. */
  private static String place(int position) {
    return "#" + (position + 1);
  }

  /** Returns the positions of columns that are named, or given by their place. */
  private Set<Integer> places(Setting setting, Set<String> given, boolean lenient) {
    Set<Integer> places = new HashSet<>();
    for (String column : new TreeSet<>(given)) {
      if (!column.isEmpty() && positions.containsKey(column)) {
        places.addAll(positions.get(column));
        continue;
      }
      int place = PLACE.matcher(column).matches() ? Integer.parseInt(column.substring(1)) - 1 : -1;
      if (place >= 0 && place < header.size()) {
        // Another file need not have the same columns in the same places.
        if (!(lenient || options.isElsewhere(column)) || isAmbiguous(place)) {
          places.add(place);
        }
      } else if (!lenient && !options.isElsewhere(column)) {
        throw Suggestions.unknown("column", column, header, Message.of("%s: %s", name, setting));
      }
    }
    return places;
  }

  private boolean isAmbiguous(int position) {
    String column = header.get(position);
    return column.isEmpty() || positions.get(column).size() > 1;
  }
}
