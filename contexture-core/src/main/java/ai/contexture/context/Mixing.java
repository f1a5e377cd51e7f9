package ai.contexture.context;

import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.view.GraphView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Contexts made of contexts [D, ch. 4]: convolution, convex combination and concatenation, nested
 * to any depth.
 *
 * <p>All parts are fitted to the same pretraining points. The result gives what all of its parts
 * allow; of finite parts it is finite, and its operator is exact.
 */
public final class Mixing {

  static final ContextProvider CONVOLUTION =
      BuiltInContext.of(
              "conv", "one context after the other; weaker than either", Mixing::convolution)
          .example("conv(knn(k=10), rbf)");

  static final ContextProvider COMBINATION =
      BuiltInContext.of("mix", "a weighted choice among several contexts", Mixing::combination)
          .example("mix(0.3: knn(k=10), 0.7: rbf)")
          .option("apart", "whether parts over the same rows are still kept apart");

  static final ContextProvider CONCATENATION =
      BuiltInContext.of(
              "concat",
              "several contexts at once; stronger than any of them",
              Mixing::concatenation)
          .example("concat(knn(k=10), rbf)");

  private Mixing() {}

  /**
   * Returns the convolution x → a₁ ~ P₁(·|x) → a₂ ~ P₂(·|a₁) → …, whose operator is T = T₁T₂….
   *
   * <p>It makes the association weaker: use it where all contexts are strong.
   *
   * @param parts at least two contexts of the same points; each takes what the one before gives
   * @throws InputException if a part cannot take the values of the part before it, or none is left
   *     that the result could give
   */
  public static Context convolve(List<? extends Context> parts) {
    return folded("conv", parts, Convolution::of);
  }

  /**
   * Returns the convex combination P⁺ = Σ w_i P_i⁺.
   *
   * <p>It balances weak and strong contexts. Parts whose laws are probabilities over the same
   * values of A are added, T = Σ w_i T_i; others keep their own A, and TT* = Σ w_i T_i T_i*. Values
   * of A of different lengths are filled up with zeros, and marked by a one-hot tag of their part.
   *
   * @param weights w, non-negative, which sum to 1
   * @param parts at least two contexts of the same points
   */
  public static Context combine(double[] weights, List<? extends Context> parts) {
    return MixtureContext.of(weights, parts, false);
  }

  /**
   * Returns the convex combination of which every part keeps its own A, so that TT* = Σ w_i T_i
   * T_i* as in the combination of objectives Σ w_i R_i.
   *
   * @param weights w, non-negative, which sum to 1
   * @param parts at least two contexts of the same points
   */
  public static Context combineApart(double[] weights, List<? extends Context> parts) {
    return MixtureContext.of(weights, parts, true);
  }

  /**
   * Returns the concatenation A = (A₁, A₂, …), whose parts are drawn independently given x.
   *
   * <p>It makes the association stronger: use it where all contexts are weak. Functions of each
   * part alone are functions of the whole, so that the spans of all parts are among its own.
   *
   * @param parts at least two contexts of the same points
   */
  public static Context concatenate(List<? extends Context> parts) {
    return folded("concat", parts, Concatenation::of);
  }

  private interface Pair {
    Context of(String text, Context first, Context second);
  }

  private static Context folded(String name, List<? extends Context> parts, Pair pair) {
    requireSamePoints(name, parts);
    Context result = parts.get(0);
    for (int i = 1; i < parts.size(); i++) {
      result = pair.of(text(name, parts.subList(0, i + 1)), result, parts.get(i));
    }
    return result;
  }

  static void requireSamePoints(String name, List<? extends Context> parts) {
    if (parts.size() < 2) {
      throw new IllegalArgumentException(
          name + ": expected at least two contexts, got " + parts.size());
    }
    for (Context part : parts) {
      if (!part.points().isSameAs(parts.get(0).points())) {
        throw new IllegalArgumentException(
            name
                + ": "
                + part
                + " was fitted to other points than "
                + parts.get(0)
                + ", expected the same");
      }
    }
  }

  static String text(String name, List<?> parts) {
    StringJoiner text = new StringJoiner(", ", name + "(", ")");
    parts.forEach(part -> text.add(part.toString()));
    return text.toString();
  }

  private static ContextFactory convolution(SpecOptions options) {
    return new Factory("conv", factories(options.parts(2, Integer.MAX_VALUE)), Mixing::convolve);
  }

  private static ContextFactory concatenation(SpecOptions options) {
    List<ContextFactory> parts = factories(options.parts(2, Integer.MAX_VALUE));
    return new Factory("concat", parts, Mixing::concatenate);
  }

  private static ContextFactory combination(SpecOptions options) {
    List<Spec.Part> parts = options.parts(2, Integer.MAX_VALUE);
    boolean apart = options.flag("apart", false);
    double[] weights = Spec.weights("mix", parts);
    Factory made =
        new Factory(
            "mix",
            factories(parts),
            contexts -> apart ? combineApart(weights, contexts) : combine(weights, contexts));
    String text = MixtureContext.text(weights, made.parts(), apart);
    return new ContextFactory() {
      @Override
      public Context fit(ContextData data) {
        return made.fit(data);
      }

      @Override
      public Set<String> ownColumns() {
        return made.ownColumns();
      }

      @Override
      public Set<String> keys() {
        return made.keys();
      }

      @Override
      public int[] rows(Dataset data) {
        return made.rows(data);
      }

      @Override
      public boolean usesTarget() {
        return made.usesTarget();
      }

      @Override
      public boolean readsEdges() {
        return made.readsEdges();
      }

      @Override
      public Optional<GraphView> graphView() {
        return made.graphView();
      }

      @Override
      public List<Path> files() {
        return made.files();
      }

      @Override
      public List<Path> tables() {
        return made.tables();
      }

      @Override
      public String toString() {
        return text;
      }
    };
  }

  static List<ContextFactory> factories(List<Spec.Part> parts) {
    List<ContextFactory> factories = new ArrayList<>();
    parts.forEach(part -> factories.add(Contexts.parse(part.spec())));
    return factories;
  }

  /** Contexts to be fitted and put together. */
  record Factory(String name, List<ContextFactory> parts, Function<List<Context>, Context> mix)
      implements ContextFactory {

    @Override
    public Context fit(ContextData data) {
      List<Context> fitted = new ArrayList<>();
      for (ContextFactory part : parts) {
        fitted.add(part.fit(data));
      }
      return mix.apply(fitted);
    }

    @Override
    public Set<String> ownColumns() {
      Set<String> own = new TreeSet<>();
      parts.forEach(part -> own.addAll(part.ownColumns()));
      return own;
    }

    @Override
    public Set<String> keys() {
      Set<String> keys = new TreeSet<>();
      parts.forEach(part -> keys.addAll(part.keys()));
      return keys;
    }

    @Override
    public int[] rows(Dataset data) {
      return ContextFactory.commonRows(data, parts);
    }

    @Override
    public boolean usesTarget() {
      return parts.stream().anyMatch(ContextFactory::usesTarget);
    }

    @Override
    public boolean readsEdges() {
      return parts.stream().anyMatch(ContextFactory::readsEdges);
    }

    @Override
    public Optional<GraphView> graphView() {
      List<GraphView> views =
          parts.stream().flatMap(part -> part.graphView().stream()).distinct().toList();
      if (views.size() > 1) {
        throw new InputException(
            text(name, parts)
                + ": expected the same views of the graph in all parts, got "
                + views);
      }
      return views.stream().findFirst();
    }

    @Override
    public List<Path> files() {
      return parts.stream().flatMap(part -> part.files().stream()).toList();
    }

    @Override
    public List<Path> tables() {
      return parts.stream().flatMap(part -> part.tables().stream()).toList();
    }

    @Override
    public String toString() {
      return text(name, parts);
    }
  }
}
