package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A context of features: A = Ω(x) is a vector, such as a teacher's embedding of x, of which only
 * linear functions count [C, §2.2].
 *
 * <p>With Z(x) the expected features of x, centred and whitened by the covariance of Ω, the dual
 * kernel is k_X⁺(x, x′) = 1 + ⟨Z(x), Z(x′)⟩; directions whose variance is below a share of the
 * largest are cut off. Where Ω is deterministic, TT* is the projection on the span of Z and the
 * constant: as many eigenvalues are 1 as directions are kept, and all others are 0. With one
 * feature, a regression target, this is the centred, normalised linear kernel of the target. Since
 * P⁺ is only known on linear functions, there are no samples.
 */
public final class FeatureContext implements FiniteContext {

  /** Directions of a smaller share of the largest variance are cut off unless asked otherwise. */
  public static final double DEFAULT_CUT = 1e-6;

  private final String text;
  private final Points points;
  private final Points contexts;
  private final UnaryOperator<NDArray> features;
  private final Whitened whitened;
  private final NDArray z;
  private final LinearLaw law;
  private final ExpectationOperator operator;

  /**
   * Takes r values of each point, next to each other.
   *
   * @param shares their probabilities, or null where all are alike
   */
  private FeatureContext(
      String text,
      Points points,
      NDArray values,
      double[] shares,
      UnaryOperator<NDArray> features,
      double cut) {
    if (!(cut >= 0 && cut < 1)) {
      throw new InputException(
          Text.format("%s: expected cut from 0 to below 1, got %s", text, cut));
    }
    this.text = text;
    this.points = points;
    this.features = features;
    NDManager manager = points.manager();
    int n = points.size();
    long draws = values.getShape().get(0) / n;
    if (values.getShape().get(0) != draws * n || draws == 0) {
      throw new IllegalArgumentException(
          Text.format(
              "values: expected the same number for each of %d points, got %s",
              n, values.getShape()));
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = values.toType(DataType.FLOAT64, true);
      x.attach(scope);
      NDArray q =
          shares == null
              ? scope.full(x.getShape().slice(0, 1), 1f, DataType.FLOAT64).div(draws * n)
              : scope.create(shares).duplicate();
      whitened = Whitened.fit(text, x, q, cut, manager);
      if (draws == 1) {
        contexts = points;
        z = whitened.features();
      } else {
        NDArray rows = x.toType(points.dataType(), true);
        rows.attach(manager);
        contexts = Points.all(rows);
        NDArray all = whitened.features().reshape(n, draws, -1);
        all.attach(scope);
        z = all.mean(new int[] {1});
        z.attach(manager);
      }
      q.attach(manager);
      law = new LinearLaw(z, whitened.features(), q);
    }
    operator = law.operator(MarkovContext.uniform(points));
  }

  /**
   * Makes a context of features that are only known for the pretraining points.
   *
   * @param text its form on the command line
   * @param points n points
   * @param values [n·r, k], r draws of the features of each point, next to each other; r = 1 where
   *     they are deterministic
   * @param cut directions of a smaller share of the largest variance are cut off, 0 ≤ cut &lt; 1
   * @throws InputException if the features are not finite, or all equal
   */
  public static FeatureContext of(String text, Points points, NDArray values, double cut) {
    return new FeatureContext(text, points, values, null, null, cut);
  }

  /**
   * Makes a context of one number of each pretraining point, of which some are not known: these
   * have the law of all others together, and so say nothing.
   *
   * @param values n numbers, NaN where one is not known, at least one known
   */
  static FeatureContext ofNumbers(String text, Points points, double... values) {
    double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    double mean = Arrays.stream(known).average().orElseThrow();
    double[] filled = Arrays.stream(values).map(v -> Double.isNaN(v) ? mean : v).toArray();
    double[] shares =
        Arrays.stream(values).map(v -> Double.isNaN(v) ? 0 : 1.0 / known.length).toArray();
    NDArray column = points.manager().create(filled, new Shape(filled.length, 1));
    return new FeatureContext(text, points, column, shares, null, DEFAULT_CUT);
  }

  /**
   * Makes a context of the features that a function, such as a teacher, gives to any rows.
   *
   * @param text its form on the command line
   * @param points n points
   * @param features rows [b, p] to features [b, k] with the manager of the rows
   * @param cut directions of a smaller share of the largest variance are cut off, 0 ≤ cut &lt; 1
   * @throws InputException if the features are not finite, or all equal
   */
  public static FeatureContext of(
      String text, Points points, UnaryOperator<NDArray> features, double cut) {
    try (NDManager scope = points.manager().newSubManager()) {
      NDArray values = features.apply(points.within(scope).rows());
      values.attach(scope);
      return new FeatureContext(text, points, values, null, features, cut);
    }
  }

  /** Returns the number of directions that were kept. */
  public int rank() {
    return Math.toIntExact(z.getShape().get(1));
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public Points contexts() {
    return contexts;
  }

  @Override
  public ExpectationOperator operator() {
    return operator;
  }

  @Override
  public boolean inductive() {
    return features != null;
  }

  @Override
  public boolean yieldsInputs() {
    return contexts == points;
  }

  @Override
  public ConditionalLaw law(Points x) {
    return x.isSameAs(points) ? law : law.at(expected(x));
  }

  /** Z at points, with their manager. */
  private NDArray expected(Points x) {
    NDManager manager = x.manager();
    if (x.positionsIn(points).isPresent()) {
      NDArray known = z.get(x.positionsIn(points).get());
      known.attach(manager);
      return known;
    }
    if (features == null) {
      throw MarkovContext.newRowsRefused(this);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray values = features.apply(x.within(scope).rows()).toType(DataType.FLOAT64, false);
      values.attach(scope);
      NDArray centred = values.sub(whitened.mean()).matMul(whitened.rotation());
      centred.attach(manager);
      return centred;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
