package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplingTest {

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void theSameSizeChangesNothing() {
    byte[] picture = bytes(0, 200, 255, 7, 1, 90);
    ImageSize size = new ImageSize(2, 3);
    assertThat(Resampling.apply(picture, size, size)).isEqualTo(picture);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,5", "7,3", "16,16", "1,40"})
  void oneColourStays(int height, int width) {
    byte[] picture = new byte[5 * 6];
    Arrays.fill(picture, (byte) 203);
    byte[] resized = Resampling.apply(picture, new ImageSize(5, 6), new ImageSize(height, width));
    assertThat(resized).hasSize(height * width).containsOnly((byte) 203);
  }

  /** A triangle of two old pixels each way weighs ¼, ¾, ¾, ¼ halves, cut off at the edges. */
  @Test
  void halvesByATriangle() {
    byte[] line = bytes(10, 20, 60, 100);
    byte[] half = Resampling.apply(line, new ImageSize(1, 4), new ImageSize(1, 2));
    double left = (0.75 * 10 + 0.75 * 20 + 0.25 * 60) / 1.75;
    double right = (0.25 * 20 + 0.75 * 60 + 0.75 * 100) / 1.75;
    assertThat(half).isEqualTo(bytes((int) Math.round(left), (int) Math.round(right)));
    byte[] column = Resampling.apply(line, new ImageSize(4, 1), new ImageSize(2, 1));
    assertThat(column).as("down as across").isEqualTo(half);
  }

  /** Between two pixels the line is straight. */
  @Test
  void growsLinearly() {
    byte[] grown = Resampling.apply(bytes(0, 100), new ImageSize(1, 2), new ImageSize(1, 4));
    assertThat(grown).isEqualTo(bytes(0, 25, 75, 100));
  }
}
