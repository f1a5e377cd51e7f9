package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads CSV files with a header, gzip-compressed or not, into a {@link Table}.
 *
 * <p>A column is numeric if all its cells that are not missing are finite numbers, perhaps all with
 * the same percent sign or currency. Where more than half are, but not all, the first cell that is
 * not is refused as a probable mistake; so is a number with a comma or a sign between thousands.
 * Otherwise the column is nominal. {@link CsvOptions} overrules this. What may be meant otherwise
 * is logged as a warning. Memory holds the table and little else.
 */
public final class Csv {

  /** The bits of a file's mode that say what it is, and two of their values. */
  private static final int KIND = 0xf000;

  private static final int CHARACTER_DEVICE = 0x2000;
  private static final int BLOCK_DEVICE = 0x6000;

  private static final Logger logger = LoggerFactory.getLogger(Csv.class);

  private Csv() {}

  /** Reads a file as {@link #read(Path, CsvOptions)} does, with the default options. */
  public static Table read(Path file) {
    return read(file, CsvOptions.DEFAULT);
  }

  /**
   * Reads a file.
   *
   * @throws InputException if the file cannot be read or is no such table; the message says where
   *     and what to do
   */
  public static Table read(Path file, CsvOptions options) {
    return read(file.toString(), source(file), options);
  }

  /**
   * Reads a file in blocks of rows, of which memory holds one at a time. Where the options do not
   * say what each column holds, the whole file is one block.
   *
   * @param rows how many rows a block has, the last one perhaps fewer
   * @throws InputException if the file cannot be read or is no such table
   */
  static void read(Path file, CsvOptions options, int rows, Consumer<Table> block) {
    CsvRows.Source source = source(file);
    boolean given;
    try (CsvRows all = CsvRows.open(file.toString(), source, options)) {
      CsvPass pass = new CsvPass(file.toString(), all, options, rows);
      given = options.needed().isPresent() && pass.typesAreGiven();
      if (given) {
        block.accept(pass.table());
      }
      for (long read = rows; given && pass.rows() == rows; read += rows) {
        pass = new CsvPass(file.toString(), all, options, rows);
        if (pass.rows() > 0) {
          block.accept(pass.table(file + ", rows from " + (read + 1) + " on"));
        }
      }
    }
    if (!given) {
      block.accept(read(file.toString(), source, options));
    }
  }

  /**
   * Reads a stream, which is read to its end into memory and left open.
   *
   * @param name what messages call the stream
   * @throws InputException if it is no such table; the message says where and what to do
   */
  public static Table read(String name, InputStream stream, CsvOptions options) {
    byte[] bytes;
    try {
      bytes = stream.readAllBytes();
    } catch (IOException e) {
      throw new InputException(name + ": cannot be read (" + e.getMessage() + ")", e);
    }
    return read(name, () -> new ByteArrayInputStream(bytes), options);
  }

  /** Returns the names of the columns of a file. */
  static List<String> header(Path file, CsvOptions options) {
    try (CsvRows rows = CsvRows.open(file.toString(), source(file), options)) {
      return rows.header();
    }
  }

  /**
   * Returns what opens a file that is there, as often as it is asked. What can be read only once,
   * such as a pipe, is read into memory at the first time.
   */
  static CsvRows.Source source(Path file) {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw new InputException(name + ": expected a CSV file, got a directory");
    }
    if (!Files.exists(file)) {
      throw new InputException(name + ": no such file");
    }
    if (!Files.isReadable(file)) {
      throw new InputException(name + ": no permission to read this file");
    }
    if (isDevice(file)) {
      throw new InputException(name + ": expected a file or a pipe, got a device");
    }
    return Files.isRegularFile(file) ? () -> Files.newInputStream(file) : new Once(file);
  }

  /** Returns whether a path is a device, such as {@code /dev/zero}, which may have no end. */
  private static boolean isDevice(Path file) {
    try {
      int kind = (int) Files.getAttribute(file, "unix:mode") & KIND;
      return kind == CHARACTER_DEVICE || kind == BLOCK_DEVICE;
    } catch (UnsupportedOperationException | IllegalArgumentException | IOException e) {
      return false; // told when it is read
    }
  }

  /** Keeps what a pipe or a device held. */
  private static final class Once implements CsvRows.Source {

    private final Path file;
    private byte[] bytes;

    Once(Path file) {
      this.file = file;
    }

    @Override
    public InputStream open() throws IOException {
      if (bytes == null) {
        // Channels of pipes cannot say where they are, which readAllBytes of other streams asks.
        try (InputStream stream = new BufferedInputStream(new FileInputStream(file.toFile()))) {
          bytes = stream.readAllBytes();
        }
      }
      return new ByteArrayInputStream(bytes);
    }
  }

  /** Reads what a source opens, and logs what may be meant otherwise. */
  static Table read(String name, CsvRows.Source source, CsvOptions options) {
    return read(name, source, options, warning -> logger.warn("{}", warning));
  }

  /** Reads what a source opens, twice where that takes it. */
  static Table read(
      String name, CsvRows.Source source, CsvOptions options, Consumer<Message> warning) {
    CsvPass first = new CsvPass(name, source, options, Set.of());
    // Numbers are kept as numbers: a nominal column with numbers in it is read again, for the text
    // of them.
    Set<String> again = first.mixedNominal();
    Table table =
        again.isEmpty() ? first.table() : first.table(new CsvPass(name, source, options, again));
    first.warn(table, warning);
    return table;
  }
}
