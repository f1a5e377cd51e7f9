package ai.contexture.data;

import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What may be read otherwise than it was meant, a line for each kind of it. */
final class CsvWarnings {

  private static final int SHOWN = 5;

  /** More names than this are not listed in an option. */
  private static final int MOST_NAMED = 20;

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
  private final List<String> points = new ArrayList<>();
  private String point = "";
  private final String decimal;
  private String token = "";
  private String code = "";
  private String zeros = "";
  private String measure = "";

  CsvWarnings(NumberStyle numbers) {
    decimal = Character.toString(numbers.decimal());
  }

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

  /** Most names are numbers with a decimal point, where another sign was given. */
  void pointDecimal(String column, String example) {
    point = points.isEmpty() ? example : point;
    points.add(column);
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
      } else if (!points.contains(names.name()) && ColumnLook.areUnique(names)) {
        unique.add(column.name());
      }
    }
  }

  private static String cells(int count) {
    return Text.count(count, "cell");
  }

  /** Tells them. */
  void tell(String file, Consumer<Message> warning) {
    if (!missingNames.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: read as missing: %s; %s keeps them as names",
              file, list(missingNames), Setting.NO_DEFAULT_MISSING));
    }
    if (!notNumbers.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: 'nan' is read as a name in %s; give %s if it stands for a missing value",
              file, list(notNumbers), Setting.MISSING.to("nan")));
    }
    if (!leadingZeros.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: numbers with leading zeros, such as '%s', in %s; give %s if they are codes, %s"
                  + " if not",
              file,
              zeros,
              columns(leadingZeros),
              all(Setting.NOMINAL, leadingZeros),
              all(Setting.NUMERIC, leadingZeros)));
    }
    if (!codes.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: numbers that look like codes, such as '%s', in %s; give %s if they are codes, %s"
                  + " if not",
              file,
              code,
              columns(codes),
              all(Setting.NOMINAL, codes),
              all(Setting.NUMERIC, codes)));
    }
    if (!oneWords.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: all that is no number, and so makes numbers names: %s; give %s if it stands for"
                  + " a missing value",
              file, list(oneWords), Setting.MISSING.toName(token)));
    }
    if (!points.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: numbers with a decimal point, such as '%s', are read as names in %s, because of"
                  + " %s; write all numbers of the file in one way",
              file, point, columns(points), Setting.DECIMAL.to(decimal)));
    }
    if (!alike.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: read as different names: %s; write them in one way if they are the same",
              file, list(alike)));
    }
    if (!dates.isEmpty()) {
      warning.accept(
          Message.of(
                  "%s: dates or times are read as names, in %s; turn them into numbers, or give %s",
                  file, columns(dates), all(Setting.DROP, dates))
              .described());
    }
    if (!texts.isEmpty()) {
      warning.accept(
          Message.of(
                  "%s: not supported as text, each text is a name of its own: %s; turn %s into numbers"
                      + " first, or give %s",
                  file, columns(texts), them(texts), all(Setting.DROP, texts))
              .described());
    }
    if (!unique.isEmpty()) {
      warning.accept(
          Message.of(
                  "%s: almost every row has a name of its own in %s; nothing can be learned from %s,"
                      + " give %s",
                  file, columns(unique), them(unique), all(Setting.DROP, unique))
              .described());
    }
    if (!digits.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: numbers in other digits than 0 to 9 are read as names, in %s; write them in 0 to"
                  + " 9, or give %s if they are names",
              file, columns(digits), all(Setting.NOMINAL, digits)));
    }
    if (!counters.isEmpty()) {
      warning.accept(
          Message.of(
                  "%s: numbers that count the rows, in %s; give %s if they mean nothing else, %s if"
                      + " they do",
                  file,
                  columns(counters),
                  all(Setting.DROP, counters),
                  all(Setting.NUMERIC, counters))
              .described());
    }
    if (!units.isEmpty()) {
      warning.accept(
          Message.of(
              "%s: names that look like numbers with a unit, such as '%s', in %s; give %s to read"
                  + " them as numbers, %s if they are names",
              file,
              measure,
              columns(units),
              all(Setting.NUMERIC, units),
              all(Setting.NOMINAL, units)));
    }
  }

  private static String them(List<String> columns) {
    return columns.size() == 1 ? "it" : "them";
  }

  /** Returns a setting for all columns, or the first where they are too many for a line. */
  private static Setting.Choice all(Setting setting, List<String> columns) {
    return columns.size() > MOST_NAMED
        ? setting.toName(columns.get(0))
        : setting.to(
            Names.word(columns.stream().map(Names::quoted).collect(Collectors.joining(","))));
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
