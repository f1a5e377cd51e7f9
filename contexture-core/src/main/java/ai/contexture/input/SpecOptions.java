package ai.contexture.input;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

  /**
   * An option that was asked for.
   *
   * @param name as it is written
   * @param expected what it may be, such as {@code a whole number of at least 1}
   * @param fallback its value where it is absent, or null if there is none
   */
  public record Asked(String name, String expected, String fallback) {}

  private final Spec spec;
  private final Map<String, Asked> asked = new LinkedHashMap<>();
  private final Map<String, String> former = new HashMap<>();
  private final Set<String> paths = new LinkedHashSet<>();
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
    String range = max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
    String expected = "a whole number " + range;
    String text = given(key, expected, Integer.toString(fallback));
    if (text == null) {
      return fallback;
    }
    double value = Numbers.parse(text);
    if (value != Math.rint(value) || value < min || value > max) {
      throw wrong(key, expected, text);
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
    return number(key, null, min, max);
  }

  private OptionalDouble number(String key, String fallback, double min, double max) {
    String expected = "a number" + range(min, max);
    String text = given(key, expected, fallback);
    if (text == null) {
      return OptionalDouble.empty();
    }
    double value = Numbers.parse(text);
    if (Double.isNaN(value) || value < min || value > max) {
      throw wrong(key, expected, text);
    }
    return OptionalDouble.of(value);
  }

  /**
   * Returns a number as {@link #number(String, double, double)} does, with a value where it is
   * absent.
   */
  public double number(String key, double fallback, double min, double max) {
    return number(key, Numbers.text(fallback), min, max).orElse(fallback);
  }

  /**
   * Returns a number or a range of numbers.
   *
   * @param fallback the interval where the option is absent
   * @param min the least allowed number; {@link Double#MIN_VALUE} for any positive one
   * @param max the greatest allowed number; {@link Double#MAX_VALUE} for no bound
   * @throws InputException if the option is neither, or goes beyond the two
   */
  public Interval interval(String key, Interval fallback, double min, double max) {
    String expected = Interval.expected(min, max);
    String text = given(key, expected, fallback.toString());
    if (text == null) {
      return fallback;
    }
    Interval interval = Interval.parse(text);
    if (interval == null || !interval.isWithin(min, max)) {
      throw wrong(key, expected, text);
    }
    return interval;
  }

  /**
   * Returns {@code true} or {@code false}.
   *
   * @throws InputException if the option is neither
   */
  public boolean flag(String key, boolean fallback) {
    String text = given(key, "true or false", Boolean.toString(fallback));
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
    Class<E> type = fallback.getDeclaringClass();
    List<String> names = Constants.texts(type);
    String text = given(key, "one of " + String.join(", ", names), Constants.text(fallback));
    return text == null
        ? fallback
        : Constants.find(type, text)
            .orElseThrow(() -> Suggestions.unknown(key, text, names, spec.name()));
  }

  /** Returns the text of an option, or the fallback, which may be null, where it is absent. */
  public String text(String key, String fallback) {
    String given = given(key, "a text", fallback);
    return given == null ? fallback : given;
  }

  /**
   * Returns the path that an option names, null where it is absent.
   *
   * <p>What is asked for so can be found from other folders too, see {@link #paths}.
   *
   * @throws InputException if the option is no path
   */
  public Path path(String key) {
    String text = given(key, "a path", null);
    paths.add(key);
    try {
      return text == null ? null : Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong(key, "a path", text);
    }
  }

  /** Returns the options that were asked for by {@link #path} until now. */
  public Set<String> paths() {
    return Set.copyOf(paths);
  }

  /**
   * Lets an option be given by the name that it had in an earlier version, as saved runs have it.
   */
  public SpecOptions formerly(String before, String key) {
    former.put(key, before);
    return this;
  }

  /** The text of an option, null where it is absent. */
  private String given(String key, String expected, String fallback) {
    asked.put(key, new Asked(key, expected, fallback));
    String text = spec.values().get(key);
    return text == null ? spec.values().get(former.getOrDefault(key, key)) : text;
  }

  /** Returns what was asked for until now, in that order. */
  public List<Asked> asked() {
    return List.copyOf(asked.values());
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
    former.forEach(
        (key, before) -> {
          if (spec.values().containsKey(key) && spec.values().containsKey(before)) {
            throw new InputException(
                Text.format(
                    "%s: %s is %s by its former name, give one of them", spec.name(), before, key));
          }
        });
    for (String key : spec.values().keySet()) {
      if (!asked.containsKey(key) && !former.containsValue(key)) {
        throw asked.isEmpty()
            ? new InputException(spec.name() + " takes no options, got '" + key + "'")
            : new InputException(
                spec.name()
                    + ": unknown option '"
                    + key
                    + "'; "
                    + Suggestions.knownNames(key, asked.keySet()));
      }
    }
  }

  private InputException wrong(String key, String expected, String got) {
    return new InputException(
        spec.name() + ": " + key + " must be " + expected + ", got '" + got + "'");
  }

  static String range(double min, double max) {
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
}
