package ai.contexture.view;

import ai.djl.ndarray.NDArray;

/** A view of which it is known how probable each result is. */
public interface DensityView extends View {

  /** The density of given values of A. */
  @FunctionalInterface
  interface Density {

    /**
     * Returns log P⁺(a_j|x_i) up to a number for each a_j; −∞ where a_j is no view of x_i.
     *
     * @param rows x, [b, p]; their manager owns the result
     * @return float64 [b, m]
     */
    NDArray log(NDArray rows);
  }

  /**
   * Prepares the density of given values of A.
   *
   * @param views a, float64 [m, p], as this view made them; their manager owns what is prepared
   */
  Density density(NDArray views);

  /**
   * Returns whether every row can give every view of every other row, so that the density says
   * something of rows that were not among the pretraining rows.
   */
  boolean reachesAll();
}
