package ai.contexture.view;

/** Points in 0 to 1 and weights whose sums are the integrals of polynomials up to degree 2n − 1. */
final class GaussLegendre {

  private final double[] points;
  private final double[] weights;

  private GaussLegendre(double[] points, double[] weights) {
    this.points = points;
    this.weights = weights;
  }

  /** Returns the rule of n points: the roots of Legendre's polynomial, by Newton's method. */
  static GaussLegendre of(int n) {
    double[] points = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      double x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
      double slope = 0;
      for (int round = 0; round < 20; round++) {
        double before = 0;
        double value = 1;
        for (int degree = 1; degree <= n; degree++) {
          double next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
          before = value;
          value = next;
        }
        slope = n * (x * value - before) / (x * x - 1);
        x -= value / slope;
      }
      points[i] = (1 - x) / 2;
      weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
    return new GaussLegendre(points, weights);
  }

  /** Returns the points [n], ascending. */
  double[] points() {
    return points;
  }

  /** Returns the weights [n], which sum to 1. */
  double[] weights() {
    return weights;
  }
}
