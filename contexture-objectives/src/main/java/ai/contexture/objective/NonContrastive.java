package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Spectral non-contrastive: E‖Ψ(A) − Ψ(A⁺)‖² subject to Cov[Ψ] = I [C, §3.2].
 *
 * <p>One encoder on contexts. Ψ spans ν_1 … ν_d, and the average encoder TΨ spans μ_1 … μ_d; the
 * minimum is 2 Σ_{i≤d} (1 − s_i²). The mean is over all pairs of r samples of each x; it is exact
 * on the full batch of a finite context unless a number of samples is given. Terms: {@code norm}
 * 2E‖Ψ̃‖², {@code association} −2E⟨Ψ̃, Ψ̃⁺⟩ (their sum is the expected squared distance) and those
 * of the orthonormality.
 *
 * @param orthonormality how Cov[Ψ] = I is imposed
 * @param samples the samples r ≥ 2 of each x; 0 for exact means where possible, else 2
 */
public record NonContrastive(Orthonormality orthonormality, int samples)
    implements SampledObjective {

  private static final String NAME = "non-contrastive";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "similar outputs for what belongs together; no negatives", NonContrastive::of)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 2;

  /** Requires 0 or at least 2 samples. */
  public NonContrastive {
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with means that are exact where possible. */
  public NonContrastive(Orthonormality orthonormality) {
    this(orthonormality, 0);
  }

  /** Creates the objective with VICReg's penalties. */
  public NonContrastive() {
    this(new VicRegPenalty());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, 2);
    return given -> new NonContrastive(given.orElseGet(VicRegPenalty::new), samples);
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
  public OptionalDouble least(double... eigenvalues) {
    return orthonormality.exact()
        ? OptionalDouble.of(2 * Arrays.stream(eigenvalues).map(value -> 1 - value).sum())
        : OptionalDouble.empty();
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    var constrained = step.constrain(orthonormality, contexts.centred(), contexts.weights());
    NDArray association = contexts.association(constrained.phi()).sum();
    return Loss.of("norm", Torch.times(constrained.squaredNorm(), 2))
        .plus("association", Torch.times(association, -2))
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return OptionText.of(NAME).with("samples", samples, 0).toString();
  }
}
