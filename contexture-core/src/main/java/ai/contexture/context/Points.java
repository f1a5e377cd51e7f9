package ai.contexture.context;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Optional;

/**
 * A block of points on a device: their rows, and their positions where they come from a known set.
 *
 * <p>Positions let a finite context look up what it knows of a point instead of searching for it.
 */
public final class Points {

  private final NDArray rows;
  private final NDArray index;

  /** All points of the set that these come from; itself for a whole set, null for new points. */
  private final Points set;

  private Points(NDArray rows, NDArray index, Points set) {
    this.rows = rows;
    this.index = index;
    this.set = set;
  }

  /** Returns new points, which belong to no known set; the rows [b, p] are used, not copied. */
  public static Points of(NDArray rows) {
    return new Points(rows, null, null);
  }

  /** Returns a set of points, the rows of a table [n, p], which is used and not copied. */
  public static Points all(NDArray table) {
    int n = Math.toIntExact(table.getShape().get(0));
    NDArray index = table.getManager().arange(n).toType(DataType.INT64, false);
    return new Points(table, index, null);
  }

  /**
   * Returns the points of this set at given positions.
   *
   * @param positions int64 [b]; its manager owns the rows that are gathered
   * @throws IllegalStateException if these points are not a whole set
   */
  public Points select(NDArray positions) {
    if (!isWholeSet()) {
      throw new IllegalStateException("points can only be selected from a whole set");
    }
    NDArray selected = rows.get(positions);
    selected.attach(positions.getManager());
    return new Points(selected, positions, set());
  }

  /**
   * Returns some of these points, which may be any block.
   *
   * @param places int64 [c], places within this block; their manager owns the result
   */
  public Points subset(NDArray places) {
    NDArray taken = rows.get(places);
    taken.attach(places.getManager());
    NDArray positions = null;
    if (index != null) {
      positions = index.get(places);
      positions.attach(places.getManager());
    }
    return new Points(taken, positions, index == null ? null : set());
  }

  /**
   * Returns these same points for use by another manager, to which belongs what is made of them.
   */
  public Points within(NDManager manager) {
    NDArray view = Torch.within(rows, manager);
    return new Points(view, index, index == null ? null : set());
  }

  /** Hands these points, but for a whole set's positions, to another manager and returns them. */
  Points attach(NDManager manager) {
    rows.attach(manager);
    if (index != null && !isWholeSet()) {
      index.attach(manager);
    }
    return this;
  }

  private Points set() {
    return set == null ? this : set;
  }

  /** Returns whether these are all points of the other set, perhaps for use by another manager. */
  public boolean isSameAs(Points other) {
    return set() == other.set() && isWholeSet() && other.isWholeSet();
  }

  private boolean isWholeSet() {
    return index != null && index == set().index;
  }

  /** Returns the rows [b, p]. */
  public NDArray rows() {
    return rows;
  }

  /** Returns the positions int64 [b] in the set that the points come from, if there is one. */
  public Optional<NDArray> positions() {
    return Optional.ofNullable(index);
  }

  /** Returns the positions int64 [b] in a set, if the points come from it. */
  public Optional<NDArray> positionsIn(Points other) {
    return index != null && set() == other.set() ? Optional.of(index) : Optional.empty();
  }

  /** Returns the number of points b. */
  public int size() {
    return Math.toIntExact(rows.getShape().get(0));
  }

  /** Returns the number of numbers p in the row of a point. */
  public int width() {
    return Math.toIntExact(rows.getShape().get(1));
  }

  /** Returns the manager of the rows. */
  public NDManager manager() {
    return rows.getManager();
  }
}
