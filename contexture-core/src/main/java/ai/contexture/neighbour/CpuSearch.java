package ai.contexture.neighbour;

import ai.contexture.input.Text;
import ai.contexture.torch.Forecast;
import ai.contexture.torch.Tiles;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Neighbours on the CPU: libtorch makes tiles of float32 scores, and Java threads read them where
 * they lie.
 *
 * @param tileQueries queries of a tile, at most
 * @param tilePoints points of a tile, at most
 * @param room how many times the least that it needs a query can hold
 * @param forecasts what foretells how long a search takes
 */
record CpuSearch(int tileQueries, int tilePoints, int room, Forecast.Starter forecasts)
    implements NeighbourSearch {

  static final CpuSearch DEFAULT = new CpuSearch(2048, 4096, 4);

  CpuSearch(int tileQueries, int tilePoints, int room) {
    this(tileQueries, tilePoints, room, Forecast::start);
  }

  /** Points that the queries of a tile hold together, at most. */
  private static final int HELD = 4 << 20;

  private static final int LEAST_HELD = 64;

  /** Parts of a tile for each thread. */
  private static final int PARTS = 4;

  @Override
  public Neighbours find(
      NDArray queries, NDArray points, int k, boolean others, boolean manhattan) {
    int b = Math.toIntExact(queries.getShape().get(0));
    Part all = new Part(IntStream.range(0, b).toArray(), null); // among all points
    return find(queries, points, k, others, manhattan, List.of(all));
  }

  @Override
  public Neighbours find(
      NDArray queries,
      NDArray points,
      int k,
      boolean others,
      boolean manhattan,
      Iterable<Part> parts) {
    int b = Math.toIntExact(queries.getShape().get(0));
    int n = Math.toIntExact(points.getShape().get(0));
    int rank = others ? k + 1 : k;
    int held = (int) Math.min(n, Math.max(LEAST_HELD, (long) room * rank));
    int rows = Math.max(1, Math.min(Math.min(b, tileQueries), HELD / held));
    String what = Text.format("The %d nearest of %d rows for each of %d", k, n, b);
    double found = (double) b * k * (Long.BYTES + Double.BYTES);
    Forecast.requireRoom(
        what,
        found,
        (double) Forecast.memory().orElse(Long.MAX_VALUE),
        "ask for fewer, or take fewer rows");
    double inputs = (double) queries.getShape().get(1) * n * (Double.BYTES + Float.BYTES);
    Forecast forecast = forecasts.start(what, found + inputs);
    int done = 0;
    long[] index = new long[Math.multiplyExact(b, k)];
    double[] distances = new double[index.length];
    NDManager owner = queries.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NeighbourScores scores =
          new NeighbourScores(queries, points, manhattan, DataType.FLOAT32, scope);
      NDArray right = scores.right(points, scope);
      CpuRows exact = new CpuRows(points, manhattan, scope);
      TopKCandidates[] tile = new TopKCandidates[rows];
      Arrays.setAll(tile, i -> new TopKCandidates(scores, exact, k, rank, held));
      // One piece of memory for all tiles: to get it anew costs more than to fill it.
      NDArray memory =
          scope.create(new Shape((long) rows * Math.min(n, tilePoints)), DataType.FLOAT32);
      for (Part part : parts) {
        int size = part.points() == null ? n : part.points().length;
        for (int start = 0; start < part.queries().length; start += rows) {
          int[] some =
              Arrays.copyOfRange(
                  part.queries(), start, Math.min(part.queries().length, start + rows));
          try (NDManager step = scope.newSubManager()) {
            NDArray block = NeighbourSearch.select(queries, some, step);
            double[] values = block.toDoubleArray();
            double[] norms = scores.norms(block).toDoubleArray();
            int p = values.length / some.length;
            for (int i = 0; i < some.length; i++) {
              double[] query = Arrays.copyOfRange(values, i * p, (i + 1) * p);
              tile[i].begin(query, norms[i], others ? some[i] : -1, part.points());
            }
            NDArray left = scores.left(block);
            for (int from = 0; from < size; from += tilePoints) {
              int to = Math.min(size, from + tilePoints);
              try (NDManager inner = step.newSubManager()) {
                NDArray near =
                    part.points() == null
                        ? right.get(from + ":" + to)
                        : NeighbourSearch.select(
                            right, Arrays.copyOfRange(part.points(), from, to), inner);
                near.attach(inner);
                show(left, near, manhattan, memory, tile, from);
              }
            }
          }
          IntStream.range(0, some.length)
              .parallel()
              .forEach(i -> tile[i].end(index, distances, some[i] * k));
          done += some.length;
          forecast.done((double) done / b);
        }
      }
    }
    Shape shape = new Shape(b, k);
    return new Neighbours(owner.create(index, shape), owner.create(distances, shape));
  }

  /** Shows queries their scores of some points, the first at this position. */
  private static void show(
      NDArray left,
      NDArray points,
      boolean manhattan,
      NDArray memory,
      TopKCandidates[] queries,
      int first) {
    int count = Math.toIntExact(left.getShape().get(0));
    int width = Math.toIntExact(points.getShape().get(0));
    try (NDManager scope = left.getManager().newSubManager()) {
      NDArray rows = Torch.within(left, scope);
      NDArray tile = memory.get("0:" + (long) count * width).reshape(count, width);
      tile.attach(scope);
      NDArray scores =
          manhattan ? Tiles.manhattan(rows, points) : Tiles.products(rows, points, tile);
      FloatBuffer values = scores.toByteBuffer(true).asFloatBuffer();
      int parts = Math.min(count, PARTS * Runtime.getRuntime().availableProcessors());
      IntStream.range(0, parts)
          .parallel()
          .forEach(
              part -> {
                float[] row = new float[width];
                int end = (int) ((part + 1L) * count / parts);
                for (int i = (int) ((long) part * count / parts); i < end; i++) {
                  values.get(i * width, row);
                  queries[i].see(row, first);
                }
              });
    }
  }
}
