package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * libtorch's fused AdamW over all parameters in one call, with clipping by the global norm.
 *
 * <p>θ ← θ − ηλθ, then θ ← θ − η m̂ / (√v̂ + ε) with bias-corrected moments m̂ and v̂ [Loshchilov
 * and Hutter 2019].
 *
 * @param beta1 decay of the mean of the gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to √v̂
 * @param weightDecay λ
 * @param largestNorm gradients whose norm over all parameters is larger are scaled down to it; 0
 *     for no clipping
 */
public record FusedAdamW(
    double beta1, double beta2, double epsilon, double weightDecay, double largestNorm) {

  private static final Method STEP = TorchScript.method("adamw");

  /**
   * Updates the parameters and moments in place and sets the gradients to zero.
   *
   * @param parameters the parameters θ
   * @param gradients their gradients, of the same shapes
   * @param means m, of the same shapes
   * @param squares v, of the same shapes
   * @param steps for each parameter a float32 scalar, how many steps were made so far
   * @param rate η
   * @return the norm of the gradients before clipping, a scalar that belongs to the manager of the
   *     first parameter
   */
  public NDArray step(
      List<NDArray> parameters,
      List<NDArray> gradients,
      List<NDArray> means,
      List<NDArray> squares,
      List<NDArray> steps,
      double rate) {
    try (NDManager host = parameters.get(0).getManager().newSubManager(Device.cpu())) {
      NDArray options =
          host.create(new double[] {rate, beta1, beta2, epsilon, weightDecay, largestNorm});
      return STEP.call(List.of(parameters, gradients, means, squares, steps), options).head();
    }
  }
}
