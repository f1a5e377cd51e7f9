package ai.contexture.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files under a temporary name and moves them to their place when they are complete and on
 * the disk. A temporary name is that of a new file, so that no link leads elsewhere.
 */
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
    Path temporary = file.resolveSibling(temporaryName());
    boolean mine = false;
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        mine = true;
        OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        writer.write(stream);
        stream.flush();
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      mine = false;
      force(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw FileErrors.of(file, of(temporary, file, e));
    } finally {
      if (mine) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  /** An error of the temporary file as one of the file that it stands for. */
  private static IOException of(Path temporary, Path file, IOException e) {
    if (!(e instanceof FileSystemException known)
        || !temporary.toString().equals(known.getFile())) {
      return e;
    }
    String name = file.toString();
    FileSystemException named =
        e instanceof AccessDeniedException
            ? new AccessDeniedException(name)
            : e instanceof NoSuchFileException
                ? new NoSuchFileException(name)
                : new FileSystemException(name, null, known.getReason());
    named.initCause(e);
    return named;
  }

  /** A short name that nobody knows before. */
  private static String temporaryName() {
    return ".contexture-" + UUID.randomUUID() + ".part";
  }

  /** Puts the name of a moved file on the disk too, where the system allows that. */
  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folder; the file itself is there
    }
  }

  /** Writes a text in UTF-8 completely or not at all. */
  public static void write(Path file, String text) throws IOException {
    write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
