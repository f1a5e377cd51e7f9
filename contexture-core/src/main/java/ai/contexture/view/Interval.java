package ai.contexture.view;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import java.util.random.RandomGenerator;

/**
 * A number, or a range of numbers from which each row draws its own, all equally probable.
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
    if (!(least <= most) || Double.isInfinite(least) || Double.isInfinite(most)) {
      throw new InputException(
          "expected a range from a least to a greatest number, such as 0.1..0.9, got "
              + text(least, most));
    }
  }

  /** Returns a single number. */
  public static Interval of(double value) {
    return new Interval(value, value);
  }

  /** Reads an option of a view, with a value where it is absent. */
  static Interval of(SpecOptions options, String view, String key, Interval usual) {
    String text = options.text(key, null);
    if (text == null) {
      return usual;
    }
    int dots = text.indexOf(DOTS);
    double least = Numbers.parse(dots < 0 ? text : text.substring(0, dots).strip());
    double most = dots < 0 ? least : Numbers.parse(text.substring(dots + DOTS.length()).strip());
    if (!(least <= most)) {
      throw wrong(view, key, "", text);
    }
    return new Interval(least, most);
  }

  /**
   * Requires that all numbers lie within bounds.
   *
   * @param min the least allowed number; {@link Double#MIN_VALUE} for any positive one
   * @param max the greatest allowed number; {@link Double#MAX_VALUE} for no bound
   */
  void require(String view, String key, double min, double max) {
    if (least < min || most > max) {
      String from =
          min == Double.MIN_VALUE ? " greater than 0" : " of at least " + Numbers.text(min);
      String to = max == Double.MAX_VALUE ? "" : " and at most " + Numbers.text(max);
      throw wrong(view, key, from + to, toString());
    }
  }

  private static InputException wrong(String view, String key, String range, String got) {
    return new InputException(
        view
            + ": "
            + key
            + " must be a number"
            + range
            + ", or a range such as 0.1..0.9, got '"
            + got
            + "'");
  }

  /** Returns whether there is but one number. */
  boolean isNumber() {
    return least == most;
  }

  /** Returns the number at a share of the way, from 0 for the least to 1 for the greatest. */
  double at(double share) {
    return isNumber() ? least : least + (most - least) * share;
  }

  /** Draws a number; from a single one without using the generator. */
  double draw(RandomGenerator random) {
    return isNumber() ? least : at(random.nextDouble());
  }

  @Override
  public String toString() {
    return text(least, most);
  }

  private static String text(double least, double most) {
    return least == most ? Numbers.text(least) : Numbers.text(least) + DOTS + Numbers.text(most);
  }
}
