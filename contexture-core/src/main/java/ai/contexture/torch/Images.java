package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Operators of libtorch on blocks of images, which DJL's arrays lack. */
public final class Images {

  private static final Method AFFINE = TorchScript.method("affine");

  /** The entries of a map from a pixel of the result to its place in the image. */
  private static final int MAP = 6;

  private Images() {}

  /** What lies outside an image. */
  public enum Outside {
    /** Pixels of value 0. */
    ZERO,
    /** The nearest pixel of the image. */
    EDGE
  }

  /**
   * Returns images resampled through an affine map each, bilinearly.
   *
   * <p>The pixel of the result at (x, y) from the centre, in pixels to the right and down, takes
   * the value at (m₀x + m₁y + m₂, m₃x + m₄y + m₅) from the centre of the image.
   *
   * @param images [b, channels, height, width], float32 or float64; its manager owns the result
   * @param maps m₀ … m₅ of the first image, then of the second, and so on; 6·b numbers
   * @param outside what lies outside an image
   */
  public static NDArray affine(NDArray images, double[] maps, Outside outside) {
    Shape shape = images.getShape();
    if (shape.dimension() != 4 || maps.length != MAP * shape.get(0)) {
      throw new IllegalArgumentException(
          "images: expected [b=" + maps.length / MAP + ", channels, height, width], got " + shape);
    }
    double tall = (double) shape.get(2) / shape.get(3);
    double[] relative = new double[maps.length]; // libtorch counts in half widths and half heights
    for (int i = 0; i < maps.length; i += MAP) {
      relative[i] = maps[i];
      relative[i + 1] = maps[i + 1] * tall;
      relative[i + 2] = maps[i + 2] * 2 / shape.get(3);
      relative[i + 3] = maps[i + 3] / tall;
      relative[i + 4] = maps[i + 4];
      relative[i + 5] = maps[i + 5] * 2 / shape.get(2);
    }
    try (NDManager scope = images.getManager().newSubManager();
        NDManager host = scope.newSubManager(Device.cpu())) {
      NDArray theta = scope.create(relative, new Shape(shape.get(0), 2, 3));
      if (images.getDataType() != DataType.FLOAT64) {
        theta = theta.toType(images.getDataType(), false);
      }
      NDArray options = host.create(new long[] {outside == Outside.EDGE ? 1 : 0});
      return AFFINE.call(images, theta, options).head();
    }
  }
}
