package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of pictures from the command line, from end to end. */
class PicturesTest {

  private static final int SIDE = 8;

  @TempDir private Path folder;

  private Path pictures;

  /** Bars that lie or stand, at different places. */
  @BeforeEach
  void pictures() throws IOException {
    pictures = folder.resolve("bars");
    for (int i = 0; i < 48; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      for (int j = 0; j < SIDE; j++) {
        int at = (i / 2) % SIDE;
        image.getRaster().setSample(i % 2 == 0 ? j : at, i % 2 == 0 ? at : j, 0, 155 + 2 * i);
      }
      Path file = pictures.resolve(i % 2 == 0 ? "lying" : "standing").resolve(i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
  }

  private Command pretrain(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "pretrain",
                "--context",
                "augment(shift(pixels=1), noise(scale=0.1))",
                "--objective",
                "non-contrastive",
                "--encoder",
                "lenet",
                "--dim",
                "2",
                "--outputs",
                "4",
                "--steps",
                "3",
                "--out",
                folder.resolve("run").toString()));
    all.addAll(List.of(more));
    return Command.run(all.toArray(String[]::new));
  }

  private static void refused(Command command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(2);
    assertThat(command.err().lines().filter(line -> !line.startsWith("warning:"))).hasSize(1);
    assertThat(command.err()).contains(parts);
  }

  @Test
  void aFolderIsLearnedFromAndEmbedded() throws IOException {
    Command run = pretrain("--data", pictures.toString(), "--target", "folder");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("bars: 48 grey pictures of 8x8; ");
    assertThat(run.out()).contains("for 'folder' (accuracy ", "grey pictures of 8x8 of bars");
    Path own = folder.resolve("own.csv");
    Path again = folder.resolve("again.csv");
    String saved = folder.resolve("run").toString();
    assertThat(Command.run("embed", saved, "--keep", "file,folder", "--out", own.toString()).code())
        .isZero();
    Command given =
        Command.run(
            "embed",
            saved,
            "--data",
            pictures.toString(),
            "--keep",
            "file,folder",
            "--out",
            again.toString());
    assertThat(given.code()).as(given.err()).isZero();
    assertThat(Files.readAllLines(own))
        .hasSize(49)
        .isEqualTo(Files.readAllLines(again))
        .element(0)
        .isEqualTo("row,file,folder,f1,f2");
    assertThat(Files.readAllLines(own).get(1)).contains("lying/0.png,lying,");

    Path other = folder.resolve("other");
    Files.createDirectories(other);
    BufferedImage wide = new BufferedImage(16, 4, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(wide, "png", other.resolve("wide.png").toFile());
    refused(
        Command.run("embed", saved, "--data", other.toString(), "--out", "x.csv"),
        "expected pictures of 1x8x8 (channels, height, width), got 1x4x16");
    BufferedImage colours = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    colours.setRGB(0, 0, 0xff0000);
    ImageIO.write(colours, "png", other.resolve("wide.png").toFile());
    refused(
        Command.run("embed", saved, "--data", other.toString(), "--out", "x.csv"),
        "expected pictures of 1x8x8 (channels, height, width), got 3x8x8");
  }

  /** The size is that of the run, also for new pictures. */
  @Test
  void newPicturesAreBroughtToTheSizeOfTheRun() throws IOException {
    assertThat(pretrain("--data", pictures.toString(), "--size", "6x5").code()).isZero();
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    BufferedImage wide = new BufferedImage(16, 4, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(wide, "png", other.resolve("wide.png").toFile());
    Command embedded =
        Command.run(
            "embed", folder.resolve("run").toString(), "--data", other.toString(), "--out", "-");
    assertThat(embedded.code()).as(embedded.err()).isZero();
    assertThat(embedded.out().lines()).hasSize(2);
    Command again = pretrain("--data", pictures.toString(), "--size", "6x5");
    refused(again, "--out");
  }

  @Test
  void describeTellsOfPictures() {
    Command told =
        Command.run("pretrain", "--data", pictures.toString(), "--target", "folder", "--describe");
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out()).startsWith("bars: 48 grey pictures of 8x8").doesNotContain("x63");
  }

  /** Pixels cannot be dropped, so that nobody is told to do so. */
  @Test
  void aMarkThatTellsTheClassIsWarnedOf() throws IOException {
    for (int i = 0; i < 48; i++) {
      Path file = pictures.resolve(i % 2 == 0 ? "lying" : "standing").resolve(i + ".png");
      BufferedImage image = ImageIO.read(file.toFile());
      image.getRaster().setSample(0, 0, 0, i % 2 == 0 ? 7 : 90);
      ImageIO.write(image, "png", file.toFile());
    }
    Command told =
        Command.run("pretrain", "--data", pictures.toString(), "--target", "folder", "--describe");
    assertThat(told.err().replaceAll("\\s+", " "))
        .contains("the target 'folder' follows exactly from column 'x0'", "a mark in common")
        .doesNotContain("--drop");
  }

  @Test
  void spectrumAndCompareTakePicturesToo() {
    Command spectrum =
        Command.run("spectrum", "--data", pictures.toString(), "--context", "knn(k=5)");
    assertThat(spectrum.code()).as(spectrum.err()).isZero();
    Command compared =
        Command.run(
            "compare",
            "--data",
            pictures.toString(),
            "--target",
            "folder",
            "--context",
            "knn(k=5)",
            "--dim",
            "2");
    assertThat(compared.code()).as(compared.err()).isZero();
  }

  @Test
  void whatIsNoPictureIsRefusedInOneLine() throws IOException {
    String data = pictures.toString();
    refused(
        pretrain("--data", data, "--drop", "x1"), "--drop is about tables, expected no pictures");
    refused(pretrain("--data", data, "--size", "8"), "--size: expected height and width");
    refused(pretrain("--data", data, "--colour", "red"), "--colour", "auto, grey, rgb");
    refused(pretrain("--data", data, "--target", "class"), "the target of pictures is folder");
    refused(pretrain("--size", "8x8"), "--size", "expected --data FILE with it");
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "a,b\n1,2\n3,4\n");
    refused(
        pretrain("--data", table.toString(), "--skip-broken"),
        "--skip-broken is about pictures, expected a folder, a zip or an IDX file of them");
    Files.writeString(pictures.resolve("lying/0.png"), "a text");
    refused(
        pretrain("--data", data),
        "lying/0.png: not a picture (PNG, JPEG, BMP or GIF); --skip-broken leaves such files out");
    assertThat(folder.resolve("run")).doesNotExist();
    Command skipped = pretrain("--data", data, "--skip-broken");
    assertThat(skipped.code()).as(skipped.err()).isZero();
    assertThat(skipped.err().replaceAll("\\s+", " "))
        .contains("1 of 48 files left out; the first is lying/0.png");
  }
}
