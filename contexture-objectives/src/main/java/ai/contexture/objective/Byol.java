package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * BYOL and SimSiam: E[2 − 2c(q(Ψ(A)), Ψ̄(A⁺))], c the cosine, of a predictor q and a target Ψ̄ that
 * is held fixed [Grill et al. 2020; Chen and He 2021].
 *
 * <p>One encoder on contexts. The target is the moving average of Ψ and its projector, whose
 * momentum rises from m to 1 along a cosine, or with momentum 0 (SimSiam) Ψ itself without its
 * gradient. There is no penalty on collapse and no loss that goes down everywhere: where q is
 * linear and fast, Ψ takes steps of a power iteration by T*T, which keeps apart what q keeps apart
 * [Tian et al. 2021; D, §2.3]: after many small steps nearly all variance of TΨ is that of leading
 * μ_i, but of the later ones of d some may be lost where the association is weak. The target's
 * lengths do not count, and the representation is made of outputs of Ψ scaled to length 1 where
 * there is no projector. All ordered pairs of r samples of each x are used. Term:
 * <i>prediction</i>.
 *
 * @param momentum m, from 0 (SimSiam) to less than 1
 * @param predictor the widths of q's hidden layers; none for a linear one
 * @param samples the samples r ≥ 2 of each x
 * @param projector between Ψ and q
 */
public record Byol(double momentum, List<Integer> predictor, int samples, Projector projector)
    implements SampledObjective {

  private static final String BYOL = "byol";
  private static final String SIM_SIAM = "simsiam";
  private static final double DEFAULT_MOMENTUM = 0.99;
  private static final double MOST_MOMENTUM = 0.9999;

  /** BYOL and SimSiam. */
  static final List<Component<ObjectiveFactory>> COMPONENTS =
      List.of(
          component(BYOL, "predicts what an averaged encoder makes of another sample")
              .option("momentum", "decay of the averaged encoder at the start"),
          component(SIM_SIAM, "byol without the averaged encoder"));

  private static final String PREDICTOR = "predictor";

  /** Requires a momentum from 0 to less than 1 and at least 2 samples. */
  public Byol {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          Text.format("byol: expected 0 ≤ momentum < 1, got momentum=%s", momentum));
    }
    InfoNce.requireSamples(BYOL, samples);
    predictor = List.copyOf(predictor);
  }

  /** Creates BYOL with momentum 0.99, a linear predictor, two samples and no projector. */
  public Byol() {
    this(DEFAULT_MOMENTUM, List.of(), 2, Projector.none());
  }

  private static Component.Declared<ObjectiveFactory> component(String name, String summary) {
    return Component.<ObjectiveFactory>of(name, summary, options -> of(name, options))
        .option("predictor", "the predictor network: linear, or widths such as 256")
        .option("samples", ObjectiveOptions.DRAWN_SAMPLES)
        .option("projector", ObjectiveOptions.PROJECTOR);
  }

  private static ObjectiveFactory of(String name, SpecOptions options) {
    String predictor = options.text("predictor", "linear");
    int samples = ObjectiveOptions.samples(options, 2, 2);
    Projector projector = ObjectiveOptions.projector(name, options);
    double momentum =
        name.equals(BYOL) ? options.number("momentum", DEFAULT_MOMENTUM, 0, MOST_MOMENTUM) : 0;
    List<Integer> widths =
        predictor.equals("linear")
            ? List.of()
            : Readout.widths(name + ": predictor", predictor, "linear");
    Byol made = new Byol(momentum, widths, samples, projector);
    return given -> made;
  }

  @Override
  public String name() {
    return momentum == 0 ? SIM_SIAM : BYOL;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.CONTEXT);
  }

  @Override
  public boolean normalises() {
    return projector.isNone();
  }

  @Override
  public List<Head> heads(SampledContext context, int outputs) {
    List<Head> heads = new ArrayList<>(projector.heads(outputs));
    int width = projector.outputs(outputs);
    List<Integer> widths = new ArrayList<>(List.of(width));
    widths.addAll(predictor);
    widths.add(width);
    heads.add(new Head(PREDICTOR, widths, true, 0));
    return heads;
  }

  @Override
  public OptionalDouble momentum(double progress) {
    if (momentum == 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(1 - (1 - momentum) * (Math.cos(Math.PI * progress) + 1) / 2);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    ContextOutputs contexts = ContextOutputs.encode(step, samples, samples);
    Networks networks = step.networks();
    NDArray z = projector.apply(networks, contexts.outputs());
    NDArray target =
        momentum == 0
            ? z.stopGradient()
            : projector
                .apply(networks.targets(), networks.targets().psi(contexts.rows()))
                .stopGradient();
    NDArray q = Similarity.normalised(networks.head(PREDICTOR, z));
    NDArray fixed = Similarity.normalised(target);
    Weights weights = contexts.weights();
    // the mean over s ≠ t of ⟨q_s, z̄_t⟩ is that of all pairs less that of equal ones
    NDArray q1 = weights.rowsOfPoints(q).sum(new int[] {1});
    NDArray t1 = weights.rowsOfPoints(fixed).sum(new int[] {1});
    NDArray all = step.weights().product(q1, t1);
    NDArray equal = Torch.times(weights.product(q, fixed), samples);
    NDArray cosine = Torch.times(all.sub(equal), 1.0 / (samples * (samples - 1.0)));
    return Loss.of("prediction", Torch.plus(Torch.times(cosine, -2), 2));
  }

  @Override
  public String toString() {
    return OptionText.of(name())
        .with("momentum", momentum, momentum == 0 ? 0.0 : DEFAULT_MOMENTUM)
        .with("predictor", predictor.isEmpty() ? "linear" : Readout.text(predictor), "linear")
        .with("samples", samples, 2)
        .with("projector", projector, Projector.none())
        .toString();
  }
}
