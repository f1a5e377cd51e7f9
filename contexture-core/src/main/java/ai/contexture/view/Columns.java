package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which of a row's inputs change together: those of one table column, or the channels of one pixel.
 */
final class Columns {

  private final int[] columnOf;
  private final int[][] inputs;

  /** The column of each input, int64 [p], where the rows are; null where there is none to be. */
  private final NDArray spread;

  private Columns(int[] columnOf, int count, NDArray spread) {
    this.columnOf = columnOf;
    this.spread = spread;
    this.inputs = new int[count][];
    int[] sizes = new int[count];
    for (int column : columnOf) {
      sizes[column]++;
    }
    for (int column = 0; column < count; column++) {
      inputs[column] = new int[sizes[column]];
    }
    for (int j = columnOf.length - 1; j >= 0; j--) {
      inputs[columnOf[j]][--sizes[columnOf[j]]] = j;
    }
  }

  /**
   * Returns the columns of rows.
   *
   * @param columns any number for each of the p inputs, equal ones for a column
   * @param shape the shape of the images that the rows hold, if they do, whose pixels are columns
   */
  static Columns of(NDArray rows, int[] columns, Optional<ImageShape> shape) {
    long p = rows.getShape().get(1);
    if (columns.length != p) {
      throw new IllegalArgumentException(
          "columns: expected the column of each of " + p + " inputs, got " + columns.length);
    }
    if (shape.isPresent()) {
      shape.get().requireInputs(p);
      Columns pixels = pixels(shape.get());
      return new Columns(
          pixels.columnOf, pixels.count(), index(rows.getManager(), pixels.columnOf));
    }
    Map<Integer, Integer> numbers = new HashMap<>();
    int[] columnOf = new int[columns.length];
    for (int j = 0; j < columns.length; j++) {
      Integer next = numbers.size();
      Integer known = numbers.putIfAbsent(columns[j], next);
      columnOf[j] = known == null ? next : known;
    }
    return new Columns(columnOf, numbers.size(), index(rows.getManager(), columnOf));
  }

  private static NDArray index(NDManager owner, int... columnOf) {
    return owner.create(Arrays.stream(columnOf).asLongStream().toArray());
  }

  /** Returns the pixels of images, each with all its channels. */
  static Columns pixels(ImageShape shape) {
    int[] columnOf = new int[shape.inputs()];
    for (int j = 0; j < columnOf.length; j++) {
      columnOf[j] = j % shape.pixels();
    }
    return new Columns(columnOf, shape.pixels(), null);
  }

  /** Returns the number of columns. */
  int count() {
    return inputs.length;
  }

  /** Returns the number of inputs p. */
  int inputs() {
    return columnOf.length;
  }

  /** Returns the column of an input. */
  int of(int input) {
    return columnOf[input];
  }

  /**
   * Returns for each input what there is for its column.
   *
   * @param perColumn [b, g], whose manager owns the result
   * @return [b, p]
   */
  NDArray spread(NDArray perColumn) {
    if (count() == inputs()) {
      return perColumn; // each input is a column, in their order
    }
    NDArray index = spread == null ? index(perColumn.getManager(), columnOf) : spread;
    return perColumn.transpose().get(index).transpose();
  }

  /** Returns whether a column has several inputs, as a column of names has. */
  boolean isNominal(int column) {
    return inputs[column].length > 1;
  }

  /** Returns the inputs of a column, in ascending order. */
  int[] inputsOf(int column) {
    return inputs[column];
  }
}
