package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

  private static final String FLOAT = "<f4";
  private static final String DOUBLE = "<f8";

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
    } catch (IOException e) {
      throw unreadable(file, e);
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
    return NpyHeader.bytes(text);
  }

  private static NDArray map(Path file, long size, NDManager owner) throws IOException {
    Header header = Header.read(file, List.of(FLOAT));
    header.requireSize(file, size);
    if (header.data % Float.BYTES != 0) {
      throw new InputException(
          Text.format("%s: expected numbers at a multiple of %d bytes", file, Float.BYTES));
    }
    try (NDArray all = Torch.mapped(file, owner)) {
      NDArray numbers =
          all.get(header.data / Float.BYTES + ":").reshape(new Shape(header.rows, header.columns));
      numbers.attach(owner);
      return numbers;
    }
  }

  /**
   * Reads a file into a table whose columns are named x0, x1, ….
   *
   * @param file float32 or float64 [n, p] in C order and little-endian; NaN is a missing number
   * @throws InputException if the file is not such an array, or a number is infinite
   */
  public static Table table(Path file) {
    try {
      return read(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static InputException unreadable(Path file, IOException e) {
    String why =
        e instanceof NoSuchFileException ? ": no such file" : ": cannot be read, " + e.getMessage();
    return new InputException(file + why, e);
  }

  /** Returns whether a file's name says that it is such a file. */
  static boolean isNamedSo(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".npy");
  }

  private static Table read(Path file) throws IOException {
    Header header = Header.read(file, List.of(FLOAT, DOUBLE));
    header.requireSize(file, Files.size(file));
    int most = Integer.MAX_VALUE - 8;
    if (header.rows > most || header.columns > most / Double.BYTES) {
      throw new InputException(
          Text.format(
              "%s: (%d, %d) is too much for a table in memory", file, header.rows, header.columns));
    }
    int columns = Math.toIntExact(header.columns);
    double[][] values = new double[columns][Math.toIntExact(header.rows)];
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
      in.skipNBytes(header.data);
      byte[] row = new byte[Math.multiplyExact(columns, header.width())];
      ByteBuffer numbers = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < header.rows; i++) {
        in.readFully(row);
        for (int j = 0; j < columns; j++) {
          double value = header.single() ? numbers.getFloat(4 * j) : numbers.getDouble(8 * j);
          if (Double.isInfinite(value)) {
            throw new InputException(
                Text.format(
                    "%s: row %d, column x%d: expected a finite number, got %s",
                    file, i + 1, j, value));
          }
          values[j][i] = value;
        }
      }
    }
    List<NumericColumn> named = new ArrayList<>();
    for (int j = 0; j < columns; j++) {
      named.add(NumericColumn.wrap("x" + j, values[j]));
    }
    return Table.of(file.toString(), named);
  }

  /** What the file of a matrix begins with; the numbers follow from the byte {@code data} on. */
  private record Header(String type, long rows, long columns, long data) {

    static Header read(Path file, List<String> types) throws IOException {
      NpyHeader header;
      try (InputStream stream = Files.newInputStream(file)) {
        header = NpyHeader.read(file.toString(), stream);
      }
      require(file, "type", header.type(), types);
      require(file, "'fortran_order':", header.fortran() ? "True" : "False", List.of("False"));
      if (header.shape().dimension() != 2) {
        throw new InputException(file + ": expected a shape of two axes, rows and columns");
      }
      return new Header(
          header.type(), header.shape().get(0), header.shape().get(1), header.length());
    }

    boolean single() {
      return type.equals(FLOAT);
    }

    /** The bytes of a number. */
    int width() {
      return single() ? Float.BYTES : Double.BYTES;
    }

    void requireSize(Path file, long size) {
      if (rows < 1 || columns < 1) {
        throw new InputException(
            Text.format("%s: expected rows and columns, got (%d, %d)", file, rows, columns));
      }
      BigInteger expected =
          BigInteger.valueOf(rows)
              .multiply(BigInteger.valueOf(columns))
              .multiply(BigInteger.valueOf(width()))
              .add(BigInteger.valueOf(data));
      if (!expected.equals(BigInteger.valueOf(size))) {
        throw new InputException(
            Text.format(
                "%s: expected %d bytes for %s (%d, %d), got %d",
                file, expected, single() ? "float32" : "float64", rows, columns, size));
      }
    }
  }

  private static void require(Path file, String what, String got, List<String> expected) {
    if (!expected.contains(got)) {
      throw new InputException(
          Text.format(
              "%s: expected %s %s, as %s in C order has it, got %s; save"
                  + " numpy.ascontiguousarray(array, '<%s')",
              file,
              what,
              String.join(" or ", expected),
              expected.contains(DOUBLE) ? "numpy.float32 or numpy.float64" : "numpy.float32",
              got,
              expected.contains(FLOAT) && !expected.contains(DOUBLE) ? "f4" : "f8"));
    }
  }
}
