package ai.contexture.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** How figures look: little ink beside the data, in colours that the colour-blind tell apart. */
final class Theme {

  static final Color INK = new Color(0x262626);
  static final Color FAINT = new Color(0x8c8c8c);
  static final Color GRID = new Color(0xe8e8e8);
  static final Color PAPER = Color.WHITE;

  static final BasicStroke LINE = stroke(1.6f);
  static final BasicStroke HAIR = stroke(0.7f);
  static final BasicStroke HALO = stroke(3);
  static final BasicStroke DASHED = dashed(0.9f, 4, 3);

  static final double MARKER = 5;

  private static final int BAND = 48;

  /**
   * M. Okabe and K. Ito, Color Universal Design (2008), without the yellow; a grey; and three that
   * are as far from these and from each other for the colour-blind as these are.
   */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x666666),
          new Color(0x3311AA),
          new Color(0x660011),
          new Color(0x88DD77));

  /** Lines without markers: those of the same colour differ in their dashes. */
  private static final List<BasicStroke> LINES =
      List.of(LINE, dashed(1.6f, 6, 3), dashed(1.6f, 1.6f, 2.4f));

  /** Regular shapes of the same area, by their number of corners; 0 is a circle. */
  private static final int[] CORNERS = {0, 4, 3, -4, -3};

  /** Fonts with Greek letters and superscripts; the last is there wherever any font is. */
  private static final List<String> FAMILIES =
      List.of("DejaVu Sans", "Liberation Sans", "Noto Sans", "Helvetica", "Arial", Font.SANS_SERIF);

  private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

  private final Font font;

  /**
   * Finds a font.
   *
   * @throws UncheckedIOException if this machine has none
   */
  Theme() {
    try {
      this.font =
          FAMILIES.stream()
              .map(family -> new Font(family, Font.PLAIN, 10))
              .filter(found -> FAMILIES.contains(found.getFamily(Locale.ROOT)))
              .findFirst()
              .orElseGet(() -> new Font(Font.SANS_SERIF, Font.PLAIN, 10));
      width("τ", font);
    } catch (RuntimeException | InternalError | LinkageError e) {
      String advice = "install fontconfig and a font such as fonts-dejavu-core";
      throw new UncheckedIOException(
          new IOException("no font to draw with was found; " + advice, e));
    }
  }

  Font title() {
    return font.deriveFont(11f);
  }

  Font text() {
    return font;
  }

  Font small() {
    return font.deriveFont(9f);
  }

  /** Returns the colour of the i-th series; ten have colours of their own. */
  static Color colour(int i) {
    return COLOURS.get(i % COLOURS.size());
  }

  /** Returns the colour of the band around the i-th series. */
  static Color band(int i) {
    Color colour = colour(i);
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND);
  }

  /** Returns the stroke of the i-th series. */
  static BasicStroke line(int i, Series.Style style) {
    return style == Series.Style.LINE ? LINES.get(i / COLOURS.size() % LINES.size()) : LINE;
  }

  /** Returns the marker of the i-th series at a place. */
  static Shape marker(int i, double x, double y) {
    int corners = CORNERS[i % CORNERS.length];
    if (corners == 0) {
      return new Ellipse2D.Double(x - MARKER / 2, y - MARKER / 2, MARKER, MARKER);
    }
    int n = Math.abs(corners);
    double radius = MARKER * (n == 3 ? 0.75 : 0.65);
    // a square lies on a side, a diamond stands on a corner; triangles point up or down
    double start = corners == 4 ? Math.PI / 4 : corners == -3 ? Math.PI / 2 : -Math.PI / 2;
    Path2D path = new Path2D.Double();
    for (int corner = 0; corner < n; corner++) {
      double angle = start + 2 * Math.PI * corner / n;
      double atX = x + radius * Math.cos(angle);
      double atY = y + radius * Math.sin(angle);
      if (corner == 0) {
        path.moveTo(atX, atY);
      } else {
        path.lineTo(atX, atY);
      }
    }
    path.closePath();
    return path;
  }

  private static BasicStroke stroke(float width) {
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  private static BasicStroke dashed(float width, float... dashes) {
    return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }

  /** Returns the outline of a text that begins at a point on its base line. */
  static Shape outline(String text, Font font, double x, double y) {
    return text.isEmpty()
        ? new Rectangle2D.Double(x, y, 0, 0)
        : new TextLayout(text, font, MEASURE)
            .getOutline(AffineTransform.getTranslateInstance(x, y));
  }

  /** Returns the width of a text. */
  static double width(String text, Font font) {
    return text.isEmpty() ? 0 : new TextLayout(text, font, MEASURE).getAdvance();
  }

  /** Returns how far capital letters and digits rise above the base line. */
  static double rise(Font font) {
    return 0.73 * font.getSize2D();
  }

  /** Returns a text that is cut off where it is wider than allowed. */
  static String fit(String text, Font font, double width) {
    String cut = text;
    while (cut.length() > 1 && width(cut, font) > width) {
      cut = cut.substring(0, cut.length() - 2).stripTrailing() + "…";
    }
    return cut;
  }
}
