package ai.contexture.representation;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Looks at what a file of parameters says of them before DJL reads it, which takes as much memory
 * as the file asks for.
 */
final class ParameterFile {

  private static final String ARRAY = "NDAR";
  private static final int MOST_AXES = 8;
  private static final List<DataType> TYPES =
      List.of(DataType.FLOAT32, DataType.FLOAT64, DataType.INT32, DataType.INT64);

  private final DataInputStream in;
  private long left;

  private ParameterFile(InputStream stream, long size) {
    in = new DataInputStream(stream);
    left = size;
  }

  /** Reads some of a file. */
  private interface Part {

    void read(ParameterFile file) throws IOException;
  }

  /**
   * Requires that a file holds parameters of these shapes, in this order, and nothing else; −1
   * stands for any length of an axis.
   *
   * @param projection the parameters beside those of the encoder, by their names
   * @param encoder those of the encoder
   * @throws InputException if it holds others, naming the first of them
   * @throws EOFException if it ends too early
   */
  static void require(Path file, Map<String, Shape> projection, Map<String, Shape> encoder)
      throws IOException {
    require(file, projection, read -> read.block(encoder));
  }

  /**
   * Requires that a file holds what an encoder saves, but for the numbers in its arrays.
   *
   * @param projection the parameters beside those of the encoder, by their names
   * @param like an encoder with parameters of these shapes and types
   * @throws InputException if it holds something else
   * @throws EOFException if it ends too early
   */
  static void requireLike(Path file, Map<String, Shape> projection, Block like) throws IOException {
    require(
        file,
        projection,
        read -> {
          try (DataOutputStream saved = new DataOutputStream(read.comparing())) {
            like.saveParameters(saved);
          }
        });
  }

  private static void require(Path file, Map<String, Shape> projection, Part encoder)
      throws IOException {
    long size = Files.size(file);
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ParameterFile read = new ParameterFile(stream, size);
      read.block(projection);
      encoder.read(read);
      if (read.left != 0) {
        throw new InputException(
            Text.format(
                "%s: expected %d bytes, got %d",
                Representation.PARAMETERS, size - read.left, size));
      }
    }
  }

  /** Takes what is written, array by array, for what the file must hold next. */
  private OutputStream comparing() {
    return new OutputStream() {
      @Override
      public void write(int expected) throws IOException {
        write(new byte[] {(byte) expected}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int start, int length) throws IOException {
        take(length);
        int compared = length - numbers(bytes, start, length);
        byte[] got = in.readNBytes(compared);
        if (!Arrays.equals(got, 0, compared, bytes, start, start + compared)) {
          throw new InputException(
              Representation.PARAMETERS
                  + ": expected the parameters of the encoder that was given, got others");
        }
        in.skipNBytes(length - compared);
      }
    };
  }

  /** The bytes at the end of an array that are its numbers; none where it is no array. */
  private static int numbers(byte[] bytes, int start, int length) throws IOException {
    byte[] begin = ARRAY.getBytes(StandardCharsets.US_ASCII);
    int at = start + 2; // after the length of the text
    if (length <= 2 + begin.length
        || !Arrays.equals(bytes, at, at + begin.length, begin, 0, begin.length)) {
      return 0;
    }
    try (DataInputStream array =
        new DataInputStream(new ByteArrayInputStream(bytes, start, length))) {
      array.readUTF();
      array.readInt();
      if (array.readByte() == 1) {
        array.readUTF();
      }
      array.readUTF();
      array.readUTF();
      array.skipNBytes(8L * array.readInt()); // axes
      array.skipNBytes(2L * array.readInt()); // layout
      array.readByte();
      return array.readInt();
    }
  }

  private void block(Map<String, Shape> parameters) throws IOException {
    take(1);
    in.readByte();
    int inputs = whole("number of inputs of a block", MOST_AXES);
    for (int i = 0; i < inputs; i++) {
      shape("inputs");
    }
    for (Map.Entry<String, Shape> parameter : parameters.entrySet()) {
      parameter(parameter.getKey(), parameter.getValue());
    }
  }

  private void parameter(String name, Shape expected) throws IOException {
    take(3);
    expect(name, "a parameter", "P", String.valueOf(in.readChar()));
    in.readByte();
    expect(name, "the parameter", name, text());
    expect(name, "an array", ARRAY, text());
    take(5);
    in.readInt();
    if (in.readByte() == 1) {
      text();
    }
    expect(name, "an array that is", "DENSE", text());
    DataType type = type(name, text());
    Shape shape = shape(name);
    if (!fits(shape, expected)) {
      throw new InputException(
          Text.format(
              "%s: %s: expected the shape %s, got %s",
              Representation.PARAMETERS, name, expected, shape));
    }
    take(5);
    in.readByte();
    long bytes = in.readInt() & 0xffffffffL;
    long needed = bytes(shape, type);
    if (bytes != needed) {
      throw new InputException(
          Text.format(
              "%s: %s: expected %d bytes for %s, got %d",
              Representation.PARAMETERS, name, needed, shape, bytes));
    }
    take(bytes);
    in.skipNBytes(bytes);
  }

  private static boolean fits(Shape shape, Shape expected) {
    boolean fits = shape.dimension() == expected.dimension();
    for (int i = 0; fits && i < expected.dimension(); i++) {
      fits = expected.get(i) < 0 ? shape.get(i) >= 1 : shape.get(i) == expected.get(i);
    }
    return fits;
  }

  /** The bytes of an array, 0 where they are too many to count. */
  private static long bytes(Shape shape, DataType type) {
    try {
      return Arrays.stream(shape.getShape()).reduce(type.getNumOfBytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      return 0;
    }
  }

  private static DataType type(String name, String text) {
    return TYPES.stream()
        .filter(type -> type.name().equals(text))
        .findFirst()
        .orElseThrow(() -> wrong(name, "numbers of one of " + TYPES, text));
  }

  private Shape shape(String name) throws IOException {
    long[] axes = new long[whole("axes of " + name, MOST_AXES)];
    take(8L * axes.length);
    for (int i = 0; i < axes.length; i++) {
      axes[i] = in.readLong();
    }
    int layout = whole("layout of " + name, MOST_AXES);
    take(2L * layout);
    in.skipNBytes(2L * layout);
    return new Shape(axes);
  }

  private int whole(String what, int most) throws IOException {
    take(4);
    int value = in.readInt();
    if (value < 0 || value > most) {
      throw new InputException(
          Text.format(
              "%s: %s: expected at most %d, got %d", Representation.PARAMETERS, what, most, value));
    }
    return value;
  }

  private String text() throws IOException {
    take(2);
    in.mark(2);
    int length = in.readUnsignedShort();
    in.reset();
    take(length);
    return in.readUTF();
  }

  private static void expect(String name, String what, String expected, String got) {
    if (!expected.equals(got)) {
      throw wrong(name, what + " " + expected, got);
    }
  }

  private static InputException wrong(String name, String expected, String got) {
    String shown = got.length() > 60 ? got.substring(0, 60) + "…" : got;
    return new InputException(
        Text.format(
            "%s: %s: expected %s, got '%s'", Representation.PARAMETERS, name, expected, shown));
  }

  /** Requires that so many bytes are left, before anything is made for them. */
  private void take(long bytes) throws IOException {
    if (bytes > left) {
      throw new EOFException(Representation.PARAMETERS + " ends too early");
    }
    left -= bytes;
  }
}
