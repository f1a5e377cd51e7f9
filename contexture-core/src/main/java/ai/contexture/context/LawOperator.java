package ai.contexture.context;

import ai.contexture.torch.SparseMatrix;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The expectation operator of conditional laws and P_X: T g = P g and T* f = diag(q)⁻¹ Pᵀ diag(p) f
 * with q = Pᵀp.
 *
 * @param law P [n, m]
 * @param inputWeights p, float64 [n]
 * @param contextWeights q, float64 [m]
 * @param back T*
 */
record LawOperator(
    ConditionalLaw law, NDArray inputWeights, NDArray contextWeights, UnaryOperator<NDArray> back)
    implements ExpectationOperator {

  /** Returns the operator of any laws; the manager of P_X owns its arrays. */
  static LawOperator of(ConditionalLaw law, NDArray inputWeights) {
    NDArray p = inputWeights.reshape(-1, 1);
    NDArray q = law.transposed(p);
    NDArray inverse = Torch.reciprocal(q);
    NDArray p32 = p.toType(DataType.FLOAT32, false);
    NDArray inverse32 = inverse.toType(DataType.FLOAT32, false);
    return new LawOperator(
        law,
        inputWeights,
        q.reshape(-1),
        f -> {
          boolean doubles = f.getDataType() == DataType.FLOAT64;
          NDManager manager = f.getManager();
          try (NDManager scope = manager.newSubManager()) {
            NDArray weighted = f.mul(doubles ? p : p32);
            weighted.attach(scope);
            NDArray result = law.transposed(weighted).mul(doubles ? inverse : inverse32);
            result.attach(manager);
            return result;
          }
        });
  }

  /** Returns the operator of sparse laws, whose adjoint is one sparse product, too. */
  static LawOperator of(SparseLaw law, NDArray inputWeights) {
    SparseMatrix forward = law.probabilities();
    double[] p = Torch.doubles(inputWeights);
    double[] q = forward.weightedColumnSums(p);
    double[] inverse = Arrays.stream(q).map(v -> v > 0 ? 1 / v : 0).toArray();
    SparseMatrix backward = forward.scale(p, inverse).transpose();
    NDArray contextWeights = inputWeights.getManager().create(q);
    return new LawOperator(law, inputWeights, contextWeights, backward::times);
  }

  @Override
  public int inputs() {
    return law.points();
  }

  @Override
  public int contexts() {
    return law.contexts();
  }

  @Override
  public long multiplications() {
    return law.multiplications();
  }

  @Override
  public NDArray apply(NDArray g) {
    return law.expectation(g);
  }

  @Override
  public NDArray adjoint(NDArray f) {
    return back.apply(f);
  }
}
