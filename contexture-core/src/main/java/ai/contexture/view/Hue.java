package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;

/**
 * An image whose colours turn about the axis of grey in the space of red, green and blue, by an
 * angle that is uniform in ±degrees. The mean of the three channels stays.
 *
 * @param degrees the greatest angle each way, from 0 to 180
 */
public record Hue(double degrees) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("hue", "an image with its hues rotated", Hue::of)
          .option("degrees", "the greatest angle in either direction; 120 turns red into green");

  /** A tenth of the circle each way, as SimCLR does. */
  static final Hue DEFAULT = new Hue(36);

  private static final double MOST = 180;

  /** Checks the angle. */
  public Hue {
    if (!(degrees >= 0 && degrees <= MOST)) {
      throw new InputException(
          Text.format("hue: degrees must be a number from 0 to 180, got '%s'", degrees));
    }
  }

  private static Hue of(SpecOptions options) {
    return new Hue(options.number("degrees", DEFAULT.degrees, 0, MOST));
  }

  @Override
  public View on(ImageShape shape) {
    return ColourMix.view(
        this,
        shape,
        random -> ColourMix.turned(Math.toRadians(degrees * (2 * random.nextDouble() - 1))));
  }

  @Override
  public String toString() {
    return "hue(degrees=" + Numbers.text(degrees) + ")";
  }
}
