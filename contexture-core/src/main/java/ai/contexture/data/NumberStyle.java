package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Numbers;
import ai.contexture.input.Setting;
import java.util.Currency;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the numbers of a file are written, such as {@code 1234.5} or {@code 1.234,5}.
 *
 * <p>Signs are {@code -}, {@code +} and {@code −}; accounts write −12.5 as {@code (12.5)} or {@code
 * 12.5-}, where {@code 12-} may be something else. A percent sign, a sign or code of a currency and
 * other letters behind a number are its unit, which is no part of the value: {@code 12.5%} is 12.5.
 *
 * @param decimal the sign before the fraction
 * @param thousands the sign between groups of digits, if there is one; a space stands for every
 *     kind of space
 */
public record NumberStyle(char decimal, Optional<Character> thousands) {

  /** A point before the fraction, no groups. */
  public static final NumberStyle PLAIN = new NumberStyle('.', Optional.empty());

  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  private static final int LONGEST_UNIT = 8;

  /** Refuses signs that cannot be told from digits or from each other. */
  public NumberStyle {
    requireSign(Setting.DECIMAL, decimal);
    thousands.ifPresent(sign -> requireSign(Setting.THOUSANDS, sign));
    if (thousands.isPresent() && thousands.get() == decimal) {
      throw new InputException(
          Message.of(
              "%s and %s: expected two different characters, got '%s'",
              Setting.THOUSANDS, Setting.DECIMAL, decimal));
    }
  }

  private static void requireSign(Setting setting, char sign) {
    if (Character.isLetterOrDigit(sign) || "+-\"\n\r".indexOf(sign) >= 0) {
      throw new InputException(
          Message.of(
              "%s: expected a character such as a comma or a point, got '%s'", setting, sign));
    }
  }

  /** Returns the finite number that a text holds without a unit, or NaN if it holds none. */
  double parse(String text) {
    if (equals(PLAIN)) {
      return Numbers.parse(text);
    }
    StringBuilder plain = new StringBuilder(text.length());
    int group = -1; // digits since the last sign between groups, −1 before the first one
    boolean fraction = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == decimal && !fraction) {
        fraction = true;
        if (group >= 0 && group != 3) {
          return Double.NaN;
        }
        group = -1;
        plain.append('.');
      } else if (!fraction && isThousands(c)) {
        // Groups have three digits; before the last one also two, as in 12,34,567.
        if (group == 0 || group == 1 || group > 3 || plain.isEmpty() || !endsInDigit(plain)) {
          return Double.NaN;
        }
        group = 0;
      } else if (c == '.' && decimal != '.') {
        return Double.NaN;
      } else {
        if ((c == 'e' || c == 'E') && group >= 0) {
          return Double.NaN;
        }
        group += group >= 0 ? 1 : 0;
        plain.append(c);
      }
    }
    return group >= 0 && group != 3 ? Double.NaN : Numbers.parse(plain);
  }

  /**
   * Returns the negative number that a text holds as accounts write it, or NaN if it holds none.
   */
  double accounting(String text) {
    int end = text.length() - 1;
    int start = end > 1 && text.charAt(0) == '(' && text.charAt(end) == ')' ? 1 : 0;
    boolean there =
        end > 0
            && (start == 1 || (text.charAt(end) == '-' && text.indexOf(decimal) >= 0))
            && isBeginning(text.charAt(start))
            && isBeginning(text.charAt(end - 1));
    return there ? -parse(text.substring(start, end)) : Double.NaN;
  }

  private boolean isThousands(char c) {
    return thousands.isPresent()
        && (thousands.get() == c || (thousands.get() == ' ' && isSpace(c)));
  }

  private static boolean isSpace(char c) {
    return Character.isSpaceChar(c);
  }

  private static boolean endsInDigit(StringBuilder text) {
    return Character.isDigit(text.charAt(text.length() - 1));
  }

  /** A number and what stands before or behind it, nothing where it stands alone. */
  record Quantity(double value, String unit) {

    /** Says whether the unit leaves no doubt that a number is meant. */
    boolean isPercentOrMoney() {
      return unit.equals("%")
          || CURRENCIES.contains(unit)
          || (unit.codePointCount(0, unit.length()) == 1 && isCurrency(unit.codePointAt(0)));
    }
  }

  private static boolean isCurrency(int sign) {
    return Character.getType(sign) == Character.CURRENCY_SYMBOL;
  }

  /**
   * Returns the number and the unit that a text holds, in this style.
   *
   * @return empty if it holds no number, or something before it that is no currency
   */
  Optional<Quantity> quantity(String text) {
    String signed = text.replace('\u2212', '-');
    int end = signed.length();
    while (end > 0
        && !Character.isDigit(signed.charAt(end - 1))
        && signed.charAt(end - 1) != decimal) {
      end--;
    }
    int start = 0;
    while (start < end && !isBeginning(signed.charAt(start))) {
      start++;
    }
    if (start == end) {
      return Optional.empty();
    }
    String before = strip(signed.substring(0, start));
    String behind = strip(signed.substring(end));
    String body = signed.substring(start, end);
    if (before.startsWith("-") || before.startsWith("+")) { // as in -$5
      body = before.charAt(0) + body;
      before = strip(before.substring(1));
    } else if (before.endsWith("-") || before.endsWith("+")) { // as in $-5
      body = before.charAt(before.length() - 1) + body;
      before = strip(before.substring(0, before.length() - 1));
    }
    if (!before.isEmpty() && (!behind.isEmpty() || !new Quantity(0, before).isPercentOrMoney())) {
      return Optional.empty();
    }
    double value = parse(body);
    if (Double.isNaN(value) || !isUnit(behind)) {
      return Optional.empty();
    }
    return Optional.of(new Quantity(value, before + behind));
  }

  private boolean isBeginning(char c) {
    return Character.isDigit(c) || c == decimal;
  }

  private static boolean isUnit(String text) {
    return text.length() <= LONGEST_UNIT
        && text.chars()
            .allMatch(c -> Character.isLetter(c) || "%°/²³·'\"".indexOf(c) >= 0 || isCurrency(c));
  }

  private static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end
        && (isSpace(text.charAt(start)) || Character.isWhitespace(text.charAt(start)))) {
      start++;
    }
    while (end > start
        && (isSpace(text.charAt(end - 1)) || Character.isWhitespace(text.charAt(end - 1)))) {
      end--;
    }
    return text.substring(start, end);
  }
}
