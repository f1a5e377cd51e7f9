package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;

/** What encoders of images share. */
final class Images {

  /** The option with the shape of the images. */
  static final String SHAPE = "shape";

  private Images() {}

  /** Reads the option {@code shape} of an encoder. */
  static ImageShape shape(String encoder, SpecOptions options) {
    String text = options.text(SHAPE, null);
    if (text == null) {
      throw new InputException(
          Message.of(
              "%s: expected the shape of the images as channels, height and width, such as"
                  + " %s(shape=1x28x28), or %s for the data",
              encoder, encoder, Setting.SHAPE.to("1x28x28")));
    }
    return ImageShape.parse(text);
  }

  static void requireAtLeast(String encoder, int pixels, ImageShape shape) {
    if (Math.min(shape.height(), shape.width()) < pixels) {
      throw new InputException(
          encoder + ": expected images of at least " + pixels + "x" + pixels + ", got " + shape);
    }
  }

  /** The rows [b, c·h·w] as images [b, c, h, w]. */
  static NDArray of(NDArray rows, ImageShape shape) {
    return rows.reshape(rows.getShape().get(0), shape.channels(), shape.height(), shape.width());
  }
}
