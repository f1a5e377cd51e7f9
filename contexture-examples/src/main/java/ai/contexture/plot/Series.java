package ai.contexture.plot;

import ai.contexture.input.Text;

/**
 * Values of one kind, drawn in one colour.
 *
 * <p>Series of the same name have the same colour in all panels of a figure and one entry in its
 * legend. A value that is not finite, or not positive on a logarithmic axis, leaves a gap.
 *
 * @param name what the legend says
 * @param style how the values are drawn
 * @param x n positions
 * @param y n values
 * @param low n lower ends of the band around the values, or null for none
 * @param high n upper ends of the band around the values, or null for none
 */
public record Series(
    String name, Style style, double[] x, double[] y, double[] low, double[] high) {

  /** How values are drawn. */
  public enum Style {
    /** A line through many values. */
    LINE,
    /** A line through few values, each of them marked. */
    MARKED_LINE,
    /** Points. */
    POINTS
  }

  /**
   * Copies the values.
   *
   * @throws IllegalArgumentException if there are none or the lengths differ
   */
  public Series {
    if (x.length == 0) {
      throw new IllegalArgumentException("series " + name + ": expected values, got none");
    }
    x = x.clone();
    y = copy(name, "y", y, x.length);
    if ((low == null) != (high == null)) {
      throw new IllegalArgumentException("series " + name + ": expected both ends of a band");
    }
    if (low != null) {
      low = copy(name, "low", low, x.length);
      high = copy(name, "high", high, x.length);
    }
  }

  private static double[] copy(String name, String what, double[] values, int n) {
    if (values.length != n) {
      throw new IllegalArgumentException(
          Text.format(
              "series %s: expected %s of the length %d of x, got %d",
              name, what, n, values.length));
    }
    return values.clone();
  }

  /** Returns a line through many values. */
  public static Series line(String name, double[] x, double[] y) {
    return new Series(name, Style.LINE, x, y, null, null);
  }

  /** Returns a line through few values, each of them marked. */
  public static Series markedLine(String name, double[] x, double[] y) {
    return new Series(name, Style.MARKED_LINE, x, y, null, null);
  }

  /** Returns points. */
  public static Series points(String name, double[] x, double[] y) {
    return new Series(name, Style.POINTS, x, y, null, null);
  }

  /** Returns this series with a band around its values, such as an interval of confidence. */
  public Series within(double[] lowEnds, double[] highEnds) {
    return new Series(name, style, x, y, lowEnds, highEnds);
  }
}
