package ai.contexture.context;

import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/** Conditional laws of which few probabilities are not zero. */
final class SparseLaw implements MarkovLaw {

  private final SparseMatrix probabilities;
  private SparseMatrix transposed;

  SparseLaw(SparseMatrix probabilities) {
    this.probabilities = probabilities;
  }

  SparseMatrix probabilities() {
    return probabilities;
  }

  @Override
  public int points() {
    return probabilities.rows();
  }

  @Override
  public int contexts() {
    return probabilities.columns();
  }

  @Override
  public long multiplications() {
    return probabilities.size();
  }

  @Override
  public NDArray expectation(NDArray g) {
    return probabilities.times(g);
  }

  @Override
  public NDArray transposed(NDArray f) {
    if (transposed == null) {
      transposed = probabilities.transpose();
    }
    return transposed.times(f);
  }

  @Override
  public NDArray dense(NDManager owner) {
    return probabilities.toDense(owner);
  }

  @Override
  public ExpectationOperator operator(NDArray inputWeights) {
    return LawOperator.of(this, inputWeights);
  }

  @Override
  public NDArray draw(int samples, RandomGenerator random, NDManager owner) {
    try (NDArray uniform = DenseLaw.uniform(points(), samples, random, owner)) {
      return probabilities.draw(uniform, owner);
    }
  }

  @Override
  public MarkovLaw select(NDArray index, NDManager owner) {
    return new SparseLaw(probabilities.selectRows(index, owner));
  }
}
