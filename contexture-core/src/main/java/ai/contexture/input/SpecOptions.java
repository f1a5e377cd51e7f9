package ai.contexture.input;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Reads the options and parts of a {@link Spec}, remembers which were asked for, and refuses the
 * rest.
 *
 * <pre>{@code
 * SpecOptions options = spec.options();
 * int k = options.integer("k", 30, 1, Integer.MAX_VALUE);
 * boolean self = options.flag("self", true);
 * options.done();
 * }</pre>
 */
public final class SpecOptions {

  private final Spec spec;
  private final Set<String> known = new LinkedHashSet<>();
  private boolean partsRead;

  SpecOptions(Spec spec) {
    this.spec = spec;
  }

  /**
   * Returns a whole number.
   *
   * @param fallback the value where the option is absent
   * @param min the least allowed value
   * @param max the greatest allowed value; {@link Integer#MAX_VALUE} for no bound
   * @throws InputException if the option is no whole number between the two
   */
  public int integer(String key, int fallback, int min, int max) {
    String text = text(key, null);
    if (text == null) {
      return fallback;
    }
    double value = Numbers.parse(text);
    if (value != Math.rint(value) || value < min || value > max) {
      String range = max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
      throw wrong(key, "a whole number " + range, text);
    }
    return (int) value;
  }

  /**
   * Returns a number, or nothing where the option is absent.
   *
   * @param min the least allowed value; {@link Double#MIN_VALUE} for any positive one
   * @param max the greatest allowed value; {@link Double#MAX_VALUE} for no bound
   * @throws InputException if the option is no number between the two
   */
  public OptionalDouble number(String key, double min, double max) {
    String text = text(key, null);
    if (text == null) {
      return OptionalDouble.empty();
    }
    double value = Numbers.parse(text);
    if (Double.isNaN(value) || value < min || value > max) {
      throw wrong(key, "a number" + range(min, max), text);
    }
    return OptionalDouble.of(value);
  }

  /**
   * Returns a number as {@link #number(String, double, double)} does, with a value where it is
   * absent.
   */
  public double number(String key, double fallback, double min, double max) {
    return number(key, min, max).orElse(fallback);
  }

  /**
   * Returns {@code true} or {@code false}.
   *
   * @throws InputException if the option is neither
   */
  public boolean flag(String key, boolean fallback) {
    String text = text(key, null);
    if (text == null) {
      return fallback;
    }
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong(key, "true or false", text);
    }
    return text.equals("true");
  }

  /**
   * Returns one of an enumeration's constants, which are written in lower case with {@code -} for
   * {@code _}.
   *
   * @throws InputException if the option names none of them
   */
  public <E extends Enum<E>> E choice(String key, E fallback) {
    String text = text(key, null);
    if (text == null) {
      return fallback;
    }
    List<E> constants = Arrays.asList(fallback.getDeclaringClass().getEnumConstants());
    List<String> names = constants.stream().map(SpecOptions::written).toList();
    int index = names.indexOf(text.toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw new InputException(
          spec.name() + ": unknown " + key + " '" + text + "'; " + Names.knownNames(text, names));
    }
    return constants.get(index);
  }

  /** Returns the text of an option, or the fallback, which may be null, where it is absent. */
  public String text(String key, String fallback) {
    known.add(key);
    return spec.values().getOrDefault(key, fallback);
  }

  /**
   * Returns the nested specifications.
   *
   * @throws InputException if there are fewer or more of them than allowed
   */
  public List<Spec.Part> parts(int min, int max) {
    partsRead = true;
    int count = spec.parts().size();
    if (count < min || count > max) {
      String expected = max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
      expected = min == max ? Integer.toString(min) : expected;
      throw new InputException(
          spec.name() + ": expected " + expected + " nested parts, got " + count + " in " + spec);
    }
    return spec.parts();
  }

  /**
   * Checks that nothing was given that was not asked for; call it after the last option.
   *
   * @throws InputException naming the option or part that is too many, and the known options
   */
  public void done() {
    if (!partsRead && !spec.parts().isEmpty()) {
      throw new InputException(
          spec.name() + " takes no nested parts, got '" + spec.parts().get(0) + "'");
    }
    for (String key : spec.values().keySet()) {
      if (!known.contains(key)) {
        throw known.isEmpty()
            ? new InputException(spec.name() + " takes no options, got '" + key + "'")
            : new InputException(
                spec.name() + ": unknown option '" + key + "'; " + Names.knownNames(key, known));
      }
    }
  }

  private InputException wrong(String key, String expected, String got) {
    return new InputException(
        spec.name() + ": " + key + " must be " + expected + ", got '" + got + "'");
  }

  private static String range(double min, double max) {
    boolean bounded = max != Double.MAX_VALUE;
    String least =
        min == Double.MIN_VALUE ? " greater than 0" : " of at least " + Numbers.text(min);
    if (min == -Double.MAX_VALUE) {
      return bounded ? " of at most " + Numbers.text(max) : "";
    }
    if (bounded && min != Double.MIN_VALUE) {
      return " from " + Numbers.text(min) + " to " + Numbers.text(max);
    }
    return bounded ? least + " and at most " + Numbers.text(max) : least;
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
