package ai.contexture.spectrum;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;

/**
 * The spectrum of a finite context: eigenvalues s_i² of TT* and its ordered functions μ_i [C, §2].
 *
 * <p>The constant function μ_0 with s_0 = 1 is left out. Arrays belong to the manager that was
 * given when the spectrum was computed.
 */
public final class Spectrum {

  /** Eigenvalues below this are zero within rounding; their functions cannot be extended. */
  public static final double ZERO = 1e-12;

  private final FiniteContext context;
  private final double[] eigenvalues;
  private final NDArray functions;
  private final double[] residuals;
  private final String method;

  Spectrum(
      FiniteContext context,
      double[] eigenvalues,
      NDArray functions,
      double[] residuals,
      String method) {
    this.context = context;
    this.eigenvalues = eigenvalues;
    this.functions = functions;
    this.residuals = residuals;
    this.method = method;
  }

  /** Returns s_1² ≥ s_2² ≥ … in [0, 1]; there may be more of them than functions. */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /** Returns the first d eigenvalues, or as many as there are. */
  public double[] eigenvalues(int d) {
    return Arrays.copyOf(eigenvalues, Math.min(d, eigenvalues.length));
  }

  /** Returns the number d of functions. */
  public int dimension() {
    return Math.toIntExact(functions.getShape().get(1));
  }

  /** Returns μ_1 … μ_d on the pretraining points, float64 [n, d], of mean 0 and variance 1. */
  public NDArray functions() {
    return functions;
  }

  /** Returns ‖TT*μ_i − s_i²μ_i‖ of each function, [d]. */
  public double[] residuals() {
    return residuals.clone();
  }

  /** Returns a few words on how the spectrum was computed. */
  public String method() {
    return method;
  }

  /** Returns the context whose spectrum this is. */
  public FiniteContext context() {
    return context;
  }

  /**
   * Returns the first d functions at any points by Nyström's extension, μ_i(x) = (T T*μ_i)(x) /
   * s_i².
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
              "d: expected 1 to %d functions with non-zero eigenvalues, got %d", usable(), d));
    }
    NDManager manager = x.manager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray first = functions.get(":, 0:" + d);
      first.attach(scope);
      NDArray onContexts = context.operator().adjoint(first);
      NDArray scale = scope.create(Arrays.copyOf(eigenvalues, d));
      NDArray extended = context.expectation(x, onContexts.div(scale));
      extended.attach(manager);
      return extended.toType(DataType.FLOAT64, false);
    }
  }

  private int usable() {
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
