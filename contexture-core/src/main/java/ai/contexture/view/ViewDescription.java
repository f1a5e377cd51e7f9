package ai.contexture.view;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What users are told about a view.
 *
 * @param name its name on the command line
 * @param summary what it does, in one line
 * @param example a text with this name that can be parsed
 * @param options one line on each option, by its name, in the order in which to list them
 */
public record ViewDescription(
    String name, String summary, String example, Map<String, String> options) {

  /** Copies the options. */
  public ViewDescription {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }
}
