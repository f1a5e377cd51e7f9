package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Points;
import ai.contexture.data.Column;
import ai.contexture.data.Dataset;
import ai.contexture.data.ImageFiles;
import ai.contexture.data.ImageOptions;
import ai.contexture.data.ImageShape;
import ai.contexture.data.Matrix;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.representation.Representation;
import ai.contexture.testing.Numeric;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pretraining on pictures, which are held as bytes. */
class PicturesTest {

  private static final int PICTURES = 60;

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    RandomGenerator random = Numeric.random("pictures");
    for (int i = 0; i < PICTURES; i++) {
      BufferedImage image = new BufferedImage(6, 6, BufferedImage.TYPE_INT_RGB);
      for (int j = 0; j < 36; j++) {
        image.setRGB(j % 6, j / 6, random.nextInt(1 << 24));
      }
      Path file = Files.createDirectories(folder.resolve("in")).resolve(100 + i + ".png");
      ImageIO.write(image, "png", file.toFile());
    }
  }

  private Dataset asBytes() {
    return ImageFiles.dataset(folder.resolve("in"), ImageOptions.DEFAULT, null, null);
  }

  /** The same numbers, held as such. */
  private static Dataset asNumbers(Dataset pictures) {
    List<Column> columns = new ArrayList<>();
    for (Column column : pictures.features().columns()) {
      columns.add(NumericColumn.of(column.name(), ((NumericColumn) column).values()));
    }
    return Dataset.of("in", Table.of("in", columns), null, null);
  }

  private static Recipe recipe(String context, int batch) {
    return Recipe.DEFAULT
        .withContext(context)
        .withObjective("non-contrastive")
        .withEncoder("lenet")
        .withDimension(3)
        .withOutputs(6)
        .withSamples(4)
        .withPreprocessing(Preprocessing.Options.DEFAULT.withShape(new ImageShape(3, 6, 6)))
        .withTraining(TrainingOptions.DEFAULT.withSteps(5).withBatch(batch));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "16 augment(crop, brightness)",
        "0 augment(flip)",
        "16 augment(noise, flip)",
        "16 knn(k=5)"
      })
  void bytesTrainToTheSameBits(String how) {
    Recipe recipe =
        recipe(how.split(" ", 2)[1], Integer.parseInt(how.substring(0, how.indexOf(' '))));
    Dataset pictures = asBytes();
    try (Pretraining bytes = Pretraining.prepare(pictures, recipe, Device.cpu());
        Pretraining numbers = Pretraining.prepare(asNumbers(pictures), recipe, Device.cpu())) {
      bytes.train();
      numbers.train();
      Matrix features = bytes.representation().embed(pictures);
      assertThat(features).isEqualTo(numbers.representation().embed(pictures));
      assertThat(features.values()).isNotEqualTo(new double[features.values().length]);
    }
  }

  /** What is in memory is bytes, and inputs only of those in a batch. */
  @Test
  void inputsAreMadeOfBatchesOnly() {
    try (Pretraining job = Pretraining.prepare(asBytes(), recipe("augment(crop)", 16))) {
      NDManager owner = job.context().points().manager();
      job.train();
      assertThat(job.representation().embed(asBytes()).rows()).isEqualTo(PICTURES);
      Points points = job.context().points();
      assertThat(owner.getManagedArrays().stream().filter(a -> a.getShape().equals(points.shape())))
          .extracting(NDArray::getDataType)
          .containsExactly(DataType.UINT8);
      assertThat(points.shape()).isEqualTo(new Shape(42, 108));
    }
  }

  /** Views of pictures need no pictures that were trained on, so that a run does not hold them. */
  @ParameterizedTest
  @ValueSource(strings = {"augment(crop, sometimes(flip))", "augment(crop, noise(scale=0.1))"})
  void aSavedRunHoldsPicturesOnlyWhereViewsReadThem(String context) throws IOException {
    Dataset pictures = asBytes();
    Path run = folder.resolve("run");
    try (Pretraining job = Pretraining.prepare(pictures, recipe(context, 16), Device.cpu())) {
      job.train();
      job.representation().save(run);
      try (Representation loaded = Representation.load(run)) {
        assertThat(loaded.embed(pictures)).isEqualTo(job.representation().embed(pictures));
        long points = loaded.block().getParameters().get("points").getArray().getShape().get(0);
        assertThat(points).isEqualTo(context.contains("noise") ? 42 : 1);
      }
    }
  }

  /** The order of the functions is estimated from some of the rows where they are many. */
  @Test
  void featuresAreOrderedBySomeRows() {
    Dataset pictures = asBytes();
    Recipe two =
        recipe("augment(brightness)", 16).withEncoder("linear").withDimension(2).withOutputs(2);
    try (Pretraining all = Pretraining.prepare(pictures, two.withSamples(1 << 12));
        Pretraining some = Pretraining.prepare(pictures, two.withSamples(1 << 13));
        Pretraining again = Pretraining.prepare(pictures, two.withSamples(1 << 13))) {
      assertThat(all.orderingRows()).isEqualTo(42);
      assertThat(some.orderingRows()).isEqualTo(32);
      double[] estimated = some.representation().eigenvalues();
      assertThat(estimated).isEqualTo(again.representation().eigenvalues());
      assertThat(estimated).isNotEqualTo(all.representation().eigenvalues());
      Numeric.assertClose("eigenvalues", estimated, all.representation().eigenvalues(), 0.2);
    }
  }
}
