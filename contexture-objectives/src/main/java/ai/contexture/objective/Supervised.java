package ai.contexture.objective;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Supervised regression of the context variable: min over W, b of E‖WΦ(X) + b − A‖² [C, thm 6; D,
 * §2.2].
 *
 * <p>One encoder on inputs. A is a row of numbers: a class as one of several zeros and ones, a
 * number, or the features of a teacher. Φ spans the top d functions of TΛT*, Λ with the linear
 * kernel of the centred A, and the minimum is E‖Ã‖² less the sum of its d largest eigenvalues. The
 * readout (W, b) is solved for in closed form on whitened outputs, which makes W the covariance of
 * A and Φ, or is trained with the encoder. E[A | x] is exact for a finite context unless a number
 * of samples is given. Terms: {@code variance} E‖Ã‖² and {@code explained} −‖Cov(A, Φ)‖²_F, or with
 * a trained readout {@code error}.
 *
 * @param readout W and b
 * @param orthonormality a whitening for the closed form, else whatever is wanted of Φ
 * @param samples the samples of each x; 0 for exact means where possible, else 1
 */
public record Supervised(Readout readout, Orthonormality orthonormality, int samples)
    implements SampledObjective {

  private static final String NAME = "supervised";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME, "predicts the context variable, such as the label", Supervised::of)
          .option("readout", ObjectiveOptions.READOUT)
          .option("samples", ObjectiveOptions.SAMPLES);

  private static final int LEAST = 1;

  /** Requires a whitening for the closed form. */
  public Supervised {
    Readout.require(NAME, readout, orthonormality);
    ContextOutputs.requireSamples(NAME, samples, LEAST);
  }

  /** Creates the objective with the best readout. */
  public Supervised() {
    this(Readout.best(), new Whitening(), 0);
  }

  private static ObjectiveFactory of(SpecOptions options) {
    int samples = ObjectiveOptions.samples(options, LEAST);
    return ObjectiveOptions.withReadout(
        NAME,
        options,
        (readout, orthonormality) -> new Supervised(readout, orthonormality, samples));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public List<Head> heads(SampledContext context, int outputs) {
    return readout.closed()
        ? List.of()
        : List.of(readout.head(Regression.HEAD, outputs, width(context)));
  }

  private static int width(SampledContext context) {
    return context instanceof FiniteContext finite
        ? finite.contexts().width()
        : ContextOutputs.sampledWidth(context);
  }

  @Override
  public Loss loss(Step<? extends SampledContext> step) {
    NDArray z = step.phi();
    Points batch = step.batch();
    if (samples == 0 && step.context() instanceof FiniteContext finite) {
      int q = finite.contexts().width();
      NDArray a = Regression.like(finite.contexts().rows(), z);
      NDArray means = finite.expectation(batch, a.concat(Regression.squares(a), 1));
      NDArray target = means.get(":, :" + q);
      NDArray squares = means.get(":, " + q + ":");
      return Regression.loss(step, readout, orthonormality, z, step.weights(), target, squares);
    }
    int r = Math.max(samples, LEAST);
    NDArray a = Regression.like(step.context().sample(batch, r, step.random()).rows(), z);
    Weights weights = step.weights().withSamples(r);
    NDArray target = weights.rowsOfPoints(a).mean(new int[] {1});
    NDArray squares = weights.rowsOfPoints(Regression.squares(a)).mean(new int[] {1});
    return Regression.loss(step, readout, orthonormality, z, step.weights(), target, squares);
  }

  @Override
  public String toString() {
    return OptionText.of(NAME)
        .with("readout", readout, Readout.best())
        .with("samples", samples, 0)
        .toString();
  }
}
