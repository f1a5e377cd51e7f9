package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * VICReg's penalties on the covariance C of the outputs [V, eq. 1, 3].
 *
 * <p>variance · Σ_j max(0, 1 − √(C_jj + 10⁻⁴)) + covariance · Σ_{i≠j} C_ij², with C unbiased:
 * normalised by m − 1 where m rows weigh the same. Against an objective written as E‖·‖² (a sum
 * over the d outputs), the published weights 25 : 25 : 1 of means over the outputs are 1 and 1/25,
 * times d/25. At 1/25 only functions with eigenvalues near the largest survive: with unit variances
 * the penalised minimum gives μ_i the weight max(0, θ − a_i)/(2·covariance), where a_i is 1 − s_i²
 * or twice that. So the default is 1 and 1.
 *
 * @param variance weight of the hinge that keeps each output's standard deviation at 1 or above
 * @param covariance weight of the squared covariances between outputs
 */
public record VicRegPenalty(double variance, double covariance) implements Orthonormality {

  static final Component<Orthonormality> COMPONENT =
      Component.<Orthonormality>of(
              "vicreg", "penalties on small variances and on covariances", VicRegPenalty::of)
          .option("variance", "the weight of the variance penalty")
          .option("covariance", "the weight of the covariance penalty");

  private static final double EPSILON = 1e-4;

  /** Requires weights that are finite and not negative. */
  public VicRegPenalty {
    if (!(variance >= 0 && covariance >= 0) || Double.isInfinite(variance + covariance)) {
      throw new IllegalArgumentException(
          Text.format(
              "vicreg: expected finite weights ≥ 0, got variance=%s, covariance=%s",
              variance, covariance));
    }
  }

  /** Creates the penalties with weights 1 and 1. */
  public VicRegPenalty() {
    this(1, 1);
  }

  private static VicRegPenalty of(SpecOptions options) {
    VicRegPenalty defaults = new VicRegPenalty();
    return new VicRegPenalty(
        ObjectiveOptions.weight(options, "variance", defaults.variance),
        ObjectiveOptions.weight(options, "covariance", defaults.covariance));
  }

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    NDArray moment = weights.moment(z, z);
    NDArray c = moment.mul(weights.unbiased(moment));
    NDArray deviations = Torch.plus(Correlation.diagonal(c), EPSILON).sqrt();
    NDArray hinge = Activation.relu(Torch.plus(deviations.neg(), 1)).sum();
    Map<String, NDArray> penalties = new LinkedHashMap<>();
    penalties.put("variance", Torch.times(hinge, variance));
    penalties.put("covariance", Torch.times(Correlation.offDiagonal(c), covariance));
    return new Constrained(z, Correlation.diagonal(moment).sum(), penalties);
  }

  @Override
  public String toString() {
    return Text.format("vicreg(variance=%s,covariance=%s)", variance, covariance);
  }
}
