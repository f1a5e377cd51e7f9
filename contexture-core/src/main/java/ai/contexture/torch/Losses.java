package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** Losses in one call, whose gradients are written out. */
public final class Losses {

  private static final Method VICREG = TorchScript.method("vicreg");

  private Losses() {}

  /**
   * The value of a loss and its gradient. Both can be read and computed with, but not changed in
   * place nor recorded.
   *
   * @param terms its terms [k]
   * @param gradient of their sum by the outputs, of the outputs' shape
   */
  public record Value(NDArray terms, NDArray gradient) {}

  /**
   * Returns VICReg's terms on samples that weigh the same [V, eq. 6]: λ·invariance, the mean
   * squared difference of two samples over points, outputs and pairs of them; μ·variance, the mean
   * over samples and outputs of max(0, 1 − √(C_jj + ε)); ν·covariance, 2/(r·d)·Σ_{i≠j} C_ij² over
   * all samples, with C unbiased and taken sample by sample.
   *
   * @param z [b·r, d], the r rows of a point next to each other, b ≥ 2 and r ≥ 2
   * @param samples r
   * @param invariance λ
   * @param variance μ
   * @param covariance ν
   * @param epsilon ε
   * @return three terms; all belongs to the manager of z
   */
  public static Value vicreg(
      NDArray z,
      int samples,
      double invariance,
      double variance,
      double covariance,
      double epsilon) {
    double[] options = {samples, invariance, variance, covariance, epsilon};
    NDList made = VICREG.compute(z.getManager(), z, options);
    return new Value(made.get(0), made.get(1));
  }
}
