package ai.contexture.encoder;

import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;

/**
 * How the pixels of an image lie in a row: channel after channel, in each line after line.
 *
 * @param channels 1 for grey, 3 for colours
 * @param height pixels from top to bottom
 * @param width pixels from left to right
 */
public record ImageSize(int channels, int height, int width) {

  private static final String FORM = "\\d{1,5}x\\d{1,5}x\\d{1,5}";

  /** Requires at least one of each. */
  public ImageSize {
    if (channels < 1 || height < 1 || width < 1) {
      throw new InputException(
          "shape: expected at least one channel, line and column, got "
              + text(channels, height, width));
    }
  }

  /** Reads the option {@code shape} of an encoder. */
  static ImageSize of(String encoder, SpecOptions options) {
    String text = options.text("shape", null);
    if (text == null || !text.matches(FORM)) {
      throw new InputException(
          encoder
              + ": expected the shape of the images as channels, height and width, such as "
              + encoder
              + "(shape=1x28x28), got "
              + (text == null ? "none" : "'" + text + "'"));
    }
    String[] parts = text.split("x", -1);
    return new ImageSize(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  void requireAtLeast(String encoder, int pixels) {
    if (Math.min(height, width) < pixels) {
      throw new InputException(
          encoder + ": expected images of at least " + pixels + "x" + pixels + ", got " + this);
    }
  }

  void requireInputs(String encoder, long inputs) {
    if (inputs != (long) channels * height * width) {
      throw new InputException(
          encoder
              + ": shape "
              + this
              + " has "
              + (long) channels * height * width
              + " inputs, but the rows have "
              + inputs);
    }
  }

  /** The rows [b, c·h·w] as images [b, c, h, w]. */
  NDArray images(NDArray rows) {
    return rows.reshape(rows.getShape().get(0), channels, height, width);
  }

  @Override
  public String toString() {
    return text(channels, height, width);
  }

  private static String text(int channels, int height, int width) {
    return channels + "x" + height + "x" + width;
  }
}
