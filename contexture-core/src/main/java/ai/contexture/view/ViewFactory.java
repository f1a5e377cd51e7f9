package ai.contexture.view;

import ai.contexture.data.ImageShape;
import ai.djl.ndarray.NDArray;
import java.util.Optional;

/** The options of a view before it has seen data. */
@FunctionalInterface
public interface ViewFactory {

  /**
   * Fits the view to pretraining rows: their marginals, means or ranges, where it needs them.
   *
   * @param rows [n, p], float32 or float64; its manager owns the view's arrays
   * @param columns for each of the p inputs the number of the table's column that it comes from;
   *     the inputs of one column change together
   * @param shape the shape of the images that the rows hold, if they do
   * @throws ai.contexture.input.InputException if the view does not suit the rows
   */
  View fit(NDArray rows, int[] columns, Optional<ImageShape> shape);

  /**
   * Returns whether {@link #fit} looks at the rows; else one of them tells it all: how many numbers
   * there are in a row, and of which type.
   */
  default boolean readsRows() {
    return true;
  }
}
