package ai.contexture.input;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A part of the framework by name: how its options are read from a text such as {@code knn(k=30)},
 * and what users are told about it.
 *
 * @param <T> what the text stands for
 */
public interface Component<T> {

  /** Returns the name on the command line, such as {@code knn}. */
  String name();

  /** Returns one line on what it is or does, for those who have not read the papers. */
  String summary();

  /** Returns a text with this name that can be parsed: the name alone if it needs no options. */
  default String example() {
    return name();
  }

  /** Returns one line on each option, by its name, in the order in which to list them. */
  default Map<String, String> options() {
    return Map.of();
  }

  /**
   * Reads the options.
   *
   * @throws InputException if one is out of range
   */
  T parse(SpecOptions options);

  /** Returns the options that {@link #parse} reads, with their defaults and ranges. */
  default List<SpecOptions.Asked> asked() {
    SpecOptions options = Spec.parse(example()).options();
    parse(options);
    return options.asked();
  }

  /** Returns a component without options; {@link Declared#option} adds them. */
  static <T> Declared<T> of(
      String name, String summary, Function<SpecOptions, ? extends T> parser) {
    return new Declared<>(name, summary, name, Map.of(), parser);
  }

  /**
   * A component that is declared in place.
   *
   * @param name its name
   * @param summary what it is or does
   * @param example a text with this name that can be parsed
   * @param options one line on each option
   * @param parser reads the options
   * @param <T> what its text stands for
   */
  record Declared<T>(
      String name,
      String summary,
      String example,
      Map<String, String> options,
      Function<SpecOptions, ? extends T> parser)
      implements Component<T> {

    /** Copies the options. */
    public Declared {
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Returns this component with one more option. */
    public Declared<T> option(String option, String meaning) {
      Map<String, String> more = new LinkedHashMap<>(options);
      more.put(option, meaning);
      return new Declared<>(name, summary, example, more, parser);
    }

    /** Returns this component with another example, for one that needs options or parts. */
    public Declared<T> example(String text) {
      return new Declared<>(name, summary, text, options, parser);
    }

    @Override
    public T parse(SpecOptions asked) {
      return parser.apply(asked);
    }
  }
}
