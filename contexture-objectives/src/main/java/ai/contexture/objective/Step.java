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
 * @param batch b pretraining points
 * @param weights how the batch stands for P_X: {@link Weights#all} for all points in their order,
 *     else {@link Weights#drawn}, or {@link Weights#independent} where P_X is not uniform
 * @param phi the encoder Φ, rows [b, p] to outputs [b, d]
 * @param psi the encoder Ψ, rows [b, q] of contexts to outputs [b, d]
 * @param random the step's randomness
 * @param progress how much of the training is done, from 0 to 1
 * @param <C> the type of the context
 */
public record Step<C extends Context>(
    C context,
    Points batch,
    Weights weights,
    UnaryOperator<NDArray> phi,
    UnaryOperator<NDArray> psi,
    RandomGenerator random,
    double progress) {

  /** Requires weights for each point of the batch. */
  public Step {
    if (weights.points() != batch.size()) {
      throw new IllegalArgumentException(
          "weights: expected those of " + batch.size() + " points, got " + weights.points());
    }
  }

  /** Returns whether the batch is the whole set of pretraining points, in their order. */
  public boolean isFull() {
    return batch.isSameAs(context.points());
  }
}
