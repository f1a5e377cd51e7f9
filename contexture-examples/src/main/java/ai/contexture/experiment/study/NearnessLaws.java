package ai.contexture.experiment.study;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The conditional laws of contexts by nearness at several strengths, which share their distances
 * and the order of neighbours: what takes longest for contexts that average over masks.
 */
final class NearnessLaws {

  /** So many rows are compared with the points at once. */
  private static final int TILE = 128;

  /** Distances that differ by less than this part of the largest are equal within rounding. */
  private static final double STEPS = 1L << 32;

  private static final int POSITION_BITS = 24;

  private final NDArray rows;
  private final int n;
  private final NDArray keep;

  private NearnessLaws(NDArray rows, int n, NDArray keep) {
    this.rows = rows;
    this.n = n;
    this.keep = keep;
  }

  /** Work on the squared distances [t, n] of the rows from a position on, under one mask. */
  private interface Work {
    void on(NDArray distances, int from);
  }

  /**
   * Returns the mean over the masks of P⁺(a|x) ∝ exp(−γ‖x − a‖²).
   *
   * @param rows float64 [b, p], of which the first n are the pretraining points
   * @param keep which inputs each mask keeps, float64 [masks, p]
   * @param gammas γ of each strength
   * @return for each strength [b, n], row by row
   */
  static double[][] rbf(NDArray rows, int n, NDArray keep, double[] gammas) {
    NearnessLaws laws = new NearnessLaws(rows, n, keep);
    double[][] all = laws.zeros(gammas.length);
    for (int from = 0; from < laws.rows(); from += TILE) {
      laws.gaussian(from, gammas, all);
    }
    return all;
  }

  /**
   * Returns the mean over the masks of P⁺(a|x) = 1/K on the K pretraining points that are nearest
   * to x: of equally near ones those that come first, and before all others a pretraining point
   * itself.
   *
   * @param rows float64 [b, p], of which the first n are the pretraining points
   * @param keep which inputs each mask keeps, float64 [masks, p]
   * @param counts K of each strength in ascending order
   * @return for each strength [b, n], row by row
   */
  static double[][] knn(NDArray rows, int n, NDArray keep, int[] counts) {
    NearnessLaws laws = new NearnessLaws(rows, n, keep);
    double[][] all = laws.zeros(counts.length);
    for (int from = 0; from < laws.rows(); from += TILE) {
      laws.forEachMask(from, (distances, start) -> laws.count(distances, start, counts, all));
    }
    for (int l = 0; l < counts.length; l++) {
      for (int i = 0; i < all[l].length; i++) {
        all[l][i] += l == 0 ? 0 : all[l - 1][i];
      }
    }
    for (int l = 0; l < counts.length; l++) {
      double each = (double) counts[l] * laws.masks();
      all[l] = Arrays.stream(all[l]).map(count -> count / each).toArray();
    }
    return all;
  }

  /** Returns the median squared distance of two different rows [n, p], all pairs counted. */
  static double medianDistance(NDArray rows) {
    int n = Math.toIntExact(rows.getShape().get(0));
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray own = rows.duplicate();
      own.attach(scope);
      double[] all = squaredDistances(own, own).toDoubleArray();
      double[] pairs =
          IntStream.range(0, n * n).filter(i -> i / n < i % n).mapToDouble(i -> all[i]).toArray();
      Arrays.sort(pairs);
      return pairs[pairs.length / 2];
    }
  }

  private int rows() {
    return Math.toIntExact(rows.getShape().get(0));
  }

  private int masks() {
    return Math.toIntExact(keep.getShape().get(0));
  }

  private double[][] zeros(int strengths) {
    return new double[strengths][Math.multiplyExact(rows(), n)];
  }

  private void forEachMask(int from, Work work) {
    for (int i = 0; i < masks(); i++) {
      try (NDManager scope = rows.getManager().newSubManager()) {
        NDArray mask = keep.get(i);
        mask.attach(scope);
        NDArray points = rows.get("0:" + n);
        points.attach(scope);
        NDArray tile = rows.get(from + ":" + Math.min(rows(), from + TILE));
        tile.attach(scope);
        work.on(squaredDistances(tile.mul(mask), points.mul(mask)), from);
      }
    }
  }

  /** ‖x − a‖² of all pairs [t, n]. */
  private static NDArray squaredDistances(NDArray x, NDArray a) {
    NDArray own = x.square().sum(new int[] {1}, true);
    NDArray others = a.square().sum(new int[] {1});
    return x.matMul(a.transpose()).mul(-2).add(own).add(others).maximum(0);
  }

  private void gaussian(int from, double[] gammas, double[][] laws) {
    int height = Math.min(rows(), from + TILE) - from;
    try (NDManager scope = rows.getManager().newSubManager()) {
      List<NDArray> sums = new ArrayList<>();
      for (int l = 0; l < gammas.length; l++) {
        sums.add(scope.zeros(new Shape(height, n), DataType.FLOAT64));
      }
      forEachMask(
          from,
          (distances, start) -> {
            for (int l = 0; l < gammas.length; l++) {
              sums.get(l).addi(distances.mul(-gammas[l]).softmax(1));
            }
          });
      for (int l = 0; l < gammas.length; l++) {
        double[] law = sums.get(l).divi(masks()).toDoubleArray();
        System.arraycopy(law, 0, laws[l], from * n, law.length);
      }
    }
  }

  /** Counts each neighbour at the first strength whose K it is among. */
  private void count(NDArray distances, int from, int[] counts, double[][] laws) {
    double[] squares = distances.toDoubleArray();
    double largest = Math.max(Double.MIN_NORMAL, Arrays.stream(squares).max().orElseThrow());
    long[] order = new long[n];
    for (int i = 0; i < squares.length / n; i++) {
      for (int j = 0; j < n; j++) {
        long step = from + i == j ? -1 : Math.round(squares[i * n + j] / largest * STEPS);
        order[j] = (step << POSITION_BITS) | j;
      }
      Arrays.sort(order);
      int rank = 0;
      for (int l = 0; l < counts.length; l++) {
        for (; rank < counts[l]; rank++) {
          laws[l][(from + i) * n + (int) (order[rank] & ((1L << POSITION_BITS) - 1))]++;
        }
      }
    }
  }
}
