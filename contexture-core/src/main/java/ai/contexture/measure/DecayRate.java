package ai.contexture.measure;

/**
 * The decay rate λ of a spectrum, s_i² ≈ exp(−λi): large where the association is weak [C, §5].
 *
 * <p>It is the non-linear least-squares fit, argmin_λ Σ_i (s_i² − exp(−λi))², over all eigenvalues
 * that are given.
 */
public final class DecayRate {

  private static final double SMALLEST = 1e-9;
  private static final double LARGEST = 100;
  private static final int GRID = 600;
  private static final int STEPS = 80;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private DecayRate() {}

  /**
   * Returns λ ≥ 0 of a spectrum.
   *
   * <p>The whole range of λ is searched, so that the least of several local minima is found. 0
   * means that all eigenvalues are 1; infinity that all are 0.
   *
   * @param eigenvalues s_1² ≥ s_2² ≥ … in [0, 1], at least one
   * @throws IllegalArgumentException if they are out of range, not numbers or not descending
   */
  public static double of(double[] eigenvalues) {
    double[] s = Eigenvalues.checked(eigenvalues);
    if (s.length == 0) {
      throw new IllegalArgumentException("eigenvalues: expected at least one, got none");
    }
    if (s[0] == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double low = Math.log(SMALLEST);
    double width = (Math.log(LARGEST) - low) / GRID;
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= GRID; i++) {
      double error = error(s, Math.exp(low + i * width));
      if (error < least) {
        least = error;
        best = i;
      }
    }
    double minimum = golden(s, low + (best - 1) * width, low + (best + 1) * width);
    double lambda = newton(s, Math.exp(minimum));
    return error(s, 0) <= error(s, lambda) ? 0 : lambda;
  }

  /** The minimum in log λ within a bracket that holds one. */
  private static double golden(double[] s, double low, double high) {
    double a = low;
    double b = high;
    double left = b - GOLDEN * (b - a);
    double right = a + GOLDEN * (b - a);
    double errorLeft = error(s, Math.exp(left));
    double errorRight = error(s, Math.exp(right));
    for (int i = 0; i < STEPS; i++) {
      if (errorLeft <= errorRight) {
        b = right;
        right = left;
        errorRight = errorLeft;
        left = b - GOLDEN * (b - a);
        errorLeft = error(s, Math.exp(left));
      } else {
        a = left;
        left = right;
        errorLeft = errorRight;
        right = a + GOLDEN * (b - a);
        errorRight = error(s, Math.exp(right));
      }
    }
    return (a + b) / 2;
  }

  /** Polishes a minimum, which golden section finds to the square root of the precision. */
  private static double newton(double[] s, double start) {
    double lambda = start;
    for (int step = 0; step < 4; step++) {
      double slope = 0;
      double curvature = 0;
      for (int i = 1; i <= s.length; i++) {
        double model = Math.exp(-lambda * i);
        slope += i * model * (s[i - 1] - model);
        curvature += (double) i * i * model * (2 * model - s[i - 1]);
      }
      double change = slope / curvature;
      if (!(curvature > 0) || Math.abs(change) > 1e-4 * lambda) {
        return lambda;
      }
      lambda -= change;
    }
    return lambda;
  }

  private static double error(double[] s, double lambda) {
    double error = 0;
    for (int i = 1; i <= s.length; i++) {
      double difference = s[i - 1] - Math.exp(-lambda * i);
      error += difference * difference;
    }
    return error;
  }
}
