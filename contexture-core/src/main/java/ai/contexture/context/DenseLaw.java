package ai.contexture.context;

import ai.contexture.torch.CounterRandom;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.random.RandomGenerator;

/** Conditional laws whose probabilities are all stored. */
final class DenseLaw implements MarkovLaw {

  private final NDArray probabilities;
  private NDArray floats;

  DenseLaw(NDArray probabilities) {
    this.probabilities = probabilities;
  }

  @Override
  public int points() {
    return Math.toIntExact(probabilities.getShape().get(0));
  }

  @Override
  public int contexts() {
    return Math.toIntExact(probabilities.getShape().get(1));
  }

  private NDArray matrix(DataType type) {
    if (type == DataType.FLOAT64) {
      return probabilities;
    }
    if (floats == null) {
      floats = probabilities.toType(DataType.FLOAT32, false);
    }
    return floats;
  }

  @Override
  public NDArray expectation(NDArray g) {
    NDArray result = matrix(g.getDataType()).matMul(g);
    result.attach(g.getManager());
    return result;
  }

  @Override
  public NDArray transposed(NDArray f) {
    try (NDArray turned = matrix(f.getDataType()).transpose()) {
      NDArray result = turned.matMul(f);
      result.attach(f.getManager());
      return result;
    }
  }

  @Override
  public NDArray dense(NDManager owner) {
    NDArray copy = probabilities.duplicate();
    copy.attach(owner);
    return copy;
  }

  @Override
  public NDArray draw(int samples, RandomGenerator random, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray cumulative = probabilities.cumSum(1);
      cumulative.attach(scope);
      NDArray position =
          Torch.searchSorted(cumulative, uniform(points(), samples, random, scope)).flatten();
      position.attach(owner);
      return position;
    }
  }

  @Override
  public MarkovLaw select(NDArray index, NDManager owner) {
    NDArray rows = probabilities.get(index);
    rows.attach(owner);
    return new DenseLaw(rows);
  }

  /** Uniform numbers in [0, 1), float64 [b, r]. */
  static NDArray uniform(int b, int samples, RandomGenerator random, NDManager owner) {
    return CounterRandom.uniform(owner, random.nextLong(), b, samples);
  }
}
