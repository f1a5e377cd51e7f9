package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.ImageOptions.Colour;
import ai.contexture.input.InputException;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {

  @TempDir private Path folder;

  private static BufferedImage grey(int height, int width, int first) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < height * width; i++) {
      image.getRaster().setSample(i % width, i / width, 0, (first + 9 * i) % 256);
    }
    return image;
  }

  private static BufferedImage colours(int height, int width, int first) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int red = (first + 9 * i) % 256;
      image.setRGB(i % width, i / width, red << 16 | (255 - red) << 8 | (i % 256));
    }
    return image;
  }

  private Path save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    String format = name.substring(name.lastIndexOf('.') + 1);
    assertThat(ImageIO.write(image, format, file.toFile())).as(name).isTrue();
    return file;
  }

  private static double[] row(Table table, int row) {
    return table.columns().stream()
        .filter(NumericColumn.class::isInstance)
        .mapToDouble(column -> ((NumericColumn) column).value(row))
        .toArray();
  }

  private static double[] expected(int n, int first) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> (first + 9 * i) % 256);
    return values;
  }

  /** Java converts grey to its own idea of it, which is not what the file says. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif"})
  void greyIsWhatTheFileSays(String format) throws IOException {
    save("b/two." + format, grey(6, 2, 50));
    save("a/one." + format, grey(6, 2, 5));

    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT);

    assertThat(table.images()).contains(new ImageShape(1, 6, 2));
    assertThat(table.names().subList(0, 4)).containsExactly("file", "folder", "x0", "x1");
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.column("file").text(0)).isEqualTo("a/one." + format);
    assertThat(table.column("folder").text(1)).isEqualTo("b");
    assertThat(row(table, 0)).containsExactly(expected(12, 5));
    assertThat(row(table, 1)).containsExactly(expected(12, 50));
    Table swapped = table.select(new int[] {1, 0, 1});
    assertThat(row(swapped, 1)).containsExactly(expected(12, 5));
    assertThat(row(swapped, 2)).containsExactly(expected(12, 50));
    assertThat(swapped.images()).contains(new ImageShape(1, 6, 2));
  }

  @Test
  void coloursAreChannelAfterChannel() throws IOException {
    save("x.png", colours(2, 3, 7));
    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT);
    assertThat(table.images()).contains(new ImageShape(3, 2, 3));
    assertThat(table.has("folder")).as("it lies in none").isFalse();
    double[] red = expected(6, 7);
    double[] all = row(table, 0);
    for (int i = 0; i < 6; i++) {
      assertThat(all[i]).isEqualTo(red[i]);
      assertThat(all[6 + i]).isEqualTo(255 - red[i]);
      assertThat(all[12 + i]).isEqualTo(i);
    }
    Table grey = ImageFiles.read(folder, ImageOptions.DEFAULT.withColour(Colour.GREY));
    double[] luma = row(grey, 0);
    for (int i = 0; i < 6; i++) {
      assertThat(luma[i])
          .isEqualTo(
              (double) Math.round(0.299 * all[i] + 0.587 * all[6 + i] + 0.114 * all[12 + i]));
    }
  }

  @Test
  void greyAmongColoursHasThreeEqualChannels() throws IOException {
    save("a.png", grey(2, 2, 100));
    save("b.png", colours(2, 2, 0));
    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT);
    double[] grey = expected(4, 100);
    assertThat(Arrays.copyOfRange(row(table, 0), 0, 4)).containsExactly(grey);
    assertThat(Arrays.copyOfRange(row(table, 0), 8, 12)).containsExactly(grey);
  }

  @Test
  void oneBitSixteenBitsAndTransparency() throws IOException {
    BufferedImage bit = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bit.getRaster().setSample(1, 0, 0, 1);
    save("a.png", bit);
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x1234);
    deep.getRaster().setSample(1, 0, 0, 0xfedc);
    save("b.png", deep);
    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT);
    assertThat(table.images()).contains(new ImageShape(1, 1, 2));
    assertThat(row(table, 0)).containsExactly(0, 255);
    assertThat(row(table, 1)).containsExactly(0x12, 0xfe);

    BufferedImage clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00000000);
    clear.setRGB(1, 0, 0xff204060);
    save("c.png", clear);
    double[] over = row(ImageFiles.read(folder, ImageOptions.DEFAULT), 2);
    assertThat(over).as("white where it is transparent").containsExactly(255, 32, 255, 64, 255, 96);
  }

  @Test
  void jpegIsNearlyWhatWasSaved() throws IOException {
    BufferedImage plain = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    WritableRaster raster = plain.getRaster();
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        raster.setSample(x, y, 0, 8 * (x + y));
      }
    }
    save("a.jpg", plain);
    double[] read = row(ImageFiles.read(folder, ImageOptions.DEFAULT), 0);
    assertThat(read).hasSize(256);
    for (int i = 0; i < read.length; i++) {
      assertThat(read[i]).isBetween(8 * (i % 16 + i / 16) - 8.0, 8 * (i % 16 + i / 16) + 8.0);
    }
  }

  @Test
  void aZipIsLikeItsFolder() throws IOException {
    save("in/a/1.png", grey(2, 2, 1));
    save("in/b/2.png", grey(2, 2, 2));
    Files.writeString(folder.resolve("in/.DS_Store"), "x");
    Path zip = folder.resolve("all.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("b/2.png", "a/1.png", "__MACOSX/a/._1.png")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(
            name.startsWith("__")
                ? new byte[] {1}
                : Files.readAllBytes(folder.resolve("in").resolve(name)));
      }
    }
    Table ofFolder = ImageFiles.read(folder.resolve("in"), ImageOptions.DEFAULT);
    Table ofZip = ImageFiles.read(zip, ImageOptions.DEFAULT);
    assertThat(ofZip.fingerprint()).isEqualTo(ofFolder.fingerprint());
    Dataset data = ImageFiles.dataset(zip, ImageOptions.DEFAULT, "folder", null);
    assertThat(data.features().names()).containsExactly("x0", "x1", "x2", "x3");
    assertThat(((Target.Classes) data.target().orElseThrow()).classes()).containsExactly("a", "b");
    assertThat(ImageFiles.dataset(zip, ImageOptions.DEFAULT, null, null).target()).isEmpty();
  }

  @Test
  void aTargetThatPicturesDoNotHaveIsRefused() throws IOException {
    save("a.png", grey(2, 2, 1));
    assertThatThrownBy(() -> ImageFiles.dataset(folder, ImageOptions.DEFAULT, "folder", null))
        .isInstanceOf(InputException.class)
        .hasMessage(
            folder
                + ": the target of pictures is the folder that they lie in, but these lie in none,"
                + " got 'folder'");
    save("b/c.png", grey(2, 2, 1));
    assertThatThrownBy(() -> ImageFiles.dataset(folder, ImageOptions.DEFAULT, "class", null))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + ": the target of pictures is folder, got 'class'");
  }

  @Test
  void picturesOfSeveralSizesNeedOne() throws IOException {
    save("a.png", grey(2, 2, 1));
    save("b.png", grey(4, 6, 1));
    assertThatThrownBy(() -> ImageFiles.read(folder, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(
            folder
                + ": pictures differ in size: a.png has 2x2 pixels, b.png has 4x6; give"
                + " size=32x32");
    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT.withSize(new ImageSize(2, 3)));
    assertThat(table.images()).contains(new ImageShape(1, 2, 3));
  }

  private void refused(String... messages) {
    assertThatThrownBy(() -> ImageFiles.read(folder, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(folder.toString()).contains(messages))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void brokenAndForeignFilesAreNamedOrLeftOut() throws IOException {
    refused("expected pictures", "got none");
    byte[] whole = Files.readAllBytes(save("a.jpg", grey(40, 40, 3)));
    Files.write(folder.resolve("b.jpg"), Arrays.copyOf(whole, whole.length / 2));
    refused("b.jpg: the picture cannot be read", "; skip-broken leaves such files out");
    byte[] png = Files.readAllBytes(save("c.png", grey(40, 40, 3)));
    Files.write(folder.resolve("c.png"), Arrays.copyOf(png, png.length / 2));
    byte[] gif = Files.readAllBytes(save("d.gif", grey(40, 40, 3)));
    Files.write(folder.resolve("d.gif"), Arrays.copyOf(gif, gif.length / 2));
    Files.writeString(folder.resolve("e.png"), "no picture at all");
    Files.writeString(folder.resolve("f.txt"), "a note");
    Files.write(folder.resolve("g.bmp"), new byte[0]);
    refused("e.png: not a picture", "other files");

    Table table = ImageFiles.read(folder, ImageOptions.DEFAULT.skippingBroken());

    assertThat(((NominalColumn) table.column("file")).levels()).containsExactly("a.jpg");
    Files.delete(folder.resolve("a.jpg"));
    assertThatThrownBy(() -> ImageFiles.read(folder, ImageOptions.DEFAULT.skippingBroken()))
        .isInstanceOf(InputException.class);
  }

  @Test
  void anAnimationIsItsFirstPicture() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out =
        ImageIO.createImageOutputStream(folder.resolve("a.gif").toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int first : new int[] {11, 99}) {
        writer.writeToSequence(new IIOImage(grey(5, 2, first), null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
    assertThat(row(ImageFiles.read(folder, ImageOptions.DEFAULT), 0))
        .containsExactly(expected(10, 11));
  }

  /** Java reads the lines of such a file in another order. */
  @Test
  void anInterlacedGifOfFewLinesIsRefused() throws IOException {
    save("a.gif", grey(3, 4, 1));
    refused("a.gif: an interlaced GIF of 3 lines, expected at least 5; save it as PNG");
  }

  @Test
  void aPictureThatIsTooLargeIsRefusedByItsHeader() throws IOException {
    save("a.png", grey(1, 20_000, 0));
    assertThat(ImageFiles.read(folder, ImageOptions.DEFAULT).images())
        .contains(new ImageShape(1, 1, 20_000));
    byte[] png = Files.readAllBytes(folder.resolve("a.png"));
    ByteBuffer.wrap(png).putInt(20, 20_000); // its height, 400 million pixels
    Files.write(folder.resolve("a.png"), png);
    refused("a.png: 20000x20000 pixels, expected at most 100 million");
  }

  private Path idx(String name, int magic, int[] sizes, byte[] values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(4 + 4 * sizes.length).putInt(magic);
    Arrays.stream(sizes).forEach(header::putInt);
    bytes.write(header.array());
    bytes.write(values);
    Path file = folder.resolve(name);
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      bytes.writeTo(out);
    }
    return file;
  }

  @Test
  void idxFilesHaveTheirLabelsBesideThem() throws IOException {
    byte[] pixels = {0, 1, 2, (byte) 255, 10, 20, 30, 40};
    Path pictures = idx("t-images-idx3-ubyte.gz", 0x803, new int[] {2, 2, 2}, pixels);
    assertThat(ImageFiles.read(pictures, ImageOptions.DEFAULT).has("label")).isFalse();
    Path labels = idx("t-labels-idx1-ubyte", 0x801, new int[] {2}, new byte[] {7, 3});

    Dataset data = ImageFiles.dataset(pictures, ImageOptions.DEFAULT, "label", null);

    assertThat(data.features().images()).contains(new ImageShape(1, 2, 2));
    assertThat(row(data.features(), 0)).containsExactly(0, 1, 2, 255);
    assertThat(row(data.features(), 1)).containsExactly(10, 20, 30, 40);
    Target.Classes target = (Target.Classes) data.target().orElseThrow();
    assertThat(target.classes().get(target.codes()[0])).isEqualTo("7");
    Files.delete(labels);
    idx("t-labels-idx1-ubyte", 0x801, new int[] {3}, new byte[] {7, 3, 1});
    assertThatThrownBy(() -> ImageFiles.read(pictures, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("3 labels, expected one for each of 2 in ");
  }

  @Test
  void idxHeadersThatLieAreRefused() throws IOException {
    Path longer = idx("a-images-idx3-ubyte", 0x803, new int[] {1, 1, 2}, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ImageFiles.read(longer, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(longer + ": expected the end after the 1 pictures of its header");
    Path many = idx("b-idx3-ubyte", 0x803, new int[] {(int) 4_000_000_000L, 1, 1}, new byte[1]);
    assertThatThrownBy(() -> ImageFiles.read(many, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(
            many + ": expected from 1 to 2147483647 for the number of pictures, got 4000000000");
    Path wide = idx("c-idx3-ubyte", 0x803, new int[] {1, 65_536, 65_536}, new byte[1]);
    assertThatThrownBy(() -> ImageFiles.read(wide, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(wide + ": pictures of 4294967296 numbers each, expected at most ");
    Path pictures = idx("d-images-idx3-ubyte", 0x803, new int[] {2, 1, 1}, new byte[] {1, 2});
    Path labels = idx("d-labels-idx1-ubyte", 0x801, new int[] {2}, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ImageFiles.read(pictures, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(labels + ": expected the end after the 2 labels of its header");
  }

  /** A picture of which a bit changed may still be one, of other pixels. */
  @Test
  void damageWithinAZipIsFound() throws IOException {
    byte[] picture = Files.readAllBytes(save("in/1.bmp", grey(2, 2, 1)));
    Path zip = folder.resolve("all.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      ZipEntry entry = new ZipEntry("1.bmp");
      CRC32 crc = new CRC32();
      crc.update(picture);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(picture.length);
      entry.setCrc(crc.getValue());
      out.putNextEntry(entry);
      out.write(picture);
    }
    ImageFiles.read(zip, ImageOptions.DEFAULT);
    byte[] all = Files.readAllBytes(zip);
    int last = 30 + "1.bmp".length() + picture.length - 4; // behind the header of the entry
    all[last] ^= 64;
    Files.write(zip, all);
    assertThatThrownBy(() -> ImageFiles.read(zip, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            zip
                + ": 1.bmp: cannot be read: damaged, its checksum differs from that of the archive");
  }

  /** Java's writer refuses it, others do not. */
  @Test
  void aNameThatAZipHoldsTwiceIsRefused() throws IOException {
    byte[] picture = Files.readAllBytes(save("in/1.bmp", grey(2, 2, 1)));
    Path zip = folder.resolve("all.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : List.of("1.bmp", "2.bmp")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(picture);
      }
    }
    String all = Files.readString(zip, StandardCharsets.ISO_8859_1);
    Files.writeString(zip, all.replace("2.bmp", "1.bmp"), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ImageFiles.read(zip, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(zip + ": holds two files of the name 1.bmp");
  }

  @Test
  void damagedIdxFilesAreRefused() throws IOException {
    Path shortened = idx("a-idx3-ubyte", 0x803, new int[] {2, 2, 2}, new byte[] {1, 2, 3, 4, 5});
    assertThatThrownBy(() -> ImageFiles.read(shortened, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(shortened + ": ends after 1 of 2 pictures");
    Path other = idx("b-idx3-ubyte", 0x801, new int[] {2}, new byte[] {1, 2});
    assertThatThrownBy(() -> ImageFiles.read(other, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(other + ": expected an IDX file that begins with 00000803, got 00000801");
    Path empty = folder.resolve("c-idx3-ubyte");
    Files.write(empty, "ab".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ImageFiles.read(empty, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(empty + ": expected an IDX file, got one that ends at once");
    Path huge =
        idx("d-idx3-ubyte", 0x803, new int[] {1, Integer.MAX_VALUE, 70_000}, new byte[] {1});
    assertThatThrownBy(() -> ImageFiles.read(huge, ImageOptions.DEFAULT))
        .isInstanceOf(InputException.class);
  }

  @Test
  void picturesOfAnotherShapeAreNotThoseLearnedFrom() throws IOException {
    save("a/1.png", grey(2, 6, 1));
    save("a/2.png", grey(2, 6, 90));
    Preprocessing fitted =
        Preprocessing.fit(
            ImageFiles.dataset(folder, ImageOptions.DEFAULT, null, null).features(),
            Preprocessing.Options.DEFAULT);
    assertThat(fitted.options().images()).contains(new ImageShape(1, 2, 6));
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    ImageIO.write(grey(3, 4, 1), "png", other.resolve("a.png").toFile());
    Table asMany = ImageFiles.read(other, ImageOptions.DEFAULT);
    assertThatThrownBy(() -> fitted.apply(asMany))
        .isInstanceOf(InputException.class)
        .hasMessage(other + ": expected pictures of 1x2x6 (channels, height, width), got 1x3x4");
  }
}
