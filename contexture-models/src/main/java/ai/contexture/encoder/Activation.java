package ai.contexture.encoder;

import ai.contexture.torch.Perceptron;
import ai.djl.ndarray.NDArray;

/** A function applied to each output of a hidden layer. */
public enum Activation {
  /** The hyperbolic tangent. */
  TANH(Perceptron.Nonlinearity.TANH) {
    @Override
    NDArray apply(NDArray x) {
      return x.tanh();
    }
  },
  /** max(0, x). */
  RELU(Perceptron.Nonlinearity.RELU) {
    @Override
    NDArray apply(NDArray x) {
      return ai.djl.nn.Activation.relu(x);
    }
  },
  /** x·P(N(0, 1) ≤ x). */
  GELU(Perceptron.Nonlinearity.GELU) {
    @Override
    NDArray apply(NDArray x) {
      return ai.djl.nn.Activation.gelu(x);
    }
  };

  private final Perceptron.Nonlinearity scripted;

  Activation(Perceptron.Nonlinearity scripted) {
    this.scripted = scripted;
  }

  /** The same between layers that are computed in one call. */
  Perceptron.Nonlinearity scripted() {
    return scripted;
  }

  abstract NDArray apply(NDArray x);
}
