package ai.contexture.data;

import ai.contexture.input.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    return read(file.toString(), source(file), options, logger::warn);
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
    return read(name, () -> new ByteArrayInputStream(bytes), options, logger::warn);
  }

  /** Returns what opens a file that is there. */
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
    return () -> Files.newInputStream(file);
  }

  static Table read(
      String name, CsvRows.Source source, CsvOptions options, Consumer<String> warning) {
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
