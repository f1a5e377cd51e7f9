package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.util.ArrayList;
import java.util.List;

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
              + table.columns().size()
              + " columns to learn from");
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
}
