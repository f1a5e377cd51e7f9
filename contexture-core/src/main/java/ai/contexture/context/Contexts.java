package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Registry;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.view.Views;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The contexts by name, as they are written on the command line. */
public final class Contexts {

  private static final Registry<ContextFactory, ContextProvider> BUILT_IN =
      Registry.<ContextFactory, ContextProvider>of(
              "context",
              List.of(
                  GraphContext.PROVIDER,
                  KernelWalkContext.PROVIDER,
                  KnnContext.PROVIDER,
                  LabelContext.PROVIDER,
                  MaskedKnnContext.PROVIDER,
                  MaskedRbfContext.PROVIDER,
                  MinMax.PROVIDER,
                  Mixing.COMBINATION,
                  Mixing.CONCATENATION,
                  Mixing.CONVOLUTION,
                  MonteCarloContext.PROVIDER,
                  PairedContext.PROVIDER,
                  RandomSteps.PageRank.PROVIDER,
                  RbfContext.PROVIDER,
                  TreesContext.PROVIDER))
          .with(Views.registry().components().stream().map(BuiltInContext::of).toList());

  private Contexts() {}

  /**
   * Returns the contexts that are known: those of this library and those that {@link ServiceLoader}
   * finds.
   *
   * @throws InputException if two have the same name
   */
  public static Registry<ContextFactory, ContextProvider> registry() {
    return BUILT_IN.with(ServiceLoader.load(ContextProvider.class));
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
   * Returns the same text with the paths in it from the root, so that it means the same wherever a
   * program runs.
   *
   * @throws InputException if the name or an option is not known
   */
  public static String absolute(String text) {
    return withPaths(text, path -> path.toAbsolutePath().normalize());
  }

  /** Returns a context with other paths to the files that it reads. */
  public static String withPaths(String text, UnaryOperator<Path> change) {
    Spec spec = Spec.parse(text);
    Spec changed = withPaths(spec, change);
    return changed.equals(spec) ? text : changed.toString();
  }

  private static Spec withPaths(Spec spec, UnaryOperator<Path> change) {
    SortedMap<String, String> values = new TreeMap<>(spec.values());
    Registry<ContextFactory, ContextProvider> contexts = registry();
    if (contexts.knows(spec.name())) {
      SpecOptions options = spec.options();
      contexts.component(spec.name()).parse(options);
      for (String key : options.paths()) {
        values.computeIfPresent(key, (option, path) -> change.apply(Path.of(path)).toString());
      }
    }
    List<Spec.Part> parts =
        spec.parts().stream()
            .map(part -> new Spec.Part(part.weight(), withPaths(part.spec(), change)))
            .toList();
    return new Spec(spec.name(), parts, values);
  }

  /**
   * Returns the context that a specification stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ContextFactory parse(Spec spec) {
    return registry().parse(spec);
  }
}
