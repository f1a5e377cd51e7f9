package ai.contexture.training;

import ai.contexture.data.NpyHeader;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The arrays of a checkpoint, an archive as {@code numpy.savez} writes it. What the header of an
 * array says is compared with what is expected before memory is taken for its numbers; arrays that
 * nobody asks for are not looked at.
 */
final class CheckpointFile implements AutoCloseable {

  private final Path file;
  private final ZipFile archive;

  private CheckpointFile(Path file, ZipFile archive) {
    this.file = file;
    this.archive = archive;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws InputException if the file is none
   */
  static CheckpointFile open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try {
      return new CheckpointFile(file, new ZipFile(file.toFile()));
    } catch (ZipException | IllegalArgumentException e) {
      throw new InputException(file + ": not a readable checkpoint: " + e.getMessage(), e);
    }
  }

  /** Returns whether there is an array of this name. */
  boolean has(String name) {
    return entry(name) != null;
  }

  /**
   * Returns whether an array would have another length than this.
   *
   * @param length of its only axis
   */
  boolean differs(String name, long length) throws IOException {
    try (InputStream stream = open(name)) {
      return !NpyHeader.read(place(name), stream).shape().equals(new Shape(length));
    } catch (ZipException e) {
      throw damaged(name, e);
    }
  }

  /**
   * Reads an array.
   *
   * @param owner of the array
   * @throws InputException if it is damaged or another than expected
   */
  NDArray read(String name, DataType type, Shape shape, NDManager owner) throws IOException {
    if (!has(name)) {
      throw new InputException(
          Text.format("%s: expected %s of shape %s, got none", file, name, shape));
    }
    requireHeader(name, type, shape);
    CRC32 checksum = new CRC32();
    try (InputStream stream = new CheckedInputStream(open(name), checksum)) {
      NDArray array = NDList.decode(owner, stream).singletonOrThrow();
      if (stream.read() >= 0 || checksum.getValue() != entry(name).getCrc()) {
        throw new InputException(place(name) + ": damaged, its checksum differs");
      }
      array.setName(name);
      return array;
    } catch (ZipException e) {
      throw damaged(name, e);
    }
  }

  private void requireHeader(String name, DataType type, Shape shape) throws IOException {
    try (InputStream stream = open(name)) {
      NpyHeader header = NpyHeader.read(place(name), stream);
      if (!header.shape().equals(shape)) {
        throw new InputException(
            Text.format("%s: expected %s of shape %s, got %s", file, name, shape, header.shape()));
      }
      if (!header.type().equals(type.asNumpy()) || header.fortran()) {
        throw new InputException(
            Text.format(
                "%s: expected numbers of type %s in C order, got %s in %s order",
                place(name), type.asNumpy(), header.type(), header.fortran() ? "Fortran" : "C"));
      }
      long bytes =
          Arrays.stream(shape.getShape()).reduce(type.getNumOfBytes(), Math::multiplyExact);
      long size = entry(name).getSize();
      if (size != header.length() + bytes) {
        throw new InputException(
            Text.format(
                "%s: expected %d bytes, got %d", place(name), header.length() + bytes, size));
      }
    } catch (ZipException e) {
      throw damaged(name, e);
    }
  }

  private InputStream open(String name) throws IOException {
    return new BufferedInputStream(archive.getInputStream(entry(name)), 1 << 16);
  }

  private ZipEntry entry(String name) {
    return archive.getEntry(name + ".npy");
  }

  private InputException damaged(String name, ZipException e) {
    return new InputException(place(name) + ": damaged, " + e.getMessage(), e);
  }

  private String place(String name) {
    return file + ": " + name;
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }
}
