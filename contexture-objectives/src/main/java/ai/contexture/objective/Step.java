package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.context.Points;
import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * What an objective sees of one training step.
 *
 * @param context the context that is learned
 * @param batch b pretraining points, drawn without replacement
 * @param phi the encoder Φ, rows [b, p] to outputs [b, d]
 * @param psi the encoder Ψ, rows [b, q] of contexts to outputs [b, d]
 * @param random the step's randomness
 * @param progress how much of the training is done, from 0 to 1
 * @param <C> the type of the context
 */
public record Step<C extends Context>(
    C context,
    Points batch,
    UnaryOperator<NDArray> phi,
    UnaryOperator<NDArray> psi,
    RandomGenerator random,
    double progress) {

  /** Returns whether the batch is the whole set of pretraining points, in their order. */
  public boolean isFull() {
    return batch.isSameAs(context.points());
  }
}
