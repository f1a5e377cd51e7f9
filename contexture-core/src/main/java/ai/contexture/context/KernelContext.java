package ai.contexture.context;

import ai.djl.ndarray.NDArray;

/** A context whose dual kernel can be evaluated. */
public interface KernelContext extends Context {

  /**
   * Returns the dual kernel k_X⁺(x, y) = ∫ P⁺(a|x) P⁺(a|y) / P_A(a) da of all pairs [D, §2.1].
   *
   * <p>Values are densities against the pretraining distribution: the mean over y ~ P_X is 1.
   *
   * @param x b points
   * @param y c points
   * @return float64 [b, c], which belongs to the manager of x
   */
  NDArray kernel(Points x, Points y);
}
