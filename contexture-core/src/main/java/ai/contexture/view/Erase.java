package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Interval;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image in which a random rectangle is set to zero [Zhong et al. 2020, random erasing].
 *
 * <p>The rectangle covers a share r of the area as nearly as whole pixels allow, its sides √(r·ρ)
 * of the height and √(r/ρ) of the width, with log ρ uniform in ±log min(aspect, 1/r); where it lies
 * is uniform.
 *
 * @param area r, the share of the area that is erased, from 0 to 1
 * @param aspect the most by which height to width of the rectangle may differ from that of the
 *     image, either way; 1 for not at all
 */
public record Erase(Interval area, double aspect) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("erase", "an image with a random rectangle set to zero", Erase::of)
          .option("area", "the share of the area to erase")
          .option("aspect", Crop.ASPECT);

  /** The published ranges. */
  static final Erase DEFAULT = new Erase(new Interval(0.02, 0.4), 3.3);

  /** Checks both options. */
  public Erase {
    area.require("erase", "area", 0, 1);
    Crop.requireAspect("erase", aspect);
  }

  static Erase of(SpecOptions options) {
    return new Erase(
        options.interval("area", DEFAULT.area, 0, 1),
        options.number("aspect", DEFAULT.aspect, 1, 100));
  }

  @Override
  public View on(ImageShape shape) {
    return new Corruption(
        toString(),
        Columns.pixels(shape),
        (selected, random) -> erase(selected, shape, random),
        Replacement.constant(new double[shape.inputs()]));
  }

  private void erase(boolean[] erased, ImageShape shape, RandomGenerator random) {
    double share = area.draw(random);
    double widest = Math.min(Math.log(aspect), -Math.log(share));
    double skew = Math.exp(widest * (2 * random.nextDouble() - 1));
    int height = pixels(Math.sqrt(share * skew), shape.height());
    int width = pixels(Math.sqrt(share / skew), shape.width());
    int top = random.nextInt(shape.height() - height + 1);
    int left = random.nextInt(shape.width() - width + 1);
    for (int line = top; line < top + height; line++) {
      int first = line * shape.width() + left;
      Arrays.fill(erased, first, first + width, true);
    }
  }

  private static int pixels(double share, int size) {
    return (int) Math.min(size, Math.rint(share * size));
  }

  @Override
  public String toString() {
    return "erase(area=" + area + ", aspect=" + Numbers.text(aspect) + ")";
  }
}
