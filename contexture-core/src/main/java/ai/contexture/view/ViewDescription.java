package ai.contexture.view;

import java.util.List;

/**
 * What users are told about a view.
 *
 * @param name its name on the command line
 * @param summary what it does, in one line
 * @param options its options, in the order in which to list them
 */
public record ViewDescription(String name, String summary, List<Option> options) {

  /** Copies the options. */
  public ViewDescription {
    options = List.copyOf(options);
  }

  /**
   * An option of a view.
   *
   * @param key its name
   * @param usual its value where it is absent, or the empty text if there is none
   * @param meaning what it is, in one line
   */
  public record Option(String key, String usual, String meaning) {}
}
