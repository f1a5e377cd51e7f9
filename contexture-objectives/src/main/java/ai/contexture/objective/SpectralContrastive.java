package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Spectral contrastive: −E⟨Ψ̃(A), Ψ̃(A⁺)⟩ + ½E⟨Ψ̃(A), Ψ̃(A⁻)⟩² [H; C, §3.2].
 *
 * <p>One encoder on contexts; a, a⁺ are two samples of one x and a⁻ is a sample of another,
 * independent one. It needs no constraint: at its minimum −½ Σ_{i≤d} s_i⁴ the encoder is (s_i ν_i)
 * up to a rotation, and the average encoder TΨ spans μ_1 … μ_d. Without centring, as published, it
 * is (s_i ν_i) from i = 0, the constant function, to d − 1. With nesting the functions come out
 * ordered. All pairs of r samples of each x are used, and all pairs of points as negatives; the
 * means are exact on the full batch of a finite context unless a number of samples is given.
 * Against [H] the loss is halved. Terms: {@code association}, {@code contrast} and those of the
 * orthonormality.
 *
 * @param orthonormality usually {@link Orthonormality#none()}
 * @param samples the samples r ≥ 2 of each x; 0 for exact means where possible, else 2
 * @param centred whether the outputs' mean is taken out, so that the constant is not learned
 * @param nesting whether and how functions are ordered, as in {@link LowRank}
 */
public record SpectralContrastive(
    Orthonormality orthonormality, int samples, boolean centred, Nesting nesting)
    implements SampledObjective {

  private static final String NAME = "spectral-contrastive";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "similar outputs for what belongs together, different ones for the rest",
              SpectralContrastive::of)
          .option("samples", ObjectiveOptions.SAMPLES)
          .option("centred", "whether outputs are centred")
          .option("nesting", ObjectiveOptions.NESTING);

  private static final int LEAST = 2;

  /** Requires 0 or at least 2 samples. */
  public SpectralContrastive {
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective on centred outputs with means that are exact where possible. */
  public SpectralContrastive(Orthonormality orthonormality) {
    this(orthonormality, 0, true, Nesting.NONE);
  }

  /** Creates the objective without a constraint. */
  public SpectralContrastive() {
    this(Orthonormality.none());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, 2);
    boolean centred = options.flag("centred", true);
    Nesting nesting = ObjectiveOptions.nesting(options);
    return given ->
        new SpectralContrastive(given.orElseGet(Orthonormality::none), samples, centred, nesting);
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
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    NDArray z = centred ? contexts.centred() : contexts.outputs();
    var constrained = step.constrain(orthonormality, z, contexts.weights());
    NDArray psi = constrained.phi();
    return Loss.of("association", nesting.sum(contexts.association(psi)).neg())
        .plus("contrast", Torch.times(contexts.weights().contrast(psi, nesting), 0.5))
        .plus(constrained.penalties());
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("samples", samples, 0)
        .with("centred", centred, true)
        .with("nesting", nesting, Nesting.NONE)
        .toString();
  }
}
