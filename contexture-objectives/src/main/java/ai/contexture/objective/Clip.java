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
 * CLIP's symmetric InfoNCE for pairs: the mean of −E log softmax over the batch's A of c(X, A)/τ
 * and over its X, c the cosine of Φ(X) and Ψ(A) [Radford et al. 2021].
 *
 * <p>Two encoders, one for each half of a pair; one sampled a for each x. The optimal cosines
 * follow the logarithm of the density of (X, A) against independence, so outputs of Φ scaled to
 * length 1 span μ_1 … μ_d where that logarithm is of rank d at the temperature, else only nearly,
 * as in {@link InfoNce}. Of the lengths of outputs the loss says nothing, and the representation is
 * made of outputs scaled to length 1. One a for each x is noise for Φ: it takes more steps than a
 * loss of both kinds of means. The temperature is learned as published, never below 0.01, or fixed;
 * a low one makes cosines follow large densities at the cost of the span. Terms: {@code
 * association} and {@code contrast}.
 *
 * @param temperature τ, at the start where it is learned
 * @param trained whether τ is learned
 */
public record Clip(double temperature, boolean trained) implements SampledObjective {

  private static final String NAME = "clip";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "two encoders that bring the halves of a pair together and push others apart",
              Clip::of)
          .option("temperature", ObjectiveOptions.TEMPERATURE)
          .option("trained", "whether the temperature is learned");

  private static final String SCALE = "logit-scale";
  private static final double GREATEST_SCALE = 100;

  /** Requires a temperature above 0. */
  public Clip {
    Similarity.requireTemperature(NAME, temperature);
  }

  /** Creates the objective with a learned temperature that starts at 0.07. */
  public Clip() {
    this(0.07, true);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    Clip made =
        new Clip(
            ObjectiveOptions.temperature(options, new Clip().temperature),
            options.flag("trained", true));
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
  public boolean normalises() {
    return true;
  }

  @Override
  public List<Head> heads(SampledContext context, int outputs) {
    return trained ? List.of(Head.number(SCALE, -Math.log(temperature))) : List.of();
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    Weights points = step.weights();
    double b = points.points();
    NDArray phi = Similarity.normalised(step.phi());
    NDArray psi = Similarity.normalised(ContextOutputs.encode(step, 1, 1).outputs());
    NDArray cosines = phi.matMul(psi.transpose());
    NDArray similarities =
        trained ? cosines.mul(scale(step)) : Torch.times(cosines, 1 / temperature);
    NDArray weights = points.column(phi);
    NDArray log = weights.log().add(Math.log(b)); // 0 where points weigh the same
    NDArray identity = Torch.cast(phi.getManager().eye((int) b), phi.getDataType());
    NDArray own = similarities.mul(identity);
    // a positive pair counts once, however much its point weighs
    NDArray rest = log.mul(Torch.plus(identity.neg(), 1));
    NDArray overContexts = log.transpose().mul(Torch.plus(identity.neg(), 1));
    NDArray sums =
        Similarity.logSumExp(similarities.add(overContexts), 1)
            .add(Similarity.logSumExp(similarities.add(rest), 0));
    return Loss.of("association", own.mul(weights).sum().neg())
        .plus("contrast", Torch.times(sums.reshape(-1, 1).mul(weights).sum(), 0.5));
  }

  private static NDArray scale(Step<?> step) {
    NDArray number = step.networks().head(SCALE, null);
    NDArray most =
        Torch.cast(number.getManager().create(Math.log(GREATEST_SCALE)), number.getDataType());
    return number.minimum(most).exp();
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("temperature", temperature, 0.07)
        .with("trained", trained, true)
        .toString();
  }
}
