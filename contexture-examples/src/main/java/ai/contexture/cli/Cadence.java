package ai.contexture.cli;

import ai.contexture.input.InputException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often something is done while a training runs: after so many steps or so much time.
 *
 * @param steps the number of steps, 0 if it is a time or never
 * @param time how long, zero if it is a number of steps or never
 */
record Cadence(int steps, Duration time) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(s|min|h)?");
  private static final Map<String, Duration> UNITS =
      Map.of("s", Duration.ofSeconds(1), "min", Duration.ofMinutes(1), "h", Duration.ofHours(1));

  /** Reads {@code 50} (steps), {@code 90s}, {@code 5min}, {@code 2h} or {@code 0} for never. */
  static Cadence parse(String name, String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new InputException(
          name
              + ": expected steps such as 50, a time such as 90s, 5min or 2h, or 0 for never, got '"
              + text
              + "'");
    }
    int number = Integer.parseInt(matcher.group(1));
    return matcher.group(2) == null
        ? new Cadence(number, Duration.ZERO)
        : new Cadence(0, UNITS.get(matcher.group(2)).multipliedBy(number));
  }

  /**
   * Returns whether it is time again.
   *
   * @param done the steps since the last time
   * @param nanoseconds since the last time
   */
  boolean due(int done, long nanoseconds) {
    if (done == 0) {
      return false;
    }
    return steps > 0 ? done >= steps : !time.isZero() && nanoseconds >= time.toNanos();
  }

  @Override
  public String toString() {
    if (steps > 0 || time.isZero()) {
      return Integer.toString(steps);
    }
    long seconds = time.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "min" : seconds + "s";
  }
}
