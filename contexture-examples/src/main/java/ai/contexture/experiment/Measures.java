package ai.contexture.experiment;

import ai.contexture.input.Numbers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a cell found, by name. A number that is not finite counts as not measured. */
public final class Measures {

  private final Map<String, String> values = new LinkedHashMap<>();

  /** Adds a number. */
  public Measures put(String name, double value) {
    return put(name, Double.isFinite(value) ? Numbers.text(value) : "");
  }

  /** Adds a word. */
  public Measures put(String name, String value) {
    values.put(name, value);
    return this;
  }

  /** Returns all values by name. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }
}
