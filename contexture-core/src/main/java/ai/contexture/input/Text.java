package ai.contexture.input;

import java.util.Locale;

/** Text for people and for files, the same whatever the language of the machine. */
public final class Text {

  private Text() {}

  /** Returns {@link String#format(Locale, String, Object...)} with decimal points. */
  public static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** Returns a number of things, such as {@code 1 row} and {@code 2 rows}. */
  public static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
