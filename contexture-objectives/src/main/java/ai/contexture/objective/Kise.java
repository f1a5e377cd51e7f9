package ai.contexture.objective;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.input.Component;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Kernel-integral single-encoder: E‖Φ̃‖² − ⟨Φ̃, TT*Φ̃⟩ subject to Cov[Φ] = I [D, §2.6].
 *
 * <p>One encoder on inputs; it spans μ_1 … μ_d, and the minimum is d − Σ_{i≤d} s_i². On the full
 * batch of a finite context the operator is applied exactly, under P_X. On a mini-batch of m of n
 * points the Gram matrix G of the dual kernel gives an estimate of the association: pairs i ≠ j
 * weigh (n−1)/(n·m·(m−1)) and the diagonal 1/(n·m); where points are drawn independently by a P_X
 * that is not uniform, 1/(m·(m−1)) and 0. It is exact at m = n, unbiased for given Φ of mean 0, and
 * biased by O(1/m) since outputs are centred (and whitened) on the batch. Terms: {@code norm},
 * {@code association} and those of the orthonormality.
 *
 * @param orthonormality how Cov[Φ] = I is imposed
 */
public record Kise(Orthonormality orthonormality) implements Objective<KernelContext> {

  private static final String NAME = "kise";

  static final Component<ObjectiveFactory> COMPONENT =
      Component.<ObjectiveFactory>of(
          NAME,
          "uses the exact kernel between rows; the default",
          options -> given -> new Kise(given.orElseGet(Whitening::new)));

  /** Creates the objective with exact orthonormality. */
  public Kise() {
    this(new Whitening());
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
  public OptionalDouble least(double... eigenvalues) {
    return orthonormality.exact()
        ? OptionalDouble.of(Arrays.stream(eigenvalues).map(value -> 1 - value).sum())
        : OptionalDouble.empty();
  }

  @Override
  public Loss loss(Step<? extends KernelContext> step) {
    Weights weights = step.weights();
    NDArray z = step.phi();
    var constrained = step.constrain(orthonormality, weights.centred(z), weights);
    NDArray association = association(constrained.phi(), step).sum();
    return Loss.of("norm", constrained.squaredNorm())
        .plus("association", association.neg())
        .plus(constrained.penalties());
  }

  /** Returns ⟨φ_i, TT*φ_i⟩ [d], or its estimate on a mini-batch. */
  static NDArray association(NDArray phi, Step<? extends KernelContext> step) {
    if (step.isFull() && step.context() instanceof FiniteContext finite) {
      return Association.onInputs(phi, step.weights(), finite.operator());
    }
    NDArray gram = Torch.cast(step.context().kernel(step.batch(), step.batch()), phi.getDataType());
    return Association.quadratic(
        phi, gram.mul(step.weights().pairs(gram)).matMul(phi.stopGradient()));
  }

  @Override
  public String toString() {
    return NAME;
  }
}
