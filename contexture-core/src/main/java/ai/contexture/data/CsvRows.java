package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import ai.contexture.torch.Handover;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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

  /** Characters of a row, of a million columns for example. */
  private static final int LONGEST_ROW = 1 << 24;

  private final String name;
  private final CSVParser parser;
  private final List<String> header;
  private final CsvRecords records;
  private CsvRecords.Row row;

  /** Whether a row that says the same as the header is a mistake. */
  private final boolean repeats;

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
      header = line.stream().map(Cell::strip).map(Names::composed).toList();
    }
    if (options.header() == CsvOptions.Header.DETECT && options.needed().isEmpty()) {
      requireNames(
          name,
          header,
          Message.of(
              "; give %s if it is data, %s if they are names",
              Setting.HEADER.to("no"), Setting.HEADER.to("yes")));
    }
    repeats = options.header() == CsvOptions.Header.DETECT && header.size() > 1;
    records = new CsvRecords(parser, all, text::restart);
  }

  private static boolean isBlank(CSVRecord line) {
    return line.size() == 1 && Cell.strip(line.get(0)).isEmpty();
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
    return Handover.of(
        open(name, source, options.withHeader(CsvOptions.Header.YES)),
        rows -> {
          requireNames(name, rows.header, Message.plain(""));
          requireDistinct(name, rows.header);
          return rows;
        });
  }

  /**
   * Opens a file and reads its header, in which names may be lacking or occur twice.
   *
   * @throws InputException if it cannot be read or has no header
   */
  static CsvRows open(String name, Source source, CsvOptions options) {
    try {
      return Handover.of(
          new BufferedInputStream(source.open(), 1 << 16), raw -> open(name, raw, options));
    } catch (IOException e) {
      throw unreadable(name, e);
    } catch (UncheckedIOException e) {
      throw unreadable(name, e.getCause());
    }
  }

  private static CsvRows open(String name, InputStream raw, CsvOptions options) throws IOException {
    Reader whole = CsvText.of(name, raw);
    boolean spaces = options.separator().equals(Optional.of(' '));
    Reader text = spaces ? new SingleSpaces(whole) : whole;
    CSVFormat format = format(text, options.separator());
    BoundedReader bounded = new BoundedReader(text, LONGEST_ROW);
    return new CsvRows(name, format.parse(bounded), bounded, options);
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
          Message.of(
              "%s, line %d: got %s, expected %d as in the header; %s",
              name, line(), Text.count(cells, "cell"), header.size(), advice(cells)));
    }
    if (repeats && isHeader()) {
      throw new InputException(
          Message.of(
              "%s, line %d: the header again; take this line out, or give %s if line 1 is data, %s"
                  + " if this line is",
              name, line(), Setting.HEADER.to("no"), Setting.HEADER.to("yes")));
    }
    return true;
  }

  /** What may be wrong where a row has more or fewer cells than the header. */
  private Message advice(int cells) {
    if (header.get(0).startsWith("#") || cell(0).startsWith("#")) {
      return Message.plain(
          "take out comments, since lines that begin with # are read like all others");
    }
    if (header.size() == 1) {
      return Message.plain("line 1 must name the columns: take out what stands above the header");
    }
    if (cells < header.size()) {
      return Message.plain("an empty cell needs its separator, too");
    }
    if (cells == header.size() + 1 && cell(cells - 1).isEmpty()) {
      return Message.of(
          "where each row ends with a separator, end line 1 with one and give %s",
          Setting.DROP.toName("#" + cells));
    }
    return Message.plain(
        "a cell that holds a separator stands in double quotes"
            + (cells == header.size() + 1 ? ", and names of rows need a name in line 1" : ""));
  }

  /** Says whether this row holds the names of the columns, as where files were joined. */
  private boolean isHeader() {
    for (int i = 0; i < header.size(); i++) {
      if (!header.get(i).equals(cell(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns a cell of this row. */
  String cell(int column) {
    return Cell.strip(row.cells().get(column));
  }

  /** Says whether this row has no value. */
  boolean isEmpty() {
    for (int i = 0; i < header.size(); i++) {
      if (!cell(i).isEmpty()) {
        return false;
      }
    }
    return true;
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
    return wrong(column, Message.plain(expected));
  }

  /** Returns the error for a cell of this row, whose message names settings. */
  InputException wrong(int column, Message expected) {
    return wrong(name, line(), header.get(column), cell(column), expected);
  }

  /** Returns the error for a cell of a file. */
  static InputException wrong(
      String name, long line, String column, String cell, Message expected) {
    return new InputException(
        Message.of(
            "%s, line %d: column '%s' holds '%s', expected %s",
            name, line, column, Cell.shown(cell), expected));
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
  private static void requireNames(String name, List<String> header, Message advice) {
    boolean numbers = header.stream().noneMatch(cell -> Double.isNaN(Numbers.parse(cell)));
    boolean counted = header.size() > 2;
    double start = Numbers.parse(header.get(0));
    for (int i = 0; i < header.size(); i++) {
      counted &= (start == 0 || start == 1) && Numbers.parse(header.get(i)) == start + i;
    }
    if (numbers && !counted) {
      throw new InputException(
          Message.of(
              "%s: line 1 holds only numbers, expected a header with the names of the columns%s",
              name, advice));
    }
  }

  private static void requireDistinct(String name, List<String> header) {
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < header.size(); i++) {
      if (header.get(i).isBlank()) {
        throw new InputException(name + ": line 1: column " + (i + 1) + " has no name");
      }
      Integer before = positions.putIfAbsent(header.get(i), i);
      if (before != null) {
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
    if (e instanceof CharConversionException) {
      return new InputException(
          name + ": the text holds NUL characters, as UTF-16 does; convert it to UTF-8 first", e);
    }
    if (e instanceof BoundedReader.TooLong || e.getCause() instanceof BoundedReader.TooLong) {
      return new InputException(name + ": " + e.getMessage(), e);
    }
    if (e instanceof ZipException || e instanceof EOFException) {
      problem = "the gzip compression is damaged or cut short";
    } else if (e instanceof CharacterCodingException) {
      problem = "the text is not UTF-8; convert the file first";
    } else if (String.valueOf(e.getMessage()).contains("token")) {
      problem = "a quote is out of place or never closed; within quotes it is written twice";
    } else {
      problem = "cannot be read";
    }
    return new InputException(name + ": " + problem + " (" + e.getMessage() + ")", e);
  }
}
