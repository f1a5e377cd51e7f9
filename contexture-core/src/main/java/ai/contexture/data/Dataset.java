package ai.contexture.data;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A table of features and, if there is one, the target of its rows.
 *
 * @param name a short name
 * @param features the columns to learn from
 * @param target what is to be predicted
 */
public record Dataset(String name, Table features, Optional<Target> target) {

  /** Checks that the rows of features and target correspond. */
  public Dataset {
    target.ifPresent(
        t -> {
          if (t.rows() != features.rows()) {
            throw new IllegalArgumentException(
                "target: expected " + features.rows() + " rows, got " + t.rows());
          }
        });
  }

  /**
   * Reads a file with the usual options.
   *
   * @param target the name of the column to predict, or null for none
   * @throws InputException if the file cannot be read or has no such column
   */
  public static Dataset read(Path file, String target) {
    return read(file, CsvOptions.DEFAULT, target, null);
  }

  /**
   * Reads a CSV file.
   *
   * @param target the name of the column to predict, or null for none
   * @param task what the target is, or null to recognise it as {@link Target#of} says
   * @throws InputException if the file cannot be read or the target does not suit
   */
  public static Dataset read(Path file, CsvOptions options, String target, Task task) {
    String name = file.getFileName().toString().replaceFirst("(?i)(\\.csv)?(\\.gz)?$", "");
    return of(name, Csv.read(file, options), target, task);
  }

  /**
   * Takes a target out of a table.
   *
   * @param target the name of the column to predict, or null for none
   * @param task what the target is, or null to recognise it as {@link Target#of} says
   * @throws InputException if the target does not suit
   */
  public static Dataset of(String name, Table table, String target, Task task) {
    if (target == null) {
      if (task != null) {
        throw new InputException(
            "--task says what the target is, expected --target COLUMN with it");
      }
      return new Dataset(name, table, Optional.empty());
    }
    Target found = Target.of(table, target, task);
    if (table.columns().size() == 1) {
      throw new InputException(
          table.source()
              + ": the target '"
              + target
              + "' is the only column, expected features too");
    }
    return new Dataset(name, table.without(List.of(target)), Optional.of(found));
  }

  /**
   * Returns the handwritten digits that come with this library: 1797 rows of 8×8 pixels from 0 to
   * 16, and the digit as target.
   *
   * <p><b>Source</b>: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI
   * Machine Learning Repository, CC BY 4.0.
   */
  public static Dataset digits() {
    try (InputStream stream = Dataset.class.getResourceAsStream("digits.csv.gz")) {
      Table table = Csv.read("digits.csv.gz", stream, CsvOptions.DEFAULT);
      return of("digits", table, "target", Task.CLASSIFICATION);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number of rows. */
  public int rows() {
    return features.rows();
  }

  /** Returns a data set of these rows in this order. */
  public Dataset select(int[] rows) {
    return new Dataset(name, features.select(rows), target.map(t -> t.select(rows)));
  }
}
