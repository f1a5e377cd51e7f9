package ai.contexture.measure;

import ai.contexture.input.Text;

/**
 * The trace gap of features, which bounds their worst-case error without their being exact [C, app.
 * C].
 *
 * <p>TG² = min over d′ ≤ d of Σ_{i≤d′+1} s_i² − Σ_{i≤d′} λ_i, with λ_i by Rayleigh–Ritz: the
 * largest Tr(C_F⁻¹B_F) of d′ functions F in the features' span is the sum of the first d′ of them.
 * No function outside of that span has ‖T*f‖ above TG‖f‖. Of the exact functions, TG = s_{d+1}.
 *
 * @param gap TG, between 0 and s_1
 * @param dimension the d′ where the minimum is
 * @param strongest s_1
 */
public record TraceGap(double gap, int dimension, double strongest) {

  /** Where TG is as near to s_1 as this, it bounds nothing. */
  private static final double TOLERANCE = 1e-12;

  /**
   * Measures features by their Rayleigh–Ritz values.
   *
   * @param ritz λ_1 ≥ λ_2 ≥ … of the d features, λ_i ≤ s_i²
   * @param eigenvalues s_1² ≥ s_2² ≥ … of the context, at least one; those that are not given are
   *     not counted on: d′ ends where they do
   * @throws IllegalArgumentException if a value is out of range
   */
  public static TraceGap of(double[] ritz, double[] eigenvalues) {
    double[] lambda = Eigenvalues.checked(ritz);
    double[] s = Eigenvalues.checked(eigenvalues);
    if (s.length == 0) {
      throw new IllegalArgumentException("eigenvalues: expected at least one, got none");
    }
    double least = s[0];
    int dimension = 0;
    double missed = 0;
    for (int d = 1; d <= Math.min(lambda.length, s.length - 1); d++) {
      missed += Math.max(0, s[d - 1] - lambda[d - 1]);
      if (missed + s[d] < least) {
        least = missed + s[d];
        dimension = d;
      }
    }
    return new TraceGap(Math.sqrt(least), dimension, Math.sqrt(s[0]));
  }

  /**
   * Returns a bound of the worst-case error on tasks with ρ ≥ 1 − ε, (s_1² − (1 − ε)² +
   * s_1·TG)/(s_1² − TG²), at most 1.
   *
   * @param epsilon ε, between 0 and 1
   * @return a share of the task's variance between 0 and 1; 0 if no task is so compatible
   */
  public double bound(double epsilon) {
    if (!(epsilon >= 0 && epsilon <= 1)) {
      throw new IllegalArgumentException("epsilon: expected 0 to 1, got " + epsilon);
    }
    double largest = strongest * strongest;
    double least = (1 - epsilon) * (1 - epsilon);
    if (largest < least - TOLERANCE) {
      return 0;
    }
    double divisor = largest - gap * gap;
    double bound = (Math.max(0, largest - least) + strongest * gap) / divisor;
    return divisor > TOLERANCE ? Math.min(1, bound) : 1;
  }

  @Override
  public String toString() {
    return Text.format(
        "trace gap: %.3g, between 0 and s_1 = %.3g (no function that the first %d features miss"
            + " has a compatibility above it)",
        gap, strongest, dimension);
  }
}
