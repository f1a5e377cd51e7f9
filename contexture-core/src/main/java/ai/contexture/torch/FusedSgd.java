package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Stochastic gradient descent with momentum over all parameters in one call.
 *
 * <p>v ← βv + g and θ ← θ − ηλθ − ηv. Against an L2 penalty, the decay does not pass through the
 * momentum.
 *
 * @param momentum β; 0 for plain descent
 * @param weightDecay λ
 */
public record FusedSgd(double momentum, double weightDecay) {

  private static final Method STEP = TorchScript.method("sgd");

  /**
   * Updates the parameters and velocities in place.
   *
   * @param parameters the parameters θ
   * @param gradients their gradients g, of the same shapes
   * @param velocities v, of the same shapes
   * @param rate η
   */
  public void step(
      List<NDArray> parameters, List<NDArray> gradients, List<NDArray> velocities, double rate) {
    STEP.update(parameters, gradients, velocities, new double[] {rate, weightDecay, momentum});
  }
}
