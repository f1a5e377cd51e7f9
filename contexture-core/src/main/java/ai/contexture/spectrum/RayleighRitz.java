package ai.contexture.spectrum;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The best ordered functions within the span of an encoder's outputs [C, app. D].
 *
 * <p>With C = Cov[Φ] and B = Cov[T*Φ] it solves B v = λ C v. The λ_i estimate s_i², and the
 * functions Σ_j v_ij φ̃_j, of mean 0 and variance 1, estimate μ_i. Directions of C whose variance
 * is below 10⁻⁹ of the largest are left out as rounding.
 *
 * @param mean the mean of the outputs, float64 [1, d₁]
 * @param rotation float64 [d₁, d]; (Φ − mean)·rotation are the ordered functions
 * @param eigenvalues λ_1 ≥ λ_2 ≥ …, one for each direction that was kept, at least d
 * @param rank how many directions of C were kept
 * @param effectiveRank exp of the entropy of C's normalised spectrum, between 1 and d₁
 */
public record RayleighRitz(
    NDArray mean, NDArray rotation, double[] eigenvalues, int rank, double effectiveRank) {

  private static final double SMALLEST_VARIANCE = 1e-9;

  /** A constant's variance, as a part of its square, is this within rounding. */
  private static final double ROUNDING = 1e-26;

  /**
   * Solves the problem exactly on the points of a finite context.
   *
   * @param outputs the encoder's outputs on the pretraining points, [n, d₁]; its manager owns the
   *     result
   * @param operator the context's operator, n inputs
   * @param d how many functions to keep; fewer are kept if C has a lower rank
   * @throws ArithmeticException if an output is not finite or all outputs are constant
   */
  public static RayleighRitz of(NDArray outputs, ExpectationOperator operator, int d) {
    return of(outputs, operator, d, 0);
  }

  /**
   * Solves the problem with C + ρI in place of C, see {@link #ofMoments(NDArray, NDArray, NDArray,
   * int, double)}.
   */
  public static RayleighRitz of(
      NDArray outputs, ExpectationOperator operator, int d, double ridge) {
    return of(
        outputs,
        operator.inputWeights(),
        centred -> {
          NDArray onContexts = operator.adjoint(centred);
          NDArray q = Torch.within(operator.contextWeights(), centred.getManager());
          return onContexts.transpose().matMul(onContexts.mul(q.reshape(-1, 1)));
        },
        d,
        ridge);
  }

  /**
   * Solves the problem with B as a function of the centred outputs [n, d₁].
   *
   * @param weights P_X, float64 [n]
   */
  static RayleighRitz of(
      NDArray outputs, NDArray weights, UnaryOperator<NDArray> covariance, int d) {
    return of(outputs, weights, covariance, d, 0);
  }

  private static RayleighRitz of(
      NDArray outputs, NDArray weights, UnaryOperator<NDArray> covariance, int d, double ridge) {
    NDManager manager = outputs.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray z = outputs.toType(DataType.FLOAT64, true);
      z.attach(scope);
      NDArray p = Torch.within(weights, scope).reshape(-1, 1);
      NDArray mean = z.mul(p).sum(new int[] {0}, true);
      NDArray centred = z.sub(mean);
      NDArray c = centred.transpose().matMul(centred.mul(p));
      NDArray b = covariance.apply(centred);

      double total = centred.square().mul(p).sum().toDoubleArray()[0];
      double offset = mean.square().sum().toDoubleArray()[0];
      if (!Double.isFinite(total) || !(total > ROUNDING * offset)) {
        throw new ArithmeticException(
            "the encoder's outputs are constant or not finite: total variance " + total);
      }
      RayleighRitz found = ofMoments(mean, c, b, d, ridge);
      found.mean.attach(manager);
      found.rotation.attach(manager);
      return found;
    }
  }

  /**
   * Solves the problem of given moments.
   *
   * @param mean the mean of the outputs, float64 [1, d₁]
   * @param c C, float64 [d₁, d₁]; its manager owns the rotation
   * @param b B, float64 [d₁, d₁], symmetric
   * @param d how many functions to keep; fewer are kept if C has a lower rank
   * @throws ArithmeticException if C has no positive eigenvalue
   */
  public static RayleighRitz ofMoments(NDArray mean, NDArray c, NDArray b, int d) {
    LinearAlgebra.Eigen covariance = LinearAlgebra.eigh(c);
    NDArray whitening = whitening(covariance);
    LinearAlgebra.Eigen ritz =
        LinearAlgebra.eigh(whitening.transpose().matMul(b).matMul(whitening));
    double[] ascending = ritz.values().toDoubleArray();
    int rank = ascending.length;
    double[] eigenvalues = new double[rank];
    Arrays.setAll(eigenvalues, i -> ascending[rank - 1 - i]);
    NDArray rotation = whitening.matMul(ritz.vectors().flip(1).get(":, 0:" + Math.min(d, rank)));
    double effective = effectiveRank(covariance.values().toDoubleArray());
    return new RayleighRitz(mean, rotation, eigenvalues, rank, effective);
  }

  /**
   * Solves B v = λ (C + ρI) v, where directions of little variance, which are mostly noise, have a
   * small λ. The functions still have variance 1 under C.
   *
   * @param mean the mean of the outputs, float64 [1, d₁]
   * @param c C, float64 [d₁, d₁]; its manager owns the rotation
   * @param b B, float64 [d₁, d₁], symmetric
   * @param d how many functions to keep
   * @param ridge ρ as a share of the mean variance of the outputs, at least 0
   * @throws ArithmeticException if C has no positive eigenvalue
   */
  public static RayleighRitz ofMoments(NDArray mean, NDArray c, NDArray b, int d, double ridge) {
    if (ridge == 0) {
      return ofMoments(mean, c, b, d);
    }
    NDManager manager = c.getManager();
    int outputs = Math.toIntExact(c.getShape().get(0));
    NDArray identity = manager.eye(outputs, outputs, 0, DataType.FLOAT64);
    double added = ridge * c.mul(identity).sum().toDoubleArray()[0] / outputs;
    RayleighRitz held = ofMoments(mean, c.add(identity.mul(added)), b, d);
    NDArray variances = held.rotation.mul(c.matMul(held.rotation)).sum(new int[] {0}, true);
    double least = SMALLEST_VARIANCE * variances.max().toDoubleArray()[0];
    NDArray rotation = held.rotation.div(variances.maximum(least).sqrt());
    double effective = effectiveRank(LinearAlgebra.eigh(c).values().toDoubleArray());
    return new RayleighRitz(mean, rotation, held.eigenvalues, held.rank, effective);
  }

  /**
   * Returns directions of variance 1 [d₁, r], without those of rounding.
   *
   * @param covariance of an encoder's outputs
   * @throws ArithmeticException if it has no positive eigenvalue
   */
  public static NDArray whitening(LinearAlgebra.Eigen covariance) {
    double largest = covariance.values().max().toDoubleArray()[0];
    if (!(largest > 0) || !Double.isFinite(largest)) {
      throw new ArithmeticException(
          "the encoder's outputs are constant or not finite: largest variance " + largest);
    }
    return covariance.whitening(SMALLEST_VARIANCE);
  }

  /** Returns the number of functions d. */
  public int dimension() {
    return Math.toIntExact(rotation.getShape().get(1));
  }

  /**
   * Returns the ordered functions of encoder outputs.
   *
   * @param outputs [b, d₁]; its manager owns the result
   * @return float64 [b, d]
   */
  public NDArray project(NDArray outputs) {
    try (NDManager scope = outputs.getManager().newSubManager()) {
      NDArray z = outputs.toType(DataType.FLOAT64, true);
      z.attach(scope);
      NDArray functions = z.sub(mean).matMul(rotation);
      functions.attach(outputs.getManager());
      return functions;
    }
  }

  /** Returns exp of the entropy of variances as parts of their sum; those below 0 count as 0. */
  public static double effectiveRank(double[] variances) {
    double total = Arrays.stream(variances).filter(v -> v > 0).sum();
    double entropy = 0;
    for (double v : variances) {
      if (v > 0) {
        entropy -= v / total * Math.log(v / total);
      }
    }
    return Math.exp(entropy);
  }
}
