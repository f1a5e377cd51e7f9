package ai.contexture.context;

import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/** Conditional laws that are probabilities, stored so that contexts can be drawn from them. */
public interface MarkovLaw extends ConditionalLaw {

  /** Returns laws [b, m] of which few probabilities are not zero. */
  static MarkovLaw sparse(SparseMatrix probabilities) {
    return new SparseLaw(probabilities);
  }

  /** Returns laws from all their probabilities, float64 [b, m]. */
  static MarkovLaw dense(NDArray probabilities) {
    return new DenseLaw(probabilities);
  }

  /**
   * Draws contexts, r for each point.
   *
   * @param samples r ≥ 1
   * @param random the only source of randomness
   * @param owner the manager of the result
   * @return int64 [b·r], positions of contexts, those of one point next to each other
   */
  NDArray draw(int samples, RandomGenerator random, NDManager owner);

  /**
   * Returns the laws of some of the points.
   *
   * @param index int64 [c], positions of points
   * @param owner the manager of the result
   */
  MarkovLaw select(NDArray index, NDManager owner);
}
