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
 * Single-view multi-encoder: E‖Φ̃(X) − Ψ̃(A)‖² subject to Cov[Φ] = I [D, §2.6].
 *
 * <p>Two encoders. The best Ψ is T*Φ, and Φ spans μ_1 … μ_d; the minimum is d − Σ_{i≤d} s_i². One
 * or more a are sampled for each x; the means are exact on the full batch of a finite context
 * unless a number of samples is given. Terms: {@code norm} E‖Φ̃‖², {@code association} −2E⟨Φ̃, Ψ̃⟩,
 * {@code prediction} E‖Ψ̃‖² and those of the orthonormality.
 *
 * @param orthonormality how Cov[Φ] = I is imposed
 * @param samples the samples r ≥ 1 of each x; 0 for exact means where possible, else 1
 */
public record Svme(Orthonormality orthonormality, int samples) implements SampledObjective {

  private static final String NAME = "svme";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "two encoders: one for rows, one for what belongs to them", Svme::of)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 1;

  /** Requires a number of samples that is not negative. */
  public Svme {
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with means that are exact where possible. */
  public Svme(Orthonormality orthonormality) {
    this(orthonormality, 0);
  }

  /** Creates the objective with exact orthonormality. */
  public Svme() {
    this(new Whitening());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, 1);
    return given -> new Svme(given.orElseGet(Whitening::new), samples);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.allOf(Variable.class);
  }

  @Override
  public OptionalDouble least(double... eigenvalues) {
    return orthonormality.exact()
        ? OptionalDouble.of(Arrays.stream(eigenvalues).map(value -> 1 - value).sum())
        : OptionalDouble.empty();
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    NDArray z = step.phi();
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    var constrained = step.constrain(orthonormality, step.weights().centred(z), step.weights());
    NDArray psi = contexts.centred();
    NDArray association = contexts.association(constrained.phi(), psi).sum();
    return Loss.of("norm", constrained.squaredNorm())
        .plus("association", Torch.times(association, -2))
        .plus("prediction", contexts.weights().product(psi, psi))
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return OptionText.of(NAME).with("samples", samples, 0).toString();
  }
}
