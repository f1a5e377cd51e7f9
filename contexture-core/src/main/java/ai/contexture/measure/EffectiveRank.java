package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;

/**
 * How many dimensions features use, from the spectrum of their covariance C_Φ.
 *
 * @param rank how many eigenvalues of C_Φ are above the tolerance
 * @param effective exp of the entropy of the normalised spectrum, between 1 and the dimension where
 *     it is d equal variances; 0 for constant features
 * @param dimension the number d of features
 * @param tolerance as a part of the largest eigenvalue
 */
public record EffectiveRank(int rank, double effective, int dimension, double tolerance) {

  /** The smallest variance that counts, as a part of the largest, unless another is given. */
  public static final double DEFAULT_TOLERANCE = 1e-6;

  /** A constant's variance, as a part of its square, is this within rounding. */
  private static final double ROUNDING = 1e-26;

  /** Fewer dimensions than this share of them make an uneven spectrum. */
  private static final double UNEVEN = 0.5;

  /**
   * Measures features on points of equal weight with a tolerance of {@value #DEFAULT_TOLERANCE}.
   *
   * @param features [n, d]
   * @throws ArithmeticException if a feature is not finite
   */
  public static EffectiveRank of(NDArray features) {
    try (NDManager scope = features.getManager().newSubManager()) {
      NDArray z = features.toType(DataType.FLOAT64, true);
      z.attach(scope);
      NDArray mean = Torch.columnMeans(z);
      NDArray centred = z.sub(mean);
      double n = z.getShape().get(0);
      double total = centred.square().sum().toDoubleArray()[0];
      double offset = n * mean.square().sum().toDoubleArray()[0];
      if (!Double.isFinite(total)) {
        throw new ArithmeticException("the features are not finite");
      }
      int d = Math.toIntExact(z.getShape().get(1));
      if (!(total > ROUNDING * offset)) {
        return new EffectiveRank(0, 0, d, DEFAULT_TOLERANCE);
      }
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(centred.transpose().matMul(centred).div(n));
      return of(eigen.values().toDoubleArray(), DEFAULT_TOLERANCE);
    }
  }

  /**
   * Measures a spectrum of variances.
   *
   * @param variances the eigenvalues of C_Φ, d ≥ 1 in any order; what rounding made negative counts
   *     as 0
   * @param tolerance the smallest that counts, as a part of the largest, between 0 and 1
   * @throws IllegalArgumentException if there are none or the tolerance is out of range
   * @throws ArithmeticException if a variance is not finite
   */
  public static EffectiveRank of(double[] variances, double tolerance) {
    if (variances.length == 0) {
      throw new IllegalArgumentException("variances: expected at least one, got none");
    }
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException("tolerance: expected 0 to 1, got " + tolerance);
    }
    for (double variance : variances) {
      if (!Double.isFinite(variance)) {
        throw new ArithmeticException("the features are not finite");
      }
    }
    double smallest = tolerance * Math.max(0, Arrays.stream(variances).max().orElseThrow());
    int rank = (int) Arrays.stream(variances).filter(v -> v > 0 && v > smallest).count();
    double effective = rank == 0 ? 0 : RayleighRitz.effectiveRank(variances);
    return new EffectiveRank(rank, effective, variances.length, tolerance);
  }

  /** Returns whether features are missing: they are constant or depend on each other. */
  public boolean collapsed() {
    return rank < dimension;
  }

  /** Returns one line on what the spectrum says of the features. */
  public String verdict() {
    if (rank == 0) {
      return Text.format("collapsed: all %d features are constant", dimension);
    }
    if (collapsed()) {
      return Text.format(
          "collapsed: %d features span only %d dimensions, effectively %.1f",
          dimension, rank, effective);
    }
    if (effective < UNEVEN * dimension) {
      return Text.format(
          "uneven: all %d dimensions are used, but most of the variance lies in %.1f",
          dimension, effective);
    }
    return Text.format(
        "not collapsed: all %d dimensions are used, effectively %.1f", dimension, effective);
  }

  @Override
  public String toString() {
    return "effective rank: " + verdict();
  }
}
