package ai.contexture.plot;

import ai.contexture.input.Text;

/**
 * One direction of a panel.
 *
 * @param title what is measured, with its unit
 * @param logarithmic whether equal distances are equal ratios
 * @param least where the axis begins, NaN for the least value that is drawn
 * @param most where the axis ends, NaN for the greatest value that is drawn
 */
public record Axis(String title, boolean logarithmic, double least, double most) {

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if they are in the wrong order, infinite, or not positive on a
   *     logarithmic axis
   */
  public Axis {
    if (least >= most || Double.isInfinite(least) || Double.isInfinite(most)) {
      throw new IllegalArgumentException(
          Text.format("axis %s: expected finite limits in order, got %s, %s", title, least, most));
    }
    if (logarithmic && (least <= 0 || most <= 0)) {
      throw new IllegalArgumentException(
          Text.format("axis %s: expected positive limits, got %s, %s", title, least, most));
    }
  }

  /** Returns a linear axis as long as its values. */
  public static Axis linear(String title) {
    return new Axis(title, false, Double.NaN, Double.NaN);
  }

  /** Returns a logarithmic axis as long as its positive values; the others are not drawn. */
  public static Axis logarithmic(String title) {
    return new Axis(title, true, Double.NaN, Double.NaN);
  }

  /** Returns this axis with limits; what lies beyond is cut off. */
  public Axis between(double from, double to) {
    return new Axis(title, logarithmic, from, to);
  }

  /** Returns whether a value has a place on the axis. */
  boolean holds(double value) {
    return Double.isFinite(value) && !(logarithmic && value <= 0);
  }
}
