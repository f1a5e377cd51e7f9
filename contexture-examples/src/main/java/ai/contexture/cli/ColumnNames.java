package ai.contexture.cli;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Names of columns as they are written on the command line: separated by commas, and in double
 * quotes where they hold a comma or a quote themselves, as in a CSV file.
 */
final class ColumnNames {

  private static final CSVFormat LIST =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

  private ColumnNames() {}

  /**
   * Returns the names that options list.
   *
   * @param option what messages call them
   * @param given the values of the option, or null for none
   */
  static List<String> list(String option, List<String> given) {
    List<String> names = new ArrayList<>();
    for (String text : given == null ? List.<String>of() : given) {
      try (CSVParser parser = LIST.parse(new StringReader(text))) {
        for (CSVRecord line : parser) {
          line.forEach(names::add);
        }
      } catch (IOException | UncheckedIOException | IllegalStateException e) {
        throw new InputException(
            option
                + ": expected names with commas between them, such as id,\"area, m2\", got '"
                + text
                + "'",
            e);
      }
    }
    return List.copyOf(names);
  }

  /** Returns the name of one column, which may be quoted; null for null. */
  static String one(String option, String given) {
    boolean quoted =
        given != null && given.length() > 1 && given.startsWith("\"") && given.endsWith("\"");
    if (!quoted) {
      return given;
    }
    List<String> names = list(option, List.of(given));
    if (names.size() != 1) {
      throw new InputException(option + ": expected one column, got '" + given + "'");
    }
    return names.get(0);
  }
}
