package ai.contexture.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files under a temporary name and moves them to their place when they are complete. */
public final class AtomicFile {

  private AtomicFile() {}

  /** Writes a file's bytes. */
  @FunctionalInterface
  public interface Writer {
    /** Writes all bytes to the stream, which the caller closes. */
    void write(OutputStream stream) throws IOException;
  }

  /**
   * Writes a file completely or not at all; a file that is there is replaced.
   *
   * @throws IOException if that fails, naming the file
   */
  public static void write(Path file, Writer writer) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        writer.write(stream);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes a text in UTF-8 completely or not at all. */
  public static void write(Path file, String text) throws IOException {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
