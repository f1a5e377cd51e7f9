package ai.contexture.context;

import ai.djl.ndarray.NDArray;

/**
 * The expectation operator T of a finite context, applied to functions and never stored densely.
 *
 * <p>(T g)(x) = E[g(A) | x] and (T* f)(a) = E[f(X) | a] [C, §2]. A function on the n inputs is an
 * array [n, c] of its values, one function a column; on the m contexts [m, c]. Both maps take
 * float32 or float64, answer in the same type with the same manager, and are differentiable.
 */
public interface ExpectationOperator {

  /** Returns the number n of inputs. */
  int inputs();

  /** Returns the number m of contexts. */
  int contexts();

  /** Returns P_X, the probabilities of the inputs, float64 [n]. */
  NDArray inputWeights();

  /** Returns P_A, the probabilities of the contexts, float64 [m]. */
  NDArray contextWeights();

  /** Returns about how many multiplications T takes for one function. */
  default long multiplications() {
    return (long) inputs() * contexts();
  }

  /** Returns T g [n, c] for a function g [m, c] on the contexts. */
  NDArray apply(NDArray g);

  /**
   * Returns T* f [m, c] for a function f [n, c] on the inputs; zero where a context never occurs.
   */
  NDArray adjoint(NDArray f);
}
