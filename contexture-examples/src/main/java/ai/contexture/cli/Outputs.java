package ai.contexture.cli;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Checks of places to write to, made before the work begins. */
final class Outputs {

  private Outputs() {}

  /** Returns a path that a user gave. */
  static Path path(String option, String text) {
    if (text.isEmpty()) {
      throw new InputException(option + ": expected a name, got nothing");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new InputException(option + ": '" + text + "' cannot be the name of a file", e);
    }
  }

  /** Returns a path that a user gave as text, or null for null. */
  static String given(String option, String text) {
    return text == null ? null : path(option, text).toString();
  }

  /** Requires that a file can be made or replaced in a folder that is there. */
  static void requireWritable(String option, Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(option + ": expected a file, and " + file + " is a folder");
    }
    requireName(option, file);
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InputException(option + ": " + file + ": there is no folder " + folder);
    }
    requireRoomIn(option, file, folder);
  }

  /** Requires that a file can be made, or replaced where that is asked for by {@code --force}. */
  static void requireNewFile(String option, Path file, boolean force) {
    if (!force && Files.isRegularFile(file)) {
      throw new InputException(option + ": " + file + " is there already; --force replaces it");
    }
    requireWritable(option, file);
  }

  /** Requires that a folder that is not there can be made. */
  static void requireNewFolder(String option, Path folder) {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new InputException(
          option + ": " + folder + " is there already, expected the name of a new folder");
    }
    requireRoomFor(option, folder);
  }

  /** Requires that what is missing of a folder's path can be made. */
  static void requireRoomFor(String option, Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null || !Files.isDirectory(there)) {
      throw new InputException(
          option + ": " + folder + " cannot be made, because " + there + " is not a folder");
    }
    requireName(option, folder);
    requireRoomIn(option, folder, there);
  }

  /** Requires that the file system takes a name, which may be too long for it. */
  private static void requireName(String option, Path path) {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException | AccessDeniedException e) {
      // it can be made, or it is told below why not
    } catch (IOException e) {
      throw new InputException(option + ": " + path + ": " + reason(e), e);
    }
  }

  /** Tries it, because permissions do not tell of read-only file systems. */
  private static void requireRoomIn(String option, Path wanted, Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, ".contexture", ".part"));
    } catch (IOException e) {
      throw new InputException(
          option + ": " + wanted + ": cannot write in " + folder + " (" + reason(e) + ")", e);
    }
  }

  private static String reason(IOException e) {
    String text = Failures.io(e);
    return text.substring(text.lastIndexOf(": ") < 0 ? 0 : text.lastIndexOf(": ") + 2);
  }

  /** Writes a file completely or not at all; a device or pipe is not replaced but written to. */
  static void write(Path file, AtomicFile.Writer writer) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
        writer.write(stream);
      } catch (IOException e) {
        throw FileErrors.of(file, e);
      }
    } else {
      AtomicFile.write(file.toAbsolutePath(), writer);
    }
  }
}
