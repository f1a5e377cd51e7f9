package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;

/**
 * An image whose colours move away from grey or towards it: g + c·(x − g), g the grey of the pixel,
 * with c uniform in 1 ± by.
 *
 * @param by the greatest change of c either way, from 0 to 1
 */
public record Saturation(double by) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "saturation", "an image with stronger or weaker colours", Saturation::of)
          .option("by", "the greatest relative change of saturation");

  static final Saturation DEFAULT = new Saturation(0.4);

  /** Checks the change. */
  public Saturation {
    Brightness.requireChange("saturation", by, 1);
  }

  private static Saturation of(SpecOptions options) {
    return new Saturation(options.number("by", DEFAULT.by, 0, 1));
  }

  @Override
  public View on(ImageShape shape) {
    return ColourMix.view(
        this, shape, random -> ColourMix.saturated(1 + by * (2 * random.nextDouble() - 1)));
  }

  @Override
  public String toString() {
    return "saturation(by=" + Numbers.text(by) + ")";
  }
}
