package ai.contexture.objective;

import ai.contexture.context.Context;
import java.util.Set;

/**
 * A loss on batches of a context, whose minimiser learns the contexture or a stated variant of it.
 *
 * @param <C> what the objective needs of a context: samples, the dual kernel, or the operator
 */
public interface Objective<C extends Context> {

  /** Returns the type that a context must have to feed this objective. */
  Class<C> needs();

  /** Returns the encoders that the loss calls: Φ on inputs, Ψ on contexts, or both. */
  Set<Variable> encoders();

  /**
   * Returns the encoder that becomes the representation: Φ itself, or the average encoder TΨ when
   * only Ψ is trained.
   */
  default Variable learned() {
    return encoders().contains(Variable.INPUT) ? Variable.INPUT : Variable.CONTEXT;
  }

  /**
   * Returns the loss of one step, differentiable in the outputs of the encoders.
   *
   * @throws ArithmeticException if the step has no finite loss, naming the term
   */
  Loss loss(Step<? extends C> step);
}
