package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;

/**
 * All layers of a fully connected network in one call: h_i = σ(W_i h_{i−1} + b_i) from h_0 = x, and
 * W h + b at the end.
 *
 * @param weights W_i of at least one hidden layer and of the last, [outputs, inputs]
 * @param biases b_i of each layer, [outputs]
 * @param nonlinearity σ
 * @param skip whether hidden layers after the first add h_{i−1}
 */
public record Perceptron(
    List<NDArray> weights, List<NDArray> biases, Nonlinearity nonlinearity, boolean skip) {

  private static final Method OUTPUTS = TorchScript.method("perceptron");
  private static final Method PASS = TorchScript.method("perceptron_pass");
  private static final Method PULLBACK = TorchScript.method("perceptron_pullback");

  /** A function between layers. */
  public enum Nonlinearity {
    /** The hyperbolic tangent. */
    TANH(0),
    /** max(0, x). */
    RELU(1),
    /** x·P(N(0, 1) ≤ x). */
    GELU(2);

    /** What the operators call it. */
    private final int code;

    Nonlinearity(int code) {
      this.code = code;
    }
  }

  private NDArray options() {
    return TorchScript.numbers(nonlinearity.code, skip ? 1 : 0);
  }

  /**
   * Returns the outputs, differentiably.
   *
   * @param x [b, p]
   * @return [b, d], which belongs to the manager of x
   */
  public NDArray outputs(NDArray x) {
    try (NDArray options = options()) {
      return OUTPUTS.call(x, List.of(weights, biases), options).head();
    }
  }

  /**
   * Computes the outputs without recording them, and keeps what the way back needs.
   *
   * @param x [b, p], to whose manager all belongs
   */
  public Pass pass(NDArray x) {
    try (NDArray options = options()) {
      NDList made = Torch.withoutGradient(() -> PASS.call(x, List.of(weights, biases), options));
      int layers = weights.size();
      return new Pass(
          made.head(), made.subList(1, 1 + layers), made.subList(1 + layers, 2 * layers));
    }
  }

  /** A pass of rows through the layers. */
  public final class Pass {

    private final NDArray outputs;
    private final List<NDArray> inputs;
    private final List<NDArray> kept;

    private Pass(NDArray outputs, List<NDArray> inputs, List<NDArray> kept) {
      this.outputs = outputs;
      this.inputs = inputs;
      this.kept = kept;
    }

    /** Returns the outputs [b, d]. */
    public NDArray outputs() {
      return outputs;
    }

    /**
     * Returns the gradients of ⟨gradient, outputs⟩ by all weights, then by all biases.
     *
     * @param gradient [b, d], to whose manager they belong
     */
    public List<NDArray> pullback(NDArray gradient) {
      try (NDArray options = options()) {
        return Torch.withoutGradient(
            () -> PULLBACK.call(gradient, List.of(weights, inputs, kept), options));
      }
    }
  }
}
