package ai.contexture.measure;

import ai.contexture.input.Text;

/**
 * The usefulness τ of a context, from its spectrum alone: lower is better [C, eq. 4].
 *
 * <p>τ_d = 1/(1 − s²_{d+1}) + β Σ_{i≤d} s_i² / Σ_{i≤d₀} s_i² for d = 1 … d₀, and τ is the least of
 * them. The first term is large where the context is too strong to be cut after d functions, the
 * second where d functions are most of the context. What lies beyond d₀ counts as zero, so that
 * s_{d₀+1} = 0 and τ ≤ β + 1. Where s²_{d+1} = 1, τ_d is infinite and never the least.
 *
 * @param tau τ, between 1 and β + 1
 * @param dimension the least d with τ_d = τ; 0 if the context has no function to learn
 * @param beta β, the price of dimensions
 * @param d0 how many eigenvalues counted
 * @param curve τ_1 … τ_{d₀}, which may be infinite at its start
 */
public record Usefulness(double tau, int dimension, double beta, int d0, double[] curve) {

  /** The largest number of eigenvalues that count unless another is given. */
  public static final int DEFAULT_D0 = 512;

  /** The price of dimensions unless another is given. */
  public static final double DEFAULT_BETA = 1;

  /** This close to its upper bound, τ does not tell contexts apart. */
  private static final double CANNOT_TELL = 0.01;

  /** Measures with β = 1 and d₀ = 512, or the number of non-zero eigenvalues if that is smaller. */
  public static Usefulness of(double[] eigenvalues) {
    return of(eigenvalues, DEFAULT_BETA, DEFAULT_D0);
  }

  /**
   * Measures a context.
   *
   * @param eigenvalues s_1² ≥ s_2² ≥ … in [0, 1], without the constant's s_0
   * @param beta β &gt; 0
   * @param d0 d₀ ≥ 1; the number of non-zero eigenvalues takes its place if that is smaller
   * @throws IllegalArgumentException if an argument is out of range or not a number
   */
  public static Usefulness of(double[] eigenvalues, double beta, int d0) {
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta: expected a positive number, got " + beta);
    }
    if (d0 < 1) {
      throw new IllegalArgumentException("d0: expected at least 1, got " + d0);
    }
    double[] s = Eigenvalues.checked(eigenvalues);
    int rank = 0;
    double total = 0;
    while (rank < Math.min(d0, s.length) && s[rank] > Eigenvalues.ZERO) {
      total += s[rank++];
    }
    double[] curve = new double[rank];
    double tau = 1 + beta;
    int dimension = rank;
    double sum = 0;
    for (int d = 1; d <= rank; d++) {
      sum += s[d - 1];
      double next = d < rank ? s[d] : 0;
      double gap = 1 - next;
      curve[d - 1] =
          gap > Eigenvalues.ZERO ? 1 / gap + beta * sum / total : Double.POSITIVE_INFINITY;
      if (curve[d - 1] < tau) {
        tau = curve[d - 1];
        dimension = d;
      }
    }
    return new Usefulness(tau, dimension, beta, rank, curve);
  }

  /** Returns whether τ is far enough from its bound β + 1 to tell contexts apart. */
  public boolean tells() {
    return tau <= (1 - CANNOT_TELL) * (1 + beta);
  }

  /** Returns one line on what τ says of the context, for those who did not read the papers. */
  public String verdict() {
    double bound = 1 + beta;
    if (d0 == 0) {
      return "nothing to learn: the context tells nothing of the input";
    }
    if (!tells()) {
      String reason =
          d0 == 1
              ? "only one function counts"
              : Double.isInfinite(curve[d0 - 2])
                  ? "every eigenvalue is 1, the association is as strong as can be"
                  : "no number of dimensions stands out";
      return Text.format("cannot tell: τ = %.3f is at its bound %.3f, %s", tau, bound, reason);
    }
    return Text.format(
        "τ = %.3f (lower is better, between 1 and %.3g), best with the first %d of %d functions",
        tau, bound, dimension, d0);
  }

  @Override
  public String toString() {
    return "usefulness: " + verdict();
  }
}
