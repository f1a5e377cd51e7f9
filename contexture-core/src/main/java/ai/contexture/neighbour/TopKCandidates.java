package ai.contexture.neighbour;

import java.util.Arrays;

/**
 * One query while the scores of all points go by, in the order of their positions.
 *
 * <p>It holds the points that may be among the nearest. When there is no room for more, those that
 * cannot be are dropped; where too many stay, as with ties, their distances are taken and the k
 * nearest kept.
 */
final class TopKCandidates {

  /** Parts into which a range of scores is cut to find where the least of them end. */
  private static final int BUCKETS = 64;

  private final NeighbourScores scores;
  private final CpuRows rows;
  private final int rank;

  private double[] query;
  private double norm;
  private int self;
  private int[] places;

  private final float[] held;
  private final int[] heldPoints;
  private int size;
  private float threshold;

  /** The nearest points whose distances were taken, in order. */
  private final double[] sums;

  private final int[] points;
  private int found;

  /**
   * Makes room.
   *
   * @param rank so many scores reach at least as far as the k-th neighbour
   * @param room the number of points that can be held
   */
  TopKCandidates(NeighbourScores scores, CpuRows rows, int k, int rank, int room) {
    this.scores = scores;
    this.rows = rows;
    this.rank = rank;
    held = new float[room];
    heldPoints = new int[room];
    sums = new double[k];
    points = new int[k];
  }

  /**
   * Starts with a query.
   *
   * @param self the point that it is, or none if that is negative
   * @param places the points that go by, ascending; null for all of them
   */
  void begin(double[] query, double norm, int self, int[] places) {
    this.query = query;
    this.norm = norm;
    this.self = self;
    this.places = places;
    size = 0;
    found = 0;
    threshold = Float.POSITIVE_INFINITY;
  }

  /** Takes in the scores of the next points that go by, so many of which did before. */
  void see(float[] values, int first) {
    for (int i = next(values, 0); i < values.length; i = next(values, i + 1)) {
      held[size] = values[i];
      heldPoints[size++] = places == null ? first + i : places[first + i];
      if (size == held.length) {
        makeRoom();
      }
    }
  }

  private int next(float[] values, int from) {
    float most = threshold;
    int i = from;
    while (i < values.length && !(values[i] <= most)) {
      i++;
    }
    return i;
  }

  private void makeRoom() {
    if (found == 0) {
      drop();
    }
    if (found > 0 || size > held.length / 2) {
      measure();
    }
  }

  /** Drops most of the points that are farther than the k-th nearest for certain. */
  private void drop() {
    int before;
    do {
      before = size;
      keep(up(scores.threshold(norm, scores.reach(norm, enough()))));
    } while (size < before && size > 2 * rank);
  }

  /** A score that rank or a few more of the points that are held do not exceed. */
  private double enough() {
    float least = held[0];
    float most = held[0];
    for (int i = 1; i < size; i++) {
      least = Math.min(least, held[i]);
      most = Math.max(most, held[i]);
    }
    float perScore = BUCKETS / (most - least);
    if (!(perScore < Float.POSITIVE_INFINITY)) {
      return most;
    }
    int[] counts = new int[BUCKETS + 1];
    for (int i = 0; i < size; i++) {
      counts[(int) ((held[i] - least) * perScore)]++;
    }
    int bucket = 0;
    for (int sum = counts[0]; sum < rank; sum += counts[bucket]) {
      bucket++;
    }
    // No score of these buckets is above their edge and what its rounding may add.
    return least + (bucket + 1) * (1 + 0x1p-20) / (double) perScore;
  }

  private void keep(float most) {
    threshold = most;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      held[kept] = held[i];
      heldPoints[kept] = heldPoints[i];
      kept += held[i] <= most ? 1 : 0;
    }
    size = kept;
  }

  /** Takes the distances of all points that are held, and keeps the k nearest. */
  private void measure() {
    // By score first: the points then come nearly in the order of their distances.
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      int bits = Float.floatToRawIntBits(held[i]);
      keys[i] = ((long) (bits ^ ((bits >> 31) & Integer.MAX_VALUE)) << 32) | heldPoints[i];
    }
    Arrays.sort(keys);
    size = 0;
    for (long key : keys) {
      int point = (int) key;
      if (point != self) {
        insert(rows.sum(query, point), point);
      }
    }
    double farthest = sums[found - 1];
    // Points to come have later positions, so that none can follow k at distance 0.
    threshold =
        farthest == 0
            ? Float.NEGATIVE_INFINITY
            : up(scores.threshold(norm, rows.distance(farthest)));
  }

  private void insert(double sum, int point) {
    int i = found;
    if (found == sums.length) {
      i--;
      if (!nearer(sum, point, i)) {
        return;
      }
    } else {
      found++;
    }
    while (i > 0 && nearer(sum, point, i - 1)) {
      sums[i] = sums[i - 1];
      points[i] = points[i - 1];
      i--;
    }
    sums[i] = sum;
    points[i] = point;
  }

  private boolean nearer(double sum, int point, int than) {
    return sum < sums[than] || (sum == sums[than] && point < points[than]);
  }

  /** Writes the neighbours, nearest first, from a place on. */
  void end(long[] index, double[] distances, int at) {
    if (found == 0) {
      drop();
    }
    measure();
    for (int i = 0; i < found; i++) {
      index[at + i] = points[i];
      distances[at + i] = sums[i];
    }
  }

  private static float up(double value) {
    return Math.nextUp((float) value);
  }
}
