package ai.contexture.context;

import ai.contexture.data.PixelBytes;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/**
 * A block of points on a device: their rows, and their positions where they come from a known set.
 *
 * <p>Positions let a finite context look up what it knows of a point instead of searching for it.
 */
public final class Points {

  /** Null of pictures whose inputs nobody has asked for together. */
  private NDArray rows;

  /** Null where the rows are held as they are. */
  private final ByteRows bytes;

  private final NDArray index;

  /** All points of the set that these come from; itself for a whole set, null for new points. */
  private final Points set;

  private Points(NDArray rows, ByteRows bytes, NDArray index, Points set) {
    this.rows = rows;
    this.bytes = bytes;
    this.index = index;
    this.set = set;
  }

  /** Returns new points, which belong to no known set; the rows [b, p] are used, not copied. */
  public static Points of(NDArray rows) {
    return new Points(rows, null, null, null);
  }

  /** Returns a set of points, the rows of a table [n, p], which is used and not copied. */
  public static Points all(NDArray table) {
    return new Points(table, null, index(table.getShape().get(0), table.getManager()), null);
  }

  /**
   * Returns a set of pictures, which are held as bytes: those that are selected become inputs, and
   * all of them only where {@link #rows} asks for it.
   *
   * @param owner the manager of the set, whose device holds it
   */
  public static Points all(PixelBytes pictures, NDManager owner) {
    ByteRows bytes = ByteRows.of(pictures, owner);
    return new Points(null, bytes, index(bytes.shape().get(0), owner), null);
  }

  private static NDArray index(long n, NDManager owner) {
    return owner.arange(Math.toIntExact(n)).toType(DataType.INT64, false);
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
    return new Points(taken(positions), null, positions, set());
  }

  /**
   * Returns some of these points, which may be any block.
   *
   * @param places int64 [c], places within this block; their manager owns the result
   */
  public Points subset(NDArray places) {
    NDArray taken = taken(places);
    NDArray positions = null;
    if (index != null) {
      positions = index.get(places);
      positions.attach(places.getManager());
    }
    return new Points(taken, null, positions, index == null ? null : set());
  }

  private NDArray taken(NDArray places) {
    if (bytes != null) {
      return bytes.get(places);
    }
    NDArray taken = rows.get(places);
    taken.attach(places.getManager());
    return taken;
  }

  /**
   * Returns these same points for use by another manager, to which belongs what is made of them.
   */
  public Points within(NDManager manager) {
    return bytes == null
        ? new Points(Torch.within(rows, manager), null, index, index == null ? null : set())
        : new Points(null, bytes.within(manager), index, set());
  }

  /** Hands these points, but for a whole set's positions, to another manager and returns them. */
  Points attach(NDManager manager) {
    if (rows != null) {
      rows.attach(manager);
    }
    if (bytes != null) {
      bytes.attach(manager);
    }
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

  /** Returns the rows [b, p]; of pictures that are held as bytes all become inputs, which stay. */
  public synchronized NDArray rows() {
    if (rows == null) {
      rows = this == set() ? bytes.all() : Torch.within(set().rows(), bytes.manager());
    }
    return rows;
  }

  /** Returns [b, p]. */
  public Shape shape() {
    return bytes == null ? rows.getShape() : bytes.shape();
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
    return Math.toIntExact(shape().get(0));
  }

  /** Returns the number of numbers p in the row of a point. */
  public int width() {
    return Math.toIntExact(shape().get(1));
  }

  /** Returns the type of the rows. */
  public DataType dataType() {
    return bytes == null ? rows.getDataType() : DataType.FLOAT32;
  }

  /** Returns the manager of the rows. */
  public NDManager manager() {
    return bytes == null ? rows.getManager() : bytes.manager();
  }
}
