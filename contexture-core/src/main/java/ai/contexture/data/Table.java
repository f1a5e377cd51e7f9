package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** An immutable table of named columns of equal length that knows where it came from. */
public final class Table {

  /** How cells are read where a program gave the values: no token stands for a missing one. */
  static final CsvOptions GIVEN = CsvOptions.DEFAULT.withMissing(MissingTokens.NONE);

  private final String source;
  private final int rows;
  private final Map<String, Column> columns;
  private final Optional<CsvOptions> reading;
  private final Optional<ImageShape> images;

  private Table(
      String source,
      int rows,
      Map<String, Column> columns,
      Optional<CsvOptions> reading,
      Optional<ImageShape> images) {
    this.source = source;
    this.rows = rows;
    this.columns = columns;
    this.reading = reading;
    this.images = images;
  }

  /**
   * Returns a table of these columns.
   *
   * @param source what messages call this table, such as a file name
   * @throws IllegalArgumentException if there are none, two share a name, or their lengths differ
   */
  public static Table of(String source, List<? extends Column> columns) {
    return of(source, Optional.empty(), Optional.empty(), columns);
  }

  /** Returns a table of pictures, whose pixels are among the columns. */
  static Table of(String source, ImageShape images, List<? extends Column> columns) {
    return of(source, Optional.empty(), Optional.of(images), columns);
  }

  /** Returns a table of these columns, which were read in some way. */
  static Table of(String source, CsvOptions reading, List<? extends Column> columns) {
    return of(source, Optional.of(reading), Optional.empty(), columns);
  }

  private static Table of(
      String source,
      Optional<CsvOptions> reading,
      Optional<ImageShape> images,
      List<? extends Column> columns) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(source + ": expected at least one column, got none");
    }
    int rows = columns.get(0).rows();
    Map<String, Column> byName = new LinkedHashMap<>();
    for (Column column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(
            source
                + ": column "
                + column.name()
                + ": expected "
                + rows
                + " rows, got "
                + column.rows());
      }
      if (byName.put(column.name(), column) != null) {
        throw new IllegalArgumentException(source + ": two columns are named " + column.name());
      }
    }
    return new Table(source, rows, byName, reading, images);
  }

  /** Returns a table of these columns, as {@link #of(String, List)} does. */
  public static Table of(String source, Column... columns) {
    return of(source, List.of(columns));
  }

  /**
   * Returns a table of rows that a program has, such as those of a request.
   *
   * <p>A column whose values are all numbers is numeric, any other is nominal. Null, NaN, a blank
   * text and a column that a row does not name are missing values.
   *
   * @param source what messages call this table
   * @param rows values by the name of their column: a {@link Number}, a {@link CharSequence}, a
   *     {@link Boolean} or null
   * @throws InputException if there is no row, or a value is infinite or of another type
   */
  public static Table ofRows(String source, List<? extends Map<String, ?>> rows) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.keySet()));
    if (names.isEmpty()) {
      throw new InputException(source + ": expected rows with values, got none");
    }
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      List<Object> values = new ArrayList<>(rows.size());
      rows.forEach(row -> values.add(row.get(name)));
      columns.add(GivenColumn.of(source, name, values));
    }
    return of(source, columns);
  }

  /**
   * Reads a file: CSV as {@link Csv} does, or numbers as {@link NpyFile#table} does where its name
   * ends in {@code .npy}.
   *
   * @param options of which an array of numbers only has the columns that are left out
   * @throws ai.contexture.input.InputException if the file cannot be read or is no such table
   */
  public static Table read(Path file, CsvOptions options) {
    if (!NpyFile.isNamedSo(file)) {
      return Csv.read(file, options);
    }
    if (options.needed().isPresent()) {
      return NpyFile.table(file);
    }
    Set<String> nominal = new TreeSet<>(options.nominal());
    nominal.removeIf(options::isElsewhere);
    if (!nominal.isEmpty()) {
      throw new InputException(
          Message.of(
              "%s: expected a CSV file, since there are no names in %s",
              Setting.NOMINAL.to(String.join(",", nominal)), file));
    }
    Table table = NpyFile.table(file);
    options.numeric().stream().filter(name -> isHere(table, name, options)).forEach(table::column);
    List<String> drop =
        options.drop().stream().filter(name -> isHere(table, name, options)).toList();
    return drop.isEmpty() ? table : table.without(drop);
  }

  /**
   * Reads a file as {@link #read(Path, CsvOptions)} does, but a CSV file whose columns the options
   * know in blocks, of which memory holds one at a time.
   *
   * @param rows how many rows a block has, the last one perhaps fewer
   * @param block is given the blocks in their order
   * @throws ai.contexture.input.InputException if the file cannot be read or is no such table,
   *     perhaps after some blocks
   */
  public static void read(Path file, CsvOptions options, int rows, Consumer<Table> block) {
    if (NpyFile.isNamedSo(file)) {
      block.accept(read(file, options));
    } else {
      Csv.read(file, options, rows, block);
    }
  }

  private static boolean isHere(Table table, String name, CsvOptions options) {
    return table.has(name) || !options.isElsewhere(name);
  }

  /**
   * Returns the names of the columns of a file that {@link #read} reads, also of those that the
   * options leave out.
   */
  public static List<String> readNames(Path file, CsvOptions options) {
    return NpyFile.isNamedSo(file) ? NpyFile.table(file).names() : Csv.header(file, options);
  }

  /** Returns what messages call this table. */
  public String source() {
    return source;
  }

  /** Returns how its cells were read, where they are from a file. */
  Optional<CsvOptions> reading() {
    return reading;
  }

  /** Returns the shape of the pictures that the rows are, where they are from files of pictures. */
  public Optional<ImageShape> images() {
    return images;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the columns in order. */
  public List<Column> columns() {
    return List.copyOf(columns.values());
  }

  /** Returns the names of the columns in order. */
  public List<String> names() {
    return List.copyOf(columns.keySet());
  }

  /** Says whether there is a column of this name, however its accents are encoded. */
  public boolean has(String name) {
    return find(name) != null;
  }

  private Column find(String name) {
    Column column = columns.get(name);
    String meant = Names.composed(name);
    return column != null
        ? column
        : columns.values().stream()
            .filter(other -> Names.composed(other.name()).equals(meant))
            .findFirst()
            .orElse(null);
  }

  /**
   * Returns the column of this name, however its accents are encoded.
   *
   * @throws ai.contexture.input.InputException if there is none; the message lists close names
   */
  public Column column(String name) {
    Column column = find(name);
    if (column == null) {
      throw Suggestions.unknown("column", name, columns.keySet(), source);
    }
    return column;
  }

  /** Returns a table of these rows in this order; a row may be taken several times. */
  public Table select(int[] rows) {
    Map<String, Column> selected = new LinkedHashMap<>();
    columns.forEach((name, column) -> selected.put(name, column.select(rows)));
    return new Table(source, rows.length, selected, reading, images);
  }

  /**
   * Returns a table without these columns.
   *
   * @throws ai.contexture.input.InputException if one of them does not exist
   * @throws IllegalArgumentException if none remains
   */
  public Table without(Collection<String> names) {
    Set<String> dropped =
        names.stream().map(name -> column(name).name()).collect(Collectors.toSet());
    return of(
        source,
        reading,
        images,
        columns().stream().filter(c -> !dropped.contains(c.name())).toList());
  }

  /**
   * Returns 64 hexadecimal digits (SHA-256) that depend on the names, types and values of the
   * columns and nothing else, so that the same data have the same fingerprint in every run and from
   * every file.
   */
  public String fingerprint() {
    return Fingerprint.of(
        out -> {
          out.writeInt(columns.size());
          out.writeInt(rows);
          for (Column column : columns.values()) {
            Fingerprint.write(out, column.name());
            if (column instanceof NumericColumn numbers) {
              out.writeByte('n');
              for (int row = 0; row < rows; row++) {
                out.writeDouble(numbers.value(row));
              }
            } else if (column instanceof NominalColumn names) {
              out.writeByte('c');
              write(out, names);
            }
          }
        });
  }

  /** Writes levels and codes as if the levels that no row has did not exist. */
  private void write(DataOutputStream out, NominalColumn column) throws IOException {
    int[] counts = column.counts();
    int[] rank = new int[counts.length];
    int used = 0;
    for (int code = 0; code < counts.length; code++) {
      rank[code] = used;
      used += counts[code] > 0 ? 1 : 0;
    }
    out.writeInt(used);
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        Fingerprint.write(out, column.levels().get(code));
      }
    }
    for (int row = 0; row < rows; row++) {
      out.writeInt(column.missing(row) ? -1 : rank[column.code(row)]);
    }
  }

  @Override
  public String toString() {
    return source + ": " + Text.count(rows, "row") + ", " + Text.count(columns.size(), "column");
  }
}
