package ai.contexture.experiment;

import ai.contexture.input.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A run of a study that is to be made.
 *
 * @param parameters by name, in the order of {@link Study#parameters}
 * @param cost about how long it takes, as a multiple of other cells
 */
public record Cell(Map<String, String> parameters, double cost) {

  /** Copies the parameters. */
  public Cell {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    if (!(cost > 0)) {
      throw new IllegalArgumentException("cost: expected more than 0, got " + cost);
    }
  }

  /**
   * Returns a cell.
   *
   * @param pairs names of parameters, each followed by its value
   */
  public static Cell of(double cost, Object... pairs) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      parameters.put((String) pairs[i], String.valueOf(pairs[i + 1]));
    }
    return new Cell(parameters, cost);
  }

  /** Returns a parameter. */
  public String get(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("cell " + this + " has no " + name);
    }
    return value;
  }

  @Override
  public String toString() {
    return parameters.entrySet().stream()
        .map(e -> Text.format("%s %s", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
