package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.contexture.input.InputException;
import ai.djl.ndarray.NDManager;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that promise more than they hold are refused before memory is taken for it. */
class HostileFilesTest {

  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(9223372036854775807, 9223372036854775807)",
        "(4294967296, 4294967296)",
        "(2147483647, 1)",
        "(1, 2147483647)",
        "(99999999999999999999999999, 1)",
        "(0, 4)",
        "(-1, 4)",
        "(1000000000000000, 0)",
      })
  void arraysOfAbsurdShapes(String shape) throws IOException {
    Path file = folder.resolve("x.npy");
    String header = new String(NpyFile.header("<f4", 1, 4), StandardCharsets.ISO_8859_1);
    String changed = header.replace("(1, 4)", shape).substring(10).strip();
    int padding = 128 - 10 - changed.length() - 1;
    String whole = header.substring(0, 8) + (char) 118 + (char) 0 + changed + " ".repeat(padding);
    Files.write(file, (whole + "\n0123456789abcdef").getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> NpyFile.table(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("x.npy", "expected");
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThatThrownBy(() -> NpyFile.map(file, manager))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("x.npy", "expected");
    }
  }

  @Test
  void arraysOfAVersionThatIsNotKnown() throws IOException {
    byte[] header = NpyFile.header("<f4", 1, 4);
    header[6] = 9;
    Path file = Files.write(folder.resolve("x.npy"), header);
    assertThatThrownBy(() -> NpyFile.table(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": expected version 1 to 3 of the format, got 9");
  }

  /** One that has no end would be read until the heap is full. */
  @Test
  void aDevice() {
    Path device = Path.of("/dev/zero");
    assumeThat(device).exists();
    assertThatThrownBy(() -> Table.read(device, CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage("/dev/zero: expected a file or a pipe, got a device");
  }

  /** Bytes that are made when they are read. */
  private static final class Zeros extends InputStream {

    private final byte value;
    private long left;
    private long read;

    private Zeros(char value, long length) {
      this.value = (byte) value;
      left = length;
    }

    @Override
    public int read() {
      read++;
      return left-- > 0 ? value : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int some = (int) Math.min(left, length);
      Arrays.fill(bytes, offset, offset + some, value);
      left -= some;
      read += some;
      return some;
    }
  }

  /** 2 GB of zeros on one line: as a cell, as a header, within a quote that is never closed. */
  @ParameterizedTest
  @ValueSource(strings = {"", "x,y\n1,", "x,y\n\"a\n"})
  void aLineWithoutAnEnd(String start) {
    Zeros zeros = new Zeros('0', 2L << 30);
    InputStream text =
        new SequenceInputStream(
            new ByteArrayInputStream(start.getBytes(StandardCharsets.UTF_8)), zeros);

    assertThatThrownBy(() -> Csv.read("bomb.csv", () -> text, CsvOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("bomb.csv: a row is longer than 16777216 characters")
        .hasMessageNotContaining("\n");
    assertThat(zeros.read).isLessThan(20L * MEBIBYTE);
  }

  @Test
  void aGzipBomb() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] letters = new byte[MEBIBYTE];
    Arrays.fill(letters, (byte) 'a');
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("x,y\n1,".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 64; i++) {
        gzip.write(letters);
      }
    }
    Path file = Files.write(folder.resolve("bomb.csv.gz"), bytes.toByteArray());

    assertThatThrownBy(() -> Csv.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("bomb.csv.gz", "a row is longer than 16777216 characters");
  }
}
