package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/**
 * How the constraint Cov[Φ] = I of an objective is imposed.
 *
 * <p>An exact way changes the outputs so that the constraint holds; a penalty leaves the outputs as
 * they are and adds terms to the loss. The text ({@code toString}) is the form on the command line.
 */
public interface Orthonormality {

  /**
   * Imposes the constraint on a batch.
   *
   * @param z the encoder's outputs [m, d], of mean 0 under the weights
   * @param weights of the rows of z
   * @param state what {@link #state} declared, which is changed
   * @param progress how much of the training is done, from 0 to 1
   */
  Constrained apply(NDArray z, Weights weights, State state, double progress);

  /** Returns whether the constraint holds in each full batch, whatever the outputs are. */
  default boolean exact() {
    return false;
  }

  /**
   * Returns what is kept from step to step, by name, as it is before the first one.
   *
   * @param outputs d
   * @param owner the manager of the arrays
   */
  default Map<String, NDArray> state(int outputs, NDManager owner) {
    return Map.of();
  }

  /**
   * Outputs under the constraint.
   *
   * @param phi the outputs that the objective shall use, [m, d]
   * @param squaredNorm E‖Φ‖², a scalar: its constrained value d where the constraint is exact, so
   *     that a ridge does not reward shrinking, else the mean over the batch
   * @param penalties further terms of the loss, by name
   */
  record Constrained(NDArray phi, NDArray squaredNorm, Map<String, NDArray> penalties) {}

  /**
   * Returns the way to orthonormality that a text such as {@code whitening(last-ridge=1e-5)} stands
   * for.
   *
   * @throws ai.contexture.input.InputException if the name or an option is not known
   */
  static Orthonormality parse(String text) {
    return Objectives.orthonormalities().parse(text);
  }

  /** Returns no constraint: for objectives that need none, or to see a collapse. */
  static Orthonormality none() {
    return new Unconstrained();
  }
}
