package ai.contexture.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageShapeTest {

  @ParameterizedTest
  @CsvSource({"1x8x8, 1, 8, 8", "3×32×28, 3, 32, 28", "1 x 28 × 28, 1, 28, 28"})
  void readsChannelsHeightAndWidth(String text, int channels, int height, int width) {
    assertThat(ImageShape.parse(text)).isEqualTo(new ImageShape(channels, height, width));
  }

  @Test
  void itsTextReadsBack() {
    ImageShape shape = new ImageShape(3, 32, 28);
    assertThat(shape).hasToString("3x32x28");
    assertThat(ImageShape.parse(shape.toString())).isEqualTo(shape);
    assertThat(shape.inputs()).isEqualTo(3 * 32 * 28);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8x8", "1x8x8x8", "1x-8x8", "1*8*8", "1x8.0x8", "axbxc", "1x8x"})
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> ImageShape.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "shape: expected channels, height and width, such as 1x28x28, got '" + text + "'");
  }

  @Test
  void refusesShapesThatNoRowHas() {
    assertThatThrownBy(() -> ImageShape.parse("1x0x8"))
        .hasMessage("shape: expected at least one channel, line and column, got 1x0x8");
    assertThatThrownBy(() -> ImageShape.parse("3x99999x99999"))
        .hasMessage("shape: expected at most 2147483647 inputs, got 3x99999x99999");
    assertThatThrownBy(() -> ImageShape.parse("1x8x8").requireInputs(61))
        .isInstanceOf(InputException.class)
        .hasMessage("shape: 1x8x8 has 64 inputs, but the rows have 61");
  }
}
