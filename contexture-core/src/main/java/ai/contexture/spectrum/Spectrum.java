package ai.contexture.spectrum;

import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;

/**
 * The spectrum of a context: eigenvalues s_i² of TT* and its ordered functions μ_i [C, §2], exact
 * or as good as the {@link #method} that found them.
 *
 * <p>The constant function μ_0 with s_0 = 1 is left out. Arrays belong to the manager that was
 * given when the spectrum was computed.
 */
public final class Spectrum {

  /** Eigenvalues below this are zero within rounding; their functions cannot be extended. */
  static final double ZERO = 1e-12;

  /**
   * Eigenvalues are told apart where they differ by so many residuals: a residual r turns functions
   * by an angle of at most r / gap [Davis and Kahan, 1970], here 1/100, which changes a squared
   * canonical correlation by 10⁻⁴ at most.
   */
  private static final double RESIDUALS_APART = 100;

  /** How functions are evaluated at other points. */
  @FunctionalInterface
  interface Extension {

    /** Returns the first d functions at b points, [b, d] with the manager of x. */
    NDArray at(Points x, int d);

    /** Returns the same extension, all arrays of which but the result are closed at once. */
    default Extension scoped() {
      return (x, d) -> {
        NDManager owner = x.manager();
        try (NDManager step = owner.newSubManager()) {
          NDArray extended = at(x.within(step), d);
          extended.attach(owner);
          return extended;
        }
      };
    }
  }

  private final KernelContext context;
  private final NDArray inputWeights;
  private final double[] eigenvalues;
  private final double[] errors;
  private final NDArray functions;
  private final double[] residuals;
  private final String method;
  private final Extension extension;

  Spectrum(
      KernelContext context,
      NDArray inputWeights,
      double[] eigenvalues,
      double[] errors,
      NDArray functions,
      double[] residuals,
      String method,
      Extension extension) {
    this.context = context;
    this.inputWeights = inputWeights;
    this.eigenvalues = eigenvalues;
    this.errors = errors;
    this.functions = functions;
    this.residuals = residuals;
    this.method = method;
    this.extension = extension;
  }

  /** Returns s_1² ≥ s_2² ≥ … in [0, 1]; there may be more of them than functions. */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** Returns the first d eigenvalues, or as many as there are. */
  public double[] eigenvalues(int d) {
    return Arrays.copyOf(eigenvalues, Math.min(d, eigenvalues.length));
  }

  /**
   * Returns how far each of {@link #eigenvalues()} may be off.
   *
   * <p>From a sub-sample, half of what lies between an estimate that is too large on average and
   * one that is too small. From other methods, the residual, within which there is an eigenvalue;
   * functions of a sketch or an encoder may miss others, so that their λ_i are lower bounds of
   * s_i².
   */
  public double[] errors() {
    return errors.clone();
  }

  /** Returns the number d of functions. */
  public int dimension() {
    return Math.toIntExact(functions.getShape().get(1));
  }

  /**
   * Returns μ_1 … μ_d on the pretraining points, float64 [n, d], of mean 0 and variance 1; they are
   * orthonormal in L²(P_X), those of a sub-sample nearly so.
   */
  public NDArray functions() {
    return functions;
  }

  /** Returns ‖TT*μ_i − s_i²μ_i‖ of each function in L²(P_X), [d]. */
  public double[] residuals() {
    return residuals.clone();
  }

  /** Returns a few words on how the spectrum was computed. */
  public String method() {
    return method;
  }

  /** Returns the context whose spectrum this is. */
  public KernelContext context() {
    return context;
  }

  /** Returns P_X on the pretraining points, float64 [n]. */
  public NDArray inputWeights() {
    return inputWeights;
  }

  /**
   * Returns the first d functions at any points: by Nyström's extension, μ_i(x) = (T T*μ_i)(x) /
   * s_i², or from the encoder's outputs where the functions come from an encoder.
   *
   * @param x b points
   * @param d how many, 1 ≤ d ≤ {@link #dimension()}
   * @return float64 [b, d], which belongs to the manager of x
   * @throws IllegalArgumentException if s_d is zero, since that function has no extension
   */
  public NDArray extend(Points x, int d) {
    if (d < 1 || d > dimension() || eigenvalues[d - 1] < ZERO) {
      throw new IllegalArgumentException(
          Text.format(
              "d: expected 1 to %d functions with non-zero eigenvalues, got %d", extendable(), d));
    }
    return extension.at(x, d).toType(DataType.FLOAT64, false);
  }

  /**
   * Returns what two eigenvalues must differ by so that their functions can be told apart: {@value
   * #RESIDUALS_APART} times the largest residual, and at least 10⁻¹². Of an estimate, whose
   * residuals are larger than those of the exact methods, it is 10⁻¹².
   */
  public double resolution() {
    double residual = Arrays.stream(residuals).max().orElse(0);
    return residual <= Spectra.EXACT ? Math.max(ZERO, RESIDUALS_APART * residual) : ZERO;
  }

  /**
   * Returns how far the first d functions exist and are determined, as far as these functions go;
   * those of {@link Spectra#leading} go as far as it takes.
   */
  public Leading leading(int d) {
    int known = Math.min(dimension(), eigenvalues.length);
    return Leading.of(eigenvalues, known, d, components(), resolution());
  }

  /**
   * Returns how many parts the context falls into that it never ties together: one more than there
   * are eigenvalues s_i² of 1, within the {@link #resolution}, among those that are known; at most
   * so many where the method is not exact.
   */
  public int components() {
    double one = 1 - resolution();
    return 1 + (int) Arrays.stream(eigenvalues).filter(v -> v >= one).count();
  }

  /** Returns how many functions have an extension: those of non-zero eigenvalues. */
  public int extendable() {
    int d = 0;
    while (d < dimension() && eigenvalues[d] >= ZERO) {
      d++;
    }
    return d;
  }

  @Override
  public String toString() {
    return Text.format(
        "Spectrum[%s, %d eigenvalues from %.4g to %.4g, %s]",
        context,
        eigenvalues.length,
        eigenvalues.length == 0 ? Double.NaN : eigenvalues[0],
        eigenvalues.length == 0 ? Double.NaN : eigenvalues[eigenvalues.length - 1],
        method);
  }
}
