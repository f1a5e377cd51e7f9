package ai.contexture.neighbour;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Cheap stand-ins for distances, and how far rounding can have moved them.
 *
 * <p>The rows are centred and, for float32, scaled by a power of two; D is a distance between such
 * rows. The score of a point for a query is its ½D² − ½‖q‖² = ½‖x‖² − ⟨q, x⟩, one product of rows
 * with one column more, or in Manhattan distance its D.
 *
 * <p>With u the unit roundoff, a product is off by at most c (½‖x‖² + ‖q‖‖x‖) with c about pu,
 * whatever the order of its terms. Since ‖x‖ ≤ ‖q‖ + D, that is at most c (1.5‖q‖² + 2‖q‖D + ½D²):
 * a bound that knows the query only, so that far points do not blur near ones. A Manhattan score is
 * off by at most c D + 3u‖q‖₁.
 */
final class NeighbourScores {

  /** Rows that the centre is the median of. */
  private static final int SAMPLE = 101;

  /** Rows that are prepared at once. */
  private static final int BLOCK = 1 << 14;

  private final boolean manhattan;
  private final DataType type;
  private final NDArray centre;
  private final double scale;
  private final double c;
  private final double ofNorm;
  private final double tiny;
  private final double exactness;

  /**
   * Chooses centre and scale.
   *
   * @param type what scores are computed in, float32 or float64
   * @param scope owns the centre
   */
  NeighbourScores(
      NDArray queries, NDArray points, boolean manhattan, DataType type, NDManager scope) {
    this.manhattan = manhattan;
    this.type = type;
    long n = points.getShape().get(0);
    long p = points.getShape().get(1);
    // A median, since one wild row must not move the centre away from all others.
    NDArray sample = points.get("::" + (n + SAMPLE - 1) / SAMPLE);
    sample.attach(scope);
    centre = sample.median(new int[] {0}).reshape(1, -1);
    centre.attach(scope);
    boolean single = type == DataType.FLOAT32;
    scale = single ? scale(Math.max(spread(queries), spread(points))) : 1;
    double unit = single ? 0x1p-24 : 0x1p-53;
    // Rounded rows, products and sums; in float64 the squares' sums and norms too.
    double roundings = (single ? p + 16 : 2 * p + 24) * unit;
    c = roundings / (1 - roundings);
    ofNorm = 3 * unit;
    tiny = (p + 2) * (single ? 0x1p-124 : 0x1p-500);
    exactness = 1 + (p + 8) * 0x1p-52;
  }

  /** The largest absolute value after centring. */
  private double spread(NDArray rows) {
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray view = Torch.within(rows, scope);
      NDArray above = view.max(new int[] {0}, true).sub(centre).max();
      NDArray below = view.min(new int[] {0}, true).sub(centre).min();
      return Math.max(above.getDouble(), -below.getDouble());
    }
  }

  /** The power of two that brings a value near 1. */
  private static double scale(double largest) {
    return largest > 0 ? Math.scalb(1.0, -Math.max(-1000, Math.getExponent(largest))) : 1;
  }

  double scale() {
    return scale;
  }

  /** Returns points as the right factor of products [n, p + 1], or for Manhattan [n, p]. */
  NDArray right(NDArray points, NDManager scope) {
    long n = points.getShape().get(0);
    NDList blocks = new NDList();
    for (long start = 0; start < n; start += BLOCK) {
      try (NDManager step = scope.newSubManager()) {
        NDArray block = points.get(start + ":" + Math.min(n, start + BLOCK));
        block.attach(step);
        NDArray rows = moved(block);
        if (!manhattan) {
          NDArray half = rows.square().sum(new int[] {1}, true).mul(0.5);
          rows = NDArrays.concat(new NDList(rows, half), 1);
        }
        NDArray typed = rows.toType(type, false);
        typed.attach(scope);
        blocks.add(typed);
      }
    }
    NDArray all = NDArrays.concat(blocks);
    all.attach(scope);
    blocks.close();
    return all;
  }

  /** Returns queries as the left factor of products [b, p + 1], or for Manhattan [b, p]. */
  NDArray left(NDArray queries) {
    NDArray rows = moved(queries);
    if (!manhattan) {
      NDArray one = rows.getManager().ones(rows.getShape().slice(0, 1).add(1), DataType.FLOAT64);
      rows = NDArrays.concat(new NDList(rows.neg(), one), 1);
    }
    return rows.toType(type, false);
  }

  /** Returns ‖q‖, or for Manhattan ‖q‖₁, of each query [b, 1]. */
  NDArray norms(NDArray queries) {
    NDArray rows = moved(queries);
    return manhattan
        ? rows.abs().sum(new int[] {1}, true)
        : rows.square().sum(new int[] {1}, true).sqrt();
  }

  /**
   * Returns the greatest score that a point may have whose distance, computed in float64, is at
   * most so great.
   *
   * @param distance Euclidean or Manhattan, between the rows as they were given
   */
  double threshold(double norm, double distance) {
    double d = distance * scale * exactness + scale * 0x1p-500;
    if (d == Double.POSITIVE_INFINITY) {
      return d;
    }
    return manhattan
        ? d + c * d + ofNorm * norm + tiny
        : 0.5 * (d * d - norm * norm) + c * (1.5 * norm * norm + 2 * norm * d + 0.5 * d * d) + tiny;
  }

  /** Returns {@link #threshold} for many queries, [b, 1]. */
  NDArray thresholds(NDArray norms, NDArray distances) {
    NDArray d = distances.mul(scale * exactness).add(scale * 0x1p-500);
    if (manhattan) {
      return d.mul(1 + c).add(norms.mul(ofNorm)).add(tiny);
    }
    NDArray squares = d.square().mul(0.5 + 0.5 * c);
    return squares.add(norms.mul(d).mul(2 * c)).add(norms.square().mul(1.5 * c - 0.5)).add(tiny);
  }

  /** Returns the greatest distance that a point with at most this score may have. */
  double reach(double norm, double score) {
    if (!(c < 0.5)) {
      return Double.POSITIVE_INFINITY;
    }
    if (manhattan) {
      return (score + ofNorm * norm + tiny) / (1 - c) / scale;
    }
    // ½D² − c (1.5‖q‖² + 2‖q‖D + ½D²) ≤ score + ½‖q‖² is a quadratic inequality in D.
    double known = score + 0.5 * norm * norm + 1.5 * c * norm * norm + tiny;
    double b = 2 * c * norm;
    return (b + Math.sqrt(Math.max(0, b * b + 2 * (1 - c) * known))) / (1 - c) / scale;
  }

  private NDArray moved(NDArray rows) {
    return rows.sub(centre).mul(scale);
  }
}
