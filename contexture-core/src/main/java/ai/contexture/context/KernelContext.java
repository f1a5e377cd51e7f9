package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.stream.LongStream;

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

  /** Returns k_X⁺(x, x) of b points, [b]. */
  default double[] diagonal(Points x) {
    int tile = 64; // of each other's kernel
    double[] diagonal = new double[x.size()];
    for (int start = 0; start < diagonal.length; start += tile) {
      int end = Math.min(diagonal.length, start + tile);
      try (NDManager step = x.manager().newSubManager()) {
        Points some = x.subset(step.create(LongStream.range(start, end).toArray()));
        double[] block = kernel(some, some).toDoubleArray();
        for (int i = start; i < end; i++) {
          diagonal[i] = block[(i - start) * (end - start + 1)];
        }
      }
    }
    return diagonal;
  }
}
