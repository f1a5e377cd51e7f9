package ai.contexture.measure;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Where a task lies among the functions of a context: ⟨f̃, μ_i⟩² / ‖f̃‖² for each of them [C, fig.
 * 5].
 *
 * <p>For classes the numerators and denominators of their indicators are added up. A target of pure
 * chance on n points of equal weights has shares of 1/(n − 1) on average.
 *
 * @param shares of the target's variance within μ_1 … μ_d, [d], which sum to at most 1
 */
public record TaskSpectrum(double[] shares) {

  /** Copies the shares. */
  public TaskSpectrum {
    shares = shares.clone();
  }

  /**
   * Measures a target on all pretraining points of a context by its exact functions.
   *
   * @param target one row a pretraining point, all known
   * @throws IllegalArgumentException if rows do not fit, one is unknown, or all are equal
   */
  public static TaskSpectrum of(Spectrum spectrum, Target target) {
    return of(spectrum.functions(), spectrum.inputWeights(), Targets.of(target));
  }

  /**
   * Measures targets by functions that are orthonormal in L²(P_X) and of mean 0.
   *
   * @param functions μ_1 … μ_d on n points, [n, d]
   * @param weights P_X, [n]
   * @param targets [n, c], whose columns' numerators and denominators are added up
   * @throws IllegalArgumentException if shapes do not fit or all targets are constant
   */
  public static TaskSpectrum of(NDArray functions, NDArray weights, Matrix targets) {
    int n = Math.toIntExact(weights.getShape().size());
    Shape shape = functions.getShape();
    if (shape.dimension() != 2 || shape.get(0) != n) {
      throw new IllegalArgumentException(
          Text.format("functions: expected (%d, d), one row a weight, got %s", n, shape));
    }
    try (NDManager scope = functions.getManager().newSubManager()) {
      NDArray p = Kernels.column(weights, scope);
      NDArray mu = functions.toType(DataType.FLOAT64, true);
      mu.attach(scope);
      NDArray f = Compatibility.centred(Targets.array(targets, n, scope), p);
      double energy = f.square().mul(p).sum().toDoubleArray()[0];
      double[] shares = mu.transpose().matMul(f.mul(p)).square().sum(new int[] {1}).toDoubleArray();
      for (int i = 0; i < shares.length; i++) {
        shares[i] = Compatibility.share(shares[i], energy);
      }
      return new TaskSpectrum(shares);
    }
  }

  /**
   * Returns |cos| of the angle between the target and each function, the roots of the shares, [d].
   */
  public double[] cosines() {
    return Arrays.stream(shares).map(Math::sqrt).toArray();
  }

  /** Returns the share of the target's variance within the first functions, at most 1, [d]. */
  public double[] cumulative() {
    double[] cumulative = shares.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
    Arrays.setAll(cumulative, i -> Math.min(1, cumulative[i]));
    return cumulative;
  }

  @Override
  public String toString() {
    double[] within = cumulative();
    return within.length == 0
        ? "task spectrum: no functions"
        : Text.format(
            "task spectrum: the first of %d functions holds %.1f %% of the target's variance, all"
                + " of them %.1f %%",
            within.length, 100 * within[0], 100 * within[within.length - 1]);
  }
}
