package ai.contexture.representation;

import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;

/**
 * Makes inputs of rows by name, and checks what comes out.
 *
 * @param dataType in what the encoder computes
 */
record RowInputs(Preprocessing preprocessing, DataType dataType) {

  /** The inputs [rows, p], owned by the manager. */
  NDArray of(List<? extends Map<String, ?>> rows, NDManager manager) {
    Matrix inputs =
        preprocessing.apply(Table.ofRows(rows.size() == 1 ? "the row" : "the rows", rows));
    try (NDManager scope = manager.newSubManager()) {
      Shape shape = new Shape(inputs.rows(), inputs.columns());
      NDArray converted = scope.create(inputs.values(), shape).toType(dataType, true);
      converted.attach(manager);
      return converted;
    }
  }

  /** The features of one row. */
  static float[] features(NDArray row) {
    float[] features = row.toType(DataType.FLOAT32, false).toFloatArray();
    for (float feature : features) {
      if (!Float.isFinite(feature)) {
        throw new InputException("the row: a feature is " + feature);
      }
    }
    return features;
  }
}
