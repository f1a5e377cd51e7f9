package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/** The contexts by name, as they are written on the command line. */
public final class Contexts {

  private static final List<ContextProvider> BUILT_IN =
      List.of(
          provider("knn", "a row belongs together with its k nearest rows", KnnContext.Options::of),
          provider(
              "rbf",
              "a row belongs together with all rows, nearer ones more",
              RbfContext.Options::of),
          provider(
              "masked-knn",
              "like knn, by a random part of the columns each time",
              MaskedKnnContext.Options::of),
          provider(
              "masked-rbf",
              "like rbf, by a random part of the columns each time",
              MaskedRbfContext.Options::of),
          provider("label", "rows with the same target belong together", LabelContext.Options::of),
          provider(
              "conv",
              "one context after another: weaker than each of them",
              Mixing::parseConvolution),
          provider(
              "mix", "one of several contexts, each with its weight", Mixing::parseCombination),
          provider(
              "concat",
              "several contexts at once: stronger than each of them",
              Mixing::parseConcatenation));

  private Contexts() {}

  private static ContextProvider provider(
      String name, String summary, Function<SpecOptions, ContextFactory> parser) {
    return new ContextProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String summary() {
        return summary;
      }

      @Override
      public ContextFactory parse(SpecOptions options) {
        return parser.apply(options);
      }
    };
  }

  /**
   * Returns the contexts that are known, by name in alphabetical order: those of this library and
   * those that {@link ServiceLoader} finds.
   *
   * @throws InputException if two have the same name
   */
  public static Map<String, ContextProvider> providers() {
    Map<String, ContextProvider> known = new TreeMap<>();
    BUILT_IN.forEach(provider -> known.put(provider.name(), provider));
    for (ContextProvider provider : ServiceLoader.load(ContextProvider.class)) {
      ContextProvider other = known.put(provider.name(), provider);
      if (other != null) {
        throw new InputException(
            "two contexts are named '"
                + provider.name()
                + "': "
                + other.getClass().getName()
                + " and "
                + provider.getClass().getName());
      }
    }
    return known;
  }

  /** Returns the names that are known, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(providers().keySet());
  }

  /**
   * Returns the context that a text such as {@code knn(k=30)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ContextFactory parse(String text) {
    return parse(Spec.parse(text));
  }

  /**
   * Returns the context that a specification stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ContextFactory parse(Spec spec) {
    ContextProvider provider = providers().get(spec.name());
    if (provider == null) {
      throw Names.unknown("context", spec.name(), names());
    }
    SpecOptions options = spec.options();
    ContextFactory parsed = provider.parse(options);
    options.done();
    return parsed;
  }
}
