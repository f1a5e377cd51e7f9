package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/**
 * An image whose bright pixels are turned into dark ones: x becomes least + most − x where x is at
 * least the threshold, with least and most those of the whole image.
 *
 * <p>The usual solarisation of pixels from 0 to 1 turns those from ½ on into 1 − x; where an image
 * has black and white pixels, this is the same, whatever scale the rows have.
 *
 * @param threshold from 0 to 1, where 0 is the least and 1 the most of the image
 * @param probability how often an image is changed
 */
public record Solarise(double threshold, double probability) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "solarise", "an image whose bright pixels are inverted at random", Solarise::of)
          .option("threshold", "what is bright, from 0, the darkest pixel, to 1, the brightest")
          .option("probability", "the probability of changing an image");

  /** From the middle on, as often as BYOL and Barlow Twins do for the second view. */
  static final Solarise DEFAULT = new Solarise(0.5, 0.2);

  /** Requires two numbers from 0 to 1. */
  public Solarise {
    Scarf.requireProbability("solarise", "threshold", threshold);
    Scarf.requireProbability("solarise", "probability", probability);
  }

  private static Solarise of(SpecOptions options) {
    return new Solarise(
        options.number("threshold", DEFAULT.threshold, 0, 1),
        options.number("probability", DEFAULT.probability, 0, 1));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) -> {
          int b = Pixels.count(images);
          // beyond what any image has, where an image stays
          double[] from = Draws.each(b, random, r -> r.nextDouble() < probability ? threshold : 2);
          NDArray flat = images.reshape(b, shape.inputs());
          NDArray least = flat.min(new int[] {1}).reshape(b, 1, 1, 1);
          NDArray most = flat.max(new int[] {1}).reshape(b, 1, 1, 1);
          NDArray limit = most.sub(least).mul(Pixels.numbers(scope, from, images)).add(least);
          NDArray bright = images.gte(limit);
          return NDArrays.where(bright, least.add(most).sub(images), images);
        });
  }

  @Override
  public String toString() {
    return "solarise(threshold="
        + Numbers.text(threshold)
        + ", probability="
        + Numbers.text(probability)
        + ")";
  }
}
