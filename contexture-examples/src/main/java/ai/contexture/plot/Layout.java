package ai.contexture.plot;

import static java.util.stream.Collectors.joining;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A figure with everything in its place. */
final class Layout {

  private static final double MARGIN = 8;

  private final int columns;
  private final int rows;
  private final int panelWidth;
  private final int panelHeight;
  private final List<PanelPainter> panels;
  private final List<String> titles;
  private final Legend legend;
  private final boolean legendInFreeCell;

  Layout(Figure figure) {
    int count = figure.panels().size();
    this.columns = figure.columns();
    this.rows = (count + columns - 1) / columns;
    this.panelWidth = columns == 1 ? 520 : columns == 2 ? 410 : 300;
    this.panelHeight = columns == 1 ? 330 : columns == 2 ? 290 : 225;
    Theme theme = new Theme();
    Map<String, Series> named = new LinkedHashMap<>();
    figure.panels().forEach(panel -> panel.series().forEach(s -> named.putIfAbsent(s.name(), s)));
    List<String> names = List.copyOf(named.keySet());
    this.panels =
        figure.panels().stream().map(panel -> new PanelPainter(panel, names, theme)).toList();
    this.titles = figure.panels().stream().map(Panel::title).toList();
    this.legendInFreeCell = count % columns != 0;
    double room = (legendInFreeCell ? panelWidth : columns * panelWidth) - 2 * MARGIN;
    this.legend =
        names.size() == 1 ? null : new Legend(List.copyOf(named.values()), theme.text(), room);
  }

  private double above() {
    return legend == null || legendInFreeCell ? 0 : MARGIN + legend.height();
  }

  /** Returns the titles of all panels. */
  String title() {
    return titles.stream().filter(title -> !title.isEmpty()).collect(joining("; "));
  }

  int width() {
    return columns * panelWidth;
  }

  int height() {
    return (int) Math.ceil(rows * panelHeight + above());
  }

  /** Returns the figure with so many dots for a pixel, along each side. */
  BufferedImage image(double dots) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(dots * width()),
            (int) Math.ceil(dots * height()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(dots, dots);
    draw(graphics);
    graphics.dispose();
    return image;
  }

  void draw(Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Theme.PAPER);
    graphics.fill(new Rectangle2D.Double(0, 0, width(), height()));
    double left = panels.stream().mapToDouble(panel -> panel.left(panelHeight)).max().orElse(0);
    for (int i = 0; i < panels.size(); i++) {
      Rectangle2D frame =
          new Rectangle2D.Double(
              i % columns * panelWidth,
              above() + i / columns * panelHeight,
              panelWidth,
              panelHeight);
      panels.get(i).draw(graphics, frame, left);
    }
    if (legend != null && legendInFreeCell) {
      double x = panels.size() % columns * panelWidth;
      double y = (rows - 0.5) * panelHeight - legend.height() / 2;
      legend.draw(graphics, x + MARGIN, y);
    } else if (legend != null) {
      legend.draw(graphics, MARGIN, MARGIN);
    }
  }
}
