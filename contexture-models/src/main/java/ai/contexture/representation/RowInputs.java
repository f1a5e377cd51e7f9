package ai.contexture.representation;

import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Table;
import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes inputs of rows by name, and checks what comes out.
 *
 * @param dataType in what the encoder computes
 */
record RowInputs(Preprocessing preprocessing, DataType dataType) {

  /** The inputs [rows, p], owned by the manager; values that are not needed may be anything. */
  NDArray of(List<? extends Map<String, ?>> rows, NDManager manager) {
    String what = rows.size() == 1 ? "the row" : "the rows";
    Matrix inputs =
        preprocessing.apply(Table.ofRows(what, rows.stream().map(this::needed).toList()));
    try (NDManager scope = manager.newSubManager()) {
      NDArray converted = inputs.array(scope).toType(dataType, true);
      converted.attach(manager);
      return converted;
    }
  }

  private Map<String, ?> needed(Map<String, ?> row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String column : preprocessing.columns()) {
      if (row.containsKey(column)) {
        values.put(column, row.get(column));
      }
    }
    return values.isEmpty() ? row : values;
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
