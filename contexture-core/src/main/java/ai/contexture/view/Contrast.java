package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;

/**
 * An image whose pixels move away from the mean of their channel or towards it: m + c·(x − m), with
 * c uniform in 1 ± by.
 *
 * <p>TensorFlow's convention; torchvision's m is the mean over all channels.
 *
 * @param by the greatest change of c either way, from 0 to 1
 */
public record Contrast(double by) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("contrast", "an image with more or less contrast", Contrast::of)
          .option("by", "the greatest relative change of contrast");

  static final Contrast DEFAULT = new Contrast(0.4);

  /** Checks the change. */
  public Contrast {
    Brightness.requireChange("contrast", by, 1);
  }

  static Contrast of(SpecOptions options) {
    return new Contrast(options.number("by", DEFAULT.by, 0, 1));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) -> {
          double[] changes =
              Draws.each(Pixels.count(images), random, r -> by * (2 * r.nextDouble() - 1));
          NDArray mean =
              images
                  .reshape(-1, shape.channels(), shape.pixels())
                  .mean(new int[] {2}, true)
                  .expandDims(3);
          return images.sub(mean).mul(Pixels.numbers(scope, changes, images)).add(images);
        });
  }

  @Override
  public String toString() {
    return "contrast(by=" + Numbers.text(by) + ")";
  }
}
