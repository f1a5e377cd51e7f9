package ai.contexture.input;

import java.util.random.RandomGenerator;

/**
 * A number, or a range of numbers from which one is drawn, all equally probable.
 *
 * <p>Written {@code 0.3} and {@code 0.1..0.9}.
 *
 * @param least the least number
 * @param most the greatest number
 */
public record Interval(double least, double most) {

  private static final String DOTS = "..";

  /** Requires two finite numbers in their order. */
  public Interval {
    if (!isOrdered(least, most)) {
      throw new InputException(
          "expected a range from a least to a greatest number, such as 0.1..0.9, got "
              + text(least, most));
    }
  }

  private static boolean isOrdered(double least, double most) {
    return least <= most && !Double.isInfinite(least) && !Double.isInfinite(most);
  }

  /** Returns a single number. */
  public static Interval of(double value) {
    return new Interval(value, value);
  }

  /** Returns the interval that a text holds, or null if it holds none. */
  static Interval parse(String text) {
    int dots = text.indexOf(DOTS);
    double least = Numbers.parse(dots < 0 ? text : text.substring(0, dots).strip());
    double most = dots < 0 ? least : Numbers.parse(text.substring(dots + DOTS.length()).strip());
    return isOrdered(least, most) ? new Interval(least, most) : null;
  }

  /** Returns what is expected of an interval between bounds, in words. */
  static String expected(double min, double max) {
    return "a number" + SpecOptions.range(min, max) + ", or a range such as 0.1..0.9";
  }

  boolean isWithin(double min, double max) {
    return least >= min && most <= max;
  }

  /**
   * Requires that all numbers lie within bounds.
   *
   * @param name the component whose option this is
   * @param key the option
   * @param min the least allowed number; {@link Double#MIN_VALUE} for any positive one
   * @param max the greatest allowed number; {@link Double#MAX_VALUE} for no bound
   * @throws InputException if one does not
   */
  public void require(String name, String key, double min, double max) {
    if (!isWithin(min, max)) {
      throw new InputException(
          name + ": " + key + " must be " + expected(min, max) + ", got '" + this + "'");
    }
  }

  /** Returns whether there is but one number. */
  public boolean isNumber() {
    return least == most;
  }

  /** Returns the number at a share of the way, from 0 for the least to 1 for the greatest. */
  public double at(double share) {
    return isNumber() ? least : least + (most - least) * share;
  }

  /** Draws a number; from a single one without using the generator. */
  public double draw(RandomGenerator random) {
    return isNumber() ? least : at(random.nextDouble());
  }

  /** Returns the text that reads back as this interval. */
  @Override
  public String toString() {
    return text(least, most);
  }

  private static String text(double least, double most) {
    return least == most ? Numbers.text(least) : Numbers.text(least) + DOTS + Numbers.text(most);
  }
}
