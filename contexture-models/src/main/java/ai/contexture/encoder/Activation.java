package ai.contexture.encoder;

import ai.djl.ndarray.NDArray;

/** A function applied to each output of a hidden layer. */
public enum Activation {
  /** The hyperbolic tangent. */
  TANH {
    @Override
    NDArray apply(NDArray x) {
      return x.tanh();
    }
  },
  /** max(0, x). */
  RELU {
    @Override
    NDArray apply(NDArray x) {
      return ai.djl.nn.Activation.relu(x);
    }
  },
  /** x·P(N(0, 1) ≤ x). */
  GELU {
    @Override
    NDArray apply(NDArray x) {
      return ai.djl.nn.Activation.gelu(x);
    }
  };

  abstract NDArray apply(NDArray x);
}
