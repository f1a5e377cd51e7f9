package ai.contexture.representation;

import ai.contexture.input.InputException;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Translates a request of DJL Serving: one row as a JSON object, or an array of them. */
record JsonTranslator(RowInputs inputs) implements NoBatchifyTranslator<Input, Output> {

  private static final String EXPECTED =
      "the request: expected a JSON object with a value for each column, or an array of them";

  private static final String SEVERAL = "several";

  @Override
  public NDList processInput(TranslatorContext context, Input request) {
    JsonElement json = parse(request);
    context.setAttachment(SEVERAL, json.isJsonArray());
    List<Map<String, Object>> rows = new ArrayList<>();
    if (json.isJsonArray()) {
      json.getAsJsonArray().forEach(row -> rows.add(row(row)));
    } else {
      rows.add(row(json));
    }
    return new NDList(inputs.of(rows, context.getNDManager()));
  }

  @Override
  public Output processOutput(TranslatorContext context, NDList features) {
    NDArray all = features.singletonOrThrow();
    List<float[]> rows = new ArrayList<>();
    for (long row = 0; row < all.getShape().get(0); row++) {
      rows.add(RowInputs.features(all.get(row)));
    }
    boolean several = (boolean) context.getAttachment(SEVERAL);
    Output output = new Output(200, "OK");
    output.addProperty("Content-Type", "application/json");
    output.add(BytesSupplier.wrapAsJson(several ? rows : rows.get(0)));
    return output;
  }

  private static JsonElement parse(Input request) {
    BytesSupplier data = request.getData();
    if (data == null) {
      throw new InputException(EXPECTED + ", got nothing");
    }
    try {
      return JsonParser.parseString(data.getAsString());
    } catch (JsonParseException e) {
      throw new InputException(EXPECTED + ", got what is no JSON", e);
    }
  }

  private static Map<String, Object> row(JsonElement json) {
    if (!(json instanceof JsonObject object)) {
      throw new InputException(EXPECTED + ", got " + json);
    }
    Map<String, Object> row = new LinkedHashMap<>();
    object.entrySet().forEach(entry -> row.put(entry.getKey(), value(entry.getValue())));
    return row;
  }

  /**
   * A value as {@link ai.contexture.data.Table#ofRows} takes it, which refuses lists and objects.
   */
  private static Object value(JsonElement json) {
    if (json.isJsonNull()) {
      return null;
    }
    if (!(json instanceof JsonPrimitive primitive)) {
      return json;
    }
    return primitive.isNumber() ? primitive.getAsNumber() : primitive.getAsString();
  }
}
