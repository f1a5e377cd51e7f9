package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** What densities of all pairs of two sets of rows are made of, tile by tile in libtorch. */
public final class Densities {

  private static final Method LOG_MIXTURE = TorchScript.method("log_mixture");

  private Densities() {}

  /**
   * Returns log Σ_t exp(−‖a_j − √s_t·x_i‖²/2v_t − p/2·log v_t), the density of a mixture of normal
   * laws up to a factor.
   *
   * @param x float64 [b, p]; its manager owns the result
   * @param a float64 [m, p]
   * @param shares s_t, at least one
   * @param variances v_t &gt; 0, as many
   * @return float64 [b, m]
   */
  public static NDArray logNormalMixture(
      NDArray x, NDArray a, double[] shares, double[] variances) {
    long p = x.getShape().get(1);
    double[] terms = new double[4 * shares.length]; // of ⟨x, a⟩, ‖x‖², ‖a‖² and 1
    for (int t = 0; t < shares.length; t++) {
      terms[4 * t] = Math.sqrt(shares[t]) / variances[t];
      terms[4 * t + 1] = -shares[t] / (2 * variances[t]);
      terms[4 * t + 2] = -1 / (2 * variances[t]);
      terms[4 * t + 3] = -p / 2.0 * Math.log(variances[t]);
    }
    NDManager owner = x.getManager();
    try (NDManager scope = owner.newSubManager();
        NDManager host = scope.newSubManager(Device.cpu())) {
      NDArray rows = Torch.within(x, scope);
      NDArray views = Torch.within(a, scope);
      NDArray log =
          LOG_MIXTURE
              .call(
                  rows.matMul(views.transpose()),
                  rows.square().sum(new int[] {1}, true),
                  views.square().sum(new int[] {1}),
                  host.create(terms, new Shape(shares.length, 4)))
              .head();
      log.attach(owner);
      return log;
    }
  }
}
