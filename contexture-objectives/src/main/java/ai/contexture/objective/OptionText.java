package ai.contexture.objective;

import ai.contexture.input.Constants;
import java.util.StringJoiner;

/** The text of a component with those of its options that are not the usual ones. */
final class OptionText {

  private final String name;
  private final StringJoiner options = new StringJoiner(",", "(", ")");
  private boolean any;

  private OptionText(String name) {
    this.name = name;
  }

  static OptionText of(String name) {
    return new OptionText(name);
  }

  /** Adds an option, unless it has its usual value. */
  OptionText with(String key, Object value, Object defaults) {
    if (!value.equals(defaults)) {
      String text = value instanceof Enum<?> constant ? Constants.text(constant) : value.toString();
      options.add(key + "=" + text);
      any = true;
    }
    return this;
  }

  @Override
  public String toString() {
    return any ? name + options : name;
  }
}
