package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Images.Outside;
import java.util.random.RandomGenerator;

/**
 * An image mirrored with a probability.
 *
 * @param horizontal the probability that left and right are exchanged
 * @param vertical the probability that top and bottom are exchanged
 */
public record Flip(double horizontal, double vertical) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("flip", "an image mirrored at random", Flip::of)
          .option("horizontal", "the probability of swapping left and right")
          .option("vertical", "the probability of swapping top and bottom");

  /** Left and right in half of the cases. */
  static final Flip DEFAULT = new Flip(0.5, 0);

  /** Requires two probabilities. */
  public Flip {
    Scarf.requireProbability("flip", "horizontal", horizontal);
    Scarf.requireProbability("flip", "vertical", vertical);
  }

  static Flip of(SpecOptions options) {
    return new Flip(
        options.number("horizontal", DEFAULT.horizontal, 0, 1),
        options.number("vertical", DEFAULT.vertical, 0, 1));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) -> {
          int b = Pixels.count(images);
          long[] lines = new long[b * shape.height()];
          long[] columns = new long[b * shape.width()];
          for (int i = 0; i < b; i++) {
            mirror(lines, i, shape.height(), vertical, random);
            mirror(columns, i, shape.width(), horizontal, random);
          }
          return Pixels.pick(scope, images, lines, columns, Outside.EDGE);
        });
  }

  private static void mirror(
      long[] places, int image, int size, double probability, RandomGenerator random) {
    boolean mirrored = random.nextDouble() < probability;
    for (int j = 0; j < size; j++) {
      places[image * size + j] = mirrored ? size - 1 - j : j;
    }
  }

  @Override
  public String toString() {
    return "flip(horizontal="
        + Numbers.text(horizontal)
        + ", vertical="
        + Numbers.text(vertical)
        + ")";
  }
}
