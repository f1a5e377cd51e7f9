package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.neighbour.Distance;
import ai.contexture.neighbour.NeighbourCells;
import ai.contexture.neighbour.Neighbours;
import ai.contexture.torch.SparseMatrix;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The K-nearest-neighbours context: A is one of the K pretraining points nearest to x, each with
 * probability 1/K unless nearer ones weigh more [C, §5.3].
 *
 * <p>Distances, Euclidean or others, are taken on the rows as they are given. A pretraining point
 * is its own first neighbour, unless that is left out.
 */
public final class KnnContext extends MarkovContext {

  static final String K = "how many rows are near";
  static final String SELF = "whether a row is one of the rows near it";
  static final String WEIGHTS = "how probable near rows are: all alike, or nearer ones more";
  static final String DISTANCE = "how rows are compared";

  static final ContextProvider PROVIDER =
      BuiltInContext.of("knn", "a row belongs with its k nearest rows", Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("k", K)
          .option("self", SELF)
          .option("weights", WEIGHTS)
          .option("distance", DISTANCE)
          .option(
              "search",
              "exact, or approximate, which is faster for many rows but misses a few neighbours");

  private static final Logger logger = LoggerFactory.getLogger(KnnContext.class);

  /** An approximate search that compares more of all pairs takes as long as an exact one. */
  private static final double MOST_COMPARED = 0.5;

  /** How probable each of the neighbours is. */
  public enum Weights {
    /** P⁺(a|x) = 1/K. */
    UNIFORM,
    /** P⁺(a|x) ∝ exp(−½ d(x, a)² / d_K²), where d_K is the distance to the K-th neighbour. */
    GAUSSIAN
  }

  /** How neighbours are searched for. */
  public enum Search {
    /** Every row is compared with every pretraining point. */
    EXACT,
    /** Rows are compared with points near them, and a few neighbours missed. */
    APPROXIMATE
  }

  /**
   * What the context needs to know before it sees data.
   *
   * @param k the number of neighbours K
   * @param self whether a pretraining point is its own first neighbour
   * @param weights how probable each of the neighbours is
   * @param distance what is near
   * @param search how neighbours are searched for
   */
  public record Options(int k, boolean self, Weights weights, Distance distance, Search search)
      implements ContextFactory {

    /** Thirty neighbours in Euclidean distance, the point itself included, equally probable. */
    public static final Options DEFAULT =
        new Options(30, true, Weights.UNIFORM, Distance.EUCLIDEAN, Search.EXACT);

    /** Requires at least one neighbour. */
    public Options {
      if (k < 1) {
        throw new InputException("knn: expected k of at least 1, got k=" + k);
      }
    }

    static Options of(SpecOptions options) {
      Options exact = ofExact(options);
      return new Options(
          exact.k,
          exact.self,
          exact.weights,
          exact.distance,
          options.choice("search", DEFAULT.search()));
    }

    /** The options of an exact search. */
    static Options ofExact(SpecOptions options) {
      return new Options(
          options.integer("k", DEFAULT.k(), 1, Integer.MAX_VALUE),
          options.flag("self", DEFAULT.self()),
          options.choice("weights", DEFAULT.weights()),
          options.choice("distance", DEFAULT.distance()),
          Search.EXACT);
    }

    @Override
    public KnnContext fit(ContextData data) {
      requireFewerThan("knn", data.points().size());
      NDArray rows64 = data.exactRows();
      if (search == Search.EXACT) {
        return new KnnContext(data.points(), this, rows64, null, among("knn", rows64));
      }
      NeighbourCells cells = named("knn", () -> NeighbourCells.of(rows64, k, distance));
      if (cells.compared() > MOST_COMPARED) {
        logger.warn(
            "{}: {} % of all pairs of rows must be compared to find nearly all neighbours; an exact"
                + " search takes no longer",
            this, Math.round(100 * cells.compared()));
      }
      return new KnnContext(
          data.points(), this, rows64, cells, self ? cells.includingSelf() : cells.excludingSelf());
    }

    void requireFewerThan(String name, int n) {
      if (k >= n) {
        throw new InputException(
            Text.format(
                "%s: expected k from 1 to %d (one less than the %d pretraining rows), got k=%d",
                name, n - 1, n, k));
      }
    }

    /**
     * The neighbours of pretraining points among themselves.
     *
     * @param name what messages call the context
     */
    Neighbours among(String name, NDArray rows) {
      return named(
          name,
          () ->
              self
                  ? Neighbours.includingSelf(rows, k, distance)
                  : Neighbours.excludingSelf(rows, k, distance));
    }

    Neighbours search(String name, NDArray rows, NDArray points) {
      return named(name, () -> Neighbours.search(rows, points, k, distance));
    }

    private static <T> T named(String name, Supplier<T> search) {
      try {
        return search.get();
      } catch (InputException e) {
        throw new InputException(name + ": " + e.getMessage(), e);
      }
    }

    /** The probabilities of neighbours, [b, k]; the neighbours' distances are closed. */
    NDArray probabilities(Neighbours found) {
      NDManager manager = found.index().getManager();
      try (NDManager scope = manager.newSubManager();
          NDArray distances = found.distances()) {
        NDArray weights = scope.ones(distances.getShape(), DataType.FLOAT64);
        if (weights() == Weights.GAUSSIAN) {
          NDArray d = Torch.within(distances, scope);
          d = distance == Distance.MANHATTAN ? d.square() : d; // the others are given squared
          NDArray farthest = d.max(new int[] {1}, true);
          NDArray scale = farthest.add(farthest.eq(0).toType(DataType.FLOAT64, false));
          weights = d.div(scale).mul(-0.5).exp();
        }
        NDArray probabilities = weights.div(weights.sum(new int[] {1}, true));
        probabilities.attach(manager);
        return probabilities;
      }
    }

    /** The options beyond K that differ from the usual. */
    String text(String name, String more) {
      StringJoiner text = new StringJoiner(", ", name + "(", ")");
      text.add("k=" + k);
      if (!more.isEmpty()) {
        text.add(more);
      }
      if (!self) {
        text.add("self=false");
      }
      if (weights != Weights.UNIFORM) {
        text.add("weights=" + Constants.text(weights));
      }
      if (distance != Distance.EUCLIDEAN) {
        text.add("distance=" + Constants.text(distance));
      }
      if (search != Search.EXACT) {
        text.add("search=" + Constants.text(search));
      }
      return text.toString();
    }

    @Override
    public String toString() {
      return text("knn", "");
    }
  }

  private final Options options;
  private final NDArray rows64;
  private final NeighbourCells cells;
  private final NDArray neighbours;

  /** Where cells are null, the search is exact. */
  private KnnContext(
      Points points, Options options, NDArray rows64, NeighbourCells cells, Neighbours found) {
    super(points, points, law(options, found, points.size()));
    this.options = options;
    this.rows64 = rows64;
    this.cells = cells;
    this.neighbours = found.index();
  }

  private static MarkovLaw law(Options options, Neighbours found, int n) {
    return MarkovLaw.sparse(
        SparseMatrix.ofEqualRows(n, found.index(), options.probabilities(found)));
  }

  /**
   * Finds the neighbours of every pretraining point, which are equally probable.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @param k the number of neighbours, itself included, 1 ≤ k &lt; n
   */
  public static KnnContext of(NDArray rows, int k) {
    return new Options(k, true, Weights.UNIFORM, Distance.EUCLIDEAN, Search.EXACT)
        .fit(ContextData.of(rows));
  }

  /** Returns the number of neighbours K. */
  public int k() {
    return options.k();
  }

  /** Returns the positions of the neighbours of the pretraining points, int64 [n, k]. */
  public NDArray neighbours() {
    return neighbours;
  }

  /**
   * Returns the share of the true neighbours that the search finds, in [0, 1]: 1 if it is exact,
   * else measured on a sample of 1,000 pretraining points against exact neighbours.
   */
  public double recall() {
    return cells == null ? 1 : cells.recall();
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    Neighbours found =
        cells == null
            ? options.search("knn", rows, rows64)
            : Options.named("knn", () -> cells.search(rows));
    return law(options, found, points().size());
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
