package ai.contexture.torch;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.testing.Held;
import ai.contexture.torch.Images.Outside;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImagesTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void theIdentityMapGivesTheImagesBack() {
    NDArray images = normal(manager, "images", 6, 20).reshape(3, 2, 5, 4);
    double[] maps = {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0};
    for (Outside outside : Outside.values()) {
      assertClose(Images.affine(images, maps, outside), images, 1e-14);
      NDArray narrow = images.toType(DataType.FLOAT32, true);
      NDArray result = Images.affine(narrow, maps, outside);
      assertThat(result.getDataType()).isEqualTo(DataType.FLOAT32);
      assertClose(result, narrow, 2e-6);
    }
  }

  @Test
  void pixelsComeFromWhereTheMapSays() {
    NDArray image = manager.create(new double[] {1, 2, 3, 4, 5, 6}, new Shape(1, 1, 2, 3));
    // from one pixel to the right and half a pixel down
    double[] maps = {1, 0, 1, 0, 1, 0.5};
    assertClose(
        Images.affine(image, maps, Outside.ZERO).toDoubleArray(),
        new double[] {3.5, 4.5, 0, 2.5, 3, 0},
        1e-14);
    assertClose(
        Images.affine(image, maps, Outside.EDGE).toDoubleArray(),
        new double[] {3.5, 4.5, 4.5, 5, 6, 6},
        1e-14);
  }

  /** The definition, pixel by pixel, for any map and images that are not square. */
  @Test
  void anyMapFollowsTheDefinition() {
    int b = 4;
    int channels = 2;
    int height = 5;
    int width = 7;
    NDArray images =
        normal(manager, "images", b, channels * height * width).reshape(b, channels, height, width);
    RandomGenerator random = random("maps");
    double[] maps = new double[6 * b];
    Arrays.setAll(maps, i -> random.nextGaussian());
    double[] x = images.toDoubleArray();
    double[] expected = new double[x.length];
    for (int i = 0; i < expected.length; i++) {
      int image = i / (channels * height * width);
      int plane = i / (height * width);
      double down = i / width % height - (height - 1) / 2.0;
      double right = i % width - (width - 1) / 2.0;
      int m = 6 * image;
      double column = maps[m] * right + maps[m + 1] * down + maps[m + 2] + (width - 1) / 2.0;
      double line = maps[m + 3] * right + maps[m + 4] * down + maps[m + 5] + (height - 1) / 2.0;
      for (int u = 0; u < height; u++) {
        for (int v = 0; v < width; v++) {
          double weight =
              Math.max(0, 1 - Math.abs(line - u)) * Math.max(0, 1 - Math.abs(column - v));
          expected[i] += weight * x[plane * height * width + u * width + v];
        }
      }
    }
    assertClose(Images.affine(images, maps, Outside.ZERO).toDoubleArray(), expected, 1e-12);
  }

  @Test
  void nothingIsLeftBehind() {
    NDArray images = normal(manager, "images", 2, 4).reshape(2, 1, 2, 2);
    Held held = Held.by(manager);
    NDArray result = Images.affine(images, new double[12], Outside.EDGE);
    assertThat(result.getManager()).isSameAs(manager);
    result.close();
    held.assertNoMore();
  }

  @Test
  void refusesOtherShapes() {
    NDArray images = normal(manager, "images", 2, 4);
    assertThatThrownBy(() -> Images.affine(images, new double[12], Outside.EDGE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("images: expected [b=2, channels, height, width], got (2, 4)");
    assertThatThrownBy(() -> Images.affine(images.reshape(2, 1, 2, 2), new double[6], Outside.EDGE))
        .hasMessage("images: expected [b=1, channels, height, width], got (2, 1, 2, 2)");
  }
}
