package ai.contexture.view;

/** Sums of small probabilities by their logarithms. */
final class Logarithms {

  private Logarithms() {}

  /** Returns log(eᵃ + eᵇ), where either may be −∞. */
  static double sum(double a, double b) {
    double larger = Math.max(a, b);
    return larger == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
  }

  /** Returns log C(n, k) for 0 ≤ k ≤ n, and −∞ for another k. */
  static double binomial(int n, int k) {
    if (k < 0 || k > n) {
      return Double.NEGATIVE_INFINITY;
    }
    double log = 0;
    for (int i = 1; i <= k; i++) {
      log += Math.log((n - k + i) / (double) i);
    }
    return log;
  }

  /** Returns log αᵏ(1−α)ˡ, where 0⁰ = 1. */
  static double power(double rate, int k, int l) {
    return (k == 0 ? 0 : k * Math.log(rate)) + (l == 0 ? 0 : l * Math.log1p(-rate));
  }
}
