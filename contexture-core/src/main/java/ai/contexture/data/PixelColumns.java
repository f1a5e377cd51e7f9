package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The columns of a table whose rows are images. */
final class PixelColumns {

  private PixelColumns() {}

  /**
   * Returns the columns of a table as the pixels of images.
   *
   * @throws InputException if they hold names, or are not as many as the shape has
   */
  static List<NumericColumn> of(Table table, ImageShape shape) {
    requireShape(table, shape);
    if (table.columns().size() != shape.inputs()) {
      throw new InputException(
          table.source()
              + ": images of shape "
              + shape
              + " have "
              + shape.inputs()
              + " pixels, got "
              + Text.count(table.columns().size(), "column")
              + " to learn from");
    }
    List<NumericColumn> pixels = new ArrayList<>();
    for (Column column : table.columns()) {
      if (!(column instanceof NumericColumn numbers)) {
        throw new InputException(
            table.source()
                + ": column '"
                + column.name()
                + "' holds names, expected the numbers of pixels");
      }
      pixels.add(numbers);
    }
    return pixels;
  }

  /** Requires that pictures have a shape: others may have as many pixels. */
  static void requireShape(Table table, ImageShape shape) {
    if (table.images().isPresent() && !table.images().get().equals(shape)) {
      throw new InputException(
          Text.format(
              "%s: expected pictures of %s (channels, height, width), got %s",
              table.source(), shape, table.images().get()));
    }
  }

  /** The pixels of a table as bytes, if they are held so and none of these is a missing value. */
  static Optional<PixelBytes> bytes(
      Table table, ImageShape shape, List<FittedColumn> columns, MissingTokens missing) {
    requireShape(table, shape);
    PixelMatrix pictures = null;
    float[][] inputs = new float[shape.channels()][];
    for (int j = 0; j < columns.size(); j++) {
      FittedNumericColumn fitted = (FittedNumericColumn) columns.get(j);
      FittedNumericColumn channel = (FittedNumericColumn) columns.get(j - j % shape.pixels());
      PixelMatrix own =
          table.has(fitted.name()) && table.column(fitted.name()) instanceof NumericColumn numbers
              ? numbers.pixels(j)
              : null;
      if (own == null || (j > 0 && !own.equals(pictures)) || !fitted.hasScaleOf(channel)) {
        return Optional.empty();
      }
      pictures = own;
      if (j % shape.pixels() == 0) {
        inputs[j / shape.pixels()] = inputs(fitted);
      }
    }
    boolean gaps = IntStream.range(0, PixelBytes.VALUES).anyMatch(missing::isMissing);
    return gaps ? Optional.empty() : Optional.of(new PixelBytes(pictures.pictures(), inputs));
  }

  private static float[] inputs(FittedNumericColumn pixel) {
    float[] inputs = new float[PixelBytes.VALUES];
    for (int value = 0; value < inputs.length; value++) {
      inputs[value] = (float) pixel.apply(value);
    }
    return inputs;
  }
}
