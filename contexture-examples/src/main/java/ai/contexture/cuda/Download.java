package ai.contexture.cuda;

import ai.contexture.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Fetches JARs, goes on where it was interrupted, and gives out none whose sum is wrong. */
final class Download {

  private static final int CONNECT_MILLIS = 30_000;
  private static final int READ_MILLIS = 60_000;
  private static final int TRIES = 4;
  private static final int BUFFER = 1 << 16;

  private final URI repository;
  private final Path folder;
  private final Duration pause;

  /**
   * Creates a download.
   *
   * @param repository a Maven repository, by http, https or file
   * @param folder where JARs go
   * @param pause before an interrupted transfer is tried again
   */
  Download(URI repository, Path folder, Duration pause) {
    this.repository = repository;
    this.folder = folder;
    this.pause = pause;
  }

  /** A connection that broke, in contrast to a disk that is full. */
  private static final class BrokenException extends IOException {

    private static final long serialVersionUID = 1L;

    private BrokenException(String message, IOException cause) {
      super(message, cause);
    }
  }

  /**
   * Returns a file with the artifact's sum.
   *
   * @param done hears how many bytes there are
   */
  Path fetch(Artifact artifact, LongConsumer done) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(artifact.fileName());
    if (Files.exists(file) && artifact.sha256().equals(sha256(file))) {
      done.accept(artifact.bytes());
      return file;
    }
    Path part = part(folder, artifact);
    URI from = URI.create(repository.toString().replaceAll("/+$", "") + "/" + artifact.path());
    transferAll(from, part, artifact.bytes(), done);
    String sum = sha256(part);
    if (!artifact.sha256().equals(sum)) {
      Files.delete(part);
      throw new IOException(
          from
              + ": wrong checksum: expected SHA-256 "
              + artifact.sha256()
              + ", got "
              + sum
              + "; what was fetched is deleted");
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  /** Returns how many bytes of an artifact are in a folder already. */
  static long there(Path folder, Artifact artifact) throws IOException {
    Path file = folder.resolve(artifact.fileName());
    return Files.exists(file) ? Files.size(file) : size(part(folder, artifact));
  }

  private static Path part(Path folder, Artifact artifact) {
    return folder.resolve(artifact.fileName() + ".part");
  }

  /** Transfers until all is there, and gives up when nothing came in several tries. */
  private void transferAll(URI from, Path part, long bytes, LongConsumer done) throws IOException {
    int failures = 0;
    while (true) {
      long before = size(part);
      try {
        transfer(from, part, bytes, done);
        return;
      } catch (BrokenException e) {
        failures = size(part) > before ? 1 : failures + 1;
        if (failures == TRIES) {
          throw new IOException(from + ": " + gaveUp(size(part), bytes, e.getMessage()), e);
        }
      }
      sleep();
    }
  }

  private static String gaveUp(long there, long bytes, String reason) {
    return there == 0
        ? "cannot be fetched: " + reason
        : Text.format(
            "the transfer broke off after %.2f of %.2f GB (%s); called again, it goes on from there",
            there * 1e-9, bytes * 1e-9, reason);
  }

  private void sleep() throws IOException {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void transfer(URI from, Path part, long bytes, LongConsumer done)
      throws IOException {
    long there = size(part);
    if (there >= bytes) { // of the right size, or nothing that could be gone on with
      if (there == bytes) {
        return;
      }
      Files.delete(part);
      there = 0;
    }
    boolean append;
    InputStream body;
    URLConnection connection = from.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    if (there > 0) {
      connection.setRequestProperty("Range", "bytes=" + there + "-");
    }
    try {
      if (connection instanceof HttpURLConnection http) {
        int status = http.getResponseCode();
        if (status >= 500) {
          throw new IOException("HTTP status " + status);
        }
        if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_PARTIAL) {
          throw new RefusedException(from + ": HTTP status " + status);
        }
        append = status == HttpURLConnection.HTTP_PARTIAL;
      } else {
        append = false;
      }
      body = connection.getInputStream();
    } catch (RefusedException e) {
      throw new IOException(e.getMessage(), e);
    } catch (IOException e) {
      throw new BrokenException(reason(e), e);
    }
    try (body;
        OutputStream out =
            Files.newOutputStream(
                part,
                StandardOpenOption.CREATE,
                append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      copy(body, out, part, append ? there : 0, bytes, done);
    }
  }

  /** An answer that will be the same the next time. */
  private static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private RefusedException(String message) {
      super(message);
    }
  }

  private static void copy(
      InputStream body, OutputStream out, Path part, long there, long bytes, LongConsumer done)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = there;
    while (size <= bytes) {
      int got;
      try {
        got = body.read(buffer);
      } catch (IOException e) {
        throw new BrokenException(reason(e), e);
      }
      if (got < 0) {
        if (size < bytes) {
          throw new BrokenException("the end came early", null);
        }
        return;
      }
      try {
        out.write(buffer, 0, got);
      } catch (IOException e) {
        throw new IOException(part + ": " + e.getMessage(), e);
      }
      size += got;
      done.accept(size);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "no host of this name is known: " + e.getMessage();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Returns the sum of a file. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (InputStream input = new DigestInputStream(Files.newInputStream(file), digest)) {
      input.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
