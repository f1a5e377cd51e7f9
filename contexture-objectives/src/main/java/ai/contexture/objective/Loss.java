package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The value of an objective as the sum of named terms, each a scalar on the device.
 *
 * @param terms the terms by name, in the order in which they are shown
 */
public record Loss(Map<String, NDArray> terms) {

  /** Keeps the order of the terms; there must be at least one. */
  public Loss {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("terms: expected at least one, got none");
    }
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }

  /** Returns a loss of one term. */
  public static Loss of(String name, NDArray term) {
    return new Loss(Map.of(name, term));
  }

  /** Returns this loss with one more term. */
  public Loss plus(String name, NDArray term) {
    Map<String, NDArray> more = new LinkedHashMap<>(terms);
    more.put(name, term);
    return new Loss(more);
  }

  /** Returns this loss with more terms. */
  public Loss plus(Map<String, NDArray> others) {
    Map<String, NDArray> more = new LinkedHashMap<>(terms);
    more.putAll(others);
    return new Loss(more);
  }

  /** Returns the sum of the terms. */
  public NDArray total() {
    return terms.values().stream().reduce(NDArray::add).orElseThrow();
  }
}
