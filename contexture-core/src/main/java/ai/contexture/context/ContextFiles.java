package ai.contexture.context;

import ai.contexture.data.Fingerprint;
import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files that a context reads besides the data, and what was in them. */
public final class ContextFiles {

  private ContextFiles() {}

  /**
   * Returns the fingerprint of each file that a context reads, by its path from the root: 64
   * hexadecimal digits (SHA-256) of its bytes.
   *
   * @throws InputException if one cannot be read, or only once, as a pipe
   */
  public static SortedMap<String, String> fingerprints(ContextFactory context) {
    SortedMap<String, String> all = new TreeMap<>();
    for (Path file : context.files()) {
      all.put(file.toAbsolutePath().normalize().toString(), fingerprint(requireFile(file)));
    }
    return all;
  }

  /**
   * Requires that files hold what they held.
   *
   * @param before what {@link #fingerprints} gave
   * @throws InputException if one has changed or cannot be read
   */
  public static void requireSame(Map<String, String> before) {
    before.forEach(
        (path, fingerprint) -> {
          if (!fingerprint(requireFile(Path.of(path))).equals(fingerprint)) {
            throw new InputException(
                path
                    + ": the data are not those of the run: this file, which its context reads,"
                    + " changed since");
          }
        });
  }

  /** Returns a file that is there and can be read again. */
  static Path requireFile(Path file) {
    if (!Files.exists(file)) {
      throw new InputException(file + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file
              + ": expected a file, since a context must find it again, got "
              + (Files.isDirectory(file) ? "a directory" : "a pipe or a device"));
    }
    return file;
  }

  private static String fingerprint(Path file) {
    try {
      return Fingerprint.of(file);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
