package ai.contexture.context;

import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/** The expectation operator of a sparse, row-stochastic matrix of conditional probabilities. */
final class SparseOperator implements ExpectationOperator {

  private final SparseMatrix forward;
  private final SparseMatrix backward;
  private final NDArray inputWeights;
  private final NDArray contextWeights;

  private SparseOperator(
      SparseMatrix forward, SparseMatrix backward, NDArray inputWeights, NDArray contextWeights) {
    this.forward = forward;
    this.backward = backward;
    this.inputWeights = inputWeights;
    this.contextWeights = contextWeights;
  }

  /**
   * Creates the operator of P⁺(a_j | x_i) = conditional[i, j].
   *
   * @param conditional [n, m], rows sum to 1
   * @param inputWeights P_X, float64 [n]; its manager owns the operator's arrays
   */
  static SparseOperator of(SparseMatrix conditional, NDArray inputWeights) {
    double[] p = inputWeights.toDoubleArray();
    double[] q = conditional.weightedColumnSums(p);
    double[] inverse = Arrays.stream(q).map(v -> v > 0 ? 1 / v : 0).toArray();
    return new SparseOperator(
        conditional,
        conditional.scale(p, inverse).transpose(),
        inputWeights,
        inputWeights.getManager().create(q));
  }

  @Override
  public int inputs() {
    return forward.rows();
  }

  @Override
  public int contexts() {
    return forward.columns();
  }

  @Override
  public NDArray inputWeights() {
    return inputWeights;
  }

  @Override
  public NDArray contextWeights() {
    return contextWeights;
  }

  @Override
  public NDArray apply(NDArray g) {
    return forward.times(g);
  }

  @Override
  public NDArray adjoint(NDArray f) {
    return backward.times(f);
  }
}
