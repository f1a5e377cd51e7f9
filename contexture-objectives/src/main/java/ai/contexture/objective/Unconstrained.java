package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Leaves the outputs as they are. */
record Unconstrained() implements Orthonormality {

  static final Component<Orthonormality> COMPONENT =
      Component.<Orthonormality>of(
          "none",
          "nothing, for objectives that do not need it, or to watch a collapse",
          options -> new Unconstrained());

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    return new Constrained(z, weights.product(z, z), Map.of());
  }

  @Override
  public String toString() {
    return "none";
  }
}
