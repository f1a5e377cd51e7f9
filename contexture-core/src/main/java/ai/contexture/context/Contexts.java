package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.view.ViewDescription;
import ai.contexture.view.Views;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The contexts by name, as they are written on the command line. */
public final class Contexts {

  private static final String K = "how many rows are near";
  private static final String SELF = "whether a row is one of the rows near it";
  private static final String WEIGHTS =
      "how probable near rows are: all alike, or nearer ones more";
  private static final String DISTANCE = "how rows are compared";
  private static final String SEARCH =
      "exact finds all near rows; approximate is faster on many rows and misses a few";
  private static final String GAMMA =
      "γ in exp(−γ‖x−a‖²), larger is stronger; absent: 1 / the median of ‖x−a‖²";
  private static final String DROP = "the share of columns that a mask leaves out";
  private static final String MASKS = "how many masks are averaged";

  private static final List<ContextProvider> BUILT_IN =
      List.of(
          provider("knn", "a row belongs together with its k nearest rows", KnnContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option("k", K)
              .option("self", SELF)
              .option("weights", WEIGHTS)
              .option("distance", DISTANCE)
              .option("search", SEARCH),
          provider(
                  "rbf",
                  "a row belongs together with all rows, nearer ones more",
                  RbfContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option("gamma", GAMMA),
          provider(
                  "masked-knn",
                  "like knn, by a random part of the columns each time",
                  MaskedKnnContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option("k", K)
              .option("self", SELF)
              .option("weights", WEIGHTS)
              .option("distance", DISTANCE)
              .option("drop", DROP)
              .option("masks", MASKS),
          provider(
                  "masked-rbf",
                  "like rbf, by a random part of the columns each time",
                  MaskedRbfContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option("gamma", GAMMA)
              .option("drop", DROP)
              .option("masks", MASKS),
          provider(
                  "label",
                  "rows with the same target belong together (a target of numbers gives no"
                      + " samples)",
                  LabelContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR)
              .option("values", "what stands for a class: itself, or any row that has it"),
          provider(
                  "walk",
                  "a node belongs together with those that some steps on the graph reach",
                  GraphContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR)
              .option("steps", "how many steps the walk has")
              .option("self-loops", "the weight of an edge from each node to itself")
              .option("types", "factors of types of edges, such as cites:2;shares; absent: all"),
          provider(
                  "kernel-walk",
                  "like rbf, by any kernel, and rows among many others count more",
                  KernelWalkContext.Options::of)
              .like("kernel-walk(kernel=polynomial)")
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option(
                  "kernel", "rbf, laplace, cosine (rows without negative numbers) or polynomial")
              .option("gamma", "γ in exp(−γ‖x−a‖²), exp(−γ‖x−a‖) or (γ⟨x,a⟩ + offset)^degree")
              .option("degree", "the degree of polynomial")
              .option("offset", "the offset of polynomial"),
          provider(
                  "trees",
                  "rows belong together that boosted trees for the target lead to the same leaves",
                  TreesContext.Options::of)
              .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
              .option("rounds", "how many trees")
              .option("depth", "the most questions from the root of a tree to a leaf")
              .option("rate", "how far each tree moves the prediction"),
          provider(
                  "conv",
                  "one context after another: weaker than each of them",
                  Mixing::parseConvolution)
              .like("conv(knn(k=10), rbf)"),
          provider("mix", "one of several contexts, each with its weight", Mixing::parseCombination)
              .like("mix(0.3: knn(k=10), 0.7: rbf)")
              .option("apart", "whether parts that meet in the same rows still keep apart"),
          provider(
                  "minmax",
                  "several contexts, weighted so that none is served badly",
                  MinMax.Options::of)
              .like("minmax(knn(k=10), rbf)")
              .option("dim", "how many functions of the whole serve the parts")
              .option("eta", "how fast the weights move at first")
              .option("rounds", "how often the weights are moved"),
          provider(
                  "paired",
                  "a row belongs together with its other half: columns of its own, or a file",
                  PairedContext.Options::of)
              .like("paired(columns=\"a,b\")")
              .giving(SAMPLES, KERNEL, OPERATOR)
              .option("columns", "the columns that are the other half, such as \"a,b\"")
              .option("file", "a CSV file that holds the other halves")
              .option("on", "the column by which the file is joined; absent: row by row"),
          provider(
                  "concat",
                  "several contexts at once: stronger than each of them",
                  Mixing::parseConcatenation)
              .like("concat(knn(k=10), rbf)"),
          provider(
                  "monte-carlo",
                  "the operator of a random view such as scarf, estimated from draws",
                  MonteCarloContext.Options::of)
              .like("monte-carlo(scarf(rate=0.6))")
              .option("draws", "how many views are drawn of each row"));

  private Contexts() {}

  private static BuiltIn provider(
      String name, String summary, Function<SpecOptions, ContextFactory> parser) {
    return new BuiltIn(name, summary, name, Map.of(), Optional.empty(), parser);
  }

  /** A view as a context: a row belongs together with its views. */
  private static BuiltIn provider(ViewDescription view) {
    boolean hasParts = !Spec.parse(view.example()).parts().isEmpty();
    return new BuiltIn(
        view.name(),
        view.summary(),
        view.example(),
        view.options(),
        hasParts ? Optional.empty() : Optional.of(Set.of(SAMPLES, NEW_ROWS)),
        options -> new AugmentationContext.Options(Views.read(view.name(), options)));
  }

  /** A context of this library. */
  private record BuiltIn(
      String name,
      String summary,
      String example,
      Map<String, String> options,
      Optional<Set<Capability>> gives,
      Function<SpecOptions, ContextFactory> parser)
      implements ContextProvider {

    BuiltIn giving(Capability... all) {
      return new BuiltIn(name, summary, example, options, Optional.of(Set.of(all)), parser);
    }

    BuiltIn like(String text) {
      return new BuiltIn(name, summary, text, options, gives, parser);
    }

    BuiltIn option(String option, String meaning) {
      Map<String, String> more = new LinkedHashMap<>(options);
      more.put(option, meaning);
      return new BuiltIn(name, summary, example, more, gives, parser);
    }

    @Override
    public ContextFactory parse(SpecOptions asked) {
      return parser.apply(asked);
    }
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
    Views.descriptions().forEach(view -> known.put(view.name(), provider(view)));
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
    ContextProvider provider = providers().get(spec.name());
    if (provider != null) {
      SpecOptions options = spec.options();
      provider.parse(options);
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
