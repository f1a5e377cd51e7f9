package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/**
 * Images whose red, green and blue are mixed by a random matrix each, whose lines sum to 1: so they
 * commute with a scale that all channels share.
 */
final class ColourMix {

  static final int CHANNELS = ImageShape.LUMA.size();

  private ColourMix() {}

  /** Draws a matrix, line after line. */
  @FunctionalInterface
  interface Draw {
    double[] matrix(RandomGenerator random);
  }

  /**
   * Returns a view of images that mixes their colours.
   *
   * @throws InputException if the images have no three channels
   */
  static View view(ImageView options, ImageShape shape, Draw draw) {
    if (shape.channels() != CHANNELS) {
      throw new InputException(
          options + " changes colours, expected images of 3 channels, got " + shape);
    }
    return Pixels.view(
        options,
        shape,
        (scope, images, random) -> {
          int b = Pixels.count(images);
          double[] all = new double[b * CHANNELS * CHANNELS];
          for (int i = 0; i < b; i++) {
            System.arraycopy(
                draw.matrix(random), 0, all, i * CHANNELS * CHANNELS, CHANNELS * CHANNELS);
          }
          NDArray matrices =
              Draws.array(scope, all, new Shape(b, CHANNELS, CHANNELS), images.getDataType());
          NDArray flat = images.reshape(b, CHANNELS, shape.pixels());
          return matrices.matMul(flat).reshape(images.getShape());
        });
  }

  /** Returns c·I + (1 − c)·(grey in all channels). */
  static double[] saturated(double c) {
    double[] matrix = new double[CHANNELS * CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      for (int j = 0; j < CHANNELS; j++) {
        matrix[i * CHANNELS + j] = (1 - c) * ImageShape.LUMA.get(j) + (i == j ? c : 0);
      }
    }
    return matrix;
  }

  /** Returns the rotation about the axis of grey by an angle in radians. */
  static double[] turned(double angle) {
    double cos = Math.cos(angle);
    double sin = Math.sin(angle) / Math.sqrt(CHANNELS);
    double same = (1 - cos) / CHANNELS;
    return new double[] {
      cos + same,
      same - sin,
      same + sin,
      same + sin,
      cos + same,
      same - sin,
      same - sin,
      same + sin,
      cos + same
    };
  }
}
