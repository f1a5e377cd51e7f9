package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Interval;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Images;
import ai.contexture.torch.Images.Outside;
import java.util.random.RandomGenerator;

/**
 * A random window of an image, resized to the whole image bilinearly (random resized crop).
 *
 * <p>The window has a share r of the image's area. Its sides are √(r/ρ) of the height and √(r·ρ) of
 * the width, with log ρ uniform in ±log min(aspect, 1/r), so that the window fits with exactly the
 * area that was drawn; where it lies is uniform and need not be on whole pixels. At r = 1 the image
 * stays as it is.
 *
 * @param ratio r, the share of the area that is kept, greater than 0 and at most 1
 * @param aspect the most by which height to width of the window may differ from that of the image,
 *     either way; 1 for not at all
 */
public record Crop(Interval ratio, double aspect) implements ImageView {

  /** What the option means, here and in views like this one. */
  static final String ASPECT = "the most by which height to width differs from the image's";

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "crop", "a random window of an image, resized to the whole", Crop::of)
          .option("ratio", "the share of the area to keep")
          .option("aspect", ASPECT);

  /**
   * Half of the area or more; the sides' ratio changes by up to 4/3, as is usual for photographs.
   */
  static final Crop DEFAULT = new Crop(new Interval(0.5, 1), 1.33);

  /** Checks both options. */
  public Crop {
    ratio.require("crop", "ratio", Double.MIN_VALUE, 1);
    requireAspect("crop", aspect);
  }

  static void requireAspect(String view, double aspect) {
    if (!(aspect >= 1 && aspect <= 100)) {
      throw new InputException(
          Text.format("%s: aspect must be a number from 1 to 100, got '%s'", view, aspect));
    }
  }

  static Crop of(SpecOptions options) {
    return new Crop(
        options.interval("ratio", DEFAULT.ratio, Double.MIN_VALUE, 1),
        options.number("aspect", DEFAULT.aspect, 1, 100));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) ->
            Images.affine(images, maps(Pixels.count(images), shape, random), Outside.EDGE));
  }

  private double[] maps(int b, ImageShape shape, RandomGenerator random) {
    double[] maps = new double[6 * b];
    for (int i = 0; i < maps.length; i += 6) {
      double share = ratio.draw(random);
      double widest = Math.min(Math.log(aspect), -Math.log(share));
      double skew = Math.exp(widest * (2 * random.nextDouble() - 1));
      double height = Math.min(1, Math.sqrt(share / skew));
      double width = Math.min(1, Math.sqrt(share * skew));
      maps[i] = width;
      maps[i + 2] = (1 - width) * shape.width() * (random.nextDouble() - 0.5);
      maps[i + 4] = height;
      maps[i + 5] = (1 - height) * shape.height() * (random.nextDouble() - 0.5);
    }
    return maps;
  }

  @Override
  public String toString() {
    return "crop(ratio=" + ratio + ", aspect=" + Numbers.text(aspect) + ")";
  }
}
