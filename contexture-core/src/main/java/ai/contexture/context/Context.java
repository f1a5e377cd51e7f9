package ai.contexture.context;

/**
 * An association P⁺(x, a) between an input X and a context variable A, fitted to pretraining
 * points.
 *
 * <p>What a context can give is its type: {@link SampledContext} draws a ~ P⁺(·|x), {@link
 * KernelContext} evaluates the dual kernel, {@link FiniteContext} gives the whole expectation
 * operator. The arrays of a context belong to the manager of the points it was fitted to. The text
 * of a context ({@code toString}) is its form on the command line, such as {@code knn(k=30)}.
 */
public interface Context {

  /** Returns the pretraining points [n, p] that the context was fitted to. */
  Points points();

  /**
   * Returns whether the context also knows rows that were not among its pretraining points.
   *
   * <p>One that does not, such as labels, can train encoders, which then embed any row.
   */
  default boolean inductive() {
    return true;
  }

  /**
   * Returns whether new rows need the pretraining points, or parts that were made of them; else the
   * context is the same if it is fitted to one of these points.
   */
  default boolean readsPoints() {
    return true;
  }

  /**
   * Returns whether the values of A are rows like the inputs, so that another context can follow.
   *
   * <p>Those of labels are not.
   */
  default boolean yieldsInputs() {
    return true;
  }
}
