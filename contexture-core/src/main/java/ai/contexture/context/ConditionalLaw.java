package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * The conditional laws P⁺(·|x) of b points over m contexts: a matrix [b, m] whose rows sum to 1,
 * applied to functions and not necessarily stored. Its entries are probabilities, unless only the
 * expectations of some functions are known ({@link #hasProbabilities}).
 *
 * <p>The maps take float32 or float64, answer in the same type with the same manager, and are
 * differentiable.
 */
public interface ConditionalLaw {

  /** Returns the number b of points. */
  int points();

  /** Returns the number m of contexts. */
  int contexts();

  /**
   * Returns whether the entries are the probabilities of the m values of A. Where only expectations
   * of linear functions are known, they may be negative, and say nothing of a single value.
   */
  default boolean hasProbabilities() {
    return true;
  }

  /** Returns about how many multiplications an expectation takes for one function. */
  default long multiplications() {
    return (long) points() * contexts();
  }

  /** Returns E[g(A) | x] [b, c] for a function g [m, c] on the contexts. */
  NDArray expectation(NDArray g);

  /** Returns Σ_x P⁺(a|x) f(x), [m, c], for a function f [b, c] on the points. */
  NDArray transposed(NDArray f);

  /** Returns the matrix itself, float64 [b, m], which belongs to the given manager. */
  default NDArray dense(NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray identity = scope.eye(points()).toType(DataType.FLOAT64, false);
      NDArray matrix = transposed(identity).transpose();
      NDArray copy = matrix.duplicate();
      copy.attach(owner);
      return copy;
    }
  }

  /**
   * Returns the expectation operator that these laws make together with P_X.
   *
   * @param inputWeights P_X, float64 [b], which sums to 1; its manager owns the operator's arrays
   */
  default ExpectationOperator operator(NDArray inputWeights) {
    return LawOperator.of(this, inputWeights);
  }
}
