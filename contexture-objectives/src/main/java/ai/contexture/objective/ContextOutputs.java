package ai.contexture.objective;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The outputs of Ψ on the contexts of a step: on all contexts where the batch is the full set of
 * points of a finite context, so that means over A are exact, else on r samples of each point.
 */
final class ContextOutputs {

  private final NDArray rows;
  private final NDArray outputs;
  private final Weights inputs;
  private final Weights contexts;

  /** The exact operator, or null where contexts were drawn. */
  private final ExpectationOperator operator;

  private ContextOutputs(
      NDArray rows,
      NDArray outputs,
      Weights inputs,
      Weights contexts,
      ExpectationOperator operator) {
    this.rows = rows;
    this.outputs = outputs;
    this.inputs = inputs;
    this.contexts = contexts;
    this.operator = operator;
  }

  /**
   * Encodes the contexts of a step.
   *
   * @param samples how many samples to draw of each point, or 0 to be exact where that is possible
   * @param least how many to draw at least
   */
  static ContextOutputs encode(Step<? extends SampledContext> step, int samples, int least) {
    if (areExact(step, samples)) {
      FiniteContext finite = (FiniteContext) step.context();
      ExpectationOperator operator = finite.operator();
      NDArray rows = finite.contexts().rows();
      return new ContextOutputs(
          rows,
          step.networks().psi(rows),
          step.weights(),
          Weights.of(operator.contextWeights()),
          operator);
    }
    int r = Math.max(samples, least);
    NDArray rows = step.context().sample(step.batch(), r, step.random()).rows();
    return new ContextOutputs(
        rows, step.networks().psi(rows), step.weights(), step.weights().withSamples(r), null);
  }

  /** Returns whether a step takes all contexts, so that means over A are exact. */
  static boolean areExact(Step<? extends SampledContext> step, int samples) {
    return samples == 0 && step.isFull() && step.context() instanceof FiniteContext;
  }

  /** Requires a number of samples that an objective can use. */
  static void requireSamples(String objective, int samples, int least) {
    if (samples != 0 && samples < least) {
      throw new IllegalArgumentException(
          Text.format(
              "%s: expected 0 (exact where possible) or at least %d samples, got samples=%d",
              objective, least, samples));
    }
  }

  /** Returns the contexts, [m, q] or [b·r, q]. */
  NDArray rows() {
    return rows;
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
    double r = contexts.samples();
    NDArray samples = contexts.rowsOfPoints(psi);
    NDArray sums = samples.sum(new int[] {1});
    NDArray products = sums.square().sub(samples.square().sum(new int[] {1}));
    return Torch.times(inputs.times(products).sum(new int[] {0}), 1 / (r * (r - 1)));
  }

  /** Returns E[ψ_i(A) ψ_j(A⁺)] [d, d] of functions made of the outputs, for two A of one X. */
  NDArray crossMoment(NDArray psi) {
    if (operator == null) {
      return contexts.crossMoment(psi);
    }
    NDArray image = operator.adjoint(operator.apply(psi.stopGradient()));
    NDArray oneSided = contexts.moment(image, psi); // the image's gradient is known by symmetry
    return oneSided.add(oneSided.transpose()).sub(oneSided.stopGradient());
  }

  /** Returns E[φ_i(X) ψ_i(A)] [d] of functions φ [b, d] of the points and ψ of the outputs. */
  NDArray association(NDArray phi, NDArray psi) {
    if (operator != null) {
      return Association.between(phi, inputs, psi, contexts, operator);
    }
    NDArray mean = contexts.rowsOfPoints(psi).mean(new int[] {1});
    return inputs.times(phi).mul(mean).sum(new int[] {0});
  }

  /** Returns E⟨Φ(X), Ψ(A⁻)⟩², a scalar, with the A of an independent X. */
  NDArray contrast(NDArray phi, NDArray psi, Nesting nesting) {
    return operator == null
        ? contexts.contrast(phi, psi, nesting)
        : nesting.products(phi, inputs, psi, contexts);
  }

  /** Returns E[f(X) | A] of rows of the points [b, q], for each row of the outputs. */
  NDArray onContexts(NDArray f) {
    if (operator != null) {
      return operator.adjoint(f);
    }
    long r = contexts.samples();
    long b = contexts.points();
    long q = f.getShape().get(1);
    return f.reshape(b, 1, q).broadcast(b, r, q).reshape(b * r, q);
  }

  /** Returns the number of numbers in a context that is drawn. */
  static int sampledWidth(SampledContext context) {
    try (NDManager scope = context.points().manager().newSubManager()) {
      Points first = context.points().select(scope.create(new long[] {0}));
      return context.sample(first, 1, Seed.of(0).generator()).width();
    }
  }
}
