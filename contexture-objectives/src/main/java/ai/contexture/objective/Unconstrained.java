package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Leaves the outputs as they are. */
record Unconstrained() implements Orthonormality {

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    return new Constrained(z, weights.product(z, z), Map.of());
  }

  @Override
  public String toString() {
    return "none";
  }
}
