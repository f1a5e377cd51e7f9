package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Walks on a graph whose number of steps is drawn: A is where the walk ends.
 *
 * <p>P⁺ = Σ_t w_t P^t with the matrix P of one step, see {@link GraphContext}, so that s_i = Σ_t
 * w_t λ_i^t for the eigenvalues λ_i of P.
 */
final class RandomSteps {

  private RandomSteps() {}

  /**
   * Personalised PageRank: before each step the walk ends with the probability α, so that P⁺ = α (I
   * − (1 − α) P)⁻¹ and s_i = α / (1 − (1 − α) λ_i) [Page et al. 1999; Gasteiger et al. 2019].
   *
   * @param alpha α, from 0.001 to less than 1
   * @param selfLoops the weight of a self loop that every node gets besides its edges, at least 0
   */
  record PageRank(double alpha, double selfLoops) implements ContextFactory {

    private static final double LEAST = 0.001;
    private static final double DEFAULT = 0.15;

    static final ContextProvider PROVIDER =
        BuiltInContext.of(
                "ppr",
                "a node belongs with the nodes where walks of random length end, mostly near ones",
                PageRank::of)
            .giving(SAMPLES, KERNEL, OPERATOR)
            .option("alpha", "the probability that a walk ends at each step; higher is stronger")
            .option("self-loops", "the weight of an edge from each node to itself");

    PageRank {
      if (!(alpha >= LEAST && alpha < 1)) {
        throw new InputException(
            "ppr: expected alpha from " + LEAST + " to less than 1, got alpha=" + alpha);
      }
    }

    static PageRank of(SpecOptions options) {
      return new PageRank(
          options.number("alpha", DEFAULT, LEAST, 1),
          options.number("self-loops", 0, 0, Double.MAX_VALUE));
    }

    @Override
    public boolean readsEdges() {
      return true;
    }

    @Override
    public GraphContext fit(ContextData data) {
      return GraphContext.of(
          data,
          GraphContext.Options.DEFAULT.withSelfLoops(selfLoops),
          toString(),
          step -> StepsLaw.of(step, StepsLaw.geometric(alpha)));
    }

    @Override
    public String toString() {
      SortedMap<String, String> values = new TreeMap<>();
      values.put("alpha", Numbers.text(alpha));
      if (selfLoops > 0) {
        values.put("self-loops", Numbers.text(selfLoops));
      }
      return new Spec("ppr", List.of(), values).toString();
    }
  }

  /**
   * A walk of 1 to so many steps, all as probable, as nodes within a window of walks are paired
   * [Perozzi et al. 2014].
   *
   * @param window the most steps, at least 1
   * @param walk what else a walk has
   */
  record Window(int window, GraphContext.Options walk) implements ContextFactory {

    @Override
    public boolean readsEdges() {
      return true;
    }

    @Override
    public GraphContext fit(ContextData data) {
      return GraphContext.of(
          data, walk, toString(), step -> StepsLaw.of(step, StepsLaw.window(window)));
    }

    @Override
    public String toString() {
      return walk.text("window", window);
    }
  }
}
