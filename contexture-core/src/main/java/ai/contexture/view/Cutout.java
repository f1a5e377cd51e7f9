package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Component;
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Rows of which a fixed part is hidden.
 *
 * <p>In tables, whose columns have no order, it is a fixed number of columns, every set of them
 * equally probable: the whole number next to size · columns, at least one. ({@link Masking} hides
 * each column with a probability, so that their number varies.) In images it is a square of the
 * area size · height · width, as nearly as whole pixels allow, about a random pixel; what sticks
 * out of the image is lost [DeVries and Taylor 2017].
 *
 * @param size the share that is hidden, greater than 0 and at most 1
 * @param fill what takes its place: zero or the mean
 */
public record Cutout(double size, Fill fill) implements ViewFactory {

  static final Component<ViewFactory> COMPONENT =
      Component.<ViewFactory>of(
              "cutout", "a fixed number of columns hidden, or a square of an image", Cutout::of)
          .option("size", "the share to hide")
          .option("fill", "what to put in its place: zero or mean");

  /** A quarter, set to zero. */
  static final Cutout DEFAULT = new Cutout(0.25, Fill.ZERO);

  /** Checks both options. */
  public Cutout {
    if (!(size > 0 && size <= 1)) {
      throw new InputException(
          Text.format("cutout: size must be greater than 0 and at most 1, got '%s'", size));
    }
    if (fill == Fill.MARGINAL) {
      throw new InputException("cutout: fill must be zero or mean, got 'marginal'");
    }
  }

  static Cutout of(SpecOptions options) {
    return new Cutout(
        options.number("size", DEFAULT.size, Double.MIN_VALUE, 1),
        options.choice("fill", DEFAULT.fill));
  }

  @Override
  public View fit(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    Columns known = Columns.of(rows, columns, shape);
    double[] values = fill == Fill.MEAN ? Marginals.means(rows) : new double[known.inputs()];
    return shape.isPresent()
        ? new Corruption(toString(), known, square(shape.get()), Replacement.constant(values))
        : Corruption.hiding(
            toString(), rows, known, new Selection.Exactly(count(known.count())), values);
  }

  private int count(int columns) {
    return Math.max(1, (int) Math.rint(size * columns));
  }

  private Selection square(ImageShape shape) {
    int side = Math.max(1, (int) Math.rint(Math.sqrt(size * shape.pixels())));
    return (selected, random) -> {
      int top = first(side, shape.height(), random);
      int left = first(side, shape.width(), random);
      for (int line = Math.max(0, top); line < Math.min(shape.height(), top + side); line++) {
        int start = line * shape.width();
        Arrays.fill(
            selected,
            start + Math.max(0, left),
            start + Math.min(shape.width(), left + side),
            true);
      }
    };
  }

  private static int first(int side, int size, RandomGenerator random) {
    return random.nextInt(size) - side / 2;
  }

  @Override
  public String toString() {
    return "cutout(size=" + Numbers.text(size) + ", fill=" + Constants.text(fill) + ")";
  }
}
