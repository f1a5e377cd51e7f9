package ai.contexture.plot;

/**
 * A word on a place of a panel.
 *
 * @param kind what is drawn there
 * @param x the place, of no meaning for a horizontal line
 * @param y the place, of no meaning for a vertical line
 * @param text the word, which may be empty
 */
public record Note(Kind kind, double x, double y, String text) {

  /** What is drawn at the place of a note. */
  public enum Kind {
    /** Nothing but the word, beside the place, or nothing at all where there is no room for it. */
    LABEL,
    /** A dot. */
    POINT,
    /** A dashed line from the bottom to the top. */
    VERTICAL,
    /** A dashed line from the left to the right. */
    HORIZONTAL
  }

  /** Returns a word beside a place, which is left out where it would cover another. */
  public static Note label(double x, double y, String text) {
    return new Note(Kind.LABEL, x, y, text);
  }

  /** Returns a point with a word beside it. */
  public static Note point(double x, double y, String text) {
    return new Note(Kind.POINT, x, y, text);
  }

  /** Returns a vertical line of reference. */
  public static Note vertical(double x, String text) {
    return new Note(Kind.VERTICAL, x, Double.NaN, text);
  }

  /** Returns a horizontal line of reference. */
  public static Note horizontal(double y, String text) {
    return new Note(Kind.HORIZONTAL, Double.NaN, y, text);
  }
}
