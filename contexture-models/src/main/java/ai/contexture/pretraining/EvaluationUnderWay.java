package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.data.Target;
import ai.contexture.measure.Alignment;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Torch;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.Trainer;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/** What can be measured of an encoder while it is trained, cheaply. */
final class EvaluationUnderWay {

  private final PreparedData data;
  private final Recipe recipe;
  private final Objective<?> objective;
  private final Trainer<Context> trainer;
  private final ExactAnswer answer;
  private final FeatureOrder order;
  private final NDManager manager;
  private NDArray labelledInputs;

  EvaluationUnderWay(
      PreparedData data,
      Recipe recipe,
      Objective<?> objective,
      Trainer<Context> trainer,
      ExactAnswer answer,
      FeatureOrder order,
      NDManager manager) {
    this.data = data;
    this.recipe = recipe;
    this.objective = objective;
    this.trainer = trainer;
    this.answer = answer;
    this.order = order;
    this.manager = manager;
  }

  /** Measures the encoder as trained so far, see {@link Pretraining#evaluate}. */
  EvaluationReport evaluate() {
    Spectrum exact = answer.known().orElse(null);
    long start = System.nanoTime();
    int step = trainer.finishedSteps();
    try (NDManager scope = manager.newSubManager()) {
      RayleighRitz ritz;
      Double cca = null;
      try {
        if (!answer.exists()) {
          ritz = order.of(FeatureOrder.Effort.UNDER_WAY, scope);
        } else {
          NDArray raw = trainer.outputs(scope);
          ritz = RayleighRitz.of(raw, answer.context().operator(), recipe.dimension());
          cca = exact == null ? null : correlation(ritz.project(raw), exact);
        }
      } catch (ArithmeticException e) {
        // constant outputs have no directions
        Double none = exact == null ? null : 0.0;
        return new EvaluationReport(step, secondsSince(start), none, null, 0, null);
      }
      double[] eigenvalues = ritz.eigenvalues();
      double ratioTrace =
          Arrays.stream(eigenvalues, 0, Math.min(recipe.dimension(), eigenvalues.length)).sum();
      Double probe = probeUnderWay(ritz, scope);
      return new EvaluationReport(
          step, secondsSince(start), cca, ratioTrace, ritz.effectiveRank(), probe);
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** R²_CCA with the exact functions, null where there are none. */
  private Double correlation(NDArray features, Spectrum exact) {
    int d = recipe.dimension();
    return exact.leading(d).existing() == 0
        ? null
        : Alignment.canonicalCorrelation(features, exact, d);
  }

  /** Fits to two thirds of the labelled rows and scores on the others; null where it cannot be. */
  private Double probeUnderWay(RayleighRitz ritz, NDManager scope) {
    Target target = data.data().target().orElse(null);
    if (target == null) {
      return null;
    }
    int[] known = LabelledRows.known(target, data.split().labelled());
    int fitted = 2 * known.length / 3;
    boolean tells = fitted >= 2 && target.select(Arrays.copyOf(known, fitted)).varies();
    NDArray outputs = tells ? outputsOnLabelled(known, scope) : null;
    if (outputs == null) {
      return null;
    }
    NDArray features = ritz.project(outputs);
    return Evaluation.probe(
            target,
            Arrays.copyOf(known, fitted),
            Arrays.copyOfRange(known, fitted, known.length),
            features.get("0:" + fitted),
            features.get(fitted + ":"),
            true)
        .value();
  }

  /** Rows as nodes of the whole graph, which is trained on. */
  private NDArray nodes(int[] rows, NDManager owner) {
    long[] places = Arrays.stream(rows).asLongStream().toArray();
    NDArray nodes = trainer.context().points().rows().get(owner.create(places));
    nodes.attach(owner);
    return nodes;
  }

  /** The outputs on labelled rows, [b, d₁]; null where they would take samples. */
  private NDArray outputsOnLabelled(int[] rows, NDManager scope) {
    if (data.nodes() && !data.split().transductive()) {
      return null; // the graph that is trained on lacks them
    }
    if (labelledInputs == null) {
      labelledInputs = data.nodes() ? nodes(rows, manager) : data.inputs(rows, manager);
    }
    if (objective.learned() == Variable.INPUT) {
      return trainer.encode(Variable.INPUT, labelledInputs, scope);
    }
    if (FeatureOrder.readsViewsOnly(trainer.context(), objective)) {
      return trainer.encode(Variable.CONTEXT, labelledInputs, scope);
    }
    if (trainer.context() instanceof FiniteContext finite && finite.inductive()) {
      NDArray psi = trainer.encode(Variable.CONTEXT, finite.contexts().rows(), scope);
      Points points = Points.of(labelledInputs).within(scope);
      return Torch.withoutGradient(() -> finite.expectation(points, psi));
    }
    return null;
  }
}
