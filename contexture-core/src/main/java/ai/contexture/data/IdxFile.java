package ai.contexture.data;

import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Grey pictures in one file of bytes, and their labels in one beside it, as MNIST is published. */
final class IdxFile {

  private static final int PICTURES = 0x0803;
  private static final int LABELS = 0x0801;

  private IdxFile() {}

  /** Returns whether the name of a file says that it is one of pictures. */
  static boolean isNamedSo(Path path) {
    return path.getFileName() != null
        && path.getFileName().toString().matches("(?i).*idx3-ubyte(\\.gz)?");
  }

  /** Reads pictures, and the labels beside them where they are there. */
  static Table read(Path path, ImageOptions options) throws IOException {
    if (options.colour() == Colour.RGB) {
      throw new InputException(path + ": expected grey, since IDX files have no colours");
    }
    byte[][] rows;
    ImageSize from;
    try (DataInputStream in = open(path, PICTURES)) {
      int n = count(path, in, "pictures");
      from = new ImageSize(count(path, in, "lines"), count(path, in, "columns"));
      ImageSize size = options.size().orElse(from);
      ImageFiles.requireFew(path, 1, from);
      List<byte[]> all = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        byte[] picture = in.readNBytes(from.height() * from.width());
        if (picture.length < from.height() * from.width()) {
          throw new InputException(Text.format("%s: ends after %d of %d pictures", path, i, n));
        }
        all.add(Resampling.apply(picture, from, size));
      }
      requireEnd(path, in, n, "pictures");
      rows = all.toArray(byte[][]::new);
      from = size;
    }
    ImageShape shape = new ImageShape(1, from.height(), from.width());
    Optional<Path> labels = labels(path);
    List<Column> first =
        labels.isPresent() ? List.of(column(labels.get(), path, rows.length)) : List.of();
    return ImageFiles.table(path.toString(), shape, rows, first);
  }

  private static Column column(Path labels, Path pictures, int rows) throws IOException {
    try (DataInputStream in = open(labels, LABELS)) {
      int n = count(labels, in, "labels");
      if (n != rows) {
        throw new InputException(
            Text.format(
                "%s: %d labels, expected one for each of %d in %s", labels, n, rows, pictures));
      }
      byte[] all = in.readNBytes(n);
      if (all.length < n) {
        throw new InputException(
            Text.format("%s: ends after %d of %d labels", labels, all.length, n));
      }
      requireEnd(labels, in, n, "labels");
      String[] names = new String[n];
      for (int i = 0; i < n; i++) {
        names[i] = Integer.toString(all[i] & 0xff);
      }
      return NominalColumn.of(ImageFiles.LABEL, names);
    }
  }

  /** The file of labels that belongs to one of pictures. */
  private static Optional<Path> labels(Path path) {
    String name = path.getFileName().toString();
    String labels =
        name.replaceFirst("(?i)images(?=[-.]idx3)", "labels").replaceFirst("(?i)idx3", "idx1");
    String other =
        labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels + ".gz";
    for (String candidate : List.of(labels, other)) {
      Path file = path.resolveSibling(candidate);
      if (!candidate.equals(name) && Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static DataInputStream open(Path path, int magic) throws IOException {
    InputStream plain = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    try {
      plain.mark(2);
      boolean zipped = plain.read() == 0x1f && plain.read() == 0x8b;
      plain.reset();
      DataInputStream in =
          new DataInputStream(zipped ? new BufferedInputStream(new GZIPInputStream(plain)) : plain);
      int found = in.readInt();
      if (found != magic) {
        throw new InputException(
            Text.format(
                "%s: expected an IDX file that begins with %08x, got %08x", path, magic, found));
      }
      return in;
    } catch (EOFException e) {
      plain.close();
      throw new InputException(path + ": expected an IDX file, got one that ends at once", e);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /** Requires that a file holds no more than its header says. */
  private static void requireEnd(Path path, InputStream in, int n, String what) throws IOException {
    if (in.read() >= 0) {
      throw new InputException(
          Text.format("%s: expected the end after the %d %s of its header", path, n, what));
    }
  }

  private static int count(Path path, DataInputStream in, String what) throws IOException {
    try {
      int count = in.readInt();
      if (count < 1) {
        throw new InputException(
            Text.format(
                "%s: expected from 1 to %d for the number of %s, got %s",
                path, Integer.MAX_VALUE, what, Integer.toUnsignedString(count)));
      }
      return count;
    } catch (EOFException e) {
      throw new InputException(path + ": ends before the number of " + what, e);
    }
  }
}
