package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an array in numpy's format begins with, alone in a file or within an archive.
 *
 * @param type of the numbers in numpy's words, such as {@code <f4}
 * @param fortran whether the first axis is the fastest
 * @param shape the lengths of the axes
 * @param length of the header in bytes, after which the numbers follow
 */
public record NpyHeader(String type, boolean fortran, Shape shape, int length) {

  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);

  /** The magic, two bytes of version, and two of the header's length. */
  private static final int VERSION_1 = 10;

  /** The same with four bytes of the header's length, as later versions have it. */
  private static final int PREFIX = 12;

  private static final int LAST_VERSION = 3;

  private static final int LONGEST = 1 << 16;

  private static final Pattern TYPE = Pattern.compile("'descr': *'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("'shape': *\\(((?:\\d{1,18}, *){0,7}(?:\\d{1,18})?) *\\)");
  private static final Pattern COMMA = Pattern.compile(", *");

  /**
   * Reads a header.
   *
   * @param source what messages call the array
   * @throws InputException if there is none, or one of an array without a type, order or shape
   */
  public static NpyHeader read(String source, InputStream stream) throws IOException {
    byte[] start = stream.readNBytes(VERSION_1);
    if (start.length < VERSION_1
        || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new InputException(source + ": expected an array as numpy.save writes it");
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > LAST_VERSION) {
      throw new InputException(
          Text.format(
              "%s: expected version 1 to %d of the format, got %d",
              source, LAST_VERSION, Byte.toUnsignedInt(start[MAGIC.length])));
    }
    boolean one = version == 1;
    byte[] prefix = Arrays.copyOf(start, PREFIX);
    if (!one && stream.readNBytes(prefix, VERSION_1, PREFIX - VERSION_1) < PREFIX - VERSION_1) {
      throw new InputException(source + ": ends within its header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
    long length = one ? Short.toUnsignedInt(buffer.getShort(8)) : buffer.getInt(8) & 0xffffffffL;
    if (length > LONGEST) {
      throw new InputException(source + ": expected a header of at most 64 KiB");
    }
    byte[] text = stream.readNBytes((int) length);
    if (text.length < length) {
      throw new InputException(source + ": ends within its header");
    }
    String header = new String(text, StandardCharsets.ISO_8859_1);
    return new NpyHeader(
        find(source, "a type", TYPE, header),
        find(source, "'fortran_order': False", FORTRAN, header).equals("True"),
        shape(find(source, "a shape such as (3, 4)", SHAPE, header)),
        (one ? VERSION_1 : PREFIX) + (int) length);
  }

  private static String find(String source, String what, Pattern pattern, String header) {
    Matcher found = pattern.matcher(header);
    if (!found.find()) {
      throw new InputException(source + ": expected " + what + " in the header of the array");
    }
    return found.group(1);
  }

  private static Shape shape(String axes) {
    return axes.isBlank()
        ? new Shape()
        : new Shape(COMMA.splitAsStream(axes.strip()).mapToLong(Long::parseLong).toArray());
  }

  /** Returns a header in version 1.0 of the format. */
  static byte[] bytes(String text) {
    // The header ends with a line end, at a multiple of 64 bytes; ten stand before it.
    int padding = 63 - (VERSION_1 + text.length()) % 64;
    byte[] header = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(VERSION_1 + header.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put(new byte[] {1, 0})
        .putShort((short) header.length)
        .put(header)
        .array();
  }
}
