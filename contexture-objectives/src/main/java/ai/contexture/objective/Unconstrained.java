package ai.contexture.objective;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Leaves the outputs as they are. */
record Unconstrained() implements Orthonormality {

  @Override
  public Constrained apply(NDArray z, double progress) {
    return new Constrained(z, Orthonormality.meanProduct(z, z), Map.of());
  }

  @Override
  public String toString() {
    return "none";
  }
}
