package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyFileTest {

  @TempDir Path folder;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Writes i·columns + j in row i and column j. */
  private Path write(String name, String descr, String order, String shape, long rows, int columns)
      throws IOException {
    String text = "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape;
    int padding = 63 - (10 + text.length() + 3) % 64;
    String header = text + ", }" + " ".repeat(padding) + "\n";
    Path file = folder.resolve(name);
    try (OutputStream stream = Files.newOutputStream(file)) {
      ByteBuffer start = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
      start.put((byte) 1).put((byte) 0).putShort((short) header.length());
      stream.write(start.array());
      stream.write(header.getBytes(StandardCharsets.US_ASCII));
      ByteBuffer row = ByteBuffer.allocate(Float.BYTES * columns).order(ByteOrder.LITTLE_ENDIAN);
      for (long i = 0; i < rows; i++) {
        row.clear();
        for (int j = 0; j < columns; j++) {
          row.putFloat((float) (i * columns + j));
        }
        stream.write(row.array());
      }
    }
    return file;
  }

  @Test
  void rowsAreThoseOfTheFile() throws IOException {
    Path file = write("some rows.npy", "<f4", "False", "(1000, 3)", 1000, 3);
    NDArray rows = NpyFile.map(file, manager);
    assertThat(rows.getShape()).isEqualTo(new Shape(1000, 3));
    assertThat(rows.getManager()).isSameAs(manager);
    NDArray some = rows.get(manager.create(new long[] {999, 0, 7}));
    assertThat(some.toFloatArray()).containsExactly(2997, 2998, 2999, 0, 1, 2, 21, 22, 23);
    assertThat(rows.sum().toFloatArray()[0])
        .isCloseTo(2999f * 3000 / 2, org.assertj.core.data.Percentage.withPercentage(0.01));
  }

  /** Where the system's locale has such letters. */
  @Test
  void aNameWithOtherLetters() throws IOException {
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    assumeThat(names.newEncoder().canEncode("ü")).as("file names in %s", names).isTrue();
    Path file = write("rows ü.npy", "<f4", "False", "(2, 3)", 2, 3);
    assertThat(NpyFile.map(file, manager).toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  /** What is written into the array stays in memory. */
  @Test
  void theFileIsNotWritten() throws IOException {
    Path file = write("rows.npy", "<f4", "False", "(10, 2)", 10, 2);
    byte[] before = Files.readAllBytes(file);
    NpyFile.map(file, manager).addi(1);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  /** 128 MiB of rows, a few of which are looked at, take no memory of the process. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void rowsStayOnDisk() throws IOException {
    Path file = write("large.npy", "<f4", "False", "(524288, 64)", 524_288, 64);
    NpyFile.map(write("small.npy", "<f4", "False", "(2, 2)", 2, 2), manager).close();
    long before = resident();
    NDArray rows = NpyFile.map(file, manager);
    assertThat(rows.get("524287, 63").toFloatArray()).containsExactly(524_288f * 64 - 1);
    assertThat(resident() - before).as("KiB").isLessThan(32 * 1024);
  }

  private static long resident() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(text -> text.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "'<f8', False, '(4, 2)', 'expected type <f4, as numpy.float32 in C order has it, got <f8'",
    "'<f4', True, '(4, 2)', \"'fortran_order': False, as numpy.float32 in C order has it, got"
        + " True\"",
    "'<f4', False, '(8,)', 'expected a shape of two axes, rows and columns'",
    "'<f4', False, '(5, 2)', 'bytes for float32 (5, 2), got '",
    "'<f4', False, '(3, 2)', 'bytes for float32 (3, 2), got '"
  })
  void otherArraysAreRefused(String descr, String order, String shape, String message)
      throws IOException {
    Path file = write("rows.npy", descr, order, shape, 4, 2);
    assertThatThrownBy(() -> NpyFile.map(file, manager))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message.replace("\"", ""));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve("rows.csv");
    assertThatThrownBy(() -> NpyFile.map(file, manager)).hasMessage(file + ": no such file");
    Files.writeString(file, "a,b\n1,2\n3,4\n");
    assertThatThrownBy(() -> NpyFile.map(file, manager))
        .hasMessage(file + ": expected an array as numpy.save writes it");
  }

  @Test
  void aTableOfEitherType() throws IOException {
    float[] numbers = {1.5f, Float.NaN, -2, 0, 3, 4e30f};
    Path single = folder.resolve("single.npy");
    Path doubled = folder.resolve("double.npy");
    ByteBuffer floats = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer doubles = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      floats.putFloat(number);
      doubles.putDouble(number);
    }
    Files.write(single, joined(NpyFile.header("<f4", 2, 3), floats.array()));
    Files.write(doubled, joined(NpyFile.header("<f8", 2, 3), doubles.array()));
    for (Path file : new Path[] {single, doubled}) {
      Table table = NpyFile.table(file);
      assertThat(table.names()).containsExactly("x0", "x1", "x2");
      assertThat(((NumericColumn) table.column("x0")).values()).containsExactly(1.5, 0);
      assertThat(table.column("x1").missing(0)).isTrue();
      assertThat(((NumericColumn) table.column("x2")).values()).containsExactly(-2, 4e30f);
    }
    assertThat(NpyFile.table(single).fingerprint()).isEqualTo(NpyFile.table(doubled).fingerprint());
  }

  @Test
  void aTableOfOtherNumbersIsRefused() throws IOException {
    Path file = folder.resolve("rows.npy");
    ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1).putFloat(2).putFloat(3).putFloat(Float.POSITIVE_INFINITY);
    Files.write(file, joined(NpyFile.header("<f4", 2, 2), floats.array()));
    assertThatThrownBy(() -> NpyFile.table(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": row 2, column x1: expected a finite number, got Infinity");
    Files.write(file, joined(NpyFile.header("<i8", 2, 1), floats.array()));
    assertThatThrownBy(() -> NpyFile.table(file))
        .hasMessage(
            file
                + ": expected type <f4 or <f8, as numpy.float32 or numpy.float64 in C order has it,"
                + " got <i8; save numpy.ascontiguousarray(array, '<f8')");
    Files.write(file, NpyFile.header("<f8", 0, 4));
    assertThatThrownBy(() -> NpyFile.table(file))
        .hasMessage(file + ": expected rows and columns, got (0, 4)");
    Files.write(file, joined(NpyFile.header("<f8", 3, 1), floats.array()));
    assertThatThrownBy(() -> NpyFile.table(file)).hasMessageContaining("bytes for float64 (3, 1)");
  }

  private static byte[] joined(byte[] header, byte[] numbers) {
    return ByteBuffer.allocate(header.length + numbers.length).put(header).put(numbers).array();
  }
}
