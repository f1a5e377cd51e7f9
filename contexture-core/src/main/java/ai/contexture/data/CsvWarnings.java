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
  private final List<String> codes = new ArrayList<>();
  private final List<String> alike = new ArrayList<>();
  private final List<String> unique = new ArrayList<>();
  private final List<String> dates = new ArrayList<>();
  private final List<String> digits = new ArrayList<>();
  private final List<String> counters = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private final List<String> oneWords = new ArrayList<>();
  private String token = "";
  private String code = "";
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

  /** Numbers are written like codes, such as 1E5, or are some of few, such as 98101. */
  void code(String column, String example) {
    code = codes.isEmpty() ? example : code;
    codes.add(column);
  }

  /** A column holds numbers and one word, which is read as a name among names. */
  void oneWord(String column, String word, int cells) {
    token = oneWords.isEmpty() ? word : token;
    oneWords.add("'" + Cell.shown(word) + "' in column '" + column + "' (" + cells(cells) + ")");
  }

  /** Looks at a column for what it may be instead of a measurement or names. */
  void look(Column column) {
    if (column instanceof NumericColumn numbers) {
      if (ColumnLook.counts(numbers)) {
        counters.add(column.name());
      } else if (!leadingZeros.contains(column.name())) {
        ColumnLook.code(numbers).ifPresent(example -> code(column.name(), example));
      }
    }
    if (column instanceof NominalColumn names) {
      ColumnLook.alike(names)
          .ifPresent(pair -> alike.add(pair + " in column '" + column.name() + "'"));
      if (ColumnLook.areOtherDigits(names)) {
        digits.add(column.name());
      } else if (ColumnLook.areDates(names)) {
        dates.add(column.name());
      } else if (ColumnLook.areTexts(names)) {
        texts.add(column.name());
      } else if (ColumnLook.areUnique(names)) {
        unique.add(column.name());
      }
    }
  }

  /** Returns the option that makes a cell a missing value. */
  static String missing(String cell) {
    return "--missing" + (cell.startsWith("-") ? "=" : " ") + Names.argument(cell);
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
    if (!codes.isEmpty()) {
      warning.accept(
          file
              + ": numbers that look like codes, such as '"
              + code
              + "', in "
              + columns(codes)
              + "; give --nominal "
              + Names.argument(codes.get(0))
              + " if they are codes, --numeric "
              + Names.argument(codes.get(0))
              + " if not");
    }
    if (!oneWords.isEmpty()) {
      warning.accept(
          file
              + ": all that is no number, and so makes numbers names: "
              + list(oneWords)
              + "; give "
              + missing(token)
              + " if it stands for a missing value");
    }
    if (!alike.isEmpty()) {
      warning.accept(
          file
              + ": read as different names: "
              + list(alike)
              + "; write them in one way if they are the same");
    }
    if (!dates.isEmpty()) {
      warning.accept(
          file
              + ": dates or times are read as names, in "
              + columns(dates)
              + "; turn them into numbers, or give --drop "
              + Names.argument(dates.get(0)));
    }
    if (!texts.isEmpty()) {
      warning.accept(
          file
              + ": not supported as text, each text is a name of its own: "
              + columns(texts)
              + "; turn it into numbers first, or give --drop "
              + Names.argument(texts.get(0)));
    }
    if (!unique.isEmpty()) {
      warning.accept(
          file
              + ": almost every row has a name of its own in "
              + columns(unique)
              + "; nothing can be learned from it, give --drop "
              + Names.argument(unique.get(0)));
    }
    if (!digits.isEmpty()) {
      warning.accept(
          file
              + ": numbers in other digits than 0 to 9 are read as names, in "
              + columns(digits)
              + "; write them in 0 to 9, or give --nominal "
              + Names.argument(digits.get(0))
              + " if they are names");
    }
    if (!counters.isEmpty()) {
      warning.accept(
          file
              + ": numbers that count the rows, in "
              + columns(counters)
              + "; give --drop "
              + Names.argument(counters.get(0))
              + " if they mean nothing else, --numeric "
              + Names.argument(counters.get(0))
              + " if they do");
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

  /** Returns the names of columns in words. */
  static String columns(List<String> names) {
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
