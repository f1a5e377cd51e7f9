package ai.contexture.objective;

import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Barlow Twins' way: outputs are divided by their standard deviations, and weight·Σ_{i≠j} R_ij² of
 * their correlations R is added to the loss [Zbontar et al. 2021, eq. 1–2].
 *
 * <p>Where each point has several samples, R is the cross-correlation between two of them, averaged
 * over all pairs; else the correlation. Against the published loss the terms on the diagonal are
 * left to the objective. With unit variances μ_i gets the weight max(0, θ − a_i)/(2·weight), where
 * a_i is 1 − s_i² or twice that, as with {@link VicRegPenalty}, so that the published 0.005 would
 * let functions collapse against an objective that is a sum over outputs.
 *
 * @param weight of the squared correlations
 */
public record Correlation(double weight) implements Orthonormality {

  static final Component<Orthonormality> COMPONENT =
      Component.<Orthonormality>of(
              "correlation",
              "outputs scaled to variance 1, with a penalty on their correlations",
              Correlation::of)
          .option("weight", "the weight of the penalty");

  /** Keeps an output that does not vary from being divided by zero, as in PyTorch. */
  private static final double EPSILON = 1e-5;

  /** Requires a weight that is finite and not negative. */
  public Correlation {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format("correlation: expected a finite weight ≥ 0, got weight=%s", weight));
    }
  }

  /** Creates the penalty with weight 1. */
  public Correlation() {
    this(1);
  }

  private static Correlation of(SpecOptions options) {
    return new Correlation(ObjectiveOptions.weight(options, "weight", 1));
  }

  @Override
  public Constrained apply(NDArray z, Weights weights, State state, double progress) {
    int d = Math.toIntExact(z.getShape().get(1));
    NDArray phi = standardised(z, weights);
    NDArray penalty = Torch.times(offDiagonal(weights.crossMoment(phi)), weight);
    NDArray norm = z.getManager().full(new Shape(), d, z.getDataType());
    return new Constrained(phi, norm, Map.of("correlation", penalty));
  }

  /** Outputs of mean 0 divided by their standard deviations, [m, d]. */
  static NDArray standardised(NDArray z, Weights weights) {
    return z.div(Torch.plus(weights.mean(z.square()), EPSILON).sqrt());
  }

  /** The diagonal [d] of a matrix [d, d]. */
  static NDArray diagonal(NDArray matrix) {
    NDArray identity = matrix.getManager().eye(Math.toIntExact(matrix.getShape().get(0)));
    return matrix.mul(Torch.cast(identity, matrix.getDataType())).sum(new int[] {0});
  }

  /** The sum of the squares that are not on the diagonal. */
  static NDArray offDiagonal(NDArray matrix) {
    NDArray squares = matrix.square();
    NDArray identity = matrix.getManager().eye(Math.toIntExact(matrix.getShape().get(0)));
    return squares.mul(Torch.plus(Torch.cast(identity, matrix.getDataType()).neg(), 1)).sum();
  }

  @Override
  public String toString() {
    return Text.format("correlation(weight=%s)", weight);
  }
}
