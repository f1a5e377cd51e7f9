package ai.contexture.plot;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Draws a panel. Lengths are in pixels, and y points down. */
final class PanelPainter {

  private static final double MARGIN = 8;
  private static final double GAP = 5;
  private static final double TICK = 3.5;
  private static final double MINOR_TICK = 2;

  /** About how far apart the names on an axis stand. */
  private static final double ACROSS = 55;

  private static final double DOWN = 36;

  private final Panel panel;
  private final List<String> names;
  private final Theme theme;
  private final Scale x;
  private final Scale y;

  /**
   * Prepares a panel.
   *
   * @param names the names of all series of the figure, which give each its colour
   */
  PanelPainter(Panel panel, List<String> names, Theme theme) {
    this.panel = panel;
    this.names = names;
    this.theme = theme;
    this.x = Scale.of(panel.x(), panel.series().stream().flatMapToDouble(s -> stream(s.x())));
    this.y = Scale.of(panel.y(), panel.series().stream().flatMapToDouble(PanelPainter::values));
  }

  private static DoubleStream values(Series series) {
    return series.low() == null
        ? stream(series.y())
        : DoubleStream.concat(stream(series.low()), stream(series.high()));
  }

  private static DoubleStream stream(double[] values) {
    return Arrays.stream(values);
  }

  /** Returns the room for the title and the names of the vertical axis of a panel so high. */
  double left(double height) {
    double widest =
        y.ticks((height - above() - below()) / DOWN).stream()
            .mapToDouble(tick -> Theme.width(tick.text(), theme.small()))
            .max()
            .orElse(0);
    return MARGIN + 1.3 * theme.text().getSize2D() + GAP + widest + GAP + TICK;
  }

  private double above() {
    return MARGIN + (panel.title().isEmpty() ? 0 : 1.5 * theme.title().getSize2D());
  }

  private double below() {
    return TICK + GAP + Theme.rise(theme.small()) + GAP + 1.3 * theme.text().getSize2D() + MARGIN;
  }

  /**
   * Draws the panel.
   *
   * @param frame where
   * @param left the room beside the vertical axis
   */
  void draw(Graphics2D graphics, Rectangle2D frame, double left) {
    Rectangle2D plot =
        new Rectangle2D.Double(
            frame.getX() + left,
            frame.getY() + above(),
            frame.getWidth() - left - 1.5 * MARGIN,
            frame.getHeight() - above() - below());
    axes(graphics, frame, plot);
    Shape clip = graphics.getClip();
    graphics.clip(plot);
    panel.series().forEach(series -> band(graphics, plot, series));
    panel.series().forEach(series -> lines(graphics, plot, series));
    graphics.setClip(clip);
    panel.series().forEach(series -> markers(graphics, plot, series));
    notes(graphics, plot);
  }

  private void axes(Graphics2D graphics, Rectangle2D frame, Rectangle2D plot) {
    double low = plot.getMaxY();
    List<Scale.Tick> across = x.ticks(plot.getWidth() / ACROSS);
    List<Scale.Tick> down = y.ticks(plot.getHeight() / DOWN);
    graphics.setStroke(Theme.HAIR);
    graphics.setColor(Theme.GRID);
    for (Scale.Tick tick : across) {
      if (!tick.text().isEmpty()) {
        double at = across(plot, tick.value());
        graphics.draw(new Line2D.Double(at, plot.getY(), at, low));
      }
    }
    for (Scale.Tick tick : down) {
      if (!tick.text().isEmpty()) {
        double at = down(plot, tick.value());
        graphics.draw(new Line2D.Double(plot.getX(), at, plot.getMaxX(), at));
      }
    }
    graphics.setColor(Theme.FAINT);
    graphics.draw(new Line2D.Double(plot.getX(), low, plot.getMaxX(), low));
    graphics.draw(new Line2D.Double(plot.getX(), plot.getY(), plot.getX(), low));
    Font small = theme.small();
    for (Scale.Tick tick : across) {
      double at = across(plot, tick.value());
      double length = tick.text().isEmpty() ? MINOR_TICK : TICK;
      graphics.setColor(Theme.FAINT);
      graphics.draw(new Line2D.Double(at, low, at, low + length));
      double base = low + TICK + GAP + Theme.rise(small);
      text(graphics, tick.text(), small, at - Theme.width(tick.text(), small) / 2, base);
    }
    for (Scale.Tick tick : down) {
      double at = down(plot, tick.value());
      double length = tick.text().isEmpty() ? MINOR_TICK : TICK;
      graphics.setColor(Theme.FAINT);
      graphics.draw(new Line2D.Double(plot.getX() - length, at, plot.getX(), at));
      double right = plot.getX() - TICK - GAP;
      double base = at + Theme.rise(small) / 2;
      text(graphics, tick.text(), small, right - Theme.width(tick.text(), small), base);
    }
    titles(graphics, frame, plot);
  }

  private void titles(Graphics2D graphics, Rectangle2D frame, Rectangle2D plot) {
    Font font = theme.text();
    String across = Theme.fit(panel.x().title(), font, plot.getWidth());
    double middle = plot.getCenterX() - Theme.width(across, font) / 2;
    text(graphics, across, font, middle, frame.getMaxY() - MARGIN - 0.3 * font.getSize2D());

    String down = Theme.fit(panel.y().title(), font, plot.getHeight());
    double bottom = plot.getCenterY() + Theme.width(down, font) / 2;
    AffineTransform turn =
        new AffineTransform(0, -1, 1, 0, frame.getX() + MARGIN + font.getSize2D(), bottom);
    graphics.setColor(Theme.INK);
    graphics.fill(turn.createTransformedShape(Theme.outline(down, font, 0, 0)));

    Font large = theme.title();
    String title = Theme.fit(panel.title(), large, plot.getWidth());
    double centre = plot.getCenterX() - Theme.width(title, large) / 2;
    text(graphics, title, large, centre, frame.getY() + MARGIN + Theme.rise(large));
  }

  private static void text(Graphics2D graphics, String text, Font font, double x, double base) {
    graphics.setColor(Theme.INK);
    graphics.fill(Theme.outline(text, font, x, base));
  }

  private double across(Rectangle2D plot, double value) {
    return plot.getX() + x.at(value) * plot.getWidth();
  }

  private double down(Rectangle2D plot, double value) {
    return plot.getMaxY() - y.at(value) * plot.getHeight();
  }

  private void band(Graphics2D graphics, Rectangle2D plot, Series series) {
    if (series.low() == null) {
      return;
    }
    // what lies below the least value that the axis holds is drawn to its end
    double[] low = stream(series.low()).map(v -> panel.y().holds(v) ? v : y.least()).toArray();
    Path2D area = path(points(plot, series.x(), series.high()));
    if (area.getCurrentPoint() == null) {
      return; // no value is known
    }
    List<Point2D> back = points(plot, series.x(), low);
    for (int i = back.size() - 1; i >= 0; i--) {
      if (back.get(i) != null) {
        area.lineTo(back.get(i).getX(), back.get(i).getY());
      }
    }
    area.closePath();
    graphics.setColor(Theme.band(names.indexOf(series.name())));
    graphics.fill(area);
  }

  private void lines(Graphics2D graphics, Rectangle2D plot, Series series) {
    if (series.style() == Series.Style.POINTS) {
      return;
    }
    int index = names.indexOf(series.name());
    graphics.setColor(Theme.colour(index));
    graphics.setStroke(Theme.line(index, series.style()));
    graphics.draw(path(points(plot, series.x(), series.y())));
  }

  private void markers(Graphics2D graphics, Rectangle2D plot, Series series) {
    if (series.style() == Series.Style.LINE) {
      return;
    }
    int index = names.indexOf(series.name());
    graphics.setColor(Theme.colour(index));
    for (Point2D point : points(plot, series.x(), series.y())) {
      if (point != null && plot.contains(point)) {
        graphics.fill(Theme.marker(index, point.getX(), point.getY()));
      }
    }
  }

  /** The places of values, null for those without one. */
  private List<Point2D> points(Rectangle2D plot, double[] atX, double[] atY) {
    List<Point2D> points = new ArrayList<>(atX.length);
    for (int i = 0; i < atX.length; i++) {
      double px = across(plot, atX[i]);
      // far beyond the plot is as good as at infinity
      double py = atY[i] == Double.POSITIVE_INFINITY ? -plot.getHeight() : down(plot, atY[i]);
      points.add(Double.isNaN(px + py) ? null : new Point2D.Double(px, py));
    }
    return points;
  }

  private static Path2D path(List<Point2D> points) {
    Path2D path = new Path2D.Double();
    boolean down = false;
    for (Point2D point : points) {
      if (point == null) {
        down = false;
      } else if (down) {
        path.lineTo(point.getX(), point.getY());
      } else {
        path.moveTo(point.getX(), point.getY());
        down = true;
      }
    }
    return path;
  }

  private void notes(Graphics2D graphics, Rectangle2D plot) {
    List<Line2D> obstacles = new ArrayList<>();
    for (Series series : panel.series()) {
      List<Point2D> points = points(plot, series.x(), series.y());
      boolean joined = series.style() != Series.Style.POINTS;
      for (int i = 0; i < points.size(); i++) {
        Point2D from = points.get(i);
        Point2D to = joined && i > 0 ? points.get(i - 1) : from;
        if (from != null && to != null) {
          obstacles.add(new Line2D.Double(from, to));
        }
      }
    }
    List<Note> shown = panel.notes().stream().filter(this::shows).toList();
    graphics.setColor(Theme.FAINT);
    graphics.setStroke(Theme.DASHED);
    for (Note note : shown) {
      double atX = across(plot, note.x());
      double atY = down(plot, note.y());
      if (note.kind() == Note.Kind.VERTICAL) {
        obstacles.add(new Line2D.Double(atX, plot.getY(), atX, plot.getMaxY()));
        graphics.draw(obstacles.get(obstacles.size() - 1));
      } else if (note.kind() == Note.Kind.HORIZONTAL) {
        obstacles.add(new Line2D.Double(plot.getX(), atY, plot.getMaxX(), atY));
        graphics.draw(obstacles.get(obstacles.size() - 1));
      }
    }
    LabelPlacer words = new LabelPlacer(graphics, theme.small(), plot, obstacles);
    for (Note note : shown) {
      double atX = across(plot, note.x());
      double atY = down(plot, note.y());
      switch (note.kind()) {
        case VERTICAL -> words.besideVertical(note.text(), atX);
        case HORIZONTAL -> words.besideHorizontal(note.text(), atY);
        case POINT -> {
          graphics.setColor(Theme.INK);
          double r = Theme.MARKER / 2;
          graphics.fill(new Ellipse2D.Double(atX - r, atY - r, 2 * r, 2 * r));
          words.besidePoint(note.text(), atX, atY);
        }
        case LABEL -> words.besidePointIfFree(note.text(), atX, atY);
      }
    }
  }

  private boolean shows(Note note) {
    return (note.kind() == Note.Kind.HORIZONTAL || x.shows(note.x()))
        && (note.kind() == Note.Kind.VERTICAL || y.shows(note.y()));
  }
}
