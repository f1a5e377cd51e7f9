package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Low-rank approximation of the joint law by two encoders: −2E⟨Φ̃(X), Ψ̃(A)⟩ + E⟨Φ̃(X), Ψ̃(A⁻)⟩²,
 * A⁻ independent of X [E, §4].
 *
 * <p>Up to a constant it is the mean squared error of ⟨Φ̃, Ψ̃⟩ as the density of (X, A) against
 * independence, so by Eckart and Young the minimum −Σ_{i≤d} s_i² is reached at Φ = (√s_i μ_i)R, Ψ =
 * (√s_i ν_i)R⁻ᵀ for any invertible R: Φ spans μ_1 … μ_d. With nesting the functions come out
 * ordered, one by one: φ_i ∝ μ_i; joint nesting has the minimum −(1/d) Σ_k Σ_{i≤k} s_i². One or
 * more a are sampled for each x, and all pairs of points are used; the means are exact on the full
 * batch of a finite context unless a number of samples is given. Terms: {@code association} and
 * {@code contrast}; with sequential nesting they are those of the loss without nesting, whose
 * gradient is not taken.
 *
 * @param nesting whether and how functions are ordered
 * @param samples the samples r ≥ 1 of each x; 0 for exact means where possible, else 1
 */
public record LowRank(Nesting nesting, int samples) implements SampledObjective {

  private static final String NAME = "low-rank";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "two encoders whose inner products fit the density of pairs", LowRank::of)
          .option("nesting", ObjectiveOptions.NESTING)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 1;

  /** Requires a number of samples that is not negative. */
  public LowRank {
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective without nesting and with means that are exact where possible. */
  public LowRank() {
    this(Nesting.NONE, 0);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    LowRank made =
        new LowRank(ObjectiveOptions.nesting(options), ObjectiveOptions.samples(options, 1));
    return given -> made;
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
  public Loss loss(Step<? extends SampledContext> step) {
    NDArray phi = step.weights().centred(step.phi());
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    NDArray psi = contexts.centred();
    NDArray association = nesting.sum(contexts.association(phi, psi));
    return Loss.of("association", Torch.times(association, -2))
        .plus("contrast", contexts.contrast(phi, psi, nesting));
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("nesting", nesting, Nesting.NONE)
        .with("samples", samples, 0)
        .toString();
  }
}
