package ai.contexture.context;

import ai.djl.ndarray.NDArray;

/** The options of a context before it has seen data. */
@FunctionalInterface
public interface ContextFactory {

  /**
   * Fits the context to pretraining points.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   */
  Context fit(NDArray rows);
}
