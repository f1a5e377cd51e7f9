package ai.contexture.objective;

import ai.djl.ndarray.NDArray;

/**
 * The networks that a loss calls, in training. What they return belongs to the step and is
 * differentiable in their parameters.
 */
public interface Networks {

  /** Returns Φ's outputs [b, d] of rows of inputs [b, p]. */
  NDArray phi(NDArray rows);

  /** Returns Ψ's outputs [b, d] of rows of contexts [b, q]. */
  NDArray psi(NDArray rows);

  /**
   * Returns what a {@link Head} that the objective declared makes of its inputs, which are null for
   * one without inputs.
   */
  NDArray head(String name, NDArray inputs);

  /**
   * Returns the moving averages of all these networks, outside of the graph.
   *
   * @throws IllegalStateException if the objective declared no {@link Objective#momentum}
   */
  default Networks targets() {
    throw new IllegalStateException("the objective declared no momentum, so nothing is averaged");
  }
}
