package ai.contexture.objective;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;

/**
 * Products through an operator with their gradients, function by function, without differentiating
 * the operator: its adjoint is known.
 */
final class Association {

  private Association() {}

  /**
   * Returns ⟨φ_i, Kφ_i⟩ [d] with its gradient 2Kφ_i.
   *
   * @param phi [m, d]
   * @param image KΦ [m, d] outside the graph, of a self-adjoint K
   */
  static NDArray quadratic(NDArray phi, NDArray image) {
    NDArray products = phi.mul(image).sum(new int[] {0});
    return Torch.times(products, 2).sub(products.stopGradient());
  }

  /**
   * Returns ⟨φ_i, TT*φ_i⟩ [d] under P_X.
   *
   * @param phi [n, d]
   * @param inputs P_X
   */
  static NDArray onInputs(NDArray phi, Weights inputs, ExpectationOperator operator) {
    NDArray image = operator.apply(operator.adjoint(phi.stopGradient()));
    return quadratic(phi, inputs.times(image));
  }

  /**
   * Returns ⟨ψ_i, T*Tψ_i⟩ [d] under P_A.
   *
   * @param psi [m, d]
   * @param contexts P_A
   */
  static NDArray onContexts(NDArray psi, Weights contexts, ExpectationOperator operator) {
    NDArray image = operator.adjoint(operator.apply(psi.stopGradient()));
    return quadratic(psi, contexts.times(image));
  }

  /**
   * Returns ⟨φ_i, Tψ_i⟩ [d] under P_X.
   *
   * @param phi [n, d]
   * @param inputs P_X
   * @param psi [m, d]
   * @param contexts P_A
   */
  static NDArray between(
      NDArray phi, Weights inputs, NDArray psi, Weights contexts, ExpectationOperator operator) {
    NDArray forward = inputs.times(operator.apply(psi.stopGradient()));
    NDArray backward = contexts.times(operator.adjoint(phi.stopGradient()));
    NDArray products = phi.mul(forward).sum(new int[] {0});
    return products.add(psi.mul(backward).sum(new int[] {0})).sub(products.stopGradient());
  }
}
