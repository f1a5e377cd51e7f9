package ai.contexture.measure;

/** Student's t distribution. */
final class StudentT {

  private StudentT() {}

  /**
   * Returns the number that |t| stays below with a given probability.
   *
   * @param probability between 0 and 1, both excluded
   * @param degrees of freedom, at least 1
   */
  static double twoSided(double probability, int degrees) {
    double low = 0;
    double high = 1;
    while (within(high, degrees) < probability) {
      high *= 2;
    }
    for (int step = 0; step < 200 && low < high; step++) {
      double middle = (low + high) / 2;
      if (within(middle, degrees) < probability) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** P(|T| ≤ t), a finite sum for whole degrees of freedom [Abramowitz, Stegun, 26.7.3–4]. */
  static double within(double t, int degrees) {
    double theta = Math.atan(t / Math.sqrt(degrees));
    double cosine = Math.cos(theta);
    boolean odd = degrees % 2 == 1;
    double term = odd ? cosine : 1;
    double sum = degrees == 1 ? 0 : term;
    for (int k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
      term *= cosine * cosine * (k - 1) / k;
      sum += term;
    }
    return odd ? 2 / Math.PI * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  }
}
