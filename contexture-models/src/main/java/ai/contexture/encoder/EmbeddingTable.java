package ai.contexture.encoder;

import ai.contexture.context.Points;
import ai.contexture.input.Component;
import ai.contexture.input.SpecOptions;
import ai.contexture.neighbour.Neighbours;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;

/**
 * A table of free vectors, one for each training row: the limit in which the architecture is no
 * restriction.
 *
 * <p>Rows [b, p] go to the vectors [b, d₁] of the training rows nearest to them, the first of equal
 * ones. Vectors start uniformly in ±1.
 */
public final class EmbeddingTable extends Network {

  static final Component<EncoderFactory> COMPONENT =
      Component.<EncoderFactory>of(
          "table", "a free vector for each row, not limited by an architecture", Options::of);

  /** A table has no options. */
  public record Options() implements EncoderFactory {

    static Options of(SpecOptions options) {
      return new Options();
    }

    @Override
    public EmbeddingTable build(int outputs, Seed seed) {
      return new EmbeddingTable(outputs, seed);
    }

    @Override
    public EmbeddingTable create(Points points, int outputs, Seed seed, NDManager owner) {
      EmbeddingTable table = build(outputs, seed);
      table.initialize(owner, points.dataType(), points.shape());
      Torch.copy(points.rows(), table.rows.getArray());
      return table;
    }

    @Override
    public String toString() {
      return "table";
    }
  }

  private final Parameter rows;
  private final Parameter vectors;

  /** The training rows in float64 [n, p] and which vector is theirs, int64 [n]. */
  private NDArray known;

  private NDArray own;

  private EmbeddingTable(int outputs, Seed seed) {
    super(outputs, seed);
    rows = add("rows", Parameter.Type.OTHER, false);
    vectors = add("vectors", Parameter.Type.WEIGHT, true);
  }

  @Override
  NDArray forward(NDArray asked, Pass pass) {
    NDArray table = pass.value(vectors, asked);
    NDArray result = table.get(Torch.withoutGradient(() -> index(asked)));
    result.attach(asked.getManager());
    return result;
  }

  /** The vector of each row, int64 [b], searched for where the training rows are. */
  private NDArray index(NDArray asked) {
    NDArray trained = rows.getArray();
    if (known == null) {
      known = trained.toType(DataType.FLOAT64, true);
      own = nearest(known);
    }
    NDManager owner = asked.getManager();
    try (NDManager scope = owner.newSubManager(trained.getDevice())) {
      NDArray here = Torch.onDevice(asked, trained.getDevice(), scope);
      boolean all = here.getShape().equals(trained.getShape()) && here.contentEquals(trained);
      if (all) {
        return Torch.onDevice(own, asked.getDevice(), owner);
      }
      NDArray doubles = here.toType(DataType.FLOAT64, true);
      doubles.attach(scope);
      NDArray found = nearest(doubles);
      NDArray there = Torch.onDevice(found, asked.getDevice(), owner);
      there.attach(owner);
      return there;
    }
  }

  private NDArray nearest(NDArray doubles) {
    Neighbours found = Neighbours.search(doubles, known, 1);
    found.distances().close();
    try (NDArray index = found.index()) {
      return index.reshape(-1).duplicate(); // a view would look into memory that close() gives back
    }
  }

  @Override
  void shape(long n, long p) {
    constant(rows, 0, n, p);
    uniform(vectors, 1, n, outputs());
  }

  @Override
  public String toString() {
    return "table";
  }
}
