package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Images;
import ai.contexture.torch.Images.Outside;
import ai.djl.ndarray.NDArray;

/**
 * An image turned about its centre, bilinearly, by an angle that is uniform in ±degrees.
 *
 * @param degrees the greatest angle either way, from 0 to 180
 * @param fill what takes the place of what has turned away
 */
public record Rotation(double degrees, Outside fill) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of("rotation", "an image rotated about its centre", Rotation::of)
          .option("degrees", "the greatest angle in either direction")
          .option("fill", Shift.OUTSIDE);

  /** Up to 15 degrees, with zeros from outside. */
  static final Rotation DEFAULT = new Rotation(15, Outside.ZERO);

  /** Checks the angle. */
  public Rotation {
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new InputException(
          Text.format("rotation: degrees must be a number from 0 to 180, got '%s'", degrees));
    }
  }

  static Rotation of(SpecOptions options) {
    return new Rotation(
        options.number("degrees", DEFAULT.degrees, 0, 180), options.choice("fill", DEFAULT.fill));
  }

  @Override
  public View on(ImageShape shape) {
    return Pixels.view(
        this,
        shape,
        (scope, images, random) ->
            turn(
                images,
                Draws.each(Pixels.count(images), random, r -> degrees * (2 * r.nextDouble() - 1)),
                fill));
  }

  /** Returns images turned counter-clockwise by an angle in degrees each. */
  static NDArray turn(NDArray images, double[] angles, Outside fill) {
    double[] maps = new double[6 * angles.length];
    for (int i = 0; i < angles.length; i++) {
      double sin = Math.sin(Math.toRadians(angles[i]));
      double cos = Math.cos(Math.toRadians(angles[i]));
      maps[6 * i] = cos;
      maps[6 * i + 1] = -sin;
      maps[6 * i + 3] = sin;
      maps[6 * i + 4] = cos;
    }
    return Images.affine(images, maps, fill);
  }

  @Override
  public String toString() {
    return "rotation(degrees=" + Numbers.text(degrees) + ", fill=" + Constants.text(fill) + ")";
  }
}
