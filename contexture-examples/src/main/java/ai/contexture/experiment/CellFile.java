package ai.contexture.experiment;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A CSV file that grows by one line with each cell, and that a kill leaves readable. */
final class CellFile {

  /** The column of the time that a cell took, with all that it shares where it was the first. */
  static final String SECONDS = "cell_seconds";

  private static final String PROBLEM = "problem";
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get();

  private final Path file;
  private final List<String> columns;

  /**
   * Names a file.
   *
   * @param names of its columns, but for those that every study has
   */
  CellFile(Path file, List<String> names) {
    this.file = file;
    this.columns = new ArrayList<>(names);
    this.columns.add(SECONDS);
    this.columns.add(PROBLEM);
  }

  /** Writes a file without cells. */
  void create() throws IOException {
    AtomicFile.write(file, line(columns));
  }

  /** Cuts off a last line that a kill left incomplete, and puts back a header that is lost. */
  void repair() throws IOException {
    String text = text();
    String whole = whole(text);
    if (!whole.equals(text)) {
      AtomicFile.write(file, whole);
    }
  }

  private String text() throws IOException {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
  }

  /** The complete lines, with the header before them where cells stand in its place. */
  private String whole(String text) throws IOException {
    String complete = text.substring(0, text.lastIndexOf('\n') + 1);
    if (complete.isEmpty()) {
      return line(columns);
    }
    try (CSVParser parser = FORMAT.parse(new StringReader(complete))) {
      List<String> first = parser.iterator().next().toList();
      boolean cell = first.size() == columns.size() && first.stream().noneMatch(columns::contains);
      return cell ? line(columns) + complete : complete;
    } catch (UncheckedIOException e) {
      return complete; // told when it is read
    }
  }

  /** Adds a cell. */
  synchronized void append(CellResult row) throws IOException {
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      values.add(oneLine(column.equals(PROBLEM) ? row.problem() : row.text(column)));
    }
    try {
      Files.writeString(file, line(values), StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static String line(List<String> values) {
    return FORMAT.format(values.toArray()) + "\n";
  }

  /**
   * Returns the cells of the complete lines.
   *
   * @throws InputException if they are not such cells
   */
  List<CellResult> read() throws IOException {
    String complete = whole(text());
    List<CellResult> rows = new ArrayList<>();
    try (CSVParser parser = FORMAT.parse(new StringReader(complete))) {
      for (CSVRecord found : parser) {
        if (found.size() != columns.size()) {
          throw new InputException(
              Text.format(
                  "%s: line %d: expected %d values, got %d",
                  file, parser.getCurrentLineNumber(), columns.size(), found.size()));
        }
        if (found.getRecordNumber() == 1) {
          requireColumns(found.toList());
          continue;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size() - 1; i++) {
          values.put(columns.get(i), found.get(i));
        }
        rows.add(new CellResult(values, found.get(columns.size() - 1)));
      }
    } catch (UncheckedIOException e) {
      throw new InputException(
          file + ": damaged, not lines of cells (" + e.getCause().getMessage() + ")", e);
    }
    return rows;
  }

  private void requireColumns(List<String> found) {
    if (!found.equals(columns)) {
      throw new InputException(
          Text.format(
              "%s: expected the columns %s, got %s",
              file, String.join(",", columns), String.join(",", found)));
    }
  }
}
