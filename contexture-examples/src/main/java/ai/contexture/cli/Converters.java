package ai.contexture.cli;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options. */
final class Converters {

  private Converters() {}

  static void register(CommandLine line) {
    line.registerConverter(Integer.class, text -> Math.toIntExact(whole(text, Integer.MAX_VALUE)));
    line.registerConverter(int.class, text -> Math.toIntExact(whole(text, Integer.MAX_VALUE)));
    line.registerConverter(Long.class, text -> whole(text, Long.MAX_VALUE));
    line.registerConverter(Double.class, Converters::number);
  }

  private static long whole(String text, long most) {
    try {
      long value = Long.parseLong(text.strip());
      if (Math.abs(value) <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new TypeConversionException("expected a whole number, got '" + text + "'");
  }

  private static double number(String text) {
    double value = Numbers.parse(text.strip());
    if (Double.isNaN(value)) {
      throw new TypeConversionException("expected a number, got '" + text + "'");
    }
    return value;
  }

  /** Returns the value of an option that must be at least 1. */
  static int positive(String option, int value) {
    requireAtLeast(1, option, value);
    return value;
  }

  /** Requires that an option is at least 1 where it is given. */
  static void requirePositive(String option, Integer value) {
    requireAtLeast(1, option, value);
  }

  /** Requires that an option is at least 0 where it is given. */
  static void requireNotNegative(String option, Integer value) {
    requireAtLeast(0, option, value);
  }

  private static void requireAtLeast(int least, String option, Integer value) {
    if (value != null && value < least) {
      throw new InputException(
          Text.format("%s: expected at least %d, got %d", option, least, value));
    }
  }

  /** Returns the constant that a text such as {@code one-cycle} names, or null for null. */
  static <E extends Enum<E>> E choice(Class<E> type, String option, String text) {
    if (text == null) {
      return null;
    }
    return Constants.find(type, text)
        .orElseThrow(
            () ->
                new InputException(
                    option
                        + ": "
                        + Suggestions.unknown("value", text, Constants.texts(type)).getMessage()));
  }
}
