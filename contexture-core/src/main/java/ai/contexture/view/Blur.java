package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Interval;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * An image blurred by a Gaussian kernel of a random width.
 *
 * <p>The weight of pixel j in pixel i is proportional to exp(−(i − j)²/2σ²) down and across, over
 * all pixels of the image, and the weights of a pixel add up to 1, at the borders too.
 *
 * @param sigma σ in pixels, from 0, which changes nothing
 */
public record Blur(Interval sigma) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("blur", "an image blurred by a Gaussian kernel", Blur::of)
          .option("sigma", "the width of the kernel in pixels");

  /** Up to one pixel. */
  static final Blur DEFAULT = new Blur(new Interval(0.1, 1));

  /** At this σ the weight of a neighbour is already zero in float64. */
  private static final double SHARP = 0.02;

  /** Checks the width. */
  public Blur {
    sigma.require("blur", "sigma", 0, 10_000);
  }

  static Blur of(SpecOptions options) {
    return new Blur(options.interval("sigma", DEFAULT.sigma, 0, 10_000));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) -> {
          double[] scales =
              Draws.each(
                  Pixels.count(images),
                  random,
                  r -> {
                    double width = Math.max(SHARP, sigma.draw(r));
                    return -1 / (2 * width * width);
                  });
          NDArray exponents = Pixels.numbers(scope, scales, images);
          NDArray down = weights(scope, exponents, shape.height());
          NDArray across = weights(scope, exponents, shape.width());
          return down.matMul(images).matMul(across.transpose(0, 1, 3, 2));
        });
  }

  /** The weights of pixels in pixels along one side, [b, 1, size, size]. */
  private static NDArray weights(NDManager scope, NDArray exponents, int size) {
    double[] squares = new double[size * size];
    for (int i = 0; i < squares.length; i++) {
      int distance = i / size - i % size;
      squares[i] = (double) distance * distance;
    }
    NDArray distances =
        Draws.array(scope, squares, new Shape(1, 1, size, size), exponents.getDataType());
    return distances.mul(exponents).softmax(3);
  }

  @Override
  public String toString() {
    return "blur(sigma=" + sigma + ")";
  }
}
