package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * libtorch's fused AdamW over all parameters in one call.
 *
 * <p>θ ← θ − ηλθ, then θ ← θ − η m̂ / (√v̂ + ε) with bias-corrected moments m̂ and v̂ [Loshchilov
 * and Hutter 2019].
 *
 * @param beta1 decay of the mean of the gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to √v̂
 * @param weightDecay λ
 */
public record FusedAdamW(double beta1, double beta2, double epsilon, double weightDecay) {

  private static final Method STEP = TorchScript.method("adamw");

  /**
   * Updates the parameters and moments in place.
   *
   * @param parameters the parameters θ
   * @param gradients their gradients, of the same shapes
   * @param means m, of the same shapes
   * @param squares v, of the same shapes
   * @param steps a float32 scalar, how many steps were made so far
   * @param rate η
   */
  public void step(
      List<NDArray> parameters,
      List<NDArray> gradients,
      List<NDArray> means,
      List<NDArray> squares,
      NDArray steps,
      double rate) {
    STEP.update(
        steps,
        parameters,
        gradients,
        means,
        squares,
        new double[] {rate, weightDecay, beta1, beta2, epsilon});
  }
}
