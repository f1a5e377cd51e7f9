package ai.contexture.measure;

import ai.contexture.input.Text;
import java.util.Arrays;

/** How closely two lists of numbers go together: Pearson's and the distance correlation. */
public final class Correlation {

  private Correlation() {}

  /**
   * Returns Pearson's correlation, Cov(x, y)/(σ_x σ_y).
   *
   * @param x n ≥ 2 numbers
   * @param y n numbers
   * @return between −1 and 1; NaN if one of them is constant
   * @throws IllegalArgumentException if the lengths differ, n &lt; 2, or a number is not finite
   */
  public static double pearson(double[] x, double[] y) {
    check(x, y);
    double[] a = centred(x);
    double[] b = centred(y);
    double both = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    return Math.max(-1, Math.min(1, both / (Math.sqrt(squaresA) * Math.sqrt(squaresB))));
  }

  /** x less its mean and over its largest part, all 0 if it is constant within rounding. */
  private static double[] centred(double[] x) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double largest = Arrays.stream(x).map(v -> Math.abs(v - mean)).max().orElseThrow();
    double rounding = 1e-14 * Math.abs(mean);
    return Arrays.stream(x).map(v -> largest > rounding ? (v - mean) / largest : 0).toArray();
  }

  /**
   * Returns the distance correlation, which is 0 only where there is no dependence of any kind, in
   * the limit of many numbers [Székely, Rizzo, Bakirov, Annals of Statistics 35, 2007, def. 5].
   *
   * <p>√(V²(x, y)/√(V²(x) V²(y))) with V²(x, y) the mean of A_jk B_jk, where A and B are the
   * matrices of distances |x_j − x_k| and |y_j − y_k|, less the means of their rows and columns. It
   * takes O(n²) time and O(n) memory, and is the biased version, above 0 for independent numbers.
   *
   * @param x n ≥ 2 numbers
   * @param y n numbers
   * @return between 0 and 1; NaN if one of them is constant
   * @throws IllegalArgumentException if the lengths differ, n &lt; 2, or a number is not finite
   */
  public static double distance(double[] x, double[] y) {
    check(x, y);
    double[] a = centred(x);
    double[] b = centred(y);
    double[] meansA = distanceMeans(a);
    double[] meansB = distanceMeans(b);
    double meanA = Arrays.stream(meansA).average().orElseThrow();
    double meanB = Arrays.stream(meansB).average().orElseThrow();
    double both = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int j = 0; j < a.length; j++) {
      for (int k = 0; k < a.length; k++) {
        double distanceA = Math.abs(a[j] - a[k]) - meansA[j] - meansA[k] + meanA;
        double distanceB = Math.abs(b[j] - b[k]) - meansB[j] - meansB[k] + meanB;
        both += distanceA * distanceB;
        squaresA += distanceA * distanceA;
        squaresB += distanceB * distanceB;
      }
    }
    double squared = both / (Math.sqrt(squaresA) * Math.sqrt(squaresB));
    return Math.sqrt(Math.max(0, Math.min(1, squared)));
  }

  private static double[] distanceMeans(double[] x) {
    double[] means = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      for (double value : x) {
        means[j] += Math.abs(x[j] - value) / x.length;
      }
    }
    return means;
  }

  private static void check(double[] x, double[] y) {
    if (x.length != y.length || x.length < 2) {
      throw new IllegalArgumentException(
          Text.format(
              "x, y: expected as many numbers, at least 2, got %d and %d", x.length, y.length));
    }
    for (double[] values : new double[][] {x, y}) {
      for (double value : values) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("x, y: expected finite numbers, got " + value);
        }
      }
    }
  }
}
