package ai.contexture.objective;

import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Single-view multi-encoder: E‖Φ̃(X) − Ψ̃(A)‖² subject to Cov[Φ] = I [D, §2.6].
 *
 * <p>Two encoders and one sampled a for each x. The best Ψ is T*Φ, and Φ spans μ_1 … μ_d. Terms:
 * {@code norm} E‖Φ̃‖², {@code association} −2E⟨Φ̃, Ψ̃⟩, {@code prediction} E‖Ψ̃‖² and those of the
 * orthonormality.
 *
 * @param orthonormality how Cov[Φ] = I is imposed
 */
public record Svme(Orthonormality orthonormality) implements Objective<SampledContext> {

  /** Creates the objective with exact orthonormality. */
  public Svme() {
    this(new Whitening());
  }

  @Override
  public Class<SampledContext> needs() {
    return SampledContext.class;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.allOf(Variable.class);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    Points a = step.context().sample(step.batch(), 1, step.random());
    NDArray z = step.phi().apply(step.batch().rows());
    NDArray y = step.psi().apply(a.rows());
    var constrained = orthonormality.apply(z.sub(Torch.columnMeans(z)), step.progress());
    NDArray psi = y.sub(Torch.columnMeans(y));
    NDArray association = Orthonormality.meanProduct(constrained.phi(), psi);
    return Loss.of("norm", constrained.squaredNorm())
        .plus("association", Torch.times(association, -2))
        .plus("prediction", Orthonormality.meanProduct(psi, psi))
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return "svme";
  }
}
