package ai.contexture.measure;

import ai.contexture.input.Text;

/** How two series of numbers vary together. */
public final class Correlation {

  private Correlation() {}

  /**
   * Returns Pearson's correlation, between −1 and 1: how far one is a linear function of the other.
   *
   * @param x at least two numbers, not all equal
   * @param y as many, not all equal
   * @return NaN where either is constant
   * @throws IllegalArgumentException if the lengths differ, are below 2, or a value is not finite
   */
  public static double pearson(double[] x, double[] y) {
    check(x, y);
    int n = x.length;
    double meanX = mean(x);
    double meanY = mean(y);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xx > 0 && yy > 0 ? clip(xy / Math.sqrt(xx * yy), -1) : Double.NaN;
  }

  /**
   * Returns the distance correlation, between 0 and 1: 0 in the limit only where the two are
   * independent, 1 where one is a linear function of the other.
   *
   * <p>dCor² = dCov²(x, y) / √(dCov²(x, x) dCov²(y, y)), where dCov² is the mean product of the two
   * matrices of distances |x_i − x_j|, each centred by rows and columns (Székely, Rizzo, Bakirov,
   * Annals of Statistics 2007, definition 4; the biased V-statistic). It takes O(n²) time and O(n)
   * memory.
   *
   * @param x at least two numbers, not all equal
   * @param y as many, not all equal
   * @return NaN where either is constant
   * @throws IllegalArgumentException if the lengths differ, are below 2, or a value is not finite
   */
  public static double distance(double[] x, double[] y) {
    check(x, y);
    double[] meansX = meanDistances(x);
    double[] meansY = meanDistances(y);
    double allX = mean(meansX);
    double allY = mean(meansY);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        double a = Math.abs(x[i] - x[j]) - meansX[i] - meansX[j] + allX;
        double b = Math.abs(y[i] - y[j]) - meansY[i] - meansY[j] + allY;
        xy += a * b;
        xx += a * a;
        yy += b * b;
      }
    }
    return xx > 0 && yy > 0 ? clip(Math.sqrt(Math.max(0, xy) / Math.sqrt(xx * yy)), 0) : Double.NaN;
  }

  private static double[] meanDistances(double[] x) {
    double[] means = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double sum = 0;
      for (double other : x) {
        sum += Math.abs(x[i] - other);
      }
      means[i] = sum / x.length;
    }
    return means;
  }

  private static double mean(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += value;
    }
    return sum / x.length;
  }

  private static double clip(double value, double least) {
    return Math.min(1, Math.max(least, value));
  }

  private static void check(double[] x, double[] y) {
    if (x.length != y.length || x.length < 2) {
      throw new IllegalArgumentException(
          Text.format(
              "x and y: expected as many numbers and at least 2, got %d and %d",
              x.length, y.length));
    }
    for (int i = 0; i < x.length; i++) {
      if (!Double.isFinite(x[i]) || !Double.isFinite(y[i])) {
        throw new IllegalArgumentException(
            Text.format(
                "x and y: expected finite numbers, got %s and %s at position %d", x[i], y[i], i));
      }
    }
  }
}
