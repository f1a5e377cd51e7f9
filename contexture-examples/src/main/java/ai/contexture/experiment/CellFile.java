package ai.contexture.experiment;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.IOException;
import java.io.StringReader;
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

  /** Cuts off a last line that a kill left incomplete; makes a file that is not there. */
  void repair() throws IOException {
    if (!Files.exists(file)) {
      create();
      return;
    }
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end == bytes.length) {
      return;
    }
    int kept = end;
    AtomicFile.write(file, stream -> stream.write(bytes, 0, kept));
  }

  /** Adds a cell. */
  synchronized void append(Row row) throws IOException {
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      values.add(oneLine(column.equals(PROBLEM) ? row.problem() : row.text(column)));
    }
    try {
      Files.writeString(file, line(values), StandardOpenOption.APPEND);
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
  List<Row> read() throws IOException {
    String text;
    try {
      text = Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
    String complete = text.substring(0, text.lastIndexOf('\n') + 1);
    List<Row> rows = new ArrayList<>();
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
        rows.add(new Row(values, found.get(columns.size() - 1)));
      }
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
