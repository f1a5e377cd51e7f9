package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The compatibility of a task f with a context, ρ(f, P⁺)² = Σ s_i²u_i² / Σ u_i² with u_i = ⟨f̃,
 * μ_i⟩ [C, def. 13].
 *
 * <p>It is ‖T*f̃‖²/‖f̃‖²: 1 if f can be told from the context alone, 0 if the context says nothing
 * of it. For classes the numerators and denominators of their indicators are added up.
 *
 * @param squared ρ², between 0 and 1; what lies outside the functions that were given counts as 0
 * @param covered the share of ‖f̃‖² within these functions, between 0 and 1
 */
public record Compatibility(double squared, double covered) {

  /** A target whose variance is this part of its mean square is constant. */
  private static final double CONSTANT = 1e-24;

  /**
   * Measures a target on all pretraining points of a context by its exact functions.
   *
   * <p>Functions beyond those of the spectrum count as if their s_i were 0, so that ρ² is at most
   * {@code s_d² (1 − covered)} too small.
   *
   * @param target one row a pretraining point, all known
   * @throws IllegalArgumentException if rows do not fit, one is unknown, or all are equal
   */
  public static Compatibility of(Spectrum spectrum, Target target) {
    return of(
        spectrum.functions(),
        spectrum.eigenvalues(spectrum.dimension()),
        spectrum.inputWeights(),
        Targets.of(target));
  }

  /**
   * Measures targets by functions that are orthonormal in L²(P_X) and of mean 0.
   *
   * @param functions μ_1 … μ_d on n points, [n, d]
   * @param eigenvalues s_1² … s_d²
   * @param weights P_X, [n]
   * @param targets [n, c], whose columns' numerators and denominators are added up
   * @throws IllegalArgumentException if shapes do not fit or all targets are constant
   */
  public static Compatibility of(
      NDArray functions, double[] eigenvalues, NDArray weights, Matrix targets) {
    double[] s = Eigenvalues.checked(eigenvalues);
    int n = Math.toIntExact(weights.getShape().size());
    Shape shape = functions.getShape();
    if (shape.dimension() != 2 || shape.get(0) != n || shape.get(1) != s.length) {
      throw new IllegalArgumentException(
          Text.format(
              "functions: expected (%d, %d), one row a weight and one column an eigenvalue, got %s",
              n, s.length, shape));
    }
    double[] shares = TaskSpectrum.of(functions, weights, targets).shares();
    double squared = 0;
    double covered = 0;
    for (int i = 0; i < s.length; i++) {
      squared += s[i] * shares[i];
      covered += shares[i];
    }
    return new Compatibility(share(squared, 1), share(covered, 1));
  }

  /**
   * Measures a target on all pretraining points of a context by its whole operator.
   *
   * @param target one row a pretraining point, all known
   * @throws IllegalArgumentException if rows do not fit, one is unknown, or all are equal
   */
  public static Compatibility exact(FiniteContext context, Target target) {
    return exact(context.operator(), Targets.of(target));
  }

  /**
   * Measures targets by the whole operator, ‖T*f̃‖²/‖f̃‖², without its functions.
   *
   * @param operator of a finite context with n inputs
   * @param targets [n, c], whose columns' numerators and denominators are added up
   * @throws IllegalArgumentException if shapes do not fit or all targets are constant
   */
  public static Compatibility exact(ExpectationOperator operator, Matrix targets) {
    try (NDManager scope = operator.inputWeights().getManager().newSubManager()) {
      NDArray p = Kernels.column(operator.inputWeights(), scope);
      NDArray q = Kernels.column(operator.contextWeights(), scope);
      NDArray f = centred(Targets.array(targets, operator.inputs(), scope), p);
      double energy = f.square().mul(p).sum().toDoubleArray()[0];
      double squared = operator.adjoint(f).square().mul(q).sum().toDoubleArray()[0];
      return new Compatibility(share(squared, energy), 1);
    }
  }

  /** f̃ = f − E f [n, c]; refuses targets that are all constant. */
  static NDArray centred(NDArray f, NDArray p) {
    NDArray centred = f.sub(f.mul(p).sum(new int[] {0}, true));
    double energy = centred.square().mul(p).sum().toDoubleArray()[0];
    double size = f.square().mul(p).sum().toDoubleArray()[0];
    if (!(energy > CONSTANT * size)) {
      throw new IllegalArgumentException(
          "targets: expected at least two different values, got the same in every row");
    }
    return centred;
  }

  /** A part of a whole, between 0 and 1. */
  static double share(double part, double whole) {
    double share = part / whole;
    if (!Double.isFinite(share)) {
      throw new ArithmeticException("the compatibility is not finite");
    }
    return Math.min(1, Math.max(0, share));
  }

  /** Returns ρ, between 0 and 1. */
  public double rho() {
    return Math.sqrt(squared);
  }

  /** Returns one line on what ρ says of the task and the context. */
  public String verdict() {
    return Text.format(
        "ρ = %.3f (1: the context tells the target, 0: it says nothing of it); the functions hold"
            + " %.1f %% of the target's variance",
        rho(), 100 * covered);
  }

  @Override
  public String toString() {
    return "compatibility: " + verdict();
  }
}
