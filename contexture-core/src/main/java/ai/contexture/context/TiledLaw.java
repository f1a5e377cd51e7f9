package ai.contexture.context;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Conditional laws that are too large to be stored: they are computed again, tile by tile, whenever
 * they are applied.
 */
final class TiledLaw implements MarkovLaw {

  /** Computes laws [t, m] of a few rows [t, p], both float64 with the manager of the rows. */
  @FunctionalInterface
  interface Tile {
    NDArray laws(NDArray rows);
  }

  /** Laws of up to so many probabilities (1 GiB) are stored. */
  private static final long STORED = 1L << 27;

  /** So many probabilities are held at once. */
  private static final long TILE_VALUES = 1L << 22;

  private final NDArray rows;
  private final int contexts;
  private final Tile tile;

  private TiledLaw(NDArray rows, int contexts, Tile tile) {
    this.rows = rows;
    this.contexts = contexts;
    this.tile = tile;
  }

  /**
   * Returns the laws of rows, stored where they are small enough.
   *
   * @param rows float64 [b, p]; their manager owns what is stored
   * @param contexts m
   */
  static MarkovLaw of(NDArray rows, int contexts, Tile tile) {
    TiledLaw law = new TiledLaw(rows, contexts, tile);
    return law.rows.getShape().get(0) * contexts <= STORED
        ? new DenseLaw(law.dense(rows.getManager()))
        : law;
  }

  /** Laws that are never stored. */
  static MarkovLaw unstored(NDArray rows, int contexts, Tile tile) {
    return new TiledLaw(rows, contexts, tile);
  }

  @Override
  public int points() {
    return Math.toIntExact(rows.getShape().get(0));
  }

  @Override
  public int contexts() {
    return contexts;
  }

  /** As many again as the laws have values, which are made anew each time. */
  @Override
  public long multiplications() {
    return 2L * points() * contexts;
  }

  /** Work on the laws [t, m] of the rows from a position on, which makes an array. */
  private interface Work {
    NDArray on(NDArray laws, int from, int to);
  }

  /** Does work on all tiles, one after another, and hands over what it makes, which dies then. */
  private void forEachTile(NDManager owner, Work work, Consumer<NDArray> made) {
    int height = (int) Math.max(1, TILE_VALUES / Math.max(1, contexts));
    for (int from = 0; from < points(); from += height) {
      int to = Math.min(points(), from + height);
      try (NDManager scope = owner.newSubManager()) {
        NDArray block = rows.get(from + ":" + to);
        block.attach(scope);
        NDArray result = work.on(tile.laws(block), from, to);
        result.attach(scope);
        made.accept(result);
      }
    }
  }

  private NDArray stack(NDManager owner, Work work) {
    try (NDManager scope = owner.newSubManager()) {
      NDList parts = new NDList();
      forEachTile(
          scope,
          work,
          part -> {
            part.attach(scope);
            parts.add(part);
          });
      NDArray all = NDArrays.concat(parts);
      all.attach(owner);
      return all;
    }
  }

  private static NDArray typed(NDArray laws, NDArray like) {
    return laws.toType(like.getDataType(), false);
  }

  @Override
  public NDArray expectation(NDArray g) {
    return stack(g.getManager(), (laws, from, to) -> typed(laws, g).matMul(g));
  }

  @Override
  public NDArray transposed(NDArray f) {
    NDManager owner = f.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray[] sum = {scope.zeros(new Shape(contexts, f.getShape().get(1)), f.getDataType())};
      forEachTile(
          scope,
          (laws, from, to) -> {
            NDArray part = f.get(from + ":" + to);
            part.attach(laws.getManager());
            return typed(laws, f).transpose().matMul(part);
          },
          part -> {
            NDArray before = sum[0];
            sum[0] = before.add(part);
            before.close(); // or there would be as many of them as tiles
          });
      sum[0].attach(owner);
      return sum[0];
    }
  }

  @Override
  public NDArray dense(NDManager owner) {
    return stack(owner, (laws, from, to) -> laws);
  }

  @Override
  public NDArray draw(int samples, RandomGenerator random, NDManager owner) {
    return stack(
        owner, (laws, from, to) -> new DenseLaw(laws).draw(samples, random, laws.getManager()));
  }

  @Override
  public MarkovLaw select(NDArray index, NDManager owner) {
    NDArray selected = rows.get(index);
    selected.attach(owner);
    return of(selected.toType(DataType.FLOAT64, false), contexts, tile);
  }
}
