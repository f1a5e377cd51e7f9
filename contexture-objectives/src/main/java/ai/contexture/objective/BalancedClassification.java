package ai.contexture.objective;

import ai.contexture.context.FiniteContext;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Balanced classification: min over W, b of E‖WΦ(X) + b − e_A/√P_A(A)‖², e_A the indicator of the
 * class [C, thm 7; D, eq. 2.3].
 *
 * <p>One encoder on inputs. An indicator divided by the root of its probability has the linear
 * kernel 1[a = a′]/P_A(a) of the identity on L²(P_A), so that Λ drops out of TΛT*, by which {@link
 * Supervised} prefers frequent classes: Φ spans μ_1 … μ_d, and the minimum is (m − 1) − Σ_{i≤d}
 * s_i² with m classes that occur. (Dividing the squared error by √P_A(A) instead would not do so
 * for d &lt; m − 1.) With the readout in closed form the loss is that of {@link Kise} plus m − 1 −
 * d. Terms as in {@link Supervised}; E[· | x] is exact.
 *
 * @param readout W and b
 * @param orthonormality a whitening for the closed form, else whatever is wanted of Φ
 */
public record BalancedClassification(Readout readout, Orthonormality orthonormality)
    implements Objective<FiniteContext> {

  private static final String NAME = "balanced";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
              NAME,
              "predicts classes, with rare ones counting as much as frequent ones",
              BalancedClassification::of)
          .option("readout", ObjectiveOptions.READOUT);

  /** Requires a whitening for the closed form. */
  public BalancedClassification {
    Readout.require(NAME, readout, orthonormality);
  }

  /** Creates the objective with the best readout. */
  public BalancedClassification() {
    this(Readout.best(), new Whitening());
  }

  private static ObjectiveFactory of(SpecOptions options) {
    return ObjectiveOptions.withReadout(NAME, options, BalancedClassification::new);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Need<FiniteContext> needs() {
    return Need.OPERATOR;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public List<Head> heads(FiniteContext context, int outputs) {
    return readout.closed()
        ? List.of()
        : List.of(readout.head(Regression.HEAD, outputs, context.contexts().size()));
  }

  @Override
  public Loss loss(Step<? extends FiniteContext> step) {
    NDArray z = step.phi();
    NDManager scope = z.getManager();
    NDArray law = step.context().law(step.batch()).dense(scope);
    NDArray weights = Regression.like(step.context().operator().contextWeights(), law);
    NDArray inverse = Torch.reciprocal(weights.reshape(1, -1)); // 0 for classes that do not occur
    NDArray target = Torch.cast(law.mul(inverse.sqrt()), z.getDataType());
    NDArray squares = Torch.cast(law.mul(inverse).sum(new int[] {1}, true), z.getDataType());
    return Regression.loss(step, readout, orthonormality, z, step.weights(), target, squares);
  }

  @Override
  public String toString() {
    return OptionText.of(NAME).with("readout", readout, Readout.best()).toString();
  }
}
