package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Images.Outside;
import java.util.random.RandomGenerator;

/**
 * An image moved by whole pixels, down and to the right by −pixels to pixels each, all equally
 * probable.
 *
 * @param pixels the greatest move either way, at least 0
 * @param fill what takes the place of what has moved away
 */
public record Shift(int pixels, Outside fill) implements ImageView {

  /** What the option means, here and in views like this one. */
  static final String OUTSIDE = "what comes in from outside the image";

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("shift", "an image moved by whole pixels", Shift::of)
          .option("pixels", "the greatest shift in either direction")
          .option("fill", OUTSIDE);

  /** One pixel, with zeros from outside. */
  static final Shift DEFAULT = new Shift(1, Outside.ZERO);

  /** Requires a move that is not negative. */
  public Shift {
    if (pixels < 0 || pixels > MOST) {
      throw new InputException(
          "shift: pixels must be a whole number from 0 to " + MOST + ", got '" + pixels + "'");
    }
  }

  private static final int MOST = 10_000;

  static Shift of(SpecOptions options) {
    return new Shift(
        options.integer("pixels", DEFAULT.pixels, 0, MOST), options.choice("fill", DEFAULT.fill));
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
            move(lines, i, shape.height(), random);
            move(columns, i, shape.width(), random);
          }
          return Pixels.pick(scope, images, lines, columns, fill);
        });
  }

  /** Draws where the pixels of one side of one image come from. */
  private void move(long[] places, int image, int size, RandomGenerator random) {
    int by = random.nextInt(-pixels, pixels + 1);
    for (int j = 0; j < size; j++) {
      places[image * size + j] = (long) j - by;
    }
  }

  @Override
  public String toString() {
    return "shift(pixels=" + pixels + ", fill=" + Constants.text(fill) + ")";
  }
}
