package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/**
 * A block of points on a device: their rows, and their positions where they come from a known set.
 *
 * <p>Positions let a finite context look up what it knows of a point instead of searching for it.
 */
public final class Points {

  private final NDArray rows;
  private final NDArray index;
  private final Points origin;

  /** Creates points; those with no origin are their own. */
  private Points(NDArray rows, NDArray index, Points origin) {
    this.rows = rows;
    this.index = index;
    this.origin = origin == null ? this : origin;
  }

  /** Returns new points, which belong to no known set; the rows [b, p] are used, not copied. */
  public static Points of(NDArray rows) {
    return new Points(rows, null, null);
  }

  /**
   * Returns the points of a table at given positions.
   *
   * @param table [n, p]
   * @param index int64 [b], positions in the table; its manager owns the rows that are gathered
   */
  public static Points of(NDArray table, NDArray index) {
    NDArray rows = table.get(index);
    rows.attach(index.getManager());
    return new Points(rows, index, null);
  }

  /** Returns all points of a table [n, p], which is used and not copied. */
  public static Points all(NDArray table) {
    return new Points(
        table,
        table
            .getManager()
            .arange((int) table.getShape().get(0))
            .toType(ai.djl.ndarray.types.DataType.INT64, false),
        null);
  }

  /**
   * Returns these same points for use by another manager, to which belongs what is made of them.
   */
  public Points within(NDManager manager) {
    NDArray view = rows.reshape(rows.getShape());
    view.attach(manager);
    return new Points(view, index, origin);
  }

  /** Returns whether these are the other points, perhaps for use by another manager. */
  public boolean isSameAs(Points other) {
    return origin == other.origin;
  }

  /** Returns the rows [b, p]. */
  public NDArray rows() {
    return rows;
  }

  /** Returns the positions int64 [b] in the set that the points come from, if there is one. */
  public Optional<NDArray> index() {
    return Optional.ofNullable(index);
  }

  /** Returns the number of points b. */
  public int size() {
    return Math.toIntExact(rows.getShape().get(0));
  }

  /** Returns the manager of the rows. */
  public NDManager manager() {
    return rows.getManager();
  }
}
