package ai.contexture.encoder;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/** What encoders of images share. */
final class Images {

  /** What the option {@code shape} means. */
  static final String MEANING =
      "the channels, height and width of the images; absent: those of the data";

  private Images() {}

  /** Reads the option {@code shape} of an encoder, which the data may tell instead. */
  static Optional<ImageShape> shape(SpecOptions options) {
    return Optional.ofNullable(options.text("shape", null)).map(ImageShape::parse);
  }

  /** Returns a shape, which must be known by now. */
  static ImageShape require(String encoder, Optional<ImageShape> shape) {
    return shape.orElseThrow(
        () ->
            new InputException(
                Message.of(
                    "%s: expected the shape of the images as channels, height and width, such as"
                        + " %s(shape=1x28x28), or %s for the data",
                    encoder, encoder, Setting.SHAPE.to("1x28x28"))));
  }

  /** The shape at the head of an encoder's options, if it is known. */
  static String text(Optional<ImageShape> shape) {
    return shape.map(known -> "shape=" + known + ",").orElse("");
  }

  static void requireAtLeast(String encoder, int pixels, Optional<ImageShape> shape) {
    if (shape.isPresent() && Math.min(shape.get().height(), shape.get().width()) < pixels) {
      throw new InputException(
          Text.format(
              "%s: expected images of at least %dx%d, got %s",
              encoder, pixels, pixels, shape.get()));
    }
  }

  /** The rows [b, c·h·w] as images [b, c, h, w]. */
  static NDArray of(NDArray rows, ImageShape shape) {
    return rows.reshape(rows.getShape().get(0), shape.channels(), shape.height(), shape.width());
  }
}
