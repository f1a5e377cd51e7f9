package ai.contexture.objective;

import ai.contexture.context.Context;
import ai.contexture.context.Points;
import ai.djl.ndarray.NDArray;
import java.util.random.RandomGenerator;

/**
 * What an objective sees of one training step.
 *
 * @param context the context that is learned
 * @param batch b pretraining points
 * @param weights how the batch stands for P_X: {@link Weights#all} for all points in their order,
 *     else {@link Weights#drawn}, or {@link Weights#independent} where P_X is not uniform
 * @param networks the encoders, and the heads that the objective declared
 * @param state what the objective declared to keep, which the loss changes
 * @param random the step's randomness
 * @param progress how much of the training is done, from 0 to 1
 * @param <C> the type of the context
 */
public record Step<C extends Context>(
    C context,
    Points batch,
    Weights weights,
    Networks networks,
    State state,
    RandomGenerator random,
    double progress) {

  /** Requires weights for each point of the batch. */
  public Step {
    if (weights.points() != batch.size()) {
      throw new IllegalArgumentException(
          "weights: expected those of " + batch.size() + " points, got " + weights.points());
    }
  }

  /** Returns Φ's outputs [b, d] of the batch. */
  public NDArray phi() {
    return networks.phi(batch.rows());
  }

  /** Imposes an orthonormality on centred outputs. */
  public Orthonormality.Constrained constrain(Orthonormality way, NDArray z, Weights weights) {
    return way.apply(z, weights, state, progress);
  }

  /** Returns whether the batch is the whole set of pretraining points, in their order. */
  public boolean isFull() {
    return batch.isSameAs(context.points());
  }
}
