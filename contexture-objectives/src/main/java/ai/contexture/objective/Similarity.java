package ai.contexture.objective;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;

/** Cosines of outputs, and what contrastive losses make of them. */
public final class Similarity {

  /** Keeps outputs of 0 from being divided by 0. */
  private static final double LEAST_SQUARE = 1e-24;

  /** Added to what is to be left out of a logarithm of a sum of exponentials. */
  private static final double LEFT_OUT = -1e9;

  private Similarity() {}

  static void requireTemperature(String objective, double temperature) {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format("%s: expected a temperature above 0, got %s", objective, temperature));
    }
  }

  /** Returns outputs z scaled to length 1, z/‖z‖, [m, d]; those of 0 stay 0. */
  public static NDArray normalised(NDArray z) {
    return z.div(Torch.plus(z.square().sum(new int[] {1}, true), LEAST_SQUARE).sqrt());
  }

  /** Returns 0 where a mask is 1 and a large negative number where it is 0. */
  static NDArray only(NDArray mask) {
    return Torch.times(Torch.plus(mask.neg(), 1), LEFT_OUT);
  }

  /** Returns log Σ exp over an axis. */
  static NDArray logSumExp(NDArray x, int axis) {
    int[] axes = {axis};
    NDArray most = x.stopGradient().max(axes, true);
    return x.sub(most).exp().sum(axes).log().add(most.squeeze(axis));
  }

  /** Returns log(eᵃ + eᵇ). */
  static NDArray logAddExp(NDArray a, NDArray b) {
    NDArray most = a.stopGradient().maximum(b.stopGradient());
    return a.sub(most).exp().add(b.sub(most).exp()).log().add(most);
  }
}
