package ai.contexture.plot;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import java.awt.Dimension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** How a figure is written to a file. */
public enum FigureFormat {
  /** Two dots for a pixel, so that it is sharp on paper and on fine screens. */
  PNG {
    @Override
    void write(Layout layout, OutputStream stream) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ImageOutputStream inMemory = new MemoryCacheImageOutputStream(bytes)) {
        ImageIO.write(layout.image(DOTS), "png", inMemory);
      }
      bytes.writeTo(stream);
    }
  },
  /** Lines and the outlines of letters, which need no font where the figure is looked at. */
  SVG {
    @Override
    void write(Layout layout, OutputStream stream) throws IOException {
      SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
      context.setComment("contexture");
      context.setPrecision(2);
      SVGGraphics2D graphics = new SVGGraphics2D(context, true);
      graphics.setSVGCanvasSize(new Dimension(layout.width(), layout.height()));
      layout.draw(graphics);
      Element root = graphics.getRoot();
      Element title = root.getOwnerDocument().createElementNS(NAMESPACE, "title");
      title.setTextContent(layout.title());
      root.insertBefore(title, root.getFirstChild());
      root.setAttributeNS(null, "viewBox", "0 0 " + layout.width() + " " + layout.height());
      Writer writer = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
      graphics.stream(root, writer, true, false);
      writer.flush();
    }
  };

  private static final int DOTS = 2;
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";

  /**
   * Returns the format that a file's extension names.
   *
   * @param what names the file in an error
   * @throws InputException if it is neither {@code .png} nor {@code .svg}
   */
  public static FigureFormat of(String what, Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (FigureFormat format : values()) {
      if (name.endsWith("." + Constants.text(format))) {
        return format;
      }
    }
    throw new InputException(what + ": expected a file named .png or .svg, got " + file);
  }

  /** Writes a figure, and leaves the stream open. */
  abstract void write(Layout layout, OutputStream stream) throws IOException;

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }
}
