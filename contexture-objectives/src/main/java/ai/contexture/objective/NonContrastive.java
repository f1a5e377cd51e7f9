package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Spectral non-contrastive: E‖Ψ(A) − Ψ(A⁺)‖² subject to Cov[Ψ] = I [C, §3.2].
 *
 * <p>One encoder on contexts, two samples a, a⁺ for each x. Ψ spans ν_1 … ν_d, and the average
 * encoder TΨ spans μ_1 … μ_d. Terms: {@code norm} 2E‖Ψ̃‖², {@code association} −2E⟨Ψ̃, Ψ̃⁺⟩ (their
 * sum is the expected squared distance) and those of the orthonormality.
 *
 * @param orthonormality how Cov[Ψ] = I is imposed
 */
public record NonContrastive(Orthonormality orthonormality) implements Objective<SampledContext> {

  /** Creates the objective with VICReg's penalties. */
  public NonContrastive() {
    this(new VicReg());
  }

  @Override
  public Class<SampledContext> needs() {
    return SampledContext.class;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.CONTEXT);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    var constrained = orthonormality.apply(Views.encodePairs(step), step.progress());
    NDArray first = Views.view(constrained.phi(), 0);
    NDArray second = Views.view(constrained.phi(), 1);
    return Loss.of("norm", Torch.times(constrained.squaredNorm(), 2))
        .plus("association", Torch.times(Orthonormality.meanProduct(first, second), -2))
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return "non-contrastive";
  }
}
