package ai.contexture.data;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What files of a folder held when they were written: {@value #FILE}, with a line of SHA-256 and
 * name for each, as {@code sha256sum --check} reads it. It finds damage and changes by mistake; who
 * changes files on purpose can change it too.
 */
public final class Checksums {

  /** The name of the file. */
  public static final String FILE = "SHA256SUMS";

  private static final int DIGITS = 64;
  private static final long LONGEST = 1 << 16;

  private Checksums() {}

  /** Writes the checksums of files that are there, each by what it shall hold. */
  public static void write(Path folder, Map<String, String> checksums) throws IOException {
    StringBuilder lines = new StringBuilder();
    checksums.forEach((name, sum) -> lines.append(sum).append("  ").append(name).append('\n'));
    AtomicFile.write(folder.resolve(FILE), lines.toString());
  }

  /**
   * Requires that files hold what they held.
   *
   * @throws InputException if one does not, or nothing is known of it
   */
  public static void require(Path folder, List<String> names) throws IOException {
    Map<String, String> known = read(folder.resolve(FILE));
    for (String name : names) {
      String expected = known.get(name);
      if (expected == null) {
        throw new InputException(FILE + ": expected a line for " + name + ", found none");
      }
      if (!Fingerprint.of(folder.resolve(name)).equals(expected)) {
        throw new InputException(
            name
                + " is damaged or was changed since it was saved: its SHA-256 is another than in "
                + FILE
                + "; if the change is yours, sha256sum "
                + String.join(" ", names)
                + " > "
                + FILE
                + " in this folder accepts it");
      }
    }
  }

  private static Map<String, String> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InputException("expected " + FILE + " beside its files, found none");
    }
    if (Files.size(file) > LONGEST) {
      throw new InputException(FILE + ": expected a line for each file, got a longer text");
    }
    Map<String, String> sums = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.length() > DIGITS + 2) {
          sums.put(line.substring(DIGITS + 2), line.substring(0, DIGITS));
        }
      }
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
    return sums;
  }
}
