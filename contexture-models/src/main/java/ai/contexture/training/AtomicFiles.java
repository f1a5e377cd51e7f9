package ai.contexture.training;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files under a temporary name and moves them to their place when they are complete. */
final class AtomicFiles {

  private AtomicFiles() {}

  /** Writes a file's bytes. */
  @FunctionalInterface
  interface Writer {
    /** Writes all bytes to the stream, which the caller closes. */
    void write(OutputStream stream) throws IOException;
  }

  /** Writes a file completely or not at all. */
  static void write(Path file, Writer writer) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        writer.write(stream);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
