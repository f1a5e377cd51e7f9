package ai.contexture.cli;

import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Keeps other processes from writing into the folder of a run. The system ends it with the process,
 * however that ends; the file says who holds it.
 */
final class RunLock implements AutoCloseable {

  /** The file in the folder, which is gone when the run has ended or was stopped. */
  static final String FILE = "lock";

  private static final int LONGEST = 1000;
  private static final int ATTEMPTS = 100;

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** What needs the folder for itself. */
  @FunctionalInterface
  interface Work {
    /** Returns an exit code. */
    int run() throws IOException;
  }

  /**
   * Works while no other process does.
   *
   * @throws InputException if another process has the folder
   */
  static int holding(Path folder, Work work) throws IOException {
    RunLock lock = of(folder);
    try {
      return work.run();
    } finally {
      lock.close();
    }
  }

  /**
   * Takes the folder.
   *
   * @throws InputException if another process has it
   */
  static RunLock of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    for (int i = 0; i < ATTEMPTS; i++) {
      RunLock lock = attempt(folder, file);
      if (lock != null) {
        return lock;
      }
    }
    throw new InputException(file + ": expected a file that can be locked");
  }

  /** Takes the folder; null where its owner ended in this moment and took the file with it. */
  private static RunLock attempt(Path folder, Path file) throws IOException {
    FileChannel channel;
    Object before;
    try {
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      before = key(file);
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
    boolean taken = false;
    try {
      // beyond the text, so that it can be read where a lock keeps others from reading
      taken = channel.tryLock(LONGEST, 1, false) != null;
      if (!taken) {
        throw new InputException(folder + ": another process is at work on it" + owner(channel));
      }
      // Nothing opens the file again: closing it would end the lock of all of this process.
      taken = Files.exists(file) && Objects.equals(before, key(file));
      if (!taken) {
        return null;
      }
      channel.truncate(0);
      String me = "process " + ProcessHandle.current().pid() + " on " + host();
      channel.write(ByteBuffer.wrap(me.getBytes(StandardCharsets.UTF_8)), 0);
      return new RunLock(file, channel);
    } catch (OverlappingFileLockException e) {
      throw new InputException(folder + ": another thread is at work on it", e);
    } catch (IOException e) {
      taken = false;
      throw FileErrors.of(file, e);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /** What tells a file from another one of the same name. */
  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static String owner(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LONGEST);
    channel.read(text, 0);
    String name = StandardCharsets.UTF_8.decode(text.flip()).toString();
    return name.isBlank() ? "" : ", " + name;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this host";
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    }
  }
}
