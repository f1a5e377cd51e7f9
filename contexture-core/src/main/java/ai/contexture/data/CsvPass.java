package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One pass over a CSV file. */
final class CsvPass {

  private final String name;
  private final CsvOptions options;
  private final Set<String> only;
  private final List<CsvColumn> columns = new ArrayList<>();
  private final List<String> header;
  private final OtherSeparator separator;
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
      CsvColumn[] byPosition = columns();
      separator = new OtherSeparator(header, options);
      while (rows.next()) {
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
    separator.check(name);
    columns.forEach(CsvColumn::check);
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
    return Table.of(name, options, columns.stream().map(CsvColumn::toColumn).toList());
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
  void warn(Table table, Consumer<String> warning) {
    if (options.needed().isPresent()) {
      return; // the rules are those of the data that were learned from
    }
    CsvWarnings warnings = new CsvWarnings();
    columns.forEach(column -> column.warn(warnings));
    for (CsvColumn column : columns) {
      if (column.isDetected()) {
        warnings.look(table.column(column.name()));
      }
    }
    table.columns().forEach(warnings::lookForValues);
    warnings.tell(name, warning);
    if (empty > 0) {
      warning.accept(
          name
              + ": "
              + (empty == 1 ? "1 row has" : empty + " rows have")
              + " no value at all, as spreadsheet programs leave them below a table; take them out"
              + " if they are none");
    }
    for (String token : new TreeSet<>(options.missing().given())) {
      double value = Numbers.parse(token);
      if (options.elsewhere().isEmpty()
          && !occurred.contains(token.toLowerCase(Locale.ROOT))
          && (Double.isNaN(value) || !occurred.contains(value))) {
        warning.accept(name + ": --missing " + token + ": no cell holds it");
      }
    }
    if (options.header() == CsvOptions.Header.DETECT && looksLikeData(table)) {
      warning.accept(
          name
              + ": line 1 looks like data and is read as the names of the columns ("
              + Names.list(header, 3)
              + "); give --header no if it is data, --header yes if not");
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
    Set<Integer> nominal = places("--nominal", options.nominal(), given);
    Set<Integer> numeric = places("--numeric", options.numeric(), given);
    Set<Integer> drop = places("--drop", options.drop(), given);
    for (String column : new TreeSet<>(options.needed().orElse(Set.of()))) {
      if (!header.contains(column) && !column.startsWith("#")) {
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
            name
                + ": line 1: column "
                + (i + 1)
                + " has no name; leave it out with --drop '"
                + place(i)
                + "', or learn from it with --numeric '"
                + place(i)
                + "'");
      }
      if (!named.add(column)) {
        throw new InputException(
            name
                + ": line 1: columns "
                + (header.indexOf(header.get(i)) + 1)
                + " and "
                + (i + 1)
                + " are both named '"
                + column
                + "'; leave one out with --drop '"
                + place(i)
                + "'"
                + (given ? "" : ", or give --header no if line 1 is data"));
      }
      if (nominal.contains(i) && numeric.contains(i)) {
        throw new InputException(
            name
                + ": column '"
                + column
                + "' is named by both --nominal and --numeric, expected one");
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
      throw new InputException(name + ": no column is left after --drop");
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
            + Names.knownNames(column, names));
  }

  /** What a column without a name is called, and any other can be. */
  private static String place(int position) {
    return "#" + (position + 1);
  }

  /** Returns the positions of columns that are named, or given by their place. */
  private Set<Integer> places(String option, Set<String> given, boolean lenient) {
    Set<Integer> places = new HashSet<>();
    for (String column : new TreeSet<>(given)) {
      boolean found = false;
      for (int i = 0; i < header.size(); i++) {
        if (header.get(i).equals(column) && !column.isEmpty()) {
          places.add(i);
          found = true;
        }
      }
      for (int i = 0; !found && i < header.size(); i++) {
        if (place(i).equals(column)) {
          // Another file need not have the same columns in the same places.
          if (!(lenient || options.isElsewhere(column)) || isAmbiguous(i)) {
            places.add(i);
          }
          found = true;
        }
      }
      if (!found && !lenient && !options.isElsewhere(column)) {
        throw Names.unknown("column", column, header, name + ": " + option);
      }
    }
    return places;
  }

  private boolean isAmbiguous(int position) {
    String column = header.get(position);
    return column.isEmpty() || Collections.frequency(header, column) > 1;
  }
}
