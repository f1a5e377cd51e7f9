package ai.contexture.objective;

import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * InfoNCE: −E[c(A, A⁺)/τ] + E log(e^{c(A, A⁺)/τ} + Σ_{A⁻} e^{c(A, A⁻)/τ}), c the cosine of two
 * outputs of Ψ [van den Oord et al. 2018; Chen et al. 2020; C, §3.2].
 *
 * <p>One encoder on contexts; r samples of each x, of which all ordered pairs are used; negatives
 * are samples of the other points of the batch. The decoupled loss leaves the positive pair out of
 * the sum [Yeh et al. 2022]. With enough outputs b points that share no contexts come to stand at
 * the corners of a regular simplex. In general the optimal cosines follow the logarithm of the
 * positive-pair kernel k_A⁺, not the kernel itself. Where log k_A⁺ is a constant plus the cosines
 * of d functions over τ, outputs scaled to length 1 span ν_1 … ν_d, as on the corners of a cube
 * whose coordinates flip on their own, at τ = 1/(d·atanh ρ); else only nearly: the closer, the
 * weaker the association is, since log k ≈ k − 1. Of the lengths of outputs the loss says nothing,
 * and the representation is made of outputs scaled to length 1. With a projector all that is said
 * of its outputs, and the representation is made of Ψ as it is. Terms: {@code association} and
 * {@code contrast}.
 *
 * @param negatives which samples of other points are negatives
 * @param temperature τ
 * @param decoupled whether the positive pair is left out of the sum
 * @param samples the samples r ≥ 2 of each x
 * @param projector between Ψ and the loss
 */
public record InfoNce(
    Negatives negatives, double temperature, boolean decoupled, int samples, Projector projector)
    implements SampledObjective {

  private static final String INFO_NCE = "infonce";
  private static final String NT_XENT = "nt-xent";
  private static final String DECOUPLED = "dcl";

  /** InfoNCE, NT-Xent and the decoupled loss. */
  static final List<Component<ObjectiveFactory>> COMPONENTS =
      List.of(
          component(INFO_NCE, "brings two samples of a row together and pushes other rows apart"),
          component(NT_XENT, "infonce with all samples of other rows as negatives: SimCLR"),
          component(DECOUPLED, "nt-xent without the positive pair in the denominator"));

  /** Which samples of other points are negatives of a sample. */
  public enum Negatives {
    /** Those that take the place of its positive: (b − 1), as InfoNCE was published. */
    OTHER_VIEW,
    /** All of them: r·(b − 1), as NT-Xent in SimCLR. */
    ALL_VIEWS
  }

  /** Requires a temperature above 0 and at least 2 samples. */
  public InfoNce {
    Similarity.requireTemperature("infonce", temperature);
    requireSamples("infonce", samples);
  }

  /** Creates NT-Xent with temperature ½ and no projector. */
  public InfoNce() {
    this(Negatives.ALL_VIEWS, 0.5, false, 2, Projector.none());
  }

  static void requireSamples(String objective, int samples) {
    if (samples < 2) {
      throw new IllegalArgumentException(
          objective + ": expected at least 2 samples, got samples=" + samples);
    }
  }

  private static Component<ObjectiveFactory> component(String name, String summary) {
    return Component.<ObjectiveFactory>of(name, summary, options -> of(name, options))
        .option("negatives", "which samples of other rows are negatives: other-view or all-views")
        .option("temperature", ObjectiveOptions.TEMPERATURE)
        .option("samples", ObjectiveOptions.DRAWN_SAMPLES)
        .option("projector", ObjectiveOptions.PROJECTOR);
  }

  private static ObjectiveFactory of(String name, SpecOptions options) {
    InfoNce made =
        new InfoNce(
            options.choice("negatives", negatives(name)),
            ObjectiveOptions.temperature(options, new InfoNce().temperature),
            name.equals(DECOUPLED),
            ObjectiveOptions.samples(options, 2, 2),
            ObjectiveOptions.projector(name, options));
    return given -> made;
  }

  private static Negatives negatives(String name) {
    return name.equals(INFO_NCE) ? Negatives.OTHER_VIEW : Negatives.ALL_VIEWS;
  }

  @Override
  public String name() {
    return decoupled ? DECOUPLED : negatives == Negatives.ALL_VIEWS ? NT_XENT : INFO_NCE;
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
    return projector.heads(outputs);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    Weights points = step.weights();
    ContextOutputs contexts = ContextOutputs.encode(step, samples, samples);
    NDArray z = Similarity.normalised(projector.apply(step.networks(), contexts.outputs()));
    long b = points.points();
    NDArray similarities = Torch.times(z.matMul(z.transpose()), 1 / temperature);
    // of point i, sample s, to point j, sample t
    NDArray all = similarities.reshape(b, samples, b, samples);
    NDArray log = points.column(z).log().add(Math.log((double) b)); // 0 where points weigh the same
    NDArray others = Similarity.only(Torch.plus(identity(b, z).neg(), 1)).add(log.reshape(1, b));
    NDArray negatives = all.add(others.reshape(b, 1, b, 1));
    NDArray own = all.mul(identity(b, z).reshape(b, 1, b, 1)).sum(new int[] {2}); // [b, r, r]
    NDArray sums = Similarity.logSumExp(negatives, 2);
    if (this.negatives == Negatives.ALL_VIEWS) {
      sums = Similarity.logSumExp(sums, 2).reshape(b, samples, 1).broadcast(b, samples, samples);
    }
    NDArray contrast = decoupled ? sums : Similarity.logAddExp(own, sums);
    return Loss.of("association", overPairs(own, points).neg())
        .plus("contrast", overPairs(contrast, points));
  }

  /** The mean over points and their ordered pairs of different samples, of [b, r, r]. */
  private NDArray overPairs(NDArray ofSamples, Weights points) {
    NDArray different =
        Torch.plus(identity(samples, ofSamples).neg(), 1).reshape(1, samples, samples);
    NDArray sums = ofSamples.mul(different).sum(new int[] {1, 2}).reshape(-1, 1);
    return Torch.times(points.times(sums).sum(), 1.0 / (samples * (samples - 1.0)));
  }

  private static NDArray identity(long n, NDArray like) {
    return Torch.cast(like.getManager().eye(Math.toIntExact(n)), like.getDataType());
  }

  @Override
  public String toString() {
    return OptionText.of(name())
        .with("temperature", temperature, 0.5)
        .with("negatives", negatives, negatives(name()))
        .with("samples", samples, 2)
        .with("projector", projector, Projector.none())
        .toString();
  }
}
