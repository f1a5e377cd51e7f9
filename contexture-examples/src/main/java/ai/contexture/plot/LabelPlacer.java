package ai.contexture.plot;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts words into a plot, each where it covers least. */
final class LabelPlacer {

  private static final double GAP = 5;

  private final Graphics2D graphics;
  private final Font font;
  private final Rectangle2D plot;
  private final List<Line2D> obstacles;
  private final List<Rectangle2D> taken = new ArrayList<>();

  /**
   * Prepares.
   *
   * @param obstacles what is better not covered
   */
  LabelPlacer(Graphics2D graphics, Font font, Rectangle2D plot, List<Line2D> obstacles) {
    this.graphics = graphics;
    this.font = font;
    this.plot = plot;
    this.obstacles = obstacles;
  }

  Rectangle2D besideVertical(String text, double x) {
    Rectangle2D size = size(text);
    double top = plot.getY() + GAP;
    double bottom = plot.getMaxY() - GAP - size.getHeight();
    double left = x - GAP - size.getWidth();
    return draw(
        text, new double[][] {{x + GAP, top}, {left, top}, {x + GAP, bottom}, {left, bottom}});
  }

  Rectangle2D besideHorizontal(String text, double y) {
    Rectangle2D size = size(text);
    double above = y - GAP - size.getHeight();
    double left = plot.getX() + GAP;
    double right = plot.getMaxX() - GAP - size.getWidth();
    return draw(
        text, new double[][] {{right, above}, {left, above}, {right, y + GAP}, {left, y + GAP}});
  }

  Rectangle2D besidePoint(String text, double x, double y) {
    return draw(text, around(text, x, y));
  }

  /**
   * Draws a text beside a point, unless it covers another or leaves the plot wherever it stands.
   */
  void besidePointIfFree(String text, double x, double y) {
    Rectangle2D size = size(text);
    double[][] free =
        Arrays.stream(around(text, x, y))
            .filter(
                at ->
                    covered(new Rectangle2D.Double(at[0], at[1], size.getWidth(), size.getHeight()))
                        <= obstacles.size())
            .toArray(double[][]::new);
    if (free.length > 0) {
      draw(text, free);
    }
  }

  private double[][] around(String text, double x, double y) {
    Rectangle2D size = size(text);
    double left = x - GAP - size.getWidth();
    double right = x + GAP;
    double middleX = x - size.getWidth() / 2;
    double middleY = y - size.getHeight() / 2;
    double above = y - GAP - size.getHeight();
    double below = y + GAP;
    return new double[][] {
      {right, middleY},
      {left, middleY},
      {middleX, below},
      {middleX, above},
      {right, below},
      {right, above},
      {left, below},
      {left, above}
    };
  }

  /** Draws a text at that one of several corners where it covers least, and returns where. */
  private Rectangle2D draw(String text, double[][] corners) {
    if (text.isEmpty()) {
      return new Rectangle2D.Double();
    }
    Rectangle2D size = size(text);
    Rectangle2D best = null;
    long least = Long.MAX_VALUE;
    for (double[] corner : corners) {
      Rectangle2D place =
          new Rectangle2D.Double(corner[0], corner[1], size.getWidth(), size.getHeight());
      long covered = covered(place);
      if (covered < least) {
        least = covered;
        best = place;
      }
    }
    taken.add(best);
    Shape outline = Theme.outline(text, font, best.getX() - size.getX(), best.getY() - size.getY());
    graphics.setColor(Theme.PAPER);
    graphics.setStroke(Theme.HALO);
    graphics.draw(outline);
    graphics.setColor(Theme.INK);
    graphics.fill(outline);
    return best;
  }

  /** How much a word covers at a place; other words and the end of the plot weigh most. */
  private long covered(Rectangle2D place) {
    long words = taken.stream().filter(place::intersects).count() + (plot.contains(place) ? 0 : 1);
    return (obstacles.size() + 1L) * words
        + obstacles.stream().filter(place::intersectsLine).count();
  }

  private Rectangle2D size(String text) {
    return Theme.outline(text, font, 0, 0).getBounds2D();
  }
}
