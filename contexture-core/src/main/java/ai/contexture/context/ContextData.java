package ai.contexture.context;

import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import java.util.Optional;
import java.util.stream.IntStream;

/** The pretraining rows and what is known of them, to which a context is fitted. */
public final class ContextData {

  private final Points points;
  private final int[] groups;
  private final Target target;
  private final Table table;
  private final int[] positions;
  private final int totalRows;
  private final Seed seed;

  private ContextData(
      Points points,
      int[] groups,
      Target target,
      Table table,
      int[] positions,
      int totalRows,
      Seed seed) {
    this.points = points;
    this.groups = groups;
    this.target = target;
    this.table = table;
    this.positions = positions;
    this.totalRows = totalRows;
    this.seed = seed;
  }

  /**
   * Returns data of which nothing but the rows is known.
   *
   * @param rows the encoder's inputs [n, p], float32 or float64; their manager owns what contexts
   *     make of them
   */
  public static ContextData of(NDArray rows) {
    Points points = Points.all(rows);
    return new ContextData(
        points,
        IntStream.range(0, points.width()).toArray(),
        null,
        null,
        IntStream.range(0, points.size()).toArray(),
        points.size(),
        Seed.of(0));
  }

  /**
   * Returns these data with inputs that belong together, such as those of one nominal column.
   *
   * @param groups [p], the group of each input, counted from 0 in the order of the inputs
   */
  public ContextData withGroups(int... groups) {
    if (groups.length != points.width()) {
      throw new IllegalArgumentException(
          "groups: expected one for each of " + points.width() + " inputs, got " + groups.length);
    }
    return new ContextData(points, groups.clone(), target, table, positions, totalRows, seed);
  }

  /** Returns these data with the target of each row. */
  public ContextData withTarget(Target target) {
    requireRows("target", target.rows());
    return new ContextData(points, groups, target, table, positions, totalRows, seed);
  }

  /** Returns these data with the table that the rows were made of. */
  public ContextData withTable(Table table) {
    requireRows("table", table.rows());
    return new ContextData(points, groups, target, table, positions, totalRows, seed);
  }

  /**
   * Returns these data with the places of the rows in a larger table, of which they are a part.
   *
   * @param positions [n], counted from 0
   * @param totalRows how many rows the larger table has
   */
  public ContextData withPositions(int[] positions, int totalRows) {
    requireRows("positions", positions.length);
    return new ContextData(points, groups, target, table, positions.clone(), totalRows, seed);
  }

  /** Returns these data with the seed of what a context chooses at random when it is fitted. */
  public ContextData withSeed(Seed seed) {
    return new ContextData(points, groups, target, table, positions, totalRows, seed);
  }

  private void requireRows(String what, int rows) {
    if (rows != points.size()) {
      throw new IllegalArgumentException(
          what + ": expected " + points.size() + " rows, got " + rows);
    }
  }

  /** Returns the points [n, p]; contexts of the same data share them. */
  public Points points() {
    return points;
  }

  /** Returns the group of each input, [p]. */
  public int[] groups() {
    return groups.clone();
  }

  /** Returns the target of the rows, if there is one. */
  public Optional<Target> target() {
    return Optional.ofNullable(target);
  }

  /** Returns the table that the rows were made of, if it is known. */
  public Optional<Table> table() {
    return Optional.ofNullable(table);
  }

  /** Returns the places of the rows in the table that they are a part of, [n]. */
  public int[] positions() {
    return positions.clone();
  }

  /** Returns how many rows the table has that these are a part of. */
  public int totalRows() {
    return totalRows;
  }

  /** Returns the seed of what a context chooses at random when it is fitted. */
  public Seed seed() {
    return seed;
  }
}
