package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** One pass over a CSV file. */
final class CsvPass {

  /** Opens the file from its beginning. */
  interface Source {
    InputStream open() throws IOException;
  }

  private static final String SEPARATORS = ",;\t|";
  private static final int LONGEST_HEADER = 1 << 20;

  private final String name;
  private final CsvOptions options;
  private final Set<String> only;
  private final List<CsvColumn> columns = new ArrayList<>();

  /**
   * Reads the file.
   *
   * @param only the columns to read, all of them as nominal; empty for all columns as the options
   *     say
   */
  CsvPass(String name, Source source, CsvOptions options, Set<String> only) {
    this.name = name;
    this.options = options;
    this.only = only;
    try (InputStream raw = new BufferedInputStream(source.open(), 1 << 16);
        Reader text = text(raw);
        CSVParser parser = format(text).parse(text)) {
      read(parser);
    } catch (IOException e) {
      throw unreadable(e);
    } catch (UncheckedIOException e) {
      throw unreadable(e.getCause());
    }
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

  private static Reader text(InputStream raw) throws IOException {
    raw.mark(2);
    boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    InputStream bytes = gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
    // A decoder made this way reports bytes that are not UTF-8; one made from the charset would
    // replace them.
    Reader text =
        new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  private CSVFormat format(Reader text) throws IOException {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(options.separator().isPresent() ? options.separator().get() : separator(text))
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(true)
        .get();
  }

  /** Returns the separator that occurs most often in the header outside quotes. */
  private static char separator(Reader text) throws IOException {
    int[] counts = new int[SEPARATORS.length()];
    boolean quoted = false;
    boolean blank = true;
    text.mark(LONGEST_HEADER);
    for (int i = 0; i < LONGEST_HEADER; i++) {
      int c = text.read();
      if (c < 0 || (!quoted && !blank && (c == '\n' || c == '\r'))) {
        break;
      }
      blank &= Character.isWhitespace(c);
      quoted ^= c == '"';
      int index = SEPARATORS.indexOf(c);
      if (!quoted && index >= 0) {
        counts[index]++;
      }
    }
    text.reset();
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return SEPARATORS.charAt(best);
  }

  private void read(CSVParser parser) {
    Iterator<CSVRecord> records = parser.iterator();
    if (!records.hasNext()) {
      throw new InputException(name + ": the file is empty; expected a header and rows");
    }
    CsvColumn[] byPosition = header(records.next());
    int row = 0;
    while (records.hasNext()) {
      CSVRecord record = records.next();
      if (record.size() != byPosition.length) {
        throw new InputException(
            place(line(parser, record))
                + ": got "
                + cells(record.size())
                + ", expected "
                + byPosition.length
                + " as in the header");
      }
      for (int i = 0; i < byPosition.length; i++) {
        if (byPosition[i] != null) {
          read(byPosition[i], record.get(i).strip(), parser, record);
        }
      }
      row++;
    }
    if (row == 0) {
      throw new InputException(name + ": the file has a header but no rows");
    }
    columns.forEach(CsvColumn::check);
  }

  private void read(CsvColumn column, String cell, CSVParser parser, CSVRecord record) {
    if (cell.isEmpty() || options.missing().contains(cell.toLowerCase(Locale.ROOT))) {
      column.addMissing();
    } else {
      column.add(cell, () -> line(parser, record));
    }
  }

  /** Returns the columns to read by their position in the file, null for those to leave out. */
  private CsvColumn[] header(CSVRecord header) {
    List<String> names = header.stream().map(String::strip).toList();
    if (names.stream().noneMatch(cell -> Double.isNaN(Numbers.parse(cell)))) {
      throw new InputException(
          name + ": line 1 holds only numbers, expected a header with the names of the columns");
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).isBlank()) {
        throw new InputException(name + ": line 1: column " + (i + 1) + " has no name");
      }
      int before = names.indexOf(names.get(i));
      if (before < i) {
        throw new InputException(
            name
                + ": line 1: columns "
                + (before + 1)
                + " and "
                + (i + 1)
                + " are both named '"
                + names.get(i)
                + "'");
      }
    }
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
      if (!names.contains(column)) {
        throw Names.unknown("column", column, names, name + ": " + option);
      }
    }
  }

  /** The line of the file on which a record that was just read begins. */
  private static long line(CSVParser parser, CSVRecord record) {
    long breaks = 0;
    for (String cell : record) {
      for (int i = 0; i < cell.length(); i++) {
        char c = cell.charAt(i);
        boolean pair = c == '\n' && i > 0 && cell.charAt(i - 1) == '\r';
        breaks += (c == '\n' || c == '\r') && !pair ? 1 : 0;
      }
    }
    return parser.getCurrentLineNumber() - breaks;
  }

  private String place(long line) {
    return name + ", line " + line;
  }

  private static String cells(int count) {
    return count == 1 ? "1 cell" : count + " cells";
  }

  private InputException unreadable(IOException e) {
    String problem;
    if (e instanceof ZipException || e instanceof EOFException) {
      problem = "the gzip compression is damaged or cut short";
    } else if (e instanceof CharacterCodingException) {
      problem = "the text is not UTF-8; convert the file first";
    } else if (String.valueOf(e.getMessage()).contains("token")) {
      problem = "a quote is out of place or never closed";
    } else {
      problem = "cannot be read";
    }
    return new InputException(name + ": " + problem + " (" + e.getMessage() + ")", e);
  }
}
