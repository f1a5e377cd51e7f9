package ai.contexture.plot;

import ai.contexture.data.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Panels in rows, with one legend for all.
 *
 * <pre>{@code
 * Figure.of(Panel.of("", Axis.logarithmic("i"), Axis.linear("s²"), Series.line("knn", i, s)))
 *     .write(Path.of("spectrum.svg"));
 * }</pre>
 *
 * <p>The same figure gives the same bytes on a machine with the same fonts.
 *
 * @param panels at least one, row by row
 * @param columns how many stand side by side
 */
public record Figure(List<Panel> panels, int columns) {

  /** Copies the panels. */
  public Figure {
    panels = List.copyOf(panels);
    if (panels.isEmpty() || columns < 1) {
      throw new IllegalArgumentException(
          "figure: expected panels in columns, got " + panels.size() + " in " + columns);
    }
  }

  /** Returns a figure of panels side by side. */
  public static Figure of(Panel... panels) {
    return new Figure(List.of(panels), panels.length);
  }

  /**
   * Requires that figures can be drawn here, before there are any.
   *
   * @throws java.io.UncheckedIOException if this machine has no font
   */
  public static void requireFonts() {
    new Theme();
  }

  /**
   * Writes a file completely or not at all, in the format of its extension.
   *
   * @throws ai.contexture.input.InputException if the extension is not known
   */
  public void write(Path file) throws IOException {
    FigureFormat format = FigureFormat.of("figure", file);
    AtomicFile.write(file.toAbsolutePath(), stream -> write(format, stream));
  }

  /** Writes the bytes of a file, and leaves the stream open. */
  public void write(FigureFormat format, OutputStream stream) throws IOException {
    format.write(new Layout(this), stream);
  }

  /** Returns the figure with so many dots for a pixel, along each side. */
  public BufferedImage image(double dots) {
    return new Layout(this).image(dots);
  }
}
