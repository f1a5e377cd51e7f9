package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One pass over a CSV file. */
final class CsvPass {

  private final String name;
  private final CsvOptions options;
  private final Set<String> only;
  private final List<CsvColumn> columns = new ArrayList<>();

  /** Says of each ASCII character whether a cell that stands for a missing value begins with it. */
  private final boolean[] missing = new boolean[128];

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
    for (int c = 0; c < missing.length; c++) {
      String first = String.valueOf((char) c).toLowerCase(Locale.ROOT);
      missing[c] = options.missing().stream().anyMatch(token -> token.startsWith(first));
    }
    try (CsvRows rows = CsvRows.open(name, source, options.separator())) {
      CsvColumn[] byPosition = columns(rows.header());
      while (rows.next()) {
        for (int i = 0; i < byPosition.length; i++) {
          if (byPosition[i] != null) {
            read(byPosition[i], rows.cell(i), rows);
          }
        }
      }
    }
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
    return Table.of(name, columns.stream().map(CsvColumn::toColumn).toList());
  }

  /** Returns the table with some columns from a second pass. */
  Table table(CsvPass second) {
    List<Column> merged = new ArrayList<>();
    Iterator<CsvColumn> again = second.columns.iterator();
    for (CsvColumn column : columns) {
      merged.add(column.isMixedNominal() ? again.next().toColumn() : column.toColumn());
    }
    return Table.of(name, merged);
  }

  private void read(CsvColumn column, String cell, CsvRows rows) {
    if (isMissing(cell)) {
      column.addMissing();
    } else {
      column.add(cell, rows::line);
    }
  }

  private boolean isMissing(String cell) {
    if (cell.isEmpty()) {
      return true;
    }
    char first = cell.charAt(0);
    return (first >= missing.length || missing[first])
        && options.missing().contains(cell.toLowerCase(Locale.ROOT));
  }

  /** Returns the columns to read by their position in the file, null for those to leave out. */
  private CsvColumn[] columns(List<String> names) {
    requireKnown("--nominal", options.nominal(), names);
    requireKnown("--numeric", options.numeric(), names);
    requireKnown("--drop", options.drop(), names);
    CsvColumn[] byPosition = new CsvColumn[names.size()];
    for (int i = 0; i < byPosition.length; i++) {
      String column = names.get(i);
      if (options.drop().contains(column) || !(only.isEmpty() || only.contains(column))) {
        continue;
      }
      byPosition[i] = new CsvColumn(name, column, type(column));
      columns.add(byPosition[i]);
    }
    if (columns.isEmpty()) {
      throw new InputException(name + ": no column is left after --drop");
    }
    return byPosition;
  }

  private CsvColumn.Type type(String column) {
    boolean nominal = options.nominal().contains(column) || only.contains(column);
    boolean numeric = options.numeric().contains(column);
    if (nominal && numeric) {
      throw new InputException(
          name
              + ": column '"
              + column
              + "' is named by both --nominal and --numeric, expected one");
    }
    return nominal
        ? CsvColumn.Type.NOMINAL
        : numeric ? CsvColumn.Type.NUMERIC : CsvColumn.Type.DETECT;
  }

  private void requireKnown(String option, Set<String> given, List<String> names) {
    for (String column : given) {
      if (!names.contains(column) && !options.elsewhere().contains(column)) {
        throw Names.unknown("column", column, names, name + ": " + option);
      }
    }
  }
}
