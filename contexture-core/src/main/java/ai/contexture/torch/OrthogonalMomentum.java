package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Momentum whose matrix is replaced by a nearly orthogonal one: Muon [Jordan et al. 2024].
 *
 * <p>V ← βV + G and Θ ← Θ − ηλΘ − η·√max(1, r/c)·O(G + βV) for matrices [r, c]. O(M) has the
 * singular vectors of M and singular values near 1 (within about 0.3): five rounds of X ← 3.4445 X
 * − 4.775 (XXᵀ)X + 2.0315 (XXᵀ)²X, from X = M/‖M‖_F. Of arrays with more axes the first is the
 * rows, the others together the columns.
 *
 * @param momentum β
 * @param weightDecay λ
 * @param bfloat16 whether the rounds are computed in bfloat16, 16 bits of which 8 are significant:
 *     as published, three times faster where the hardware multiplies it and slower where it does
 *     not
 */
public record OrthogonalMomentum(double momentum, double weightDecay, boolean bfloat16) {

  private static final Method STEP = TorchScript.method("muon");
  private static final int ROUNDS = 5;

  /** Creates the rule in the precision of the matrices. */
  public OrthogonalMomentum(double momentum, double weightDecay) {
    this(momentum, weightDecay, false);
  }

  /**
   * Updates matrices of one shape and their velocities in place, in batched products.
   *
   * @param parameters the matrices Θ, all of the same shape of at least two axes
   * @param gradients their gradients G
   * @param velocities V
   * @param rate η
   */
  public void step(
      List<NDArray> parameters, List<NDArray> gradients, List<NDArray> velocities, double rate) {
    STEP.update(
        parameters,
        gradients,
        velocities,
        new double[] {rate, weightDecay, momentum, ROUNDS, bfloat16 ? 1 : 0});
  }
}
