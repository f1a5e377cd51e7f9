package ai.contexture.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FigureTest {

  private static final double[] ONE_TO_FIVE = {1, 2, 3, 4, 5};

  @TempDir private Path folder;

  private static Figure figure(double... y) {
    Panel panel =
        Panel.of(
            "Errors",
            Axis.logarithmic("k"),
            Axis.linear("error"),
            Series.markedLine("knn", ONE_TO_FIVE, y)
                .within(new double[] {0, 1, 1, 0, 1}, new double[] {9, 9, 9, 9, 9}),
            Series.points("rbf", ONE_TO_FIVE, new double[] {5, 4, 3, 2, 1}),
            Series.line("mask", new double[] {1, 5}, new double[] {2, 2}));
    return Figure.of(panel.with(Note.vertical(3, "best"), Note.point(2, 4, "rbf(2)")), panel);
  }

  private static byte[] bytes(Figure figure, FigureFormat format) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    figure.write(format, stream);
    return stream.toByteArray();
  }

  private static BufferedImage image(Figure figure) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(bytes(figure, FigureFormat.PNG)));
  }

  private static Element svg(Figure figure) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    byte[] text = bytes(figure, FigureFormat.SVG);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text)).getDocumentElement();
  }

  @ParameterizedTest
  @EnumSource
  void sameDataSameBytes(FigureFormat format) throws IOException {
    byte[] first = bytes(figure(1, 2, 3, 4, 5), format);

    assertThat(bytes(figure(1, 2, 3, 4, 5), format)).isEqualTo(first);
    assertThat(bytes(figure(1, 2, 3, 4, 4.9), format)).isNotEqualTo(first);
  }

  @Test
  void pngHasTwoDotsForAPixelAndAColourForASeries() throws IOException {
    BufferedImage image = image(figure(1, 2, 3, 4, 5));

    assertThat(image.getWidth()).isEqualTo(1640);
    int[] dots = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    for (int i = 0; i < 3; i++) {
      assertThat(dots).contains(Theme.colour(i).getRGB());
    }
    assertThat(dots).doesNotContain(Theme.colour(3).getRGB());
    assertThat(dots[0]).isEqualTo(Color.WHITE.getRGB());
  }

  /** There is room for some words around a place, and for no more. */
  @Test
  void aLabelThatWouldCoverAnotherIsLeftOut() throws IOException {
    assertThat(bytes(labelled(2), FigureFormat.SVG))
        .isNotEqualTo(bytes(labelled(1), FigureFormat.SVG));
    assertThat(bytes(labelled(20), FigureFormat.SVG))
        .isEqualTo(bytes(labelled(9), FigureFormat.SVG));
  }

  private static Figure labelled(int times) {
    Series series = Series.points("knn", ONE_TO_FIVE, ONE_TO_FIVE);
    Panel panel = Panel.of("Labels", Axis.linear("x"), Axis.linear("y"), series);
    Note[] labels = new Note[times];
    Arrays.fill(labels, Note.label(3, 3, "a word"));
    return Figure.of(panel.with(labels));
  }

  @Test
  void svgIsXmlWithATitleAndALineForASeries() throws Exception {
    Element root = svg(figure(1, 2, Double.NaN, 4, 5));

    assertThat(root.getAttribute("viewBox")).startsWith("0 0 820 ");
    assertThat(root.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Errors; Errors");
    String blue = "rgb(0,114,178)";
    assertThat(paths(root, blue, "fill:none"))
        .as("a line with a gap in each panel")
        .hasSize(2)
        .allMatch(path -> path.matches("M\\S+ \\S+ L\\S+ \\S+ M\\S+ \\S+ L\\S+ \\S+"));
    String text =
        new String(bytes(figure(1, 2, 3, 4, 5), FigureFormat.SVG), StandardCharsets.UTF_8);
    assertThat(text).doesNotContain("<text").doesNotContainPattern("20\\d\\d-");
  }

  private static List<String> paths(Element root, String colour, String also) {
    List<String> found = new ArrayList<>();
    NodeList all = root.getElementsByTagName("path");
    for (int i = 0; i < all.getLength(); i++) {
      Element path = (Element) all.item(i);
      String style =
          path.getAttribute("style") + ((Element) path.getParentNode()).getAttribute("style");
      if (style.contains("stroke:" + colour) && style.contains(also)) {
        found.add(path.getAttribute("d"));
      }
    }
    return found;
  }

  @Test
  void aCurveThatBeginsAtInfinityComesFromAbove() throws Exception {
    double[] y = {Double.POSITIVE_INFINITY, 2, 1, 1, 1.5};
    Element root =
        svg(
            Figure.of(
                Panel.of(
                    "", Axis.linear("d"), Axis.linear("τ"), Series.line("τ", ONE_TO_FIVE, y))));

    List<String> lines = paths(root, "rgb(0,114,178)", "fill:none");
    assertThat(lines).hasSize(1);
    String[] words = lines.get(0).replaceAll("[ML]", "").split(" ");
    assertThat(words).hasSize(10);
    assertThat(Double.parseDouble(words[1])).as("y of the first").isNegative();
  }

  @Test
  void whatCannotBeDrawnLeavesAGap() throws IOException {
    double nan = Double.NaN;
    Figure empty =
        Figure.of(
            Panel.of(
                "",
                Axis.logarithmic("x"),
                Axis.logarithmic("y"),
                Series.markedLine("none", ONE_TO_FIVE, new double[] {nan, 0, -1, nan, nan})));

    assertThat(image(empty).getWidth()).isEqualTo(1040);
  }

  @Test
  void panelsStandInRowsAndTheLegendInTheFreeCell() throws IOException {
    Panel panel = figure(1, 2, 3, 4, 5).panels().get(0);
    BufferedImage five = image(new Figure(List.of(panel, panel, panel, panel, panel), 3));
    BufferedImage six = image(new Figure(List.of(panel, panel, panel, panel, panel, panel), 3));

    assertThat(five.getWidth()).isEqualTo(1800);
    assertThat(six.getHeight()).as("a legend above").isGreaterThan(five.getHeight());
    int[] cell = five.getRGB(1200, 450, 600, 450, null, 0, 600);
    assertThat(cell).contains(Theme.colour(0).getRGB(), Theme.colour(2).getRGB());
  }

  @Test
  void filesAreWrittenWholeAndNamedForTheirFormat() throws IOException {
    Figure figure = figure(1, 2, 3, 4, 5);
    Path svg = folder.resolve("a.svg");
    figure.write(svg);

    assertThat(svg).hasBinaryContent(bytes(figure, FigureFormat.SVG));
    assertThatThrownBy(() -> figure.write(folder.resolve("a.pdf")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(".png", ".svg", "a.pdf");
    assertThat(folder).isDirectoryContaining(svg::equals).isDirectoryNotContaining("glob:**.p*");
  }

  @Test
  void wordsKeepClearOfEachOtherAndOfTheCurve() {
    Rectangle2D plot = new Rectangle2D.Double(0, 0, 300, 200);
    Line2D curve = new Line2D.Double(0, 100, 300, 100);
    BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    LabelPlacer words =
        new LabelPlacer(image.createGraphics(), new Theme().small(), plot, List.of(curve));
    List<Rectangle2D> places = new ArrayList<>();
    for (double[] at : new double[][] {{150, 100}, {160, 100}, {170, 100}, {298, 100}, {2, 3}}) {
      places.add(words.besidePoint("knn(k=30)", at[0], at[1]));
    }

    for (int i = 0; i < places.size(); i++) {
      assertThat(plot.contains(places.get(i))).as("%d in the plot", i).isTrue();
      assertThat(places.get(i).intersectsLine(curve)).as("%d on the curve", i).isFalse();
      for (int j = 0; j < i; j++) {
        assertThat(places.get(i).intersects(places.get(j))).as("%d on %d", i, j).isFalse();
      }
    }
  }

  @Test
  void seriesAndPanelsRefuseWhatIsNone() {
    assertThatThrownBy(() -> Series.line("a", ONE_TO_FIVE, new double[4]))
        .hasMessageContainingAll("series a", "length 5", "got 4");
    assertThatThrownBy(() -> Series.line("a", new double[0], new double[0]))
        .hasMessageContaining("expected values");
    assertThatThrownBy(() -> Panel.of("p", Axis.linear("x"), Axis.linear("y")))
        .hasMessageContaining("expected series");
    assertThatThrownBy(() -> new Figure(List.of(), 1)).hasMessageContaining("expected panels");
  }
}
