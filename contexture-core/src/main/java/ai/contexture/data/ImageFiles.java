package ai.contexture.data;

import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.Text;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures as rows: those of a folder or a zip file, in the order of their names, or those of an
 * IDX file, as MNIST is published.
 *
 * <p>The columns are the pixels, {@code x0} to {@code x(c·h·w − 1)}, channel after channel and line
 * after line, from 0 to 255. Before them stand {@value #FILE} and {@value #FOLDER}, the name of
 * each file and of the folder that it lies in, or {@value #LABEL} where a file of labels lies
 * beside an IDX file.
 */
public final class ImageFiles {

  /** The column with the names of files. */
  public static final String FILE = "file";

  /** The column with the folders that files lie in, which often is a class. */
  public static final String FOLDER = "folder";

  /** The column with the labels of an IDX file. */
  public static final String LABEL = "label";

  private static final Logger logger = LoggerFactory.getLogger(ImageFiles.class);

  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "bmp", "gif");

  /** What systems leave in folders. */
  private static final Pattern IGNORED =
      Pattern.compile("(?i)(.*/)?(\\..*|__MACOSX|Thumbs\\.db|desktop\\.ini)(/.*)?");

  /** A larger file is no picture that is learned from. */
  private static final int MOST_BYTES = 1 << 28;

  /** More inputs than these are asked to be fewer. */
  private static final int MOST_INPUTS = 1 << 20;

  private ImageFiles() {}

  /** Returns whether a path is read as pictures: a folder, a zip file or an IDX file. */
  public static boolean isNamedSo(Path path) {
    return Files.isDirectory(path) || isZip(path) || IdxFile.isNamedSo(path);
  }

  private static boolean isZip(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
  }

  /**
   * Reads pictures.
   *
   * @throws InputException if there are none, one is no picture, or they differ in size and none is
   *     asked for
   */
  public static Table read(Path path, ImageOptions options) {
    try {
      if (IdxFile.isNamedSo(path)) {
        return IdxFile.read(path, options);
      }
      if (isZip(path)) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
          return read(path, entries(zip), options);
        }
      }
      return read(path, files(path), options);
    } catch (UncheckedIOException e) {
      throw new InputException(path + ": cannot be read: " + e.getCause().getMessage(), e);
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A file, wherever it lies. */
  private interface Opener {
    InputStream open() throws IOException;
  }

  /** A file that may be a picture. */
  private record Entry(String name, Opener opener) {

    String folder() {
      int end = name.lastIndexOf('/');
      return end < 0 ? "" : name.substring(0, end);
    }

    /** What its beginning says. */
    Picture.Header header() {
      if (!ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
        throw new InputException(name + ": not a picture (.png, .jpg, .jpeg, .bmp or .gif)");
      }
      return Picture.header(name, bytes());
    }

    byte[] bytes() {
      try (InputStream stream = opener.open()) {
        byte[] all = stream.readNBytes(MOST_BYTES + 1);
        if (all.length > MOST_BYTES) {
          throw new InputException(
              name + ": expected a picture of at most " + (MOST_BYTES >> 20) + " MiB");
        }
        return all;
      } catch (IOException e) {
        throw new InputException(name + ": cannot be read: " + e.getMessage(), e);
      }
    }
  }

  private static List<Entry> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return sorted(
          walk.filter(Files::isRegularFile)
              .map(
                  file ->
                      new Entry(
                          folder.relativize(file).toString().replace('\\', '/'),
                          () -> Files.newInputStream(file))));
    }
  }

  private static List<Entry> entries(ZipFile zip) {
    Set<String> names = new HashSet<>();
    return sorted(
        zip.stream()
            .filter(entry -> !entry.isDirectory())
            .peek(
                entry -> {
                  if (!names.add(entry.getName())) {
                    throw new InputException(
                        zip.getName() + ": holds two files of the name " + entry.getName());
                  }
                })
            .map(entry -> new Entry(entry.getName(), () -> checked(zip, entry))));
  }

  /** A file in an archive, which {@link ZipFile} does not compare with its checksum. */
  private static InputStream checked(ZipFile zip, ZipEntry entry) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
    return new FilterInputStream(checked) {
      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        int read = super.read(into, from, most);
        if (read < 0 && checked.getChecksum().getValue() != entry.getCrc()) {
          throw new IOException("damaged, its checksum differs from that of the archive");
        }
        return read;
      }
    };
  }

  private static List<Entry> sorted(Stream<Entry> all) {
    return all.filter(entry -> !IGNORED.matcher(entry.name).matches())
        .sorted(Comparator.comparing(Entry::name))
        .toList();
  }

  /** What was read of a file, or why it could not be read. */
  private record Attempt<T>(Entry entry, T read, String broken) {

    static <T> Attempt<T> at(Entry entry, Function<Entry, T> work) {
      try {
        return new Attempt<>(entry, work.apply(entry), null);
      } catch (InputException e) {
        return new Attempt<>(entry, null, e.getMessage());
      }
    }
  }

  private static Table read(Path path, List<Entry> entries, ImageOptions options) {
    List<String> broken = new ArrayList<>();
    List<Attempt<Picture.Header>> headers = readable(path, entries, Entry::header, options, broken);
    if (headers.isEmpty()) {
      throw new InputException(
          path + ": expected pictures (.png, .jpg, .jpeg, .bmp or .gif), got none");
    }
    ImageSize size = options.size().orElseGet(() -> common(path, headers));
    boolean grey =
        options.colour() == Colour.GREY
            || (options.colour() == Colour.AUTO
                && headers.stream().allMatch(one -> one.read.grey()));
    requireFew(path, grey ? 1 : 3, size);
    ImageShape shape = new ImageShape(grey ? 1 : 3, size.height(), size.width());
    List<Attempt<byte[]>> pictures =
        readable(
            path,
            headers.stream().map(Attempt::entry).toList(),
            entry -> Picture.pixels(entry.name, entry.bytes(), grey, size),
            options,
            broken);
    if (pictures.isEmpty()) {
      throw new InputException(path + ": none of the pictures can be read; " + broken.get(0));
    }
    warn(path, broken, entries.size(), headers);
    byte[][] rows = pictures.stream().map(Attempt::read).toArray(byte[][]::new);
    List<Entry> kept = pictures.stream().map(Attempt::entry).toList();
    return table(path.toString(), shape, rows, names(kept));
  }

  /**
   * Reads something of each file, several at once.
   *
   * @param broken where to add why files cannot be read, if they are left out
   * @return of the files that can be read, in their order
   */
  private static <T> List<Attempt<T>> readable(
      Path path,
      List<Entry> entries,
      Function<Entry, T> work,
      ImageOptions options,
      List<String> broken) {
    List<Attempt<T>> all = entries.parallelStream().map(entry -> Attempt.at(entry, work)).toList();
    all.stream().map(Attempt::broken).filter(Objects::nonNull).forEach(broken::add);
    if (!options.skipBroken()) {
      refuse(path, broken);
    }
    return all.stream().filter(one -> one.broken == null).toList();
  }

  /** The names of files, and of the folders that they lie in if there are any. */
  private static List<Column> names(List<Entry> files) {
    List<Column> columns = new ArrayList<>();
    columns.add(NominalColumn.of(FILE, files.stream().map(Entry::name).toArray(String[]::new)));
    String[] folders =
        files.stream().map(Entry::folder).map(f -> f.isEmpty() ? null : f).toArray(String[]::new);
    if (Stream.of(folders).anyMatch(Objects::nonNull)) {
      columns.add(NominalColumn.of(FOLDER, folders));
    }
    return columns;
  }

  /** Returns a table of pictures with what is known of them before their pixels. */
  static Table table(String source, ImageShape shape, byte[][] rows, List<Column> first) {
    List<Column> columns = new ArrayList<>(first);
    PixelMatrix matrix = new PixelMatrix(rows);
    for (int j = 0; j < shape.inputs(); j++) {
      columns.add(NumericColumn.of("x" + j, matrix, j));
    }
    return Table.of(source, shape, columns);
  }

  static void requireFew(Path path, int channels, ImageSize size) {
    BigInteger inputs =
        BigInteger.valueOf(channels)
            .multiply(BigInteger.valueOf(size.height()))
            .multiply(BigInteger.valueOf(size.width()));
    if (inputs.compareTo(BigInteger.valueOf(MOST_INPUTS)) > 0) {
      throw new InputException(
          Message.of(
              "%s: pictures of %d numbers each, expected at most %d; give %s",
              path, inputs, MOST_INPUTS, Setting.SIZE.to("32x32")));
    }
  }

  private static void refuse(Path path, List<String> broken) {
    if (!broken.isEmpty()) {
      String others =
          broken.size() == 1
              ? ""
              : Text.format(
                  " (and %d other file%s)", broken.size() - 1, broken.size() == 2 ? "" : "s");
      throw new InputException(
          Message.of(
              "%s: %s%s; %s leaves such files out",
              path, broken.get(0), others, Setting.SKIP_BROKEN));
    }
  }

  private static void warn(
      Path path, List<String> broken, int files, List<Attempt<Picture.Header>> pictures) {
    if (!broken.isEmpty()) {
      logger.warn(
          "{}: {} of {} files left out; the first is {}",
          path,
          broken.size(),
          files,
          broken.get(0));
    }
    long several = pictures.stream().filter(one -> one.read.frames()).count();
    if (several > 0) {
      logger.warn(
          "{}: {} with several pictures, of which only the first is read",
          path,
          Text.count(several, "GIF file"));
    }
  }

  /** The size that all pictures have. */
  private static ImageSize common(Path path, List<Attempt<Picture.Header>> pictures) {
    Attempt<Picture.Header> first = pictures.get(0);
    for (Attempt<Picture.Header> other : pictures) {
      if (!other.read.size().equals(first.read.size())) {
        throw new InputException(
            Message.of(
                "%s: pictures differ in size: %s has %s pixels, %s has %s; give %s",
                path,
                first.entry.name,
                first.read.size(),
                other.entry.name,
                other.read.size(),
                Setting.SIZE.to("32x32")));
      }
    }
    return first.read.size();
  }

  /**
   * Takes what is known of pictures beside their pixels out of a table.
   *
   * @param kept columns that stay
   */
  static Table withoutNames(Table table, Set<String> kept) {
    Set<String> known = new TreeSet<>(Set.of(FILE, FOLDER, LABEL));
    known.removeAll(kept);
    known.removeIf(name -> !table.has(name));
    return known.isEmpty() ? table : table.without(known);
  }

  /**
   * Returns pictures as a dataset.
   *
   * @param target {@value #FOLDER} or {@value #LABEL}, or null for none
   */
  public static Dataset dataset(Path path, ImageOptions options, String target, Task task) {
    Table all = read(path, options);
    if (target != null && !all.has(target)) {
      Optional<String> known = Stream.of(FOLDER, LABEL).filter(all::has).findFirst();
      throw new InputException(
          Text.format(
              "%s: the target of pictures is %s, got '%s'",
              path, known.orElse("the folder that they lie in, but these lie in none"), target));
    }
    Set<String> kept = target == null ? Set.of() : Set.of(target);
    return Dataset.of(Dataset.name(path), withoutNames(all, kept), target, task);
  }
}
