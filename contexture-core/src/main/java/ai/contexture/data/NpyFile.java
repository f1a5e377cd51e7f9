package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rows in a file as {@code numpy.save} writes it, for tables that do not fit into memory.
 *
 * <p>Rows stay on disk until they are looked at, and the system gives their memory up when it is
 * short of it. A context of such points trains like any other where it needs no copy of all rows:
 * random views do, and contexts of your own by {@link ai.contexture.context.SampledContext#of};
 * neighbours do not.
 *
 * <pre>{@code
 * Points points = Points.all(NpyFile.map(Path.of("rows.npy"), manager));
 * }</pre>
 */
public final class NpyFile {

  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);

  /** The magic, two bytes of version, and two of the header's length. */
  private static final int VERSION_1 = 10;

  /** The same with four bytes of the header's length, as later versions have it. */
  private static final int PREFIX = 12;

  private static final int LONGEST_HEADER = 1 << 16;

  private static final Pattern TYPE = Pattern.compile("'descr': *'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\((\\d+), *(\\d+),? *\\)");

  private NpyFile() {}

  /**
   * Returns the rows of a file, which are read when they are looked at.
   *
   * @param file float32 [n, p] in C order and little-endian, which must not change as long as the
   *     array lives
   * @param owner of the array, on the CPU
   * @throws InputException if the file is not such an array, naming what was found
   */
  public static NDArray map(Path file, NDManager owner) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new InputException(file + ": expected a little-endian processor");
    }
    try {
      return map(file, Files.size(file), owner);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read, " + e.getMessage(), e);
    }
  }

  /**
   * Returns what such a file begins with, in version 1.0 of the format, before the numbers row
   * after row.
   *
   * @param type of the numbers in numpy's words, such as {@code <f4}
   */
  public static byte[] header(String type, long rows, long columns) {
    String text =
        Text.format(
            "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }", type, rows, columns);
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

  private static NDArray map(Path file, long size, NDManager owner) throws IOException {
    byte[] start;
    try (InputStream stream = Files.newInputStream(file)) {
      start = stream.readNBytes(PREFIX + LONGEST_HEADER);
    }
    boolean magic = start.length >= PREFIX;
    for (int i = 0; magic && i < MAGIC.length; i++) {
      magic = start[i] == MAGIC[i];
    }
    if (!magic) {
      throw new InputException(file + ": expected an array as numpy.save writes it");
    }
    ByteBuffer buffer = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    boolean one = start[MAGIC.length] == 1;
    long length = one ? Short.toUnsignedInt(buffer.getShort(8)) : buffer.getInt(8) & 0xffffffffL;
    long data = (one ? VERSION_1 : PREFIX) + length;
    if (data > start.length) {
      throw new InputException(file + ": expected a header of at most 64 KiB");
    }
    String header = new String(start, 0, (int) data, StandardCharsets.ISO_8859_1);
    require(file, "type '<f4'", TYPE.matcher(header), "<f4");
    require(file, "'fortran_order': False", FORTRAN.matcher(header), "False");
    Matcher shape = SHAPE.matcher(header);
    if (!shape.find()) {
      throw new InputException(file + ": expected a shape of two axes, rows and columns");
    }
    long rows = Long.parseLong(shape.group(1));
    long columns = Long.parseLong(shape.group(2));
    long expected = data + Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES);
    if (size != expected || rows < 1 || columns < 1 || data % Float.BYTES != 0) {
      throw new InputException(
          Text.format(
              "%s: expected %d bytes for float32 (%d, %d), got %d",
              file, expected, rows, columns, size));
    }
    try (NDArray all = Torch.mapped(file, owner)) {
      NDArray numbers = all.get(data / Float.BYTES + ":").reshape(new Shape(rows, columns));
      numbers.attach(owner);
      return numbers;
    }
  }

  private static void require(Path file, String what, Matcher found, String expected) {
    boolean known = found.find();
    if (!known || !found.group(1).equals(expected)) {
      throw new InputException(
          Text.format(
              "%s: expected %s, as numpy.float32 in C order has it, got %s",
              file, what, known ? found.group(1) : "none"));
    }
  }
}
