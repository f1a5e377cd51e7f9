package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * A column while it is read: keeps numbers as long as all cells are numbers, names as long as none
 * is, and only counts from the first cell that breaks this.
 */
final class CsvColumn {

  enum Type {
    DETECT,
    NUMERIC,
    NOMINAL
  }

  /** A cell and the line of the file that it is on. */
  record Example(String cell, long line) {}

  private static final Set<String> NOT_FINITE = Set.of("inf", "infinity", "1.#inf");

  private static final Pattern OVERFLOW = Pattern.compile("(\\d++\\.?+\\d*+|\\.\\d++)[eE]\\+?\\d+");

  /** Numbers as no program writes them, but codes look like this. */
  private static final Pattern CODE = Pattern.compile("\\d+[eE]\\d+");

  /** Longer texts do not stand for a missing value. */
  private static final int LONGEST_TOKEN = 20;

  /** So many words are looked at for numbers in them. */
  private static final int TRIED = 64;

  /** Beyond this bound whole numbers are rounded. */
  private static final double EXACT = 0x1p53;

  private final String file;
  private final String name;
  private final Type type;
  private final CsvOptions options;

  private double[] values;
  private int[] codes;
  private final Map<String, Integer> codeOf = new HashMap<>();
  private final CellTexts.Builder texts = new CellTexts.Builder();
  private int rows;

  private int numbers;
  private int notFinite;
  private int words;
  private int notANumber;
  private int missingByDefault;
  private int fractions;
  private int points;
  private String unit = "";
  private Example firstNotFinite;
  private Example firstWord;
  private Example otherUnit;
  private Example rounded;
  private Example leadingZero;
  private Example exponent;
  private int exponents;
  private boolean sameWord = true;
  private String defaultToken;
  private boolean measured = true;
  private String measure;
  private final NumberHints hints = new NumberHints();

  CsvColumn(String file, String name, Type type, CsvOptions options) {
    this.file = file;
    this.name = name;
    this.type = type;
    this.options = options;
  }

  String name() {
    return name;
  }

  /**
   * Adds a cell.
   *
   * @param line the line of the file that the cell is on
   * @return the token that says that the value is missing, null where it is not or the cell is
   *     empty
   */
  String add(String cell, LongSupplier line) {
    if (options.missing().isMissing(cell)) {
      if (!cell.isEmpty() && options.missing().defaults() && options.missing().isDefault(cell)) {
        missingByDefault++;
        defaultToken = cell;
        texts.put(rows, cell);
      }
      keepMissing();
      rows++;
      return cell.isEmpty() ? null : cell;
    }
    boolean there = type == Type.NOMINAL ? addName(cell, line) : addDetected(cell, line);
    rows++;
    return there ? null : cell;
  }

  private boolean addName(String cell, LongSupplier line) {
    if (options.missing().hasNumbers() && options.missing().isMissing(Numbers.parse(cell))) {
      keepMissing();
      return false;
    }
    notANumber += MissingTokens.isNotANumber(cell) ? 1 : 0;
    addWord(cell, line);
    return true;
  }

  private boolean addDetected(String cell, LongSupplier line) {
    double value = options.numbers().parse(cell);
    value = Double.isNaN(value) ? options.numbers().accounting(cell) : value;
    String its = "";
    if (Double.isNaN(value) && MissingTokens.isNotANumber(cell) && options.missing().defaults()) {
      notANumber++;
      texts.put(rows, cell);
      keep(cell, Double.NaN);
      return true;
    }
    if (Double.isNaN(value) && (numbers > 0 || measured || words < TRIED)) {
      Optional<NumberStyle.Quantity> quantity = quantity(cell);
      if (quantity.isPresent() && (type == Type.NUMERIC || quantity.get().isPercentOrMoney())) {
        value = quantity.get().value();
        its = quantity.get().unit();
      } else {
        measured &= quantity.isPresent() && (words == 0 || quantity.get().unit().equals(measure));
        measure = quantity.map(NumberStyle.Quantity::unit).orElse(null);
      }
    }
    if (options.missing().isMissing(value)) {
      keepMissing();
      return false;
    }
    if (!Double.isNaN(value) && numbers > 0 && !its.equals(unit)) {
      otherUnit = otherUnit == null ? new Example(cell, line.getAsLong()) : otherUnit;
      addWord(cell, line);
      return true;
    }
    if (!Double.isNaN(value)) {
      numbers++;
      unit = its;
      look(cell, value, line);
      keep(cell, value);
    } else if (isNotFinite(cell)) {
      if (notFinite++ == 0) {
        firstNotFinite = new Example(cell, line.getAsLong());
      }
      keep(cell, value);
    } else {
      if (options.numbers().equals(NumberStyle.PLAIN)) {
        hints.add(cell, line);
      } else if (options.numbers().decimal() != '.'
          && cell.indexOf('.') >= 0
          && !Double.isNaN(NumberStyle.PLAIN.parse(cell))) {
        points++;
      }
      addWord(cell, line);
    }
    return true;
  }

  private Optional<NumberStyle.Quantity> quantity(String cell) {
    return cell.length() < 40 && cell.chars().anyMatch(Character::isDigit)
        ? options.numbers().quantity(cell)
        : Optional.empty();
  }

  private void addWord(String cell, LongSupplier line) {
    if (words++ == 0) {
      firstWord = new Example(cell, line.getAsLong());
    }
    sameWord &= cell.equals(firstWord.cell());
    keep(cell, Double.NaN);
  }

  private void keepMissing() {
    appendValue(Double.NaN);
    appendCode(-1);
  }

  /** Looks at the writing of a number. */
  private void look(String cell, double value, LongSupplier line) {
    boolean whole = true;
    boolean plain = unit.isEmpty();
    int first = cell.charAt(0) == '-' || cell.charAt(0) == '+' ? 1 : 0;
    for (int i = first; i < cell.length(); i++) {
      whole &= cell.charAt(i) >= '0' && cell.charAt(i) <= '9';
      plain &= cell.charAt(i) <= '9' && cell.charAt(i) >= '-';
    }
    boolean zero =
        cell.length() > first + 1 && cell.charAt(first) == '0' && isDigit(cell, first + 1);
    fractions += whole ? 0 : 1;
    if (whole && Math.abs(value) > EXACT && rounded == null) {
      rounded = new Example(cell, line.getAsLong());
    }
    if (whole && zero && leadingZero == null) {
      leadingZero = new Example(cell, line.getAsLong());
    }
    if (!whole && first == 0 && CODE.matcher(cell).matches()) {
      exponents++;
      exponent = exponent == null ? new Example(cell, line.getAsLong()) : exponent;
    }
    char last = cell.charAt(cell.length() - 1);
    if (!plain
        || zero
        || cell.charAt(0) == '+'
        || cell.charAt(first) == '.'
        || (whole && (cell.length() > 15 || (value == 0 && first == 1)))
        || (!whole && (last == '0' || last == '.'))) {
      texts.put(rows, cell);
    }
  }

  private static boolean isDigit(String cell, int place) {
    return cell.charAt(place) >= '0' && cell.charAt(place) <= '9';
  }

  private void keep(String cell, double value) {
    if (numbers > 0 && notFinite + words > 0) {
      values = null;
      codes = null;
      codeOf.clear();
    } else if (numbers > 0) {
      codes = null;
      if (values == null) {
        codeOf.clear();
        values = new double[Math.max(16, rows + 1)];
        Arrays.fill(values, 0, rows, Double.NaN);
      }
      appendValue(value);
    } else {
      if (codes == null) {
        codes = new int[Math.max(16, rows + 1)];
        Arrays.fill(codes, 0, rows, -1);
      }
      appendCode(NominalColumn.code(codeOf, cell));
    }
  }

  private void appendValue(double value) {
    if (values != null) {
      values = rows < values.length ? values : Arrays.copyOf(values, grown(values.length));
      values[rows] = value;
    }
  }

  private void appendCode(int code) {
    if (codes != null) {
      codes = rows < codes.length ? codes : Arrays.copyOf(codes, grown(codes.length));
      codes[rows] = code;
    }
  }

  private static int grown(int length) {
    return length + (length >> 1);
  }

  /** Refuses a cell that is no number in a column that should hold numbers. */
  void check() {
    if (type == Type.NOMINAL) {
      return;
    }
    boolean known = options.needed().isPresent();
    Message names = Message.of("%s if it holds names", Setting.NOMINAL.toName(name));
    hints
        .best(words, fractions > 0)
        .ifPresent(
            hint -> {
              throw wrong(
                  hint.example(),
                  Message.of(
                      known ? "a number; give %s" : "a number; give %s, or %s",
                      hint.advice(),
                      names));
            });
    if (otherUnit != null) {
      String expected = unit.isEmpty() ? "a number alone" : "a number with " + unit;
      throw wrong(
          otherUnit,
          Message.of(
              known ? "%s as in the rows before" : "%s as in the rows before; give %s",
              expected,
              names));
    }
    if (words > 0 && (type == Type.NUMERIC || numbers + notFinite > words)) {
      throw wrong(firstWord, numberHere(known, names));
    }
    if (words == 0 && notFinite > 0) {
      throw wrong(firstNotFinite, Message.of("a finite number; give %s", missing(firstNotFinite)));
    }
    if (words == 0 && rounded != null && type == Type.DETECT) {
      throw wrong(
          rounded,
          Message.of(
              "a number below 2^53, since larger ones are rounded; give %s if it is a code, or %s"
                  + " if it may be rounded",
              Setting.NOMINAL.toName(name), Setting.NUMERIC.toName(name)));
    }
  }

  /** What is expected in the place of a word, and what to do if the word is meant. */
  private Message numberHere(boolean known, Message names) {
    Message number = Message.plain("a number as in most of the column");
    if (type == Type.NUMERIC) {
      number =
          known
              ? Message.plain("a number, as in the data that was learned from")
              : Message.of("a number because of %s", Setting.NUMERIC.toName(name));
    }
    if (2 * points > words) {
      number =
          Message.of(
              "%s; it has a decimal point, and %s was given",
              number, Setting.DECIMAL.to(Character.toString(options.numbers().decimal())));
    }
    boolean token =
        firstWord.cell().length() <= LONGEST_TOKEN && Double.isNaN(Numbers.parse(firstWord.cell()));
    List<Message> advice = new ArrayList<>();
    if (token) {
      advice.add(missing(firstWord));
    }
    if (type != Type.NUMERIC) {
      advice.add(names);
    }
    return advice.isEmpty()
        ? number
        : Message.of("%s; give %s", number, Message.joined(", ", advice));
  }

  /** The setting for a cell that stands for a missing value. */
  private static Message missing(Example found) {
    return Message.of("%s if it stands for a missing value", Setting.MISSING.toName(found.cell()));
  }

  /** Says whether its cells decide what the column holds. */
  boolean isDetected() {
    return type == Type.DETECT;
  }

  /** Says whether the column is nominal but holds numbers, whose text was not kept. */
  boolean isMixedNominal() {
    return words > 0 && numbers > 0;
  }

  private boolean isNominal() {
    return type == Type.NOMINAL || words > 0;
  }

  /** Tells what may be wrong although it can be read. */
  void warn(CsvWarnings warnings) {
    if (isNominal() && missingByDefault > 0 && !defaultToken.equals("?")) {
      warnings.missingName(name, defaultToken, missingByDefault);
    }
    if (isNominal() && notANumber > 0) {
      warnings.notANumberName(name, notANumber);
    }
    if (type != Type.DETECT) {
      return;
    }
    if (!isNominal() && leadingZero != null && fractions == 0) {
      warnings.leadingZero(name, leadingZero.cell());
    }
    if (!isNominal() && exponents > 0 && exponents == fractions) {
      warnings.code(name, exponent.cell());
    }
    if (isMixedNominal() && sameWord && words > 1) {
      warnings.oneWord(name, firstWord.cell(), words);
    }
    if (2 * points > words) {
      warnings.pointDecimal(name, firstWord.cell());
    }
    if (isNominal() && numbers == 0 && measured && measure != null && codeOf.size() > 1) {
      warnings.unit(name, firstWord.cell());
    }
  }

  Column toColumn() {
    if (isNominal()) {
      int[] filled = codes == null ? new int[rows] : Arrays.copyOf(codes, rows);
      if (codes == null) {
        Arrays.fill(filled, -1);
      }
      return NominalColumn.wrap(name, codeOf, filled, texts.build(rows));
    }
    double[] filled = values == null ? new double[rows] : Arrays.copyOf(values, rows);
    if (values == null) {
      Arrays.fill(filled, Double.NaN);
    }
    return NumericColumn.wrap(name, filled, texts.build(rows), Optional.of(unit));
  }

  private static boolean isNotFinite(String cell) {
    int start = cell.startsWith("-") || cell.startsWith("+") ? 1 : 0;
    int length = cell.length() - start;
    return MissingTokens.isNotANumber(cell)
        || (length > 2
            && length < 9
            && NOT_FINITE.contains(cell.substring(start).toLowerCase(Locale.ROOT)))
        || (length > 0
            && cell.charAt(start) <= '9'
            && OVERFLOW.matcher(cell.substring(start)).matches());
  }

  private InputException wrong(Example found, Message expected) {
    return CsvRows.wrong(file, found.line(), name, found.cell(), expected);
  }
}
