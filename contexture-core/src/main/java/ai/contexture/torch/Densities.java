package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** What densities of all pairs of two sets of rows are made of, tile by tile in libtorch. */
public final class Densities {

  private static final Method MATCHES = TorchScript.method("matches");
  private static final Method LOG_MIXTURE = TorchScript.method("log_mixture");

  private Densities() {}

  /**
   * Returns Σ_g w_jg · 1[x_ig = a_jg], the weights of the columns in which two rows are equal.
   *
   * @param x the codes of b rows, int64 [b, g]; their manager owns the result
   * @param a the codes of m rows, int64 [m, g]
   * @param weights float64 [m, g]
   * @return float64 [b, m]
   */
  public static NDArray matches(NDArray x, NDArray a, NDArray weights) {
    return MATCHES.call(x, a, weights).head();
  }

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
      NDArray rows = x.reshape(x.getShape());
      rows.attach(scope);
      NDArray views = a.reshape(a.getShape());
      views.attach(scope);
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
