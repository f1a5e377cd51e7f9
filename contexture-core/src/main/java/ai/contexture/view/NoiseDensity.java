package ai.contexture.view;

import ai.contexture.torch.Densities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;

/**
 * The density of rows with Gaussian noise: of N(√ᾱ·x, v I), or of a mixture of such laws over the
 * steps of a schedule, all equally probable.
 */
final class NoiseDensity {

  private NoiseDensity() {}

  /** Returns the density of N(x, v I). */
  static DensityView.Density of(NDArray views, double variance) {
    return of(views, new double[] {1}, new double[] {variance});
  }

  /** Returns the density of the rows after a random step. */
  static DensityView.Density of(NDArray views, NoiseSchedule schedule) {
    double[] shares = schedule.alphaBars();
    return of(views, shares, Arrays.stream(shares).map(share -> 1 - share).toArray());
  }

  private static DensityView.Density of(NDArray views, double[] shares, double[] variances) {
    if (!(Arrays.stream(variances).min().orElseThrow() > 0)) {
      throw new IllegalArgumentException("there is no density without noise");
    }
    NDArray a = views.toType(DataType.FLOAT64, true);
    return rows -> {
      NDManager owner = rows.getManager();
      try (NDManager scope = owner.newSubManager()) {
        NDArray x = rows.toType(DataType.FLOAT64, true);
        x.attach(scope);
        NDArray log = Densities.logNormalMixture(x, a, shares, variances);
        log.attach(owner);
        return log;
      }
    };
  }
}
