package ai.contexture.context;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Column;
import ai.contexture.data.Dataset;
import ai.contexture.data.ImageFiles;
import ai.contexture.data.ImageOptions;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.PixelBytes;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that are held as bytes are the same points, to the bit. */
class ByteRowsTest {

  private static final int PICTURES = 6;

  @TempDir private Path folder;

  /** Pictures of 5×7 of which each has all kinds of bytes. */
  private Table pictures(int type) throws IOException {
    RandomGenerator random = Numeric.random("pictures");
    for (int i = 0; i < PICTURES; i++) {
      BufferedImage image = new BufferedImage(7, 5, type);
      for (int j = 0; j < 35; j++) {
        for (int band = 0; band < image.getRaster().getNumBands(); band++) {
          int byteOfBand = j < 2 ? 255 * j : random.nextInt(256);
          image.getRaster().setSample(j % 7, j / 7, band, byteOfBand);
        }
      }
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
    return Dataset.of("pictures", ImageFiles.read(folder, ImageOptions.DEFAULT), null, null)
        .features()
        .without(List.of(ImageFiles.FILE));
  }

  private static NDArray inputs(Preprocessing preprocessing, Table table, NDManager manager) {
    double[] values = preprocessing.apply(table).values();
    int p = preprocessing.names().size();
    return manager.create(values, new Shape(table.rows(), p)).toType(DataType.FLOAT32, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB})
  void becomeTheSameInputs(int type) throws IOException {
    Table table = pictures(type);
    Preprocessing fitted =
        Preprocessing.fit(table.select(new int[] {0, 2, 3}), Preprocessing.Options.DEFAULT);
    try (NDManager manager = NDManager.newBaseManager()) {
      PixelBytes bytes = fitted.bytes(table).orElseThrow();
      assertThat(bytes.inputs()).hasDimensions(type == BufferedImage.TYPE_INT_RGB ? 3 : 1, 256);
      Points held = Points.all(bytes, manager);
      NDArray inputs = inputs(fitted, table, manager);
      NDArray positions = manager.create(new long[] {4, 0, 4});
      float[] expected = inputs.get(positions).toFloatArray();

      assertThat(held.shape()).isEqualTo(inputs.getShape());
      assertThat(held.dataType()).isEqualTo(DataType.FLOAT32);
      Points selected = held.select(positions);
      assertThat(selected.rows().toFloatArray()).isEqualTo(expected);
      assertThat(selected.rows().getManager()).isSameAs(manager);
      assertThat(selected.positionsIn(held)).hasValue(positions);
      assertThat(held.subset(positions).rows().toFloatArray()).isEqualTo(expected);
      try (NDManager scope = manager.newSubManager()) {
        Points lent = held.within(scope);
        assertThat(lent.isSameAs(held)).isTrue();
        assertThat(lent.select(positions).rows().toFloatArray()).isEqualTo(expected);
        assertThat(lent.rows().toFloatArray()).isEqualTo(inputs.toFloatArray());
      }
      assertThat(held.rows().toFloatArray()).isEqualTo(inputs.toFloatArray());
      assertThat(held.rows()).as("made once").isSameAs(held.rows());
    }
  }

  /** No arrays are left behind in a step, but what was asked for. */
  @Test
  void leaveNothingBehind() throws IOException {
    Table table = pictures(BufferedImage.TYPE_BYTE_GRAY);
    Preprocessing fitted = Preprocessing.fit(table, Preprocessing.Options.DEFAULT);
    try (NDManager manager = NDManager.newBaseManager()) {
      Points held = Points.all(fitted.bytes(table).orElseThrow(), manager);
      int before = manager.getManagedArrays().size();
      try (NDManager step = manager.newSubManager()) {
        held.select(step.create(new long[] {1, 2}));
        assertThat(step.getManagedArrays()).hasSize(2);
      }
      assertThat(manager.getManagedArrays()).hasSize(before);
    }
  }

  /** Numbers that are no bytes, and other columns than those that were fitted, are left alone. */
  @Test
  void areThoseOfPicturesOnly() throws IOException {
    Table table = pictures(BufferedImage.TYPE_BYTE_GRAY);
    Preprocessing fitted = Preprocessing.fit(table, Preprocessing.Options.DEFAULT);
    List<Column> numbers = new ArrayList<>();
    for (Column column : table.columns()) {
      numbers.add(NumericColumn.of(column.name(), ((NumericColumn) column).values()));
    }
    Table other = Table.of("numbers", numbers);
    assertThat(fitted.bytes(other)).isEmpty();
    assertThat(Preprocessing.fit(other, Preprocessing.Options.DEFAULT).bytes(other)).isEmpty();
    numbers.set(0, table.columns().get(0));
    assertThat(fitted.bytes(Table.of("mixed", numbers))).isEmpty();
    assertThat(fitted.bytes(Table.of("one", numbers.get(0)))).isEmpty();
  }
}
