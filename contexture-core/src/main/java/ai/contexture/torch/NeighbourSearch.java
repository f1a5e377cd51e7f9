package ai.contexture.torch;

import ai.djl.ndarray.NDArray;

/** A way to find exact neighbours; all give the same bits. */
interface NeighbourSearch {

  /** Returns the way that suits the device of the points. */
  static NeighbourSearch by(NDArray points) {
    return points.getDevice().isGpu() ? DeviceSearch.DEFAULT : HostSearch.DEFAULT;
  }

  /**
   * Returns the k nearest points of every query, in squared Euclidean or Manhattan distance.
   *
   * @param queries float64 [b, p], finite; its manager owns the result
   * @param points float64 [n, p], finite
   * @param k how many, 1 ≤ k ≤ n, or k &lt; n where the query itself is left out
   * @param others whether query i is point i, and to be left out of its own neighbours
   */
  Neighbours find(NDArray queries, NDArray points, int k, boolean others, boolean manhattan);
}
