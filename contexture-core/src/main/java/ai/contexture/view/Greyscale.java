package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;

/**
 * An image that loses its colours by chance: all channels become 0.299 R + 0.587 G + 0.114 B.
 *
 * @param probability how often
 */
public record Greyscale(double probability) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("greyscale", "an image turned grey at random", Greyscale::of)
          .option("probability", "the probability of losing the colours");

  /** As often as SimCLR does. */
  static final Greyscale DEFAULT = new Greyscale(0.2);

  /** Requires a probability. */
  public Greyscale {
    Scarf.requireProbability("greyscale", "probability", probability);
  }

  private static Greyscale of(SpecOptions options) {
    return new Greyscale(options.number("probability", DEFAULT.probability, 0, 1));
  }

  @Override
  public View on(ImageShape shape) {
    return ColourMix.view(
        this, shape, random -> ColourMix.saturated(random.nextDouble() < probability ? 0 : 1));
  }

  @Override
  public String toString() {
    return "greyscale(probability=" + Numbers.text(probability) + ")";
  }
}
