package ai.contexture.data;

import com.google.gson.JsonArray;
import java.util.Arrays;
import java.util.List;

/** Short forms for writing JSON. */
final class Json {

  private Json() {}

  static JsonArray array(double[] values) {
    JsonArray array = new JsonArray(values.length);
    Arrays.stream(values).forEach(array::add);
    return array;
  }

  static JsonArray array(List<String> values) {
    JsonArray array = new JsonArray(values.size());
    values.forEach(array::add);
    return array;
  }
}
