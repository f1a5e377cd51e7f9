package ai.contexture.neighbour;

import ai.contexture.input.InputException;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Points in cells, so that a query is compared with points near it only.
 *
 * <p>Each point belongs to the cell of the centre next to it, and the centres are the means of
 * their cells (a few rounds of k-means). A query is compared with all points of the cell that it
 * falls into and of the cells whose centres are next to that one's, as {@link Neighbours} does it:
 * distances are exact, but a neighbour in a cell farther away is missed. So many cells are visited
 * that, of a sample of points, at least {@value #WANTED} of the neighbours are found.
 *
 * <p>How much that gains hangs on the points: with few degrees of freedom, such as clusters or
 * columns that follow from a few others, a few cells suffice; among independent columns the
 * neighbours are everywhere, as {@link #compared} tells. The same points give the same cells, and
 * what is found for a query does not hang on other queries.
 */
public final class NeighbourCells {

  /** The share of the sample's neighbours that is found at least. */
  static final double WANTED = 0.98;

  private static final int SAMPLE = 1000;

  /** So many cells for each root of the number of points. */
  private static final double CELLS = 3;

  /** Points for each cell from which the centres are found. */
  private static final int POINTS_PER_CENTRE = 32;

  private static final int ROUNDS = 5;

  /** Rows whose products are taken at once. */
  private static final int BLOCK = 1 << 11;

  private final NDArray points;
  private final int k;
  private final Distance distance;
  private final NeighbourSearch exact;

  /** The centres [cells, p], row after row. */
  private double[] centres;

  private int[][] members;

  /** The cells that are visited from each cell, itself the first. */
  private int[][] visited;

  private double recall;

  private NeighbourCells(NDArray points, int k, Distance distance, NeighbourSearch exact) {
    this.points = points;
    this.k = k;
    this.distance = distance;
    this.exact = exact;
  }

  /**
   * Puts points into cells and measures how many of these a query must visit.
   *
   * @param points float64 [n, p]; they are not copied, and must stay open and as they are
   * @param k how many neighbours will be searched for, 1 ≤ k &lt; n
   * @throws IllegalArgumentException if k is another number, or a value is not finite
   * @throws InputException if the distance is {@link Distance#COSINE} and a row is zero
   */
  public static NeighbourCells of(NDArray points, int k, Distance distance) {
    return of(points, k, distance, NeighbourSearch.by(points));
  }

  static NeighbourCells of(NDArray points, int k, Distance distance, NeighbourSearch exact) {
    Neighbours.requireCount(k, points.getShape().get(0) - 1, "the number of other points");
    NeighbourCells cells = new NeighbourCells(points, k, distance, exact);
    try (NDManager scope = points.getManager().newSubManager()) {
      cells.build(Neighbours.rows("points", points, distance, scope));
    }
    return cells;
  }

  /**
   * Returns the k points next to every point that were found, itself the first.
   *
   * @return with the manager of the points
   */
  public Neighbours includingSelf() {
    return Neighbours.includingSelf(points, k, distance, this::find);
  }

  /**
   * Returns the k other points next to every point that were found, itself left out.
   *
   * @return with the manager of the points
   */
  public Neighbours excludingSelf() {
    return Neighbours.excludingSelf(points, k, distance, this::find);
  }

  /**
   * Returns the k points next to every query that were found.
   *
   * @param queries float64 [b, p]; its manager owns the result
   * @throws IllegalArgumentException if a value is not finite
   * @throws InputException if the distance is {@link Distance#COSINE} and a row is zero
   */
  public Neighbours search(NDArray queries) {
    return Neighbours.search(queries, points, k, distance, this::find);
  }

  /**
   * Returns the share of true neighbours that is found, in [0, 1]: measured on 1,000 points, or on
   * all if there are fewer, each of them left out of its own k neighbours. It is more where cells
   * are visited only because there are fewer than k points in the others.
   */
  public double recall() {
    return recall;
  }

  /** Returns the share of all pairs of points that is compared, in (0, 1]. */
  public double compared() {
    double pairs = 0;
    long n = 0;
    for (int cell = 0; cell < members.length; cell++) {
      n += members[cell].length;
      pairs += (double) members[cell].length * comparedFrom(cell);
    }
    return pairs / ((double) n * n);
  }

  private void build(NDArray rows) {
    int n = Math.toIntExact(rows.getShape().get(0));
    int cells = Math.min(n, (int) Math.ceil(CELLS * Math.sqrt(n)));
    Seed seed = Seed.of(0).derive("cells");
    centres = centres(rows, cells, seed.derive("centres").generator());
    int[] cellOf = cellOf(rows);
    members = grouped(cellOf, cells);
    int[] sample = Draws.distinct(Math.min(n, SAMPLE), n, seed.derive("sample").generator());
    int[] found = new int[cells];
    visited = new int[cells][];
    int count = cellsToVisit(rows, sample, cellOf, found);
    recall = IntStream.of(found).limit(count).sum() / ((double) sample.length * k);
    IntStream.range(0, cells)
        .parallel()
        .forEach(
            cell -> {
              int[] order = nearestCells(cell);
              int size = 0;
              int last = 0;
              while (last < cells && (last < count || size < k + 1)) {
                size += members[order[last++]].length;
              }
              visited[cell] = Arrays.copyOf(order, last);
            });
  }

  /** The means of cells after a few rounds of k-means on a part of the rows. */
  private double[] centres(NDArray rows, int cells, RandomGenerator random) {
    int n = Math.toIntExact(rows.getShape().get(0));
    int p = Math.toIntExact(rows.getShape().get(1));
    int[] part = Draws.distinct((int) Math.min(n, (long) POINTS_PER_CENTRE * cells), n, random);
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray some = NeighbourSearch.select(rows, part, scope);
      double[] values = some.toDoubleArray();
      double[] means = Arrays.copyOf(values, cells * p);
      for (int round = 0; round < ROUNDS; round++) {
        int[] cellOf = roughlyNearest(some, means);
        double[] sums = new double[cells * p];
        int[] counts = new int[cells];
        for (int i = 0; i < part.length; i++) {
          counts[cellOf[i]]++;
          for (int c = 0; c < p; c++) {
            sums[cellOf[i] * p + c] += values[i * p + c];
          }
        }
        for (int i = 0; i < means.length; i++) {
          means[i] = counts[i / p] == 0 ? means[i] : sums[i] / counts[i / p];
        }
      }
      return means;
    }
  }

  /** The centre next to each row, as the products of rounded numbers tell. */
  private static int[] roughlyNearest(NDArray rows, double[] means) {
    try (NDManager scope = rows.getManager().newSubManager()) {
      long n = rows.getShape().get(0);
      long p = rows.getShape().get(1);
      NDArray to = scope.create(means, new Shape(means.length / p, p));
      NDArray half = to.square().sum(new int[] {1}).div(2);
      NDArray columns = to.transpose();
      int[] nearest = new int[Math.toIntExact(n)];
      for (int start = 0; start < n; start += BLOCK) {
        try (NDManager step = scope.newSubManager()) {
          NDArray block = rows.get(start + ":" + Math.min(n, start + BLOCK));
          block.attach(step);
          long[] index = block.matMul(columns).neg().add(half).argMin(1).toLongArray();
          for (int i = 0; i < index.length; i++) {
            nearest[start + i] = (int) index[i];
          }
        }
      }
      return nearest;
    }
  }

  private int[] cellOf(NDArray rows) {
    try (NDManager scope = rows.getManager().newSubManager()) {
      long p = rows.getShape().get(1);
      NDArray to = scope.create(centres, new Shape(centres.length / p, p));
      NDArray from = Torch.within(rows, scope);
      NDArray index = exact.find(from, to, 1, false, distance == Distance.MANHATTAN).index();
      return Arrays.stream(index.toLongArray()).mapToInt(Math::toIntExact).toArray();
    }
  }

  /**
   * Finds out how many cells hold the wanted share of the sample's neighbours.
   *
   * @param found counts the neighbours that are in the nearest cell, the next, and so on
   */
  private int cellsToVisit(NDArray rows, int[] sample, int[] cellOf, int[] found) {
    int near = k + 1; // a point has at most one neighbour that is itself
    long[] index;
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray queries = NeighbourSearch.select(rows, sample, scope);
      index =
          exact
              .find(queries, rows, near, false, distance == Distance.MANHATTAN)
              .index()
              .toLongArray();
    }
    int[][] ranks = new int[sample.length][];
    IntStream.range(0, sample.length)
        .parallel()
        .forEach(
            i -> {
              int[] order = nearestCells(cellOf[sample[i]]);
              int[] rankOf = new int[order.length];
              for (int rank = 0; rank < order.length; rank++) {
                rankOf[order[rank]] = rank;
              }
              ranks[i] =
                  Arrays.stream(index, i * near, (i + 1) * near)
                      .filter(neighbour -> neighbour != sample[i])
                      .limit(k)
                      .mapToInt(neighbour -> rankOf[cellOf[(int) neighbour]])
                      .toArray();
            });
    for (int[] some : ranks) {
      for (int rank : some) {
        found[rank]++;
      }
    }
    double wanted = WANTED * sample.length * k;
    int count = 0;
    for (long sum = 0; sum < wanted; count++) {
      sum += found[count];
    }
    return count;
  }

  /** All cells, those first whose centres are next to that of this one, which is the first. */
  private int[] nearestCells(int cell) {
    int cells = members.length;
    int p = centres.length / cells;
    double[] distances = new double[cells];
    for (int other = 0; other < cells; other++) {
      for (int c = 0; c < p; c++) {
        double difference = centres[cell * p + c] - centres[other * p + c];
        distances[other] +=
            distance == Distance.MANHATTAN ? Math.abs(difference) : difference * difference;
      }
    }
    // The bits of numbers that are not negative have their order; equal ones go by position.
    long[] keys = new long[cells];
    Arrays.setAll(
        keys,
        other ->
            other == cell
                ? -1
                : ((long) Float.floatToIntBits((float) distances[other]) << 32) | other);
    Arrays.sort(keys);
    keys[0] = cell;
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }

  private int comparedFrom(int cell) {
    return IntStream.of(visited[cell]).map(other -> members[other].length).sum();
  }

  /** The points of the cells that are visited from this one, ascending. */
  private int[] near(int cell) {
    BitSet points = new BitSet();
    for (int other : visited[cell]) {
      for (int point : members[other]) {
        points.set(point);
      }
    }
    return points.stream().toArray();
  }

  private Neighbours find(
      NDArray queries, NDArray rows, int wanted, boolean others, boolean manhattan) {
    int[][] groups = others ? members : grouped(cellOf(queries), members.length);
    Iterable<NeighbourSearch.Part> parts =
        () ->
            IntStream.range(0, groups.length)
                .filter(cell -> groups[cell].length > 0)
                .mapToObj(cell -> new NeighbourSearch.Part(groups[cell], near(cell)))
                .iterator();
    return exact.find(queries, rows, wanted, others, manhattan, parts);
  }

  /** The positions of each cell's rows, ascending. */
  private static int[][] grouped(int[] cellOf, int cells) {
    int[] counts = new int[cells];
    for (int cell : cellOf) {
      counts[cell]++;
    }
    int[][] groups = new int[cells][];
    Arrays.setAll(groups, cell -> new int[counts[cell]]);
    for (int i = cellOf.length - 1; i >= 0; i--) {
      groups[cellOf[i]][--counts[cellOf[i]]] = i;
    }
    return groups;
  }
}
