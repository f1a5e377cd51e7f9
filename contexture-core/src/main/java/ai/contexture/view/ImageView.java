package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/** The options of a view of images, which needs their shape and nothing else. */
public interface ImageView extends ViewFactory {

  /** Returns the view of images of this shape. */
  View on(ImageShape shape);

  /**
   * Returns the view of images of the shape that is given.
   *
   * @throws InputException if there is no shape, or another number of inputs than it has
   */
  @Override
  default View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    ImageShape given = required(this, shape, "1x8x8");
    given.requireInputs(rows.getShape().get(1));
    return on(given);
  }

  /** Returns false: the shape tells it all. */
  @Override
  default boolean readsRows() {
    return false;
  }

  /** Returns the shape of images, which a view of them needs. */
  static ImageShape required(ViewFactory view, Optional<ImageShape> shape, String example) {
    return shape.orElseThrow(
        () ->
            new InputException(
                view + " changes images, expected the shape of them, such as " + example));
  }
}
