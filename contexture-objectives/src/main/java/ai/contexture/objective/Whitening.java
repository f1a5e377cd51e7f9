package ai.contexture.objective;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Map;

/**
 * Exact orthonormality: outputs are whitened by the covariance of their batch under P_X, Φ → Φ L⁻ᵀ
 * with C + εI = LLᵀ solved in float64.
 *
 * <p>An objective E‖Φ‖² − ⟨Φ, KΦ⟩ then is d minus the ratio trace Tr((C + εI)⁻¹B), which does not
 * change under Φ → ΦW. The ridge ε is a fraction of the mean variance and falls geometrically
 * during training: an untrained encoder's outputs span few directions, and C alone would not be
 * positive definite.
 *
 * @param firstRidge ε at the first step, as a fraction of the mean variance
 * @param lastRidge ε at the last step, as a fraction of the mean variance
 */
public record Whitening(double firstRidge, double lastRidge) implements Orthonormality {

  /** How often the ridge is raised tenfold when C + εI is not positive definite within rounding. */
  private static final int RAISES = 6;

  /** Requires 0 &lt; lastRidge ≤ firstRidge ≤ 1. */
  public Whitening {
    if (!(lastRidge > 0 && lastRidge <= firstRidge && firstRidge <= 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "whitening: expected 0 < lastRidge ≤ firstRidge ≤ 1, got firstRidge=%s, lastRidge=%s",
              firstRidge, lastRidge));
    }
  }

  /** Creates whitening with a ridge from 10⁻³ to 10⁻⁵. */
  public Whitening() {
    this(1e-3, 1e-5);
  }

  @Override
  public Constrained apply(NDArray z, Weights weights, double progress) {
    NDManager manager = z.getManager();
    int d = Math.toIntExact(z.getShape().get(1));
    NDArray c = Torch.cast(weights.moment(z, z), DataType.FLOAT64);
    NDArray identity = Torch.cast(manager.eye(d), DataType.FLOAT64);
    NDArray meanVariance = Torch.times(c.mul(identity).sum(), 1.0 / d);
    NDArray lower = factor(c, identity, meanVariance, ridge(progress));
    NDArray whitening = Torch.solveLower(lower, identity).transpose();
    NDArray phi = z.matMul(Torch.cast(whitening, z.getDataType()));
    NDArray constrainedNorm = Torch.cast(manager.create((double) d), z.getDataType());
    return new Constrained(phi, constrainedNorm, Map.of());
  }

  /** The ridge's fraction of the mean variance. */
  double ridge(double progress) {
    return firstRidge * Math.pow(lastRidge / firstRidge, progress);
  }

  private static NDArray factor(NDArray c, NDArray identity, NDArray meanVariance, double ridge) {
    double raised = ridge;
    for (int raise = 0; ; raise++) {
      try {
        return Torch.cholesky(c.add(identity.mul(Torch.times(meanVariance, raised))));
      } catch (ArithmeticException e) {
        if (raise == RAISES || !Double.isFinite(meanVariance.toDoubleArray()[0])) {
          throw new ArithmeticException(
              Text.format(
                  "whitening: the covariance of the outputs has no Cholesky factor (mean variance %s)",
                  meanVariance.toDoubleArray()[0]));
        }
        raised *= 10;
      }
    }
  }

  @Override
  public String toString() {
    return Text.format("whitening(first-ridge=%s,last-ridge=%s)", firstRidge, lastRidge);
  }
}
