package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Losses;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * VICReg as published: λ·invariance + μ·variance + ν·covariance of the outputs of Ψ on contexts A,
 * A⁺ of one X [V, eq. 6].
 *
 * <p>One encoder on contexts. Invariance is the mean squared difference of two samples, over
 * outputs too, as in the authors' code (eq. 5 sums over outputs); variance the mean over samples
 * and outputs of max(0, 1 − √(C_jj + 10⁻⁴)); covariance Σ_{i≠j} C_ij²/d, summed over both samples,
 * with C unbiased and taken sample by sample. It is {@link NonContrastive} with {@link
 * VicRegPenalty}'s penalties in other proportions: Ψ spans ν_1 … ν_d where the covariance weighs
 * enough, and TΨ spans μ_1 … μ_d; at the published 25 : 25 : 1 outputs gather on the functions with
 * eigenvalues near 1. With r samples all pairs are used, and the covariance is twice its mean over
 * samples; on the full batch of a finite context means are exact unless a number of samples is
 * given. Terms: {@code invariance}, {@code variance}, {@code covariance}.
 *
 * @param invariance λ
 * @param variance μ
 * @param covariance ν
 * @param samples the samples r ≥ 2 of each x; 0 for exact means where possible, else 2
 * @param projector between Ψ and the loss
 */
public record VicReg(
    double invariance, double variance, double covariance, int samples, Projector projector)
    implements SampledObjective {

  private static final String NAME = "vicreg";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "similar outputs, with penalties on variance and covariance", VicReg::of)
          .option("invariance", "the weight of the distance between samples")
          .option("variance", "the weight of the variance penalty")
          .option("covariance", "the weight of the covariance penalty")
          .option("samples", ObjectiveOptions.SAMPLES)
          .option("projector", ObjectiveOptions.PROJECTOR);

  private static final double EPSILON = 1e-4;
  private static final int LEAST = 2;
  private static final List<String> TERMS = List.of("invariance", "variance", "covariance");

  /** Requires weights that are finite and not negative, and 0 or at least 2 samples. */
  public VicReg {
    if (!(invariance >= 0 && variance >= 0 && covariance >= 0)
        || Double.isInfinite(invariance + variance + covariance)) {
      throw new IllegalArgumentException(
          Text.format(
              "vicreg: expected finite weights ≥ 0, got invariance=%s, variance=%s, covariance=%s",
              invariance, variance, covariance));
    }
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with the published weights and no projector. */
  public VicReg() {
    this(25, 25, 1, 0, Projector.none());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    VicReg defaults = new VicReg();
    VicReg made =
        new VicReg(
            ObjectiveOptions.weight(options, "invariance", defaults.invariance),
            ObjectiveOptions.weight(options, "variance", defaults.variance),
            ObjectiveOptions.weight(options, "covariance", defaults.covariance),
            ObjectiveOptions.samples(options, 2),
            ObjectiveOptions.projector(NAME, options));
    return given -> made;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.CONTEXT);
  }

  @Override
  public List<Head> heads(SampledContext context, int outputs) {
    return projector.heads(outputs);
  }

  @Override
  public Optional<LossWithGradient> lossWithGradient(Step<? extends SampledContext> step) {
    Weights points = step.weights();
    if (ContextOutputs.areExact(step, samples) || points.vary() || points.points() == 1) {
      return Optional.empty();
    }
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    NDArray z = projector.apply(step.networks(), contexts.outputs());
    int r = contexts.weights().samples();
    Losses.Value value = Losses.vicreg(z, r, invariance, variance, covariance, EPSILON);
    return Optional.of(new LossWithGradient(TERMS, value.terms(), z, value.gradient()));
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    Weights rows = contexts.weights();
    Weights one = rows.withSamples(1);
    int r = rows.samples();
    NDArray z = projector.apply(step.networks(), contexts.outputs());
    double d = z.getShape().get(1);
    // E‖z − z⁺‖² = 2E‖z‖² − 2E⟨z, z⁺⟩, of centred outputs, which it does not change
    NDArray centred = rows.centred(z);
    NDArray difference = rows.product(centred, centred).sub(contexts.association(centred).sum());
    NDArray hinge = null;
    NDArray squares = null;
    for (int t = 0; t < r; t++) {
      NDArray sample = one.centred(rows.sample(z, t));
      NDArray moment = one.moment(sample, sample);
      NDArray c = moment.mul(one.unbiased(moment));
      NDArray deviations = Torch.plus(Correlation.diagonal(c), EPSILON).sqrt();
      NDArray missing = Activation.relu(Torch.plus(deviations.neg(), 1)).mean();
      NDArray off = Correlation.offDiagonal(c);
      hinge = hinge == null ? missing : hinge.add(missing);
      squares = squares == null ? off : squares.add(off);
    }
    return Loss.of("invariance", Torch.times(difference, 2 * invariance / d))
        .plus("variance", Torch.times(hinge, variance / r))
        .plus("covariance", Torch.times(squares, 2 * covariance / (r * d)));
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("invariance", invariance, 25.0)
        .with("variance", variance, 25.0)
        .with("covariance", covariance, 1.0)
        .with("samples", samples, 0)
        .with("projector", projector, Projector.none())
        .toString();
  }
}
