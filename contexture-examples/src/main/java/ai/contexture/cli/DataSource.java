package ai.contexture.cli;

import ai.contexture.data.Csv;
import ai.contexture.data.CsvOptions;
import ai.contexture.data.Dataset;
import ai.contexture.data.Table;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a dataset comes from, as a run remembers it.
 *
 * @param file the CSV file, or null for the digits
 * @param target the column to predict, or null
 * @param task what the target is, or null to recognise it
 * @param drop columns to leave out
 * @param nominal columns that hold names
 * @param numeric columns that hold numbers
 * @param missing further cells that stand for a missing value
 * @param separator one character, or null to recognise it
 */
record DataSource(
    String file,
    String target,
    Task task,
    List<String> drop,
    List<String> nominal,
    List<String> numeric,
    List<String> missing,
    String separator) {

  /** The digits that come with the library, with their target. */
  static final DataSource DIGITS =
      new DataSource(
          null, "target", Task.CLASSIFICATION, List.of(), List.of(), List.of(), List.of(), null);

  /** Checks the separator. */
  DataSource {
    if (separator != null) {
      CsvOptions.DEFAULT.withSeparator(separator.charAt(0));
    }
  }

  /** Returns whether this is the data that comes with the library. */
  boolean embedded() {
    return file == null;
  }

  /** Reads the data. */
  Dataset read() {
    return embedded() ? Dataset.digits() : Dataset.read(Path.of(file), options(drop), target, task);
  }

  /** Reads the whole table, without the columns to leave out but for one that is kept. */
  Table table(String kept) {
    return Csv.read(
        Path.of(file), options(drop.stream().filter(column -> !column.equals(kept)).toList()));
  }

  private CsvOptions options(List<String> dropped) {
    CsvOptions options =
        CsvOptions.DEFAULT
            .withNominal(nominal.toArray(String[]::new))
            .withNumeric(numeric.toArray(String[]::new))
            .withDrop(dropped.toArray(String[]::new))
            .withMissing(missing.toArray(String[]::new));
    return separator == null ? options : options.withSeparator(separator.charAt(0));
  }

  /** Returns the same source with an absolute path, which holds wherever a command runs. */
  DataSource absolute() {
    return embedded() ? this : at(Path.of(file).toAbsolutePath().normalize().toString());
  }

  /** Returns the same columns of another file. */
  DataSource at(String other) {
    if (embedded()) {
      throw new InputException(
          "--data: this run learned from the digits that come with contexture, leave it out");
    }
    return new DataSource(other, target, task, drop, nominal, numeric, missing, separator);
  }

  @Override
  public String toString() {
    return embedded() ? "the digits" : file;
  }
}
