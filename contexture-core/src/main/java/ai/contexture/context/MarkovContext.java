package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A finite context whose conditional laws are stored: it gives samples, dual kernel and operator.
 *
 * <p>A context of your own extends this class and says only what the laws are.
 */
public abstract class MarkovContext implements SampledContext, FiniteContext {

  private final Points points;
  private final Points contexts;
  private final MarkovLaw law;
  private final ExpectationOperator operator;

  /**
   * Creates a context with P_X as given.
   *
   * @param points the n pretraining points
   * @param contexts the m values of A
   * @param law the conditional laws of the pretraining points
   * @param inputWeights P_X, float64 [n], positive, which sums to 1
   */
  protected MarkovContext(Points points, Points contexts, MarkovLaw law, NDArray inputWeights) {
    this.points = points;
    this.contexts = contexts;
    this.law = law;
    this.operator = law.operator(inputWeights);
  }

  /** Creates a context whose pretraining points are equally probable. */
  protected MarkovContext(Points points, Points contexts, MarkovLaw law) {
    this(points, contexts, law, uniform(points));
  }

  /**
   * Returns equal weights for all points, float64 [n], which belong to the manager of the points.
   */
  static NDArray uniform(Points points) {
    double[] weights = new double[points.size()];
    Arrays.fill(weights, 1.0 / weights.length);
    return points.manager().create(weights);
  }

  /**
   * Returns the laws of rows that are not known to be pretraining points.
   *
   * @param rows float64 [b, p]; their manager owns what the laws hold
   */
  protected abstract MarkovLaw lawOfNew(NDArray rows);

  /** Returns what a context says that does not know new rows. */
  protected final InputException refuseNewRows() {
    return newRowsRefused(this);
  }

  static InputException newRowsRefused(Context context) {
    return new InputException(
        "context " + context + " is only known for its pretraining rows, not for new ones");
  }

  @Override
  public final Points points() {
    return points;
  }

  @Override
  public final Points contexts() {
    return contexts;
  }

  @Override
  public final ExpectationOperator operator() {
    return operator;
  }

  @Override
  public final MarkovLaw law(Points x) {
    if (x.isSameAs(points)) {
      return law;
    }
    Optional<NDArray> known = x.positionsIn(points);
    if (known.isPresent()) {
      return law.select(known.get(), x.manager());
    }
    if (x.width() != points.width()) {
      throw new IllegalArgumentException(
          "x: expected rows of " + points.width() + " numbers, got " + x.width());
    }
    NDArray rows = x.rows().toType(DataType.FLOAT64, true);
    rows.attach(x.manager());
    return lawOfNew(rows);
  }

  @Override
  public final Points sample(Points x, int samples, RandomGenerator random) {
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      return contexts.select(law(x.within(scope)).draw(samples, random, manager));
    }
  }
}
