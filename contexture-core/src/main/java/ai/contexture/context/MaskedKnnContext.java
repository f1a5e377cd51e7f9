package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.SpecOptions;
import ai.contexture.neighbour.Neighbours;
import ai.contexture.torch.SparseMatrix;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * The masked KNN context: a random share of the columns is left out, then A is a neighbour as in
 * {@link KnnContext} by the others; P⁺ is the mean over the masks [C, §5.3].
 */
public final class MaskedKnnContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "masked-knn", "like knn, each time with a random part of the columns", Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("k", KnnContext.K)
          .option("self", KnnContext.SELF)
          .option("weights", KnnContext.WEIGHTS)
          .option("distance", KnnContext.DISTANCE)
          .option("drop", Masks.DROP)
          .option("masks", Masks.MASKS);

  /** What the context needs to know before it sees data. */
  record Options(KnnContext.Options neighbours, Masks masks) implements ContextFactory {

    static Options of(SpecOptions options) {
      return new Options(KnnContext.Options.ofExact(options), Masks.of(options));
    }

    @Override
    public MaskedKnnContext fit(ContextData data) {
      neighbours.requireFewerThan("masked-knn", data.points().size());
      NDArray keep = masks.choose(data, data.points().manager());
      return new MaskedKnnContext(data.points(), this, data.exactRows(), keep);
    }

    @Override
    public String toString() {
      return neighbours.text("masked-knn", masks.toString());
    }
  }

  private final Options options;
  private final NDArray rows64;
  private final NDArray keep;

  private MaskedKnnContext(Points points, Options options, NDArray rows64, NDArray keep) {
    super(points, points, law(options.neighbours(), null, rows64, keep));
    this.options = options;
    this.rows64 = rows64;
    this.keep = keep;
  }

  /** The mean of the neighbours' laws over the masks; those of the points where rows are null. */
  private static MarkovLaw law(
      KnnContext.Options options, NDArray rows, NDArray points, NDArray keep) {
    int n = Math.toIntExact(points.getShape().get(0));
    int count = Math.toIntExact(keep.getShape().get(0));
    NDManager owner = rows == null ? points.getManager() : rows.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDList index = new NDList();
      NDList weights = new NDList();
      for (int i = 0; i < count; i++) {
        try (NDManager step = scope.newSubManager()) {
          NDArray mask = keep.get(i);
          mask.attach(step);
          NDArray masked = points.mul(mask);
          masked.attach(step);
          Neighbours found;
          if (rows == null) {
            found = options.among("masked-knn", masked);
          } else {
            NDArray queries = rows.mul(mask);
            queries.attach(step);
            found = options.search("masked-knn", queries, masked);
          }
          NDArray probabilities = options.probabilities(found).div(count);
          found.index().attach(scope);
          probabilities.attach(scope);
          index.add(found.index());
          weights.add(probabilities);
        }
      }
      SparseMatrix mean =
          SparseMatrix.ofEqualRows(n, NDArrays.concat(index, 1), NDArrays.concat(weights, 1));
      return MarkovLaw.sparse(mean.combineEqualColumns(owner));
    }
  }

  /**
   * Returns which inputs each mask keeps, 1 for those and 0 for others, float64 [masks, p], which
   * belongs to the context.
   */
  public NDArray masks() {
    return keep;
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    return law(options.neighbours(), rows, rows64, keep);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
