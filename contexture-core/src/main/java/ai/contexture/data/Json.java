package ai.contexture.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Short forms for reading and writing JSON. */
final class Json {

  private Json() {}

  static JsonElement get(JsonObject json, String key) {
    JsonElement element = json.get(key);
    if (element == null) {
      throw new JsonParseException("'" + key + "' is missing");
    }
    return element;
  }

  static double[] numbers(JsonObject json, String key) {
    JsonArray array = get(json, key).getAsJsonArray();
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).getAsDouble();
    }
    return values;
  }

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

  static List<String> texts(JsonObject json, String key) {
    List<String> values = new ArrayList<>();
    get(json, key).getAsJsonArray().forEach(value -> values.add(value.getAsString()));
    return values;
  }
}
