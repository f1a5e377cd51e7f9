package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.Element;

/**
 * A picture as it is read from a file: the first one where there are several.
 *
 * <p>Numbers are what the file says, with all bits but the first eight left out; nothing is
 * converted between spaces of grey. What is transparent is laid over white.
 */
final class Picture {

  /** More pixels than these are not read. */
  private static final long MOST_PIXELS = 100_000_000;

  /** Of an interlaced GIF with fewer lines Java's reader mixes up the lines. */
  private static final int LEAST_LINES = 5;

  private static final int WHITE = 255;

  /**
   * What the beginning of a file says.
   *
   * @param size how large the picture is
   * @param grey whether it has no colours
   * @param frames whether there is more than one picture in the file
   */
  record Header(ImageSize size, boolean grey, boolean frames) {}

  private Picture() {}

  /** Something done with a reader of a file. */
  private interface Work<T> {
    T with(ImageReader reader) throws IOException;
  }

  /**
   * Reads what the beginning of a file says.
   *
   * @throws InputException if it is no picture that can be read
   */
  static Header header(String name, byte[] file) {
    return read(
        name,
        file,
        reader -> {
          long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
          if (pixels > MOST_PIXELS) {
            throw new InputException(
                Text.format(
                    "%s: %dx%d pixels, expected at most %d million",
                    name, reader.getHeight(0), reader.getWidth(0), MOST_PIXELS / 1_000_000));
          }
          ImageTypeSpecifier type = reader.getRawImageType(0);
          if (isGif(reader) && reader.getHeight(0) < LEAST_LINES && isInterlaced(reader)) {
            throw new InputException(
                Text.format(
                    "%s: an interlaced GIF of %d lines, expected at least %d; save it as PNG",
                    name, reader.getHeight(0), LEAST_LINES));
          }
          boolean several = isGif(reader) && reader.getNumImages(true) > 1;
          return new Header(
              new ImageSize(reader.getHeight(0), reader.getWidth(0)),
              type != null && isGrey(type.getColorModel()),
              several);
        });
  }

  private static boolean isInterlaced(ImageReader reader) throws IOException {
    String format = reader.getImageMetadata(0).getNativeMetadataFormatName();
    IIOMetadataNode tree = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(format);
    Element descriptor = (Element) tree.getElementsByTagName("ImageDescriptor").item(0);
    return Boolean.parseBoolean(descriptor.getAttribute("interlaceFlag"));
  }

  private static boolean isGif(ImageReader reader) throws IOException {
    return reader.getFormatName().toLowerCase(Locale.ROOT).equals("gif");
  }

  /**
   * Reads a picture.
   *
   * @param grey whether to give one channel, else three
   * @param size what it is brought to
   * @return the channels one after the other, each line after line
   * @throws InputException if it cannot be read to the end
   */
  static byte[] pixels(String name, byte[] file, boolean grey, ImageSize size) {
    return read(
        name,
        file,
        reader -> {
          AtomicReference<String> damage = new AtomicReference<>();
          reader.addIIOReadWarningListener(
              (IIOReadWarningListener)
                  (source, warning) -> {
                    if (warning.matches("(?i).*(premature|truncat|corrupt|unexpected).*")) {
                      damage.compareAndSet(null, warning);
                    }
                  });
          BufferedImage image = reader.read(0);
          if (damage.get() != null) {
            throw new IOException(damage.get());
          }
          ImageSize from = new ImageSize(image.getHeight(), image.getWidth());
          byte[][] channels = grey ? new byte[][] {grey(image)} : colours(image);
          byte[] all = new byte[channels.length * size.height() * size.width()];
          int at = 0;
          for (byte[] channel : channels) {
            byte[] resized = Resampling.apply(channel, from, size);
            System.arraycopy(resized, 0, all, at, resized.length);
            at += resized.length;
          }
          return all;
        });
  }

  private static <T> T read(String name, byte[] file, Work<T> work) {
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new InputException(name + ": not a picture (PNG, JPEG, BMP or GIF)");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, false, !isGif(reader));
        return work.with(reader);
      } finally {
        reader.dispose();
      }
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      String meant =
          reason.contains("Unsupported Image Type")
              ? "its colours are CMYK or of another kind, expected grey or RGB"
              : reason;
      throw new InputException(name + ": the picture cannot be read: " + meant, e);
    }
  }

  private static boolean isGrey(ColorModel model) {
    if (model instanceof IndexColorModel palette) {
      for (int i = 0; i < palette.getMapSize(); i++) {
        if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
          return false;
        }
      }
      return true;
    }
    return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** The numbers of a picture that has no colours as they are, else how bright it is. */
  private static byte[] grey(BufferedImage image) {
    ColorModel model = image.getColorModel();
    if (isGrey(model) && !(model instanceof IndexColorModel)) {
      return grey(image.getRaster(), model);
    }
    byte[][] rgb = colours(image);
    byte[] grey = new byte[rgb[0].length];
    for (int i = 0; i < grey.length; i++) {
      double sum = 0;
      for (int c = 0; c < rgb.length; c++) {
        sum += ImageShape.LUMA.get(c) * (rgb[c][i] & 0xff);
      }
      grey[i] = (byte) Math.round(sum);
    }
    return grey;
  }

  private static byte[] grey(Raster raster, ColorModel model) {
    int width = raster.getWidth();
    int bits = model.getComponentSize(0);
    boolean transparent = model.hasAlpha();
    byte[] grey = new byte[raster.getHeight() * width];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        double value = eightBits(raster.getSample(x, y, 0), bits);
        double opaque = transparent ? eightBits(raster.getSample(x, y, 1), bits) / WHITE : 1;
        grey[y * width + x] = over(value, opaque);
      }
    }
    return grey;
  }

  private static double eightBits(int sample, int bits) {
    return bits > Byte.SIZE
        ? sample >>> (bits - Byte.SIZE)
        : (double) WHITE * sample / ((1 << bits) - 1);
  }

  /** A number that is in front of white as much as it is opaque. */
  private static byte over(double value, double opaque) {
    return (byte) Math.round(value * opaque + WHITE * (1 - opaque));
  }

  private static byte[][] colours(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int width = image.getWidth();
    int height = image.getHeight();
    byte[][] rgb = new byte[3][height * width];
    if (isGrey(model) && !(model instanceof IndexColorModel)) {
      byte[] grey = grey(image.getRaster(), model);
      return new byte[][] {grey, grey.clone(), grey.clone()};
    }
    int[] line = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, line, 0, width); // sRGB, not premultiplied
      for (int x = 0; x < width; x++) {
        double opaque = (line[x] >>> 24) / (double) WHITE;
        rgb[0][y * width + x] = over((line[x] >> 16) & 0xff, opaque);
        rgb[1][y * width + x] = over((line[x] >> 8) & 0xff, opaque);
        rgb[2][y * width + x] = over(line[x] & 0xff, opaque);
      }
    }
    return rgb;
  }
}
