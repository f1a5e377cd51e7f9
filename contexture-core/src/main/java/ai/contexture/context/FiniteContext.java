package ai.contexture.context;

import ai.djl.ndarray.NDArray;

/** A context whose variable A has finitely many values, so that its whole operator is known. */
public interface FiniteContext extends Context {

  /** Returns the m values of A. */
  Points contexts();

  /** Returns the expectation operator between functions on the contexts and on the points. */
  ExpectationOperator operator();

  /**
   * Returns the expectation (T g)(x) = E[g(A) | x] at any points, seen in pretraining or not.
   *
   * @param x b points
   * @param g [m, c], a function's values on the contexts
   * @return [b, c] in the type of g, which belongs to the manager of x
   */
  NDArray expectation(Points x, NDArray g);
}
