package ai.contexture.context;

import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The contexts by name, as they are written on the command line. */
public final class Contexts {

  private static final Map<String, Function<SpecOptions, ContextFactory>> KNOWN =
      new TreeMap<>(Map.of("knn", KnnContext.Options::of));

  private Contexts() {}

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(KNOWN.keySet());
  }

  /**
   * Returns the context that a text such as {@code knn(k=30)} stands for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  public static ContextFactory parse(Spec spec) {
    Function<SpecOptions, ContextFactory> factory = KNOWN.get(spec.name());
    if (factory == null) {
      throw Names.unknown("context", spec.name(), names());
    }
    SpecOptions options = spec.options();
    ContextFactory parsed = factory.apply(options);
    options.done();
    return parsed;
  }
}
