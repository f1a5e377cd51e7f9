package ai.contexture.objective;

import ai.contexture.context.KernelContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Supervised contrastive: −E Σ_j π(x, x_j) log(e^{c(x, x_j)/τ} / Σ_k e^{c(x, x_k)/τ}), c the cosine
 * of two outputs of Φ [Khosla et al. 2020, eq. 2].
 *
 * <p>One encoder on inputs. The positives of a point are the other points of the batch in
 * proportion to the dual kernel where it is positive: with labels those of its class, all alike, as
 * published; with any other context its relatives. A point without positives in the batch is left
 * out. With as many points in each of m classes and d ≥ m − 1 the minimum has each class at a
 * corner of a regular simplex [Graf et al. 2021], which spans μ_1 … μ_{m−1}; in general the span of
 * outputs scaled to length 1 is that of the contexture only nearly, as in {@link InfoNce}, and the
 * representation is made of these. Terms: {@code association} and {@code contrast}.
 *
 * @param temperature τ
 * @param projector between Φ and the loss
 */
public record SupervisedContrastive(double temperature, Projector projector)
    implements Objective<KernelContext> {

  private static final String NAME = "supervised-contrastive";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "brings rows of a class together and pushes other classes apart",
              SupervisedContrastive::of)
          .option("temperature", ObjectiveOptions.TEMPERATURE)
          .option("projector", ObjectiveOptions.PROJECTOR);

  /** Requires a temperature above 0. */
  public SupervisedContrastive {
    Similarity.requireTemperature(NAME, temperature);
  }

  /** Creates the objective with temperature 0.1 and no projector. */
  public SupervisedContrastive() {
    this(0.1, Projector.none());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    SupervisedContrastive made =
        new SupervisedContrastive(
            ObjectiveOptions.temperature(options, new SupervisedContrastive().temperature),
            ObjectiveOptions.projector(NAME, options));
    return given -> made;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Need<KernelContext> needs() {
    return Need.KERNEL;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public boolean normalises() {
    return projector.isNone();
  }

  @Override
  public List<Head> heads(KernelContext context, int outputs) {
    return projector.heads(outputs);
  }

  @Override
  public Loss loss(Step<? extends KernelContext> step) {
    Weights points = step.weights();
    int b = points.points();
    NDArray z = Similarity.normalised(projector.apply(step.networks(), step.phi()));
    NDArray others = Torch.plus(Torch.cast(z.getManager().eye(b), z.getDataType()).neg(), 1);
    NDArray weights = points.column(z);
    NDArray kernel = Torch.cast(step.context().kernel(step.batch(), step.batch()), z.getDataType());
    NDArray positive = kernel.mul(kernel.sign().add(kernel.sign().abs())); // twice where above 0
    NDArray shares = positive.mul(others).mul(weights.transpose());
    NDArray sums = shares.sum(new int[] {1}, true);
    NDArray has = sums.sign();
    shares = shares.div(sums.add(Torch.plus(has.neg(), 1)));
    NDArray anchors = weights.mul(has);
    anchors = anchors.div(anchors.sum().add(Torch.plus(anchors.sum().sign().neg(), 1)));
    NDArray similarities = Torch.times(z.matMul(z.transpose()), 1 / temperature);
    NDArray log = weights.log().add(Math.log(b)).transpose(); // 0 where points weigh the same
    NDArray logSums =
        Similarity.logSumExp(similarities.add(Similarity.only(others)).add(log), 1).reshape(-1, 1);
    return Loss.of("association", similarities.mul(shares).mul(anchors).sum().neg())
        .plus("contrast", logSums.mul(anchors).sum());
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("temperature", temperature, 0.1)
        .with("projector", projector, Projector.none())
        .toString();
  }
}
