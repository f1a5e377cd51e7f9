package ai.contexture.objective;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import java.util.EnumSet;
import java.util.Set;

/**
 * Kernel-integral single-encoder: E‖Φ̃‖² − ⟨Φ̃, TT*Φ̃⟩ subject to Cov[Φ] = I [D, §2.6].
 *
 * <p>One encoder on inputs; it spans μ_1 … μ_d. On the full batch of a finite context the operator
 * is applied exactly. On a mini-batch of m of n points the Gram matrix G of the dual kernel gives
 * an estimate of the association: pairs i ≠ j weigh (n−1)/(n·m·(m−1)) and the diagonal 1/(n·m). It
 * is exact at m = n, unbiased for given Φ of mean 0, and biased by O(1/m) since outputs are centred
 * (and whitened) on the batch. Terms: {@code norm}, {@code association} and those of the
 * orthonormality.
 *
 * @param orthonormality how Cov[Φ] = I is imposed
 */
public record Kise(Orthonormality orthonormality) implements Objective<KernelContext> {

  /** Creates the objective with exact orthonormality. */
  public Kise() {
    this(new Whitening());
  }

  @Override
  public Class<KernelContext> needs() {
    return KernelContext.class;
  }

  @Override
  public Set<Variable> encoders() {
    return EnumSet.of(Variable.INPUT);
  }

  @Override
  public Loss loss(Step<? extends KernelContext> step) {
    NDArray z = step.phi().apply(step.batch().rows());
    var constrained = orthonormality.apply(z.sub(Torch.columnMeans(z)), step.progress());
    NDArray phi = constrained.phi();
    NDArray image =
        step.isFull() && step.context() instanceof FiniteContext finite
            ? exactImage(phi.stopGradient(), finite.operator())
            : gramImage(phi.stopGradient(), step);
    return Loss.of("norm", constrained.squaredNorm())
        .plus("association", quadraticForm(phi, image).neg())
        .plus(constrained.penalties());
  }

  /**
   * The value ⟨Φ, KΦ⟩ with its gradient 2KΦ, from an image KΦ outside the graph: K is self-adjoint,
   * so it need not be differentiated.
   */
  private static NDArray quadraticForm(NDArray phi, NDArray image) {
    NDArray product = phi.mul(image).sum();
    return Torch.times(product, 2).sub(product.stopGradient());
  }

  /** P_X-weighted TT*Φ. */
  private static NDArray exactImage(NDArray phi, ExpectationOperator operator) {
    NDArray weights = Torch.cast(operator.inputWeights(), phi.getDataType());
    weights.attach(phi.getManager());
    return operator.apply(operator.adjoint(phi)).mul(weights.reshape(-1, 1));
  }

  private static NDArray gramImage(NDArray phi, Step<? extends KernelContext> step) {
    double n = step.context().points().size();
    double m = phi.getShape().get(0);
    NDArray gram = Torch.cast(step.context().kernel(step.batch(), step.batch()), phi.getDataType());
    NDArray identity = Torch.cast(gram.getManager().eye((int) m), phi.getDataType());
    double pair = (n - 1) / (n * m * (m - 1));
    NDArray weights = Torch.times(identity, 1 / (n * m) - pair).add(pair);
    return gram.mul(weights).matMul(phi);
  }

  @Override
  public String toString() {
    return "kise";
  }
}
