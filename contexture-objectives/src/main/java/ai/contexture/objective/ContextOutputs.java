package ai.contexture.objective;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.SampledContext;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;

/**
 * The outputs of Ψ on the contexts of a step: on all contexts where the batch is the full set of
 * points of a finite context, so that means over A are exact, else on r samples of each point.
 */
final class ContextOutputs {

  private final NDArray outputs;
  private final Weights inputs;
  private final Weights contexts;

  /** The exact operator, or null where contexts were drawn. */
  private final ExpectationOperator operator;

  private ContextOutputs(
      NDArray outputs, Weights inputs, Weights contexts, ExpectationOperator operator) {
    this.outputs = outputs;
    this.inputs = inputs;
    this.contexts = contexts;
    this.operator = operator;
  }

  /**
   * Encodes the contexts of a step.
   *
   * @param views how many samples to draw of each point, or 0 to be exact where that is possible
   * @param least how many to draw at least
   */
  static ContextOutputs encode(Step<? extends SampledContext> step, int views, int least) {
    if (views == 0 && step.isFull() && step.context() instanceof FiniteContext finite) {
      ExpectationOperator operator = finite.operator();
      return new ContextOutputs(
          step.networks().psi(finite.contexts().rows()),
          step.weights(),
          Weights.of(operator.contextWeights()),
          operator);
    }
    int r = Math.max(views, least);
    NDArray rows = step.context().sample(step.batch(), r, step.random()).rows();
    return new ContextOutputs(
        step.networks().psi(rows), step.weights(), step.weights().withViews(r), null);
  }

  /** Requires a number of views that an objective can use. */
  static void requireViews(String objective, int views, int least) {
    if (views != 0 && views < least) {
      throw new IllegalArgumentException(
          Text.format(
              "%s: expected 0 (exact where possible) or at least %d views, got views=%d",
              objective, least, views));
    }
  }

  /** Returns the outputs, [m, d] or [b·r, d]. */
  NDArray outputs() {
    return outputs;
  }

  /** Returns the outputs less their mean. */
  NDArray centred() {
    return contexts.centred(outputs);
  }

  /** Returns the weights of the outputs' rows. */
  Weights weights() {
    return contexts;
  }

  /** Returns E[ψ_i(A) ψ_i(A⁺)] [d] of functions made of the outputs, for two A of one X. */
  NDArray association(NDArray psi) {
    if (operator != null) {
      return Association.onContexts(psi, contexts, operator);
    }
    double r = contexts.views();
    NDArray views = contexts.rowsOfPoints(psi);
    NDArray sums = views.sum(new int[] {1});
    NDArray products = sums.square().sub(views.square().sum(new int[] {1}));
    return Torch.times(inputs.times(products).sum(new int[] {0}), 1 / (r * (r - 1)));
  }

  /** Returns E[φ_i(X) ψ_i(A)] [d] of functions φ [b, d] of the points and ψ of the outputs. */
  NDArray association(NDArray phi, NDArray psi) {
    if (operator != null) {
      return Association.between(phi, inputs, psi, contexts, operator);
    }
    NDArray mean = contexts.rowsOfPoints(psi).mean(new int[] {1});
    return inputs.times(phi).mul(mean).sum(new int[] {0});
  }
}
