package ai.contexture.view;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** What views share: arrays of what was drawn, and the scope in which a view is computed. */
final class Draws {

  private Draws() {}

  /**
   * Returns what work makes of rows, and closes all else that it makes.
   *
   * @param work takes the scope and the rows as an array of the scope
   */
  static NDArray within(NDArray rows, BiFunction<NDManager, NDArray, NDArray> work) {
    DataType type = rows.getDataType();
    if (rows.getShape().dimension() != 2
        || (type != DataType.FLOAT32 && type != DataType.FLOAT64)) {
      throw new IllegalArgumentException(
          "rows: expected [b, p] in float32 or float64, got " + rows.getShape() + " in " + type);
    }
    NDManager owner = rows.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray view = Torch.within(rows, scope);
      NDArray result = work.apply(scope, view);
      NDArray own = result == view ? view.duplicate() : result;
      own.attach(owner);
      return own;
    }
  }

  /** Returns one number for each of b rows. */
  static double[] each(int b, RandomGenerator random, ToDoubleFunction<RandomGenerator> draw) {
    double[] values = new double[b];
    Arrays.setAll(values, i -> draw.applyAsDouble(random));
    return values;
  }

  /** Returns standard normal numbers of this shape and type. */
  static NDArray normal(NDManager manager, Shape shape, DataType type, RandomGenerator random) {
    int size = Math.toIntExact(shape.size());
    return array(manager, each(size, random, RandomGenerator::nextGaussian), shape, type);
  }

  /** Returns numbers as an array of this shape and type. */
  static NDArray array(NDManager manager, double[] values, Shape shape, DataType type) {
    if (type == DataType.FLOAT64) {
      return manager.create(values, shape);
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return manager.create(narrow, shape);
  }
}
