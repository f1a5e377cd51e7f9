package ai.contexture.neighbour;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** A way to find exact neighbours; all give the same bits. */
interface NeighbourSearch {

  /**
   * Some queries, and the points among which their neighbours are searched for.
   *
   * @param queries positions of queries
   * @param points positions of points, ascending, at least k of them, or k others than the query
   */
  record Part(int[] queries, int[] points) {}

  /** Returns the way that suits the device of the points. */
  static NeighbourSearch by(NDArray points) {
    return points.getDevice().isGpu() ? DeviceSearch.on(points.getDevice()) : CpuSearch.DEFAULT;
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

  /**
   * Returns the k nearest points of every query among some points only.
   *
   * @param parts hold every query once
   * @see #find(NDArray, NDArray, int, boolean, boolean)
   */
  default Neighbours find(
      NDArray queries,
      NDArray points,
      int k,
      boolean others,
      boolean manhattan,
      Iterable<Part> parts) {
    int b = Math.toIntExact(queries.getShape().get(0));
    long[] index = new long[Math.multiplyExact(b, k)];
    double[] distances = new double[index.length];
    int found = others ? k + 1 : k;
    NDManager owner = queries.getManager();
    for (Part part : parts) {
      try (NDManager step = owner.newSubManager()) {
        int rank = Math.min(found, part.points().length);
        Neighbours near =
            find(
                select(queries, part.queries(), step),
                select(points, part.points(), step),
                rank,
                false,
                manhattan);
        long[] places = near.index().toLongArray();
        double[] values = near.distances().toDoubleArray();
        for (int i = 0; i < part.queries().length; i++) {
          int query = part.queries()[i];
          int at = query * k;
          for (int j = 0; j < rank && at < (query + 1) * k; j++) {
            int point = part.points()[(int) places[i * rank + j]];
            if (!others || point != query) {
              index[at] = point;
              distances[at++] = values[i * rank + j];
            }
          }
        }
      }
    }
    Shape shape = new Shape(b, k);
    return new Neighbours(owner.create(index, shape), owner.create(distances, shape));
  }

  /** Returns the rows at some positions, which belong to the scope. */
  static NDArray select(NDArray rows, int[] positions, NDManager scope) {
    NDArray selected = rows.get(scope.create(Arrays.stream(positions).asLongStream().toArray()));
    selected.attach(scope);
    return selected;
  }
}
