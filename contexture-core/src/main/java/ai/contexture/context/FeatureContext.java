package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.function.UnaryOperator;

/**
 * A context of features: A = Ω(x) is a vector, such as a teacher's embedding of x, of which only
 * linear functions count [C, §2.2].
 *
 * <p>With Z the features, centred and whitened over the pretraining points, the dual kernel is
 * k_X⁺(x, x′) = 1 + ⟨Z(x), Z(x′)⟩; directions whose variance is below a share of the largest are
 * cut off. TT* is the projection on the span of Z and the constant: as many eigenvalues are 1 as
 * directions are kept, and all others are 0. With one feature, a regression target, this is the
 * centred, normalised linear kernel of the target. Since P⁺ is only known on linear functions,
 * there are no samples.
 */
public final class FeatureContext implements FiniteContext {

  /** Directions of a smaller share of the largest variance are cut off unless asked otherwise. */
  public static final double DEFAULT_CUT = 1e-6;

  private final String text;
  private final Points points;
  private final UnaryOperator<NDArray> features;
  private final NDArray mean;
  private final NDArray whitening;
  private final NDArray z;
  private final LinearLaw law;
  private final ExpectationOperator operator;

  private FeatureContext(
      String text, Points points, NDArray values, UnaryOperator<NDArray> features, double cut) {
    this.text = text;
    this.points = points;
    this.features = features;
    NDManager manager = points.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = values.toType(DataType.FLOAT64, true);
      x.attach(scope);
      if (!Double.isFinite(x.sum().toDoubleArray()[0])) {
        throw new InputException(text + ": the features of a pretraining row are not finite");
      }
      NDArray centre = Torch.columnMeans(x);
      NDArray centred = x.sub(centre);
      NDArray covariance = centred.transpose().matMul(centred).div(points.size());
      Torch.Eigen eigen = Torch.eigh(covariance);
      double[] variances = eigen.values().toDoubleArray();
      double largest = variances[variances.length - 1];
      int dropped = 0;
      while (dropped < variances.length && variances[dropped] <= cut * largest) {
        dropped++;
      }
      if (!(largest > 0) || dropped == variances.length) {
        throw new InputException(text + ": the features of all pretraining rows are equal");
      }
      NDArray rotation =
          eigen.vectors().get(":, " + dropped + ":").div(eigen.values().get(dropped + ":").sqrt());
      NDArray whitened = centred.matMul(rotation);
      for (NDArray kept : new NDArray[] {centre, rotation, whitened}) {
        kept.attach(manager);
      }
      mean = centre;
      whitening = rotation;
      z = whitened;
    }
    NDArray weights = MarkovContext.uniform(points);
    law = new LinearLaw(z, z, weights);
    operator = law.operator(weights);
  }

  /**
   * Makes a context of features that are only known for the pretraining points.
   *
   * @param text its form on the command line
   * @param points n points
   * @param values [n, k], the features of each
   */
  public static FeatureContext of(String text, Points points, NDArray values) {
    return new FeatureContext(text, points, values, null, DEFAULT_CUT);
  }

  /**
   * Makes a context of the features that a function, such as a teacher, gives to any rows.
   *
   * @param text its form on the command line
   * @param points n points
   * @param features rows [b, p] to features [b, k] with the manager of the rows
   * @param cut directions of a smaller share of the largest variance are cut off, from 0 to 1
   */
  public static FeatureContext of(
      String text, Points points, UnaryOperator<NDArray> features, double cut) {
    if (!(cut >= 0 && cut < 1)) {
      throw new InputException(
          Text.format("%s: expected cut from 0 to below 1, got %s", text, cut));
    }
    try (NDManager scope = points.manager().newSubManager()) {
      NDArray values = features.apply(points.within(scope).rows());
      values.attach(scope);
      return new FeatureContext(text, points, values, features, cut);
    }
  }

  /** Returns the number of directions that were kept, which is that of eigenvalues 1. */
  public int rank() {
    return Math.toIntExact(z.getShape().get(1));
  }

  @Override
  public Points points() {
    return points;
  }

  @Override
  public Points contexts() {
    return points;
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
  public ConditionalLaw law(Points x) {
    return x.isSameAs(points) ? law : law.at(whitened(x));
  }

  private NDArray whitened(Points x) {
    NDManager manager = x.manager();
    if (x.indexIn(points).isPresent()) {
      NDArray known = z.get(x.indexIn(points).get());
      known.attach(manager);
      return known;
    }
    if (features == null) {
      throw new InputException(
          "context " + this + " is only known for its pretraining rows, not for new ones");
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray values = features.apply(x.within(scope).rows()).toType(DataType.FLOAT64, false);
      values.attach(scope);
      NDArray whitened = values.sub(mean).matMul(whitening);
      whitened.attach(manager);
      return whitened;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
