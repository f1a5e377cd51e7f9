package ai.contexture.context;

import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A context by name: how its options are read from a text such as {@code knn(k=30)}.
 *
 * <p>Providers of your own are found through {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/ai.contexture.context.ContextProvider}.
 */
public interface ContextProvider {

  /** Returns the name on the command line, such as {@code knn}. */
  String name();

  /** Returns one line on what belongs together, for those who did not read the papers. */
  String summary();

  /** Returns a text with this name that can be parsed: the name alone if it needs no options. */
  default String example() {
    return name();
  }

  /** Returns one line on each option, by its name. */
  default Map<String, String> options() {
    return Map.of();
  }

  /** Returns what its contexts give, if all of them give the same. */
  default Optional<Set<Capability>> gives() {
    return Optional.empty();
  }

  /**
   * Reads the options.
   *
   * @throws ai.contexture.input.InputException if one is out of range
   */
  ContextFactory parse(SpecOptions options);

  /** Returns the options that {@link #parse} reads, with their defaults and ranges. */
  default List<SpecOptions.Asked> asked() {
    SpecOptions options = Spec.parse(example()).options();
    parse(options);
    return options.asked();
  }
}
