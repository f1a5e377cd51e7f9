package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;

/**
 * An image to whose pixels one number is added, uniform in ±by.
 *
 * <p>TensorFlow's convention; torchvision multiplies instead, which means little where the inputs
 * are standardised.
 *
 * @param by the greatest change either way, in the units of the rows
 */
public record Brightness(double by) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("brightness", "an image made brighter or darker", Brightness::of)
          .option("by", "the greatest change in either direction, in units of the inputs");

  static final Brightness DEFAULT = new Brightness(0.2);

  /** Requires a finite change. */
  public Brightness {
    requireChange("brightness", by, Double.MAX_VALUE);
  }

  static void requireChange(String view, double by, double most) {
    if (!(by >= 0 && by <= most)) {
      String range = most == Double.MAX_VALUE ? "of at least 0" : "from 0 to " + Numbers.text(most);
      throw new InputException(
          Text.format("%s: by must be a number %s, got '%s'", view, range, by));
    }
  }

  static Brightness of(SpecOptions options) {
    return new Brightness(options.number("by", DEFAULT.by, 0, Double.MAX_VALUE));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) ->
            images.add(
                Pixels.numbers(
                    scope,
                    Draws.each(Pixels.count(images), random, r -> by * (2 * r.nextDouble() - 1)),
                    images)));
  }

  @Override
  public String toString() {
    return "brightness(by=" + Numbers.text(by) + ")";
  }
}
