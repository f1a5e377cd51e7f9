package ai.contexture.data;

import ai.contexture.input.InputException;
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
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The rows of a CSV file below its header, one after the other, and the lines they are on. */
final class CsvRows implements AutoCloseable {

  /** Opens the file from its beginning. */
  interface Source {
    InputStream open() throws IOException;
  }

  private static final String SEPARATORS = ",;\t|";
  private static final int LONGEST_HEADER = 1 << 20;
  private static final int LONGEST_SHOWN = 60;

  /** Characters of a row, of a million columns for example. */
  private static final int LONGEST_ROW = 1 << 24;

  private final String name;
  private final CSVParser parser;
  private final List<String> header;
  private final CsvRecords records;
  private CsvRecords.Row row;

  /** The first line where it is no header. */
  private CsvRecords.Row first;

  private CsvRows(String name, CSVParser parser, BoundedReader text, CsvOptions options) {
    this.name = name;
    this.parser = parser;
    Iterator<CSVRecord> all = parser.iterator();
    CSVRecord line = null;
    while (all.hasNext() && (line == null || isBlank(line))) {
      line = all.next();
      text.restart();
    }
    if (line == null || isBlank(line)) {
      throw new InputException(name + ": the file is empty; expected a header and rows");
    }
    if (options.header() == CsvOptions.Header.NO) {
      first = new CsvRecords.Row(line, parser.getCurrentLineNumber());
      header = IntStream.range(0, line.size()).mapToObj(i -> "x" + i).toList();
    } else {
      header = line.stream().map(String::strip).toList();
    }
    if (options.header() == CsvOptions.Header.DETECT && options.needed().isEmpty()) {
      requireNames(
          name, header, "; give --header no if it is data, --header yes if they are names");
    }
    records = new CsvRecords(parser, all, text::restart);
  }

  private static boolean isBlank(CSVRecord line) {
    return line.size() == 1 && line.get(0).isBlank();
  }

  /**
   * Opens a file and reads its header, in which each column has a name of its own.
   *
   * @param separator what stands between cells, empty to recognise it from the header
   * @throws InputException if it cannot be read or has no such header
   */
  static CsvRows open(String name, Source source, Optional<Character> separator) {
    CsvOptions options =
        separator.map(CsvOptions.DEFAULT::withSeparator).orElse(CsvOptions.DEFAULT);
    CsvRows rows = open(name, source, options.withHeader(CsvOptions.Header.YES));
    try {
      requireNames(name, rows.header, "");
      requireDistinct(name, rows.header);
      return rows;
    } catch (InputException e) {
      rows.close();
      throw e;
    }
  }

  /**
   * Opens a file and reads its header, in which names may be lacking or occur twice.
   *
   * @throws InputException if it cannot be read or has no header
   */
  static CsvRows open(String name, Source source, CsvOptions options) {
    try {
      InputStream raw = new BufferedInputStream(source.open(), 1 << 16);
      try {
        Reader text = text(raw);
        CSVFormat format = format(text, options.separator());
        BoundedReader bounded = new BoundedReader(text, LONGEST_ROW);
        return new CsvRows(name, format.parse(bounded), bounded, options);
      } catch (IOException | RuntimeException e) {
        raw.close();
        throw e;
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    } catch (UncheckedIOException e) {
      throw unreadable(name, e.getCause());
    }
  }

  /** Returns what messages call the file. */
  String name() {
    return name;
  }

  /** Returns the names of the columns. */
  List<String> header() {
    return header;
  }

  /**
   * Goes to the next row, the first one at the first call.
   *
   * @return whether there is one
   * @throws InputException if there is none at all, or it has more or fewer cells than the header
   */
  boolean next() {
    CsvRecords.Row next = first;
    first = null;
    try {
      // In a table of one column a blank line is a row whose value is missing.
      while (next == null || (header.size() > 1 && isBlank(next.cells()))) {
        next = records.next();
        if (next == null) {
          break;
        }
      }
    } catch (UncheckedIOException e) {
      throw unreadable(name, e.getCause());
    }
    if (next == null) {
      if (row == null) {
        throw new InputException(name + ": the file has a header but no rows");
      }
      return false;
    }
    row = next;
    int cells = row.cells().size();
    if (cells != header.size()) {
      throw new InputException(
          name
              + ", line "
              + line()
              + ": got "
              + (cells == 1 ? "1 cell" : cells + " cells")
              + ", expected "
              + header.size()
              + " as in the header");
    }
    return true;
  }

  /** Returns a cell of this row. */
  String cell(int column) {
    return row.cells().get(column).strip();
  }

  /** Returns the line of the file on which this row begins. */
  long line() {
    long breaks = 0;
    for (String cell : row.cells()) {
      for (int i = 0; i < cell.length(); i++) {
        char c = cell.charAt(i);
        boolean pair = c == '\n' && i > 0 && cell.charAt(i - 1) == '\r';
        breaks += (c == '\n' || c == '\r') && !pair ? 1 : 0;
      }
    }
    return row.end() - breaks;
  }

  /** Returns the error for a cell of this row. */
  InputException wrong(int column, String expected) {
    return wrong(name, line(), header.get(column), cell(column), expected);
  }

  /** Returns the error for a cell of a file. */
  static InputException wrong(String name, long line, String column, String cell, String expected) {
    String shown = cell.length() > LONGEST_SHOWN ? cell.substring(0, LONGEST_SHOWN) + "…" : cell;
    return new InputException(
        name
            + ", line "
            + line
            + ": column '"
            + column
            + "' holds '"
            + shown
            + "', expected "
            + expected);
  }

  @Override
  public void close() {
    records.close();
    try {
      parser.close();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
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

  private static CSVFormat format(Reader text, Optional<Character> separator) throws IOException {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(separator.isPresent() ? separator.get() : separator(text))
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(false)
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

  /** Refuses a header of numbers, unless they count the columns. */
  private static void requireNames(String name, List<String> header, String advice) {
    boolean numbers = header.stream().noneMatch(cell -> Double.isNaN(Numbers.parse(cell)));
    boolean counted = header.size() > 2;
    double start = Numbers.parse(header.get(0));
    for (int i = 0; i < header.size(); i++) {
      counted &= (start == 0 || start == 1) && Numbers.parse(header.get(i)) == start + i;
    }
    if (numbers && !counted) {
      throw new InputException(
          name
              + ": line 1 holds only numbers, expected a header with the names of the columns"
              + advice);
    }
  }

  private static void requireDistinct(String name, List<String> header) {
    for (int i = 0; i < header.size(); i++) {
      if (header.get(i).isBlank()) {
        throw new InputException(name + ": line 1: column " + (i + 1) + " has no name");
      }
      int before = header.indexOf(header.get(i));
      if (before < i) {
        throw new InputException(
            name
                + ": line 1: columns "
                + (before + 1)
                + " and "
                + (i + 1)
                + " are both named '"
                + header.get(i)
                + "'");
      }
    }
  }

  private static InputException unreadable(String name, IOException e) {
    String problem;
    if (e instanceof BoundedReader.TooLong || e.getCause() instanceof BoundedReader.TooLong) {
      return new InputException(name + ": " + e.getMessage(), e);
    }
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
