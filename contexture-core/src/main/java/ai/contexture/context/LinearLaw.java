package ai.contexture.context;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Conditional expectations of which only linear functions of whitened features count: E[g(A)|x] =
 * Σ_a q(a) g(a) (1 + ⟨Z(x), W(a)⟩).
 */
final class LinearLaw implements ConditionalLaw {

  private final NDArray z;
  private final NDArray w;
  private final NDArray weights;
  private final NDArray z32;
  private final NDArray w32;
  private final NDArray weights32;

  /**
   * Creates the law.
   *
   * @param z float64 [b, k], the whitened features of the points
   * @param w float64 [m, k], those of the contexts, of mean 0 and covariance I under the weights
   * @param weights q, float64 [m]
   */
  LinearLaw(NDArray z, NDArray w, NDArray weights) {
    this.z = z;
    this.w = w;
    this.weights = weights.reshape(-1, 1);
    z32 = z.toType(DataType.FLOAT32, false);
    w32 = w.toType(DataType.FLOAT32, false);
    weights32 = this.weights.toType(DataType.FLOAT32, false);
  }

  private LinearLaw(NDArray z, LinearLaw other) {
    this.z = z;
    z32 = z.toType(DataType.FLOAT32, false);
    w = other.w;
    w32 = other.w32;
    weights = other.weights;
    weights32 = other.weights32;
  }

  /** Returns the law of other points over the same contexts. */
  LinearLaw at(NDArray features) {
    return new LinearLaw(features, this);
  }

  @Override
  public int points() {
    return Math.toIntExact(z.getShape().get(0));
  }

  @Override
  public int contexts() {
    return Math.toIntExact(w.getShape().get(0));
  }

  @Override
  public boolean hasProbabilities() {
    return false;
  }

  @Override
  public long multiplications() {
    return (long) (points() + contexts()) * z.getShape().get(1);
  }

  @Override
  public NDArray expectation(NDArray g) {
    boolean doubles = g.getDataType() == DataType.FLOAT64;
    try (NDManager scope = g.getManager().newSubManager()) {
      NDArray weighted = g.mul(doubles ? weights : weights32);
      weighted.attach(scope);
      return plusProduct(weighted, doubles ? w : w32, doubles ? z : z32, g.getManager(), scope);
    }
  }

  @Override
  public NDArray transposed(NDArray f) {
    boolean doubles = f.getDataType() == DataType.FLOAT64;
    try (NDManager scope = f.getManager().newSubManager()) {
      NDArray values = Torch.within(f, scope);
      NDArray sums = plusProduct(values, doubles ? z : z32, doubles ? w : w32, scope, scope);
      NDArray result = sums.mul(doubles ? weights : weights32);
      result.attach(f.getManager());
      return result;
    }
  }

  /** The column sums of v [m, c] plus right·(leftᵀ v). */
  private static NDArray plusProduct(
      NDArray v, NDArray left, NDArray right, NDManager owner, NDManager scope) {
    NDArray mean = v.sum(new int[] {0}, true);
    NDArray turned = left.transpose();
    turned.attach(scope);
    NDArray inner = turned.matMul(v);
    inner.attach(scope);
    NDArray product = right.matMul(inner);
    product.attach(scope);
    NDArray result = product.add(mean);
    result.attach(owner);
    return result;
  }
}
