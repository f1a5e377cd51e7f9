package ai.contexture.data;

import ai.contexture.input.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What may be read otherwise than it was meant, a line for each kind of it. */
final class CsvWarnings {

  private static final int SHOWN = 5;

  private final List<String> missingNames = new ArrayList<>();
  private final List<String> notNumbers = new ArrayList<>();
  private final List<String> leadingZeros = new ArrayList<>();
  private final List<String> units = new ArrayList<>();
  private String zeros = "";
  private String measure = "";

  /** A token that counts as missing unless told otherwise is missing among names. */
  void missingName(String column, String token, int cells) {
    missingNames.add("'" + token + "' in column '" + column + "' (" + cells(cells) + ")");
  }

  /** A name says NaN. */
  void notANumberName(String column, int cells) {
    notNumbers.add("column '" + column + "' (" + cells(cells) + ")");
  }

  /** Numbers begin with zeros. */
  void leadingZero(String column, String example) {
    zeros = leadingZeros.isEmpty() ? example : zeros;
    leadingZeros.add(column);
  }

  /** All names are numbers with the same letters behind. */
  void unit(String column, String example) {
    measure = units.isEmpty() ? example : measure;
    units.add(column);
  }

  private static String cells(int count) {
    return count == 1 ? "1 cell" : count + " cells";
  }

  /** Tells them. */
  void tell(String file, Consumer<String> warning) {
    if (!missingNames.isEmpty()) {
      warning.accept(
          file
              + ": read as missing: "
              + list(missingNames)
              + "; --no-default-missing keeps them as names");
    }
    if (!notNumbers.isEmpty()) {
      warning.accept(
          file
              + ": 'nan' is read as a name in "
              + list(notNumbers)
              + "; give --missing nan if it stands for a missing value");
    }
    if (!leadingZeros.isEmpty()) {
      warning.accept(
          file
              + ": numbers with leading zeros, such as '"
              + zeros
              + "', in "
              + columns(leadingZeros)
              + "; give --nominal "
              + Names.argument(leadingZeros.get(0))
              + " if they are codes, --numeric "
              + Names.argument(leadingZeros.get(0))
              + " if not");
    }
    if (!units.isEmpty()) {
      warning.accept(
          file
              + ": names that look like numbers with a unit, such as '"
              + measure
              + "', in "
              + columns(units)
              + "; give --numeric "
              + Names.argument(units.get(0))
              + " to read them as numbers, --nominal "
              + Names.argument(units.get(0))
              + " if they are names");
    }
  }

  private static String columns(List<String> names) {
    return names.size() == 1
        ? "column '" + names.get(0) + "'"
        : "columns " + Names.list(names, SHOWN);
  }

  private static String list(List<String> texts) {
    List<String> shown = texts.subList(0, Math.min(SHOWN, texts.size()));
    return String.join(", ", shown)
        + (texts.size() > SHOWN ? " and " + (texts.size() - SHOWN) + " more columns" : "");
  }
}
