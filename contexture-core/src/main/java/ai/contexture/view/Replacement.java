package ai.contexture.view;

import ai.contexture.torch.CounterRandom;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** What takes the place of columns. */
@FunctionalInterface
interface Replacement {

  /**
   * Draws whole rows, of which a corruption takes some columns.
   *
   * @return [b, p] or [1, p] in a type, which belongs to the scope
   */
  NDArray draw(NDManager scope, int b, DataType type, RandomGenerator random);

  /** Returns the same numbers [p] for every row. */
  static Replacement constant(double... values) {
    return (scope, b, type, random) ->
        Draws.array(scope, values, new Shape(1, values.length), type);
  }

  /** Returns rows of a table [n, p], each equally probable. */
  static Replacement row(NDArray table) {
    int n = Math.toIntExact(table.getShape().get(0));
    return (scope, b, type, random) -> {
      NDArray rows = table.get(CounterRandom.below(scope, random.nextLong(), n, b));
      rows.attach(scope);
      return rows.toType(type, false);
    };
  }
}
