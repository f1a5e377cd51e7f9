package ai.contexture.plot;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/** Names the series of a figure, in as many rows as its width asks for. */
final class Legend {

  private static final double SAMPLE = 22;
  private static final double GAP = 6;
  private static final double BETWEEN = 18;
  private static final double ROW = 17;

  private final Font font;
  private final double width;
  private final List<List<Entry>> rows = new ArrayList<>();

  /** A series, and what gives it its colour. */
  private record Entry(int index, Series.Style style, String name, double width) {}

  /**
   * Arranges the entries.
   *
   * @param series one of each name, in the order of their colours
   */
  Legend(List<Series> series, Font font, double width) {
    this.font = font;
    this.width = width;
    double left = 0;
    for (int i = 0; i < series.size(); i++) {
      String name = Theme.fit(series.get(i).name(), font, width - SAMPLE - GAP);
      double length = SAMPLE + GAP + Theme.width(name, font);
      if (rows.isEmpty() || left + length > width) {
        rows.add(new ArrayList<>());
        left = 0;
      }
      rows.get(rows.size() - 1).add(new Entry(i, series.get(i).style(), name, length));
      left += length + BETWEEN;
    }
  }

  double height() {
    return rows.size() * ROW;
  }

  /** Draws the rows, each in the middle of the width. */
  void draw(Graphics2D graphics, double x, double y) {
    double middle = y + ROW / 2;
    for (List<Entry> row : rows) {
      double length = row.stream().mapToDouble(entry -> entry.width + BETWEEN).sum() - BETWEEN;
      double at = x + (width - length) / 2;
      for (Entry entry : row) {
        draw(graphics, entry, at, middle);
        at += entry.width + BETWEEN;
      }
      middle += ROW;
    }
  }

  private void draw(Graphics2D graphics, Entry entry, double x, double middle) {
    graphics.setColor(Theme.colour(entry.index));
    if (entry.style != Series.Style.POINTS) {
      graphics.setStroke(Theme.line(entry.index, entry.style));
      graphics.draw(new Line2D.Double(x, middle, x + SAMPLE, middle));
    }
    if (entry.style != Series.Style.LINE) {
      graphics.fill(Theme.marker(entry.index, x + SAMPLE / 2, middle));
    }
    graphics.setColor(Theme.INK);
    double base = middle + Theme.rise(font) / 2;
    graphics.fill(Theme.outline(entry.name, font, x + SAMPLE + GAP, base));
  }
}
