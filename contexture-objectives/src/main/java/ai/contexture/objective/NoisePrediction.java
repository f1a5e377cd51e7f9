package ai.contexture.objective;

import ai.contexture.context.DiffusionContext;
import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.contexture.view.Diffusion;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Diffusion's noise prediction: min over f of E‖f(Ψ(A), ᾱ_t) − ε‖², A = √ᾱ_t·X + √(1−ᾱ_t)·ε at a
 * random step t [Ho et al. 2020, eq. 14; D, §2.4].
 *
 * <p>One encoder on noisy inputs; f, the head that reads the noise off its outputs, is told the
 * level. It is linear in Ψ with coefficients that follow the level, c_0 + c_1·√ᾱ_t + c_2·√(1−ᾱ_t),
 * or has hidden layers. As ε = (A − √ᾱ_t·X)/√(1−ᾱ_t), the best prediction is E[ε | A, t] = (A −
 * √ᾱ_t·E[X | A, t])/√(1−ᾱ_t), which is −√(1−ᾱ_t) times the gradient of the log density of A: it is
 * {@link Denoising} of the noise in place of the input. At a single level and with a linear f, Ψ
 * spans the d leading components of E[ε | A], and the minimum is p less the sum of the d largest
 * eigenvalues of its covariance; with d ≥ p outputs it can be all of it. Against the published loss
 * the square is summed over columns. Terms: {@code error} and those of the orthonormality.
 *
 * @param readout f, linear or with hidden layers
 * @param orthonormality whatever is wanted of Ψ
 * @param samples the samples r ≥ 1 of each x, each at a step of its own
 */
public record NoisePrediction(Readout readout, Orthonormality orthonormality, int samples)
    implements Objective<DiffusionContext> {

  private static final String NAME = "diffusion";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "predicts the noise in noisy inputs", NoisePrediction::of)
          .option("readout", "linear, or the widths of hidden layers such as 256-256")
          .option("samples", ObjectiveOptions.DRAWN_SAMPLES);

  /** Requires a readout that is trained and at least one sample. */
  public NoisePrediction {
    if (readout.closed()) {
      throw new InputException(
          "diffusion: the readout is trained, since it moves with the level; take readout=linear");
    }
    if (samples < 1) {
      throw new IllegalArgumentException(
          Text.format("diffusion: expected at least 1 sample, got samples=%d", samples));
    }
  }

  /** Creates the objective with a linear readout, no constraint and one sample. */
  public NoisePrediction() {
    this(Readout.linear(), Orthonormality.none(), 1);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    NoisePrediction defaults = new NoisePrediction();
    Readout readout = ObjectiveOptions.readout(NAME, options).orElse(defaults.readout);
    int samples = ObjectiveOptions.samples(options, defaults.samples, 1);
    return given -> new NoisePrediction(readout, given.orElse(defaults.orthonormality), samples);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Need<DiffusionContext> needs() {
    return Need.NOISE;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.CONTEXT);
  }

  @Override
  public List<Head> heads(DiffusionContext context, int outputs) {
    return List.of(readout.head(Regression.HEAD, 3 * outputs + 2, context.points().width()));
  }

  @Override
  public Loss loss(Step<? extends DiffusionContext> step) {
    Diffusion.Diffused drawn = step.context().draw(step.batch(), samples, step.random());
    NDArray z = step.networks().psi(drawn.rows());
    Weights weights = step.weights().withSamples(samples);
    var constrained = step.constrain(orthonormality, weights.centred(z), weights);
    NDArray predicted =
        step.networks().head(Regression.HEAD, told(constrained.phi(), drawn.alphaBars()));
    NDArray error = predicted.sub(Regression.like(drawn.noise(), z));
    return Loss.of("error", weights.product(error, error)).plus(constrained.penalties());
  }

  /** Outputs, the same times √ᾱ and times √(1−ᾱ), and these two, [m, 3d + 2]. */
  private static NDArray told(NDArray psi, NDArray alphaBars) {
    NDArray left = Regression.like(alphaBars, psi);
    NDArray signal = left.sqrt();
    NDArray noise = Torch.plus(left.neg(), 1).sqrt();
    return psi.concat(psi.mul(signal), 1)
        .concat(psi.mul(noise), 1)
        .concat(signal.concat(noise, 1), 1);
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("readout", readout, Readout.linear())
        .with("samples", samples, 1)
        .toString();
  }
}
