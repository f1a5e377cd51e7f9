package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * The RBF context: A is a pretraining point, with P⁺(a|x) ∝ exp(−γ‖x − a‖²) [C, §5.3].
 *
 * <p>A small γ makes a weak association, a large one a strong association.
 */
public final class RbfContext extends MarkovContext {

  static final String GAMMA =
      "γ in exp(−γ‖x−a‖²), larger is stronger; absent: 1 / the median of ‖x−a‖²";

  static final ContextProvider PROVIDER =
      BuiltInContext.of("rbf", "a row belongs with all rows, nearer ones more", Options::of)
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("gamma", GAMMA);

  /**
   * What the context needs to know before it sees data.
   *
   * @param gamma γ &gt; 0; if absent, one over the median squared distance of two points
   */
  public record Options(OptionalDouble gamma) implements ContextFactory {

    /** Requires a positive γ. */
    public Options {
      requireGamma("rbf", gamma);
    }

    static Options of(SpecOptions options) {
      return new Options(readGamma(options));
    }

    @Override
    public RbfContext fit(ContextData data) {
      NDArray rows = data.exactRows();
      return new RbfContext(
          data.points(), gamma.orElseGet(() -> medianGamma("rbf", rows, data)), rows);
    }

    @Override
    public String toString() {
      return gamma.isPresent() ? "rbf(gamma=" + Numbers.text(gamma.getAsDouble()) + ")" : "rbf";
    }
  }

  /** The median is taken over the pairs of at most so many points. */
  private static final int MEDIAN_POINTS = 1000;

  /** The centre is the median of at most so many points. */
  private static final int CENTRE_POINTS = 101;

  /** Significant digits of a γ that is chosen from rows. */
  static final int DIGITS = 4;

  private final double gamma;
  private final NDArray rows64;

  private RbfContext(Points points, double gamma, NDArray rows64) {
    super(points, points, law(rows64, rows64, gamma));
    this.gamma = gamma;
    this.rows64 = rows64;
  }

  /**
   * Makes the context of rows.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @param gamma γ &gt; 0
   */
  public static RbfContext of(NDArray rows, double gamma) {
    return new Options(OptionalDouble.of(gamma)).fit(ContextData.of(rows));
  }

  static OptionalDouble readGamma(SpecOptions options) {
    return options.number("gamma", Double.MIN_VALUE, Double.MAX_VALUE);
  }

  static void requireGamma(String name, OptionalDouble gamma) {
    if (gamma.isPresent() && !(gamma.getAsDouble() > 0 && gamma.getAsDouble() < 1e300)) {
      throw new InputException(
          name + ": expected a gamma above 0 and below 1e300, got gamma=" + gamma.getAsDouble());
    }
  }

  /**
   * The median heuristic: one over the median of the squared distances between points, rounded to
   * {@value #DIGITS} significant digits, so that what is reported is what is used.
   *
   * @param name what messages call the context
   */
  static double medianGamma(String name, NDArray rows, ContextData data) {
    int n = data.points().size();
    RandomGenerator random = data.seed().derive("median").generator();
    long[] chosen =
        random.ints(0, n).distinct().limit(Math.min(n, MEDIAN_POINTS)).asLongStream().toArray();
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray some = rows.get(scope.create(chosen));
      some.attach(scope);
      double[] distances = squaredDistances(some, some).toDoubleArray();
      double[] pairs = new double[chosen.length * (chosen.length - 1) / 2];
      int next = 0;
      for (int i = 0; i < chosen.length; i++) {
        for (int j = 0; j < i; j++) {
          pairs[next++] = distances[i * chosen.length + j];
        }
      }
      Arrays.sort(pairs);
      double median = pairs.length == 0 ? 0 : pairs[pairs.length / 2];
      if (!(median > 0)) {
        throw new InputException(
            name
                + ": more than half of the rows are equal, so that no gamma can be chosen; give"
                + " one, such as gamma=1");
      }
      return Numbers.rounded(1 / median, DIGITS);
    }
  }

  /** ‖x − a‖² of all pairs [t, m], for x [t, p] and a [m, p], with the manager of x. */
  static NDArray squaredDistances(NDArray x, NDArray a) {
    NDManager manager = x.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray points = Torch.within(a, scope);
      NDArray centre = centre(points);
      NDArray centred = points.sub(centre);
      NDArray queries = x.sub(centre);
      queries.attach(scope);
      NDArray own = queries.square().sum(new int[] {1}, true);
      NDArray others = centred.square().sum(new int[] {1});
      NDArray distances =
          queries.matMul(centred.transpose()).mul(-2).add(own).add(others).maximum(0);
      distances.attach(manager);
      return distances;
    }
  }

  /**
   * Where the points are, [1, p]: the median of some, since one wild row would move a mean away
   * from all others, which would lose their digits.
   */
  static NDArray centre(NDArray points) {
    long n = points.getShape().get(0);
    try (NDArray sample = points.get("::" + (n + CENTRE_POINTS - 1) / CENTRE_POINTS)) {
      return sample.median(new int[] {0}).reshape(1, -1);
    }
  }

  private static MarkovLaw law(NDArray rows, NDArray points, double gamma) {
    return TiledLaw.of(
        rows,
        Math.toIntExact(points.getShape().get(0)),
        tile -> squaredDistances(tile, points).mul(-gamma).softmax(1));
  }

  /** Returns γ. */
  public double gamma() {
    return gamma;
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    return law(rows, rows64, gamma);
  }

  @Override
  public String toString() {
    return new Options(OptionalDouble.of(gamma)).toString();
  }
}
