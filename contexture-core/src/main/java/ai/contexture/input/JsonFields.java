package ai.contexture.input;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSyntaxException;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.annotations.SerializedName;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of a JSON object that came from a file, each of which may be missing or another than
 * it should be. What is wrong is said with its key: {@code training.steps: expected a whole number,
 * got "x"}.
 */
public final class JsonFields {

  private static final int LONGEST_SHOWN = 60;
  private static final Gson GSON = new Gson();

  private final JsonObject json;

  /** What messages begin with: the file, and the keys that lead here, each with a point behind. */
  private final String place;

  private JsonFields(JsonObject json, String place) {
    this.json = json;
    this.place = place;
  }

  /**
   * Returns the values of an object.
   *
   * @param file what messages begin with, empty for nothing
   */
  public static JsonFields of(String file, JsonObject json) {
    return new JsonFields(json, file.isEmpty() ? "" : file + ": ");
  }

  /** Returns whether there is a value. */
  public boolean has(String key) {
    return json.has(key) && !json.get(key).isJsonNull();
  }

  /** Returns a text. */
  public String text(String key) {
    JsonElement value = get(key, "a text");
    if (value instanceof JsonPrimitive primitive && primitive.isString()) {
      return value.getAsString();
    }
    throw wrong(key, "a text", value);
  }

  /** Returns one of some texts. */
  public String oneOf(String key, String... known) {
    String text = text(key);
    if (!List.of(known).contains(text)) {
      throw wrong(key, "one of " + String.join(", ", known), json.get(key));
    }
    return text;
  }

  /** Returns true or false. */
  public boolean flag(String key) {
    JsonElement value = get(key, "true or false");
    if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
      return value.getAsBoolean();
    }
    throw wrong(key, "true or false", value);
  }

  /** Returns a finite number. */
  public double number(String key) {
    return number(key, get(key, "a number"));
  }

  private double number(String key, JsonElement value) {
    if (value instanceof JsonPrimitive primitive
        && primitive.isNumber()
        && Double.isFinite(value.getAsDouble())) {
      return value.getAsDouble();
    }
    throw wrong(key, "a finite number", value);
  }

  /** Returns a whole number. */
  public int whole(String key) {
    return (int) whole(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Returns a whole number of at least 1. */
  public int count(String key) {
    int count = whole(key);
    if (count < 1) {
      throw wrong(key, "a whole number of at least 1", json.get(key));
    }
    return count;
  }

  private long whole(String key, long least, long most) {
    JsonElement value = get(key, "a whole number");
    if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
      try {
        long whole = value.getAsBigDecimal().longValueExact();
        if (whole >= least && whole <= most) {
          return whole;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // told below
      }
    }
    throw wrong(key, "a whole number", value);
  }

  /** Returns finite numbers. */
  public double[] numbers(String key) {
    JsonArray array = array(key);
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(key + "[" + i + "]", array.get(i));
    }
    return numbers;
  }

  /** Returns texts. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonElement value : array(key)) {
      if (!(value instanceof JsonPrimitive primitive) || !primitive.isString()) {
        throw wrong(key + "[" + texts.size() + "]", "a text", value);
      }
      texts.add(value.getAsString());
    }
    return texts;
  }

  /** Returns the constant that a text such as {@code one-hot} names. */
  public <E extends Enum<E>> E constant(String key, Class<E> type) {
    return Constants.find(type, text(key))
        .orElseThrow(
            () -> wrong(key, "one of " + String.join(", ", Constants.texts(type)), json.get(key)));
  }

  /** Returns the values of an object within. */
  public JsonFields object(String key) {
    return object(key, get(key, "an object"));
  }

  /** Returns the values of the objects of a list. */
  public List<JsonFields> objects(String key) {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonElement value : array(key)) {
      objects.add(object(key + "[" + objects.size() + "]", value));
    }
    return objects;
  }

  private JsonFields object(String key, JsonElement value) {
    if (value instanceof JsonObject within) {
      return new JsonFields(within, place + key + ".");
    }
    throw wrong(key, "an object", value);
  }

  private JsonArray array(String key) {
    JsonElement value = get(key, "a list");
    if (value instanceof JsonArray array) {
      return array;
    }
    throw wrong(key, "a list", value);
  }

  /**
   * Returns a record as Gson writes it, with all its components but for some.
   *
   * @param optional keys, here and within, that may be missing; they are null then
   * @throws InputException if one is missing or of another type, or the record refuses them
   */
  public <T extends Record> T record(Class<T> type, Set<String> optional) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], optional);
    }
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InputException refused) {
        throw new InputException(place.replaceFirst("\\.$", ": ") + refused.getMessage(), refused);
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object value(RecordComponent component, Set<String> optional) {
    String key = key(component);
    Class<?> type = component.getType();
    if (!has(key) && optional.contains(key)) {
      return null;
    }
    if (type == int.class || type == Integer.class) {
      return whole(key);
    }
    if (type == long.class || type == Long.class) {
      return whole(key, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return number(key);
    }
    if (type == boolean.class || type == Boolean.class) {
      return flag(key);
    }
    if (type == String.class) {
      return text(key);
    }
    if (type == List.class) {
      return texts(key);
    }
    if (type.isRecord() && !type.isAnnotationPresent(JsonAdapter.class)) {
      return object(key).record(type.asSubclass(Record.class), optional);
    }
    return converted(component);
  }

  private static String key(RecordComponent component) {
    SerializedName name = component.getAccessor().getAnnotation(SerializedName.class);
    return name == null ? component.getName() : name.value();
  }

  /** A value as Gson reads it: a constant, a map, or what has an adapter of its own. */
  private Object converted(RecordComponent component) {
    String key = key(component);
    Class<?> type = component.getType();
    String expected =
        type.isEnum()
            ? "one of " + Arrays.toString(type.getEnumConstants())
            : Map.class.isAssignableFrom(type) ? "an object" : "a text";
    JsonElement value = get(key, expected);
    boolean object = Map.class.isAssignableFrom(type);
    if (value.isJsonObject() != object || value.isJsonArray()) {
      throw wrong(key, expected, value);
    }
    Object read;
    try {
      read = GSON.fromJson(value, component.getGenericType());
    } catch (JsonSyntaxException e) {
      throw wrong(key, expected, value); // Gson's words are those of a parser
    } catch (JsonParseException | IllegalArgumentException | IllegalStateException e) {
      throw new InputException(place + key + ": " + e.getMessage(), e);
    }
    if (read == null) {
      throw wrong(key, expected, value);
    }
    return read;
  }

  private JsonElement get(String key, String expected) {
    if (!has(key)) {
      throw new InputException(
          place + key + ": expected " + expected + ", got " + (json.has(key) ? "null" : "nothing"));
    }
    return json.get(key);
  }

  private InputException wrong(String key, String expected, JsonElement got) {
    String text = got.toString();
    String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
    return new InputException(place + key + ": expected " + expected + ", got " + shown);
  }
}
