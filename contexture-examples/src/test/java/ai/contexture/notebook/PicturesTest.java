package ai.contexture.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.Dataset;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PicturesTest {

  private static long colours(BufferedImage image) {
    int width = image.getWidth();
    return Arrays.stream(image.getRGB(0, 0, width, image.getHeight(), null, 0, width))
        .distinct()
        .count();
  }

  @Test
  void aFigureIsAsWideAsANotebook() {
    double[] x = {1, 2};
    Panel panel = Panel.of("", Axis.linear("x"), Axis.linear("y"), Series.line("a", x, x));

    assertThat(Pictures.of(Figure.of(panel)).getWidth()).isEqualTo(728);
  }

  @Test
  void spectraAreDrawnBesideTheirUsefulness() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Spectrum spectrum = TablesTest.spectrum(manager, 8);

      assertThat(Pictures.of(spectrum, "chance").getWidth()).isGreaterThan(728);
      assertThat(colours(Pictures.of(spectrum, spectrum))).isGreaterThan(10);
    }
    assertThat(colours(Pictures.of(List.of(TablesTest.measures("knn"), TablesTest.unknown()))))
        .isGreaterThan(10);
    assertThatThrownBy(() -> Pictures.of(List.of(TablesTest.unknown())))
        .isInstanceOf(InputException.class);
  }

  @Test
  void aTrainingIsItsLossAndWhatWasMeasured() {
    TrainingLog log = new TrainingLog();
    assertThat(log).hasToString("no steps yet");
    assertThatThrownBy(() -> Pictures.of(log)).hasMessageContaining("no step");

    log.onStep(new StepReport(1, 3, Map.of("norm", 3.0), 1, 0.1));
    log.onStep(new StepReport(2, 2, Map.of("norm", 2.0), 1, 0.1));
    assertThat(Pictures.of(log).getWidth()).isEqualTo(728);
    assertThat(log).hasToString("2 steps, loss from 3.0000 to 2.0000");

    log.onEvaluation(new EvaluationReport(2, 0, 0.75, 1.0, 3, 0.5));
    assertThat(Pictures.of(log).getWidth()).as("three panels").isEqualTo(1260);
    assertThat(log)
        .hasToString(
            "2 steps, loss from 3.0000 to 2.0000, squared canonical correlation 0.750 at step 2");
  }

  @Test
  void classesHaveColoursOfTheirOwn() {
    Matrix features = Matrix.of(4, 2, new double[] {0, 0, 1, 1, 2, 2, 3, 3});
    Target one = Target.Classes.of("t", List.of("a", "b"), 0, 0, 0, 0);
    Target two = Target.Classes.of("t", List.of("a", "b"), 0, 1, 0, 1);
    Target numbers = Target.Values.of("t", 1, 2, 3, 4);

    assertThat(colours(Pictures.scatter(features, two)))
        .isGreaterThan(colours(Pictures.scatter(features, one)));
    assertThat(colours(Pictures.scatter(features, numbers))).isGreaterThan(2);
    assertThatThrownBy(() -> Pictures.scatter(features, Target.Classes.of("t", List.of("a"), 0, 0)))
        .hasMessageContainingAll("[4, 2]", "2 targets");
  }

  @Test
  void imagesStandInLinesAndTheGreatestValueIsWhite() {
    Matrix rows = Matrix.of(3, 4, new double[] {0, 1, 2, 4, 0, 0, 0, 0, 4, 4, 4, 4});
    BufferedImage picture = Pictures.images(rows, new ImageShape(1, 2, 2), 2);

    int size = 40;
    int gap = 3;
    assertThat(picture.getWidth()).isEqualTo(2 * size + 3 * gap);
    assertThat(picture.getHeight()).isEqualTo(2 * size + 3 * gap);
    assertThat(picture.getRGB(gap, gap)).isEqualTo(0xff000000);
    assertThat(picture.getRGB(gap + size / 2, gap)).isEqualTo(0xff404040);
    assertThat(picture.getRGB(gap, gap + size / 2)).isEqualTo(0xff808080);
    assertThat(picture.getRGB(2 * gap + size, gap)).as("the second").isEqualTo(0xff000000);
    assertThat(picture.getRGB(gap, 2 * gap + size)).as("the third").isEqualTo(0xffffffff);
    assertThat(picture.getRGB(2 * gap + size, 2 * gap + size)).as("none").isEqualTo(0xff808080);
  }

  @Test
  void threeChannelsAreColours() {
    Matrix rows = Matrix.of(1, 3, new double[] {0, 0.5, 1});
    BufferedImage picture = Pictures.images(rows, new ImageShape(3, 1, 1), 5);

    assertThat(picture.getRGB(10, 10)).isEqualTo(0xff0080ff);
    assertThatThrownBy(() -> Pictures.images(rows, new ImageShape(1, 2, 2), 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("4 inputs");
    assertThatThrownBy(
            () -> Pictures.images(Matrix.of(1, 2, new double[2]), new ImageShape(2, 1, 1), 1))
        .hasMessageContaining("1 or 3 channels");
  }

  @Test
  void tablesAndArraysAreImagesToo() {
    ImageShape shape = ImageShape.parse("1x8x8");
    Dataset two = Dataset.digits().select(new int[] {0, 1});
    BufferedImage fromTable = Pictures.images(two.features(), shape, 2);
    double[] values = new double[2 * 64];
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 64; column++) {
        var numbers = (ai.contexture.data.NumericColumn) two.features().columns().get(column);
        values[64 * row + column] = numbers.values()[row];
      }
    }
    try (NDManager manager = NDManager.newBaseManager()) {
      BufferedImage fromArray = Pictures.images(manager.create(values, new Shape(2, 64)), shape, 2);
      int width = fromArray.getWidth();
      int height = fromArray.getHeight();
      assertThat(fromTable.getRGB(0, 0, width, height, null, 0, width))
          .isEqualTo(fromArray.getRGB(0, 0, width, height, null, 0, width));
    }
  }
}
