package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Denoising, or masked reconstruction: min over W, b of E‖WΨ(A) + b − X‖² [C, §3.3; D, §2.4].
 *
 * <p>One encoder on contexts, which are inputs with noise, masks or other damage; a linear decoder
 * W, b gives the input back. Ψ spans the top d functions of T*ΛT, Λ with the linear kernel of the
 * centred X, and the minimum is E‖X̃‖² less the sum of its d largest eigenvalues. The decoder is
 * solved for in closed form on whitened outputs, or trained with the encoder; one with hidden
 * layers, as masked autoencoders have, leaves the span to what it can read. The means are exact on
 * the full batch of a finite context unless a number of samples is given. Terms: {@code variance}
 * E‖X̃‖² and {@code explained} −‖Cov(X, Ψ)‖²_F, or with a trained decoder {@code error}.
 *
 * @param decoder W and b
 * @param orthonormality a whitening for the closed form, else whatever is wanted of Ψ
 * @param samples the samples of each x; 0 for exact means where possible, else 1
 */
public record Denoising(Readout decoder, Orthonormality orthonormality, int samples)
    implements SampledObjective {

  private static final String NAME = "denoising";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "reconstructs inputs that were hidden or corrupted", Denoising::of)
          .option("readout", ObjectiveOptions.READOUT)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 1;

  /** Requires a whitening for the closed form. */
  public Denoising {
    Readout.require(NAME, decoder, orthonormality);
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with the best decoder. */
  public Denoising() {
    this(Readout.best(), new Whitening(), 0);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, LEAST);
    return ObjectiveOptions.withReadout(
        NAME,
        options,
        (readout, orthonormality) -> new Denoising(readout, orthonormality, samples));
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
    return decoder.closed()
        ? List.of()
        : List.of(decoder.head(Regression.HEAD, outputs, context.points().width()));
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, LEAST);
    NDArray z = contexts.outputs();
    NDArray x = Regression.like(step.batch().rows(), z);
    NDArray both = contexts.onContexts(x.concat(Regression.squares(x), 1));
    int p = step.batch().width();
    return Regression.loss(
        step,
        decoder,
        orthonormality,
        z,
        contexts.weights(),
        both.get(":, :" + p),
        both.get(":, " + p + ":"));
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("readout", decoder, Readout.best())
        .with("samples", samples, 0)
        .toString();
  }
}
