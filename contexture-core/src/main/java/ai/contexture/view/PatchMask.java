package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.random.Draws;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image of which a fixed share of the patches is set to zero, every set of them equally probable
 * [He et al. 2022, masked autoencoders].
 *
 * <p>Patches are the squares of size × size pixels from the upper left corner on; those at the
 * other borders are smaller where the size does not divide the image. Of n patches the whole number
 * next to rate · n is hidden; where the rate is neither 0 nor 1, at least one is and one is not.
 *
 * @param rate the share of patches that are hidden, from 0 to 1
 * @param size the pixels of a patch each way
 */
public record PatchMask(double rate, int size) implements ImageView {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "patch-mask", "an image with a share of its patches set to zero", PatchMask::of)
          .option("rate", "the share of patches to hide")
          .option("size", "the pixels of a patch each way");

  /** The published rate, and patches for small images. */
  static final PatchMask DEFAULT = new PatchMask(0.75, 4);

  /** Checks both options. */
  public PatchMask {
    Scarf.requireProbability("patch-mask", "rate", rate);
    if (size < 1) {
      throw new InputException("patch-mask: expected a size of at least 1, got size=" + size);
    }
  }

  private static PatchMask of(SpecOptions options) {
    return new PatchMask(
        options.number("rate", DEFAULT.rate, 0, 1), options.integer("size", DEFAULT.size, 1, 4096));
  }

  @Override
  public View on(ImageShape shape) {
    if (across(shape) * down(shape) < 2) {
      throw new InputException(
          Text.format(
              "patch-mask: expected at least two patches in images of %s, got size=%d",
              shape, size));
    }
    return new Corruption(
        toString(),
        Columns.pixels(shape),
        (hidden, random) -> hide(hidden, shape, random),
        Replacement.constant(new double[shape.inputs()]));
  }

  private int across(ImageShape shape) {
    return (shape.width() + size - 1) / size;
  }

  private int down(ImageShape shape) {
    return (shape.height() + size - 1) / size;
  }

  private void hide(boolean[] hidden, ImageShape shape, RandomGenerator random) {
    int across = across(shape);
    int patches = across * down(shape);
    int least = rate == 0 ? 0 : 1;
    int most = rate == 1 ? patches : patches - 1;
    int count = (int) Math.max(least, Math.min(most, Math.rint(rate * patches)));
    for (int patch : Draws.distinct(count, patches, random)) {
      int top = patch / across * size;
      int left = patch % across * size;
      for (int line = top; line < Math.min(shape.height(), top + size); line++) {
        int start = line * shape.width();
        Arrays.fill(hidden, start + left, start + Math.min(shape.width(), left + size), true);
      }
    }
  }

  @Override
  public String toString() {
    return "patch-mask(rate=" + Numbers.text(rate) + ", size=" + size + ")";
  }
}
