package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/** The expectation operator of conditional laws and P_X: T* f = diag(q)⁻¹ Pᵀ diag(p) f. */
final class LawOperator implements ExpectationOperator {

  private final ConditionalLaw law;
  private final NDArray inputWeights;
  private final NDArray contextWeights;
  private final NDArray inputScale;
  private final NDArray contextScale;
  private final NDArray inputScale32;
  private final NDArray contextScale32;

  LawOperator(ConditionalLaw law, NDArray inputWeights) {
    this.law = law;
    this.inputWeights = inputWeights;
    inputScale = inputWeights.reshape(-1, 1);
    contextWeights = law.transposed(inputScale).reshape(-1);
    contextScale = inverse(contextWeights, inputWeights.getManager());
    inputScale32 = inputScale.toType(DataType.FLOAT32, false);
    contextScale32 = contextScale.toType(DataType.FLOAT32, false);
  }

  /** 1/q [m, 1], and 0 where q is 0. */
  static NDArray inverse(NDArray weights, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray q = weights.reshape(-1, 1);
      q.attach(scope);
      NDArray occurs = q.gt(0).toType(DataType.FLOAT64, false);
      NDArray result = occurs.div(q.add(occurs.neg().add(1)));
      result.attach(owner);
      return result;
    }
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
  public NDArray inputWeights() {
    return inputWeights;
  }

  @Override
  public NDArray contextWeights() {
    return contextWeights;
  }

  @Override
  public NDArray apply(NDArray g) {
    return law.expectation(g);
  }

  @Override
  public NDArray adjoint(NDArray f) {
    boolean doubles = f.getDataType() == DataType.FLOAT64;
    NDManager manager = f.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray weighted = f.mul(doubles ? inputScale : inputScale32);
      weighted.attach(scope);
      NDArray sums = law.transposed(weighted);
      NDArray result = sums.mul(doubles ? contextScale : contextScale32);
      result.attach(manager);
      return result;
    }
  }
}
