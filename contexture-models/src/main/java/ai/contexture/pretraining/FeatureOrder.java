package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.GraphViewContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.representation.MonteCarloAverage;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.training.Trainer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Puts the functions in the span of an encoder in order: by the operator of the context, by its
 * dual kernel or by samples, whichever of these it gives.
 */
final class FeatureOrder {

  /** How much is done where the operator is not known. */
  enum Effort {
    /** For the result. */
    RESULT(1 << 18, 1 << 28),
    /** For a measure under way, which has to be cheap. */
    UNDER_WAY(1 << 16, 1 << 22);

    private final int samples;
    private final int pairs;

    /**
     * How much is done.
     *
     * @param samples of the context that are encoded
     * @param pairs of points whose dual kernel is computed
     */
    Effort(int samples, int pairs) {
      this.samples = samples;
      this.pairs = pairs;
    }
  }

  /** The fewest points for each output that the covariance of outputs is estimated from. */
  private static final int POINTS_PER_OUTPUT = 16;

  private final Trainer<Context> trainer;
  private final Objective<?> objective;
  private final Recipe recipe;
  private final int outputs;

  FeatureOrder(Trainer<Context> trainer, Objective<?> objective, Recipe recipe, int outputs) {
    this.trainer = trainer;
    this.objective = objective;
    this.recipe = recipe;
    this.outputs = outputs;
  }

  /** Requires that the functions of an encoder can be ordered. */
  static void require(Context context, Objective<?> objective) {
    boolean drawn =
        context instanceof SampledContext && objective.encoders().contains(Variable.CONTEXT);
    if (!(context instanceof FiniteContext || context instanceof KernelContext || drawn)) {
      throw new InputException(
          Text.format(
              "objective '%s' trains an encoder of the inputs alone, and context %s gives samples"
                  + " alone, by which the features cannot be put in order; missing is an encoder of"
                  + " the context, as svme, non-contrastive and spectral-contrastive train it, or a"
                  + " context with a dual kernel or an operator, such as knn(k=30)",
              objective, context));
    }
  }

  /** The best ordered functions in the span of the encoder, as trained so far. */
  RayleighRitz of(Effort effort, NDManager scope) {
    int d = recipe.dimension();
    Context context = trainer.context();
    if (context instanceof FiniteContext finite) {
      return RayleighRitz.of(trainer.outputs(scope), finite.operator(), d, recipe.shrinkage());
    }
    if (objective.learned() == Variable.INPUT && context instanceof KernelContext kernel) {
      Points some = some(rows(effort), scope);
      return SampledRayleighRitz.ofKernel(outputs(some, scope), kernel, some, d, scope);
    }
    Seed seed = Seed.of(recipe.training().seed()).derive("ritz");
    UnaryOperator<NDArray> psi = rows -> trainer.encode(Variable.CONTEXT, rows, rows.getManager());
    if (readsViewsOnly(context, objective)) {
      return SampledRayleighRitz.ofGraphViews(
          (GraphViewContext) context, recipe.samples(), seed, psi, d, recipe.shrinkage(), scope);
    }
    MonteCarloAverage average =
        new MonteCarloAverage((SampledContext) context, recipe.samples(), seed);
    Points some = some(rows(effort), scope);
    return objective.learned() == Variable.INPUT
        ? SampledRayleighRitz.ofBoth(outputs(some, scope), average, some, psi, d, scope)
        : SampledRayleighRitz.ofAverage(average, some, psi, d, scope);
  }

  /**
   * Whether the encoder was trained on views of a graph, so that it embeds the graph as it is and
   * not the average of its views.
   */
  static boolean readsViewsOnly(Context context, Objective<?> objective) {
    return context instanceof GraphViewContext && objective.learned() == Variable.CONTEXT;
  }

  private NDArray outputs(Points points, NDManager scope) {
    return trainer.encode(Variable.INPUT, points.rows(), scope);
  }

  /**
   * How many of the n pretraining points the functions are ordered by: all where the operator is
   * known, else about as many as the effort allows, and enough for the covariance of the outputs.
   */
  int rows(Effort effort) {
    Context context = trainer.context();
    int n = context.points().size();
    if (context instanceof FiniteContext || readsViewsOnly(context, objective)) {
      return n;
    }
    boolean byKernel = objective.learned() == Variable.INPUT && context instanceof KernelContext;
    int allowed = byKernel ? (int) Math.sqrt(effort.pairs) : effort.samples / recipe.samples();
    return Math.min(n, Math.max(allowed, POINTS_PER_OUTPUT * outputs));
  }

  /** So many pretraining points, drawn from the seed, or all. */
  private Points some(int wanted, NDManager scope) {
    Points all = trainer.context().points();
    if (wanted == all.size()) {
      return all;
    }
    RandomGenerator random = Seed.of(recipe.training().seed()).derive("ritz points").generator();
    long[] positions =
        Arrays.stream(Draws.distinct(wanted, all.size(), random)).sorted().asLongStream().toArray();
    return all.select(scope.create(positions));
  }
}
