package ai.contexture.view;

import ai.djl.ndarray.NDArray;
import java.util.random.RandomGenerator;

/**
 * A random change of rows, which keeps what matters about them and hides the rest.
 *
 * <p>The text of a view ({@code toString}) is its form on the command line, such as {@code
 * crop(ratio=0.6)}; a lambda from rows to changed rows is a view without such a text.
 */
@FunctionalInterface
public interface View {

  /**
   * Returns one random view of each row, independent of those of the others.
   *
   * @param rows [b, p], float32 or float64, which stay as they are
   * @param random the only source of randomness
   * @return a new array [b, p] in the type of the rows, which belongs to their manager
   */
  NDArray apply(NDArray rows, RandomGenerator random);
}
