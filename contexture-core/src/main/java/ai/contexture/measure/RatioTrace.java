package ai.contexture.measure;

import ai.contexture.input.Text;

/**
 * How much of a context d features hold, RT = Tr(C⁻¹B) = Σ_{i≤d} λ_i, against the most that d
 * features can hold, Σ_{i≤d} s_i² [C, app. C].
 *
 * @param value RT, with λ_i by Rayleigh–Ritz
 * @param most Σ_{i≤d} s_i²
 * @param dimension the number d of features
 */
public record RatioTrace(double value, double most, int dimension) {

  /**
   * Compares the features' Rayleigh–Ritz values with the context's eigenvalues.
   *
   * @param ritz λ_1 ≥ λ_2 ≥ … of the d features, such as {@link
   *     ai.contexture.spectrum.RayleighRitz#eigenvalues}
   * @param eigenvalues s_1² ≥ s_2² ≥ … of the context, at least d
   * @throws IllegalArgumentException if a value is out of range or there are too few eigenvalues
   */
  public static RatioTrace of(double[] ritz, double[] eigenvalues) {
    double[] lambda = Eigenvalues.checked(ritz);
    double[] s = Eigenvalues.checked(eigenvalues);
    if (lambda.length == 0 || s.length < lambda.length) {
      throw new IllegalArgumentException(
          Text.format(
              "eigenvalues: expected at least as many as features, at least 1, got %d for %d",
              s.length, lambda.length));
    }
    double value = 0;
    double most = 0;
    for (int i = 0; i < lambda.length; i++) {
      value += lambda[i];
      most += s[i];
    }
    return new RatioTrace(value, most, lambda.length);
  }

  /** Returns RT as a share of the most, between 0 and 1. */
  public double share() {
    return most > 0 ? Math.min(1, value / most) : 1;
  }

  @Override
  public String toString() {
    return Text.format(
        "ratio trace: %.4g of at most %.4g with %d features, %.1f %%",
        value, most, dimension, 100 * share());
  }
}
