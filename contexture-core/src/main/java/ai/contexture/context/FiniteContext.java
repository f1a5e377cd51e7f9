package ai.contexture.context;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * A context whose variable A has finitely many values, so that its whole operator is known.
 *
 * <p>The dual kernel and expectations at any points follow from the conditional laws.
 */
public interface FiniteContext extends KernelContext {

  /** Returns the m values of A. */
  Points contexts();

  /** Returns the expectation operator between functions on the contexts and on the points. */
  ExpectationOperator operator();

  /**
   * Returns the conditional laws P⁺(·|x) of any points over the contexts.
   *
   * @param x b points, seen in pretraining or not; their manager owns what the laws hold, but for
   *     the laws of all pretraining points, which belong to the context
   * @throws IllegalArgumentException if the points are new and the context is not {@link
   *     #inductive}
   */
  ConditionalLaw law(Points x);

  /**
   * Returns the expectation (T g)(x) = E[g(A) | x] at any points, seen in pretraining or not.
   *
   * @param x b points
   * @param g [m, c], a function's values on the contexts
   * @return [b, c] in the type of g, which belongs to the manager of x
   */
  default NDArray expectation(Points x, NDArray g) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray mean = law(x.within(scope)).expectation(g);
      mean.attach(manager);
      return mean;
    }
  }

  @Override
  default NDArray kernel(Points x, Points y) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray weights = operator().contextWeights().reshape(-1, 1);
      weights.attach(scope);
      NDArray inverse = Torch.reciprocal(weights);
      NDArray weighted = law(y.within(scope)).dense(scope).transpose().mul(inverse);
      NDArray gram = law(x.within(scope)).expectation(weighted);
      NDArray result = gram.toType(DataType.FLOAT64, false);
      result.attach(manager);
      return result;
    }
  }
}
