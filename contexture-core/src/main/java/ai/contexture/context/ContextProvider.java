package ai.contexture.context;

import ai.contexture.input.SpecOptions;

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

  /**
   * Reads the options.
   *
   * @throws ai.contexture.input.InputException if one is out of range
   */
  ContextFactory parse(SpecOptions options);
}
