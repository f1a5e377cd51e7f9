package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Barlow Twins: Σ_i (1 − R_ii)² + λ Σ_{i≠j} R_ij², R the cross-correlation of the outputs of Ψ on
 * two contexts A, A⁺ of one X [Zbontar et al. 2021, eq. 1–2; C, §3.2].
 *
 * <p>One encoder on contexts. At λ = 1 the loss is ‖R − I‖²_F; outputs of variance 1 in all share d
 * among the ν_i, of which ν_i gets (1 − θ/s_i²)/s_i² with θ = Σ_{i≤d} (s_i⁻² − 1) / Σ_{i≤d} s_i⁻⁴.
 * As long as θ &lt; s_d² Ψ spans ν_1 … ν_d, TΨ spans μ_1 … μ_d, and the minimum is (Σ_{i≤d} (s_i⁻²
 * − 1))² / Σ_{i≤d} s_i⁻⁴. The smaller λ, the cheaper it is for several outputs to learn the same
 * function. R is averaged over all pairs of r samples of each x; it is exact on the full batch of a
 * finite context unless a number of samples is given. Against the published loss both are
 * standardised together. Terms: {@code invariance} and {@code redundancy}.
 *
 * @param offDiagonal λ
 * @param samples the samples r ≥ 2 of each x; 0 for exact means where possible, else 2
 * @param projector between Ψ and the loss
 */
public record BarlowTwins(double offDiagonal, int samples, Projector projector)
    implements SampledObjective {

  private static final String NAME = "barlow-twins";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "each output agrees between two samples and is uncorrelated with the others",
              BarlowTwins::of)
          .option("off-diagonal", "the weight of correlations between different outputs")
          .option("samples", ObjectiveOptions.SAMPLES)
          .option("projector", ObjectiveOptions.PROJECTOR);

  private static final int LEAST = 2;

  /** Requires a weight that is finite and not negative, and 0 or at least 2 samples. */
  public BarlowTwins {
    if (!(offDiagonal >= 0 && offDiagonal < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format(
              "barlow-twins: expected a finite weight ≥ 0, got off-diagonal=%s", offDiagonal));
    }
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with the published weight 0.005 and no projector. */
  public BarlowTwins() {
    this(0.005, 0, Projector.none());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    BarlowTwins made =
        new BarlowTwins(
            ObjectiveOptions.weight(options, "off-diagonal", new BarlowTwins().offDiagonal),
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
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    Weights weights = contexts.weights();
    NDArray z = weights.centred(projector.apply(step.networks(), contexts.outputs()));
    NDArray r = contexts.crossMoment(Correlation.standardised(z, weights));
    NDArray identity = Torch.cast(z.getManager().eye((int) r.getShape().get(0)), z.getDataType());
    NDArray invariance = r.sub(identity).mul(identity).square().sum();
    return Loss.of("invariance", invariance)
        .plus("redundancy", Torch.times(Correlation.offDiagonal(r), offDiagonal));
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("off-diagonal", offDiagonal, 0.005)
        .with("samples", samples, 0)
        .with("projector", projector, Projector.none())
        .toString();
  }
}
