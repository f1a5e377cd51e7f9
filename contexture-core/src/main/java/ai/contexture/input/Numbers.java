package ai.contexture.input;

import java.math.BigDecimal;
import java.math.MathContext;

/** Decimal numbers as people write them in files and on command lines, independent of locale. */
public final class Numbers {

  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  /** Below this bound a long is exact as a double. */
  private static final long EXACT = 1L << 53;

  /**
   * Below this bound a long takes another digit, and stays exact if it is cast to double and back.
   */
  private static final long ROOM = 100_000_000_000_000_000L;

  private static final double TINY = 1e-20;
  private static final double HUGE = 1e20;

  private Numbers() {}

  /**
   * Returns the finite number that a text holds, or NaN if it holds none.
   *
   * <p>Accepted is an optional sign, digits with at most one point, and an optional exponent. Words
   * ({@code NaN}, {@code Infinity}), hexadecimal forms, type suffixes, digit grouping and numbers
   * beyond the range of a double are not.
   */
  public static double parse(CharSequence text) {
    int end = text.length();
    int i = 0;
    boolean negative = false;
    if (i < end && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      negative = text.charAt(i) == '-';
      i++;
    }
    long mantissa = 0;
    int digits = 0;
    int scale = 0;
    boolean point = false;
    boolean exact = true;
    for (; i < end; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
        if (mantissa < ROOM) {
          mantissa = 10 * mantissa + (c - '0');
          scale -= point ? 1 : 0;
        } else {
          exact = false;
        }
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return Double.NaN;
    }
    if (i < end) {
      if (text.charAt(i) != 'e' && text.charAt(i) != 'E') {
        return Double.NaN;
      }
      int first = i + 1;
      boolean down = first < end && text.charAt(first) == '-';
      if (first < end && (down || text.charAt(first) == '+')) {
        first++;
      }
      int exponent = 0;
      for (i = first; i < end && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
        exponent = Math.min(100_000, 10 * exponent + (text.charAt(i) - '0'));
      }
      if (i == first || i < end) {
        return Double.NaN;
      }
      scale += down ? -exponent : exponent;
    }
    double value = exact ? scaled(mantissa, scale) : Double.NaN;
    if (!Double.isNaN(value)) {
      return negative ? -value : value;
    }
    value = Double.parseDouble(text.toString());
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  /** Returns the double next to m·10ˢ, or NaN where that takes more than arithmetic of doubles. */
  private static double scaled(long mantissa, int scale) {
    if (Math.abs(scale) >= POWERS_OF_TEN.length) {
      return Double.NaN;
    }
    double power = POWERS_OF_TEN[Math.abs(scale)];
    if (mantissa <= EXACT) {
      // Both operands are exact, so the one rounding of the quotient or product is the right one.
      return scale < 0 ? mantissa / power : mantissa * power;
    }
    if (scale > 0) {
      return Double.NaN;
    }
    // m = high + low and high = quotient·power + rest hold exactly, so quotient + correction is
    // m·10ˢ but for the roundings of the correction. Where both ends of their range lead to one
    // double, it is the right one.
    double high = mantissa;
    double low = mantissa - (long) high;
    double quotient = high / power;
    double rest = Math.fma(-quotient, power, high);
    double correction = (rest + low) / power;
    double error = correction * 0x1p-50;
    double value = quotient + (correction - error);
    return value == quotient + (correction + error) ? value : Double.NaN;
  }

  /** Returns the number with so many significant digits that is nearest to a finite one. */
  public static double rounded(double value, int digits) {
    return new BigDecimal(value).round(new MathContext(digits)).doubleValue();
  }

  /** Returns the shortest text that reads back as this number, whole numbers without a point. */
  public static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Double.toString(value);
  }

  /**
   * Returns a number as people write it, in full: without an exponent where that takes no more than
   * 20 zeros, and the shortest that reads back as this number.
   */
  public static String plain(double value) {
    double size = Math.abs(value);
    if ((value == Math.rint(value) && size < 1e15) || size < TINY || size > HUGE) {
      return text(value);
    }
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
