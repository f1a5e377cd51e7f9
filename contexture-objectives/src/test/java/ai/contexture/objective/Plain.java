package ai.contexture.objective;

import ai.contexture.context.FiniteContext;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The objectives written down with loops over plain arrays, as the papers write them. */
final class Plain {

  private Plain() {}

  /** P⁺(a_j | x_i), [n][m]. */
  static double[][] conditional(FiniteContext context) {
    return rows(context.law(context.points()).dense(context.points().manager()));
  }

  /** P_X. */
  static double[] inputs(FiniteContext context) {
    return context.operator().inputWeights().toDoubleArray();
  }

  /** The probabilities of the contexts of inputs. */
  static double[] marginal(double[][] conditional, double[] p) {
    double[] q = new double[conditional[0].length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < q.length; j++) {
        q[j] += p[i] * conditional[i][j];
      }
    }
    return q;
  }

  /** The dual kernel k(x_i, x_j) = Σ_a P⁺(a|x_i) P⁺(a|x_j) / P(a). */
  static double[][] kernel(FiniteContext context) {
    double[][] p = conditional(context);
    double[] q = marginal(p, inputs(context));
    int n = p.length;
    double[][] k = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int a = 0; a < q.length; a++) {
          k[i][j] += p[i][a] * p[j][a] / q[a];
        }
      }
    }
    return k;
  }

  static double[] equal(int m) {
    double[] w = new double[m];
    Arrays.fill(w, 1.0 / m);
    return w;
  }

  /**
   * What the rows of a batch weigh.
   *
   * @param points the weights of points
   * @param pairs the weights of their pairs
   * @param samples how many rows each point has
   */
  record Rows(double[] points, double[][] pairs, int samples) {

    /** All points or contexts. */
    static Rows all(double[] w) {
      double[][] pairs = new double[w.length][w.length];
      for (int i = 0; i < w.length; i++) {
        for (int j = 0; j < w.length; j++) {
          pairs[i][j] = w[i] * w[j];
        }
      }
      return new Rows(w, pairs, 1);
    }

    /** Points m of n that were drawn without replacement. */
    static Rows drawn(int m, int n) {
      return of(m, 1.0 / ((double) n * m), (n - 1.0) / ((double) n * m * (m - 1)));
    }

    /** Points m that were drawn independently. */
    static Rows independent(int m) {
      return of(m, 0, 1.0 / ((double) m * (m - 1)));
    }

    private static Rows of(int m, double own, double other) {
      double[][] pairs = new double[m][m];
      for (int i = 0; i < m; i++) {
        Arrays.fill(pairs[i], other);
        pairs[i][i] = own;
      }
      return new Rows(equal(m), pairs, 1);
    }

    /** Rows of which each point has r. */
    Rows withSamples(int r) {
      return new Rows(points, pairs, r);
    }

    double[] weights() {
      double[] w = new double[points.length * samples];
      Arrays.setAll(w, i -> points[i / samples] / samples);
      return w;
    }

    /** The weight of two rows of independent points; those of one point differ, if it has more. */
    double pair(int i, int j) {
      double weight = pairs[i / samples][j / samples];
      if (i / samples != j / samples || samples == 1) {
        return weight / (samples * samples);
      }
      return i == j ? 0 : weight / (samples * (samples - 1.0));
    }

    /** The weight of two rows of the same point, different ones, if it has more. */
    double positive(int i, int j) {
      if (i / samples != j / samples) {
        return 0;
      }
      double w = points[i / samples];
      return samples == 1 ? w : i == j ? 0 : w / (samples * (samples - 1.0));
    }
  }

  static double[][] rows(NDArray matrix) {
    double[] values = Cases.doubles(matrix);
    int d = (int) matrix.getShape().get(1);
    double[][] rows = new double[values.length / d][d];
    for (int i = 0; i < values.length; i++) {
      rows[i / d][i % d] = values[i];
    }
    return rows;
  }

  static double[][] select(double[][] rows, long[] index, int shift) {
    double[][] selected = new double[index.length][];
    for (int i = 0; i < index.length; i++) {
      selected[i] = rows[(int) index[i] + shift];
    }
    return selected;
  }

  static double[][] centred(double[][] z, double[] w) {
    int d = z[0].length;
    double[] mean = new double[d];
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < d; j++) {
        mean[j] += w[i] * z[i][j];
      }
    }
    double[][] centred = new double[z.length][d];
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < d; j++) {
        centred[i][j] = z[i][j] - mean[j];
      }
    }
    return centred;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Mean over the rows of ⟨a_i, b_i⟩. */
  static double meanProduct(double[][] a, double[][] b, double[] w) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += w[i] * dot(a[i], b[i]);
    }
    return sum;
  }

  /** Mean over the rows of z zᵀ. */
  static double[][] gram(double[][] z, double[] w) {
    int d = z[0].length;
    double[][] c = new double[d][d];
    for (int r = 0; r < z.length; r++) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          c[i][j] += w[r] * z[r][i] * z[r][j];
        }
      }
    }
    return c;
  }

  /** The variance of each column, normalised by the number of rows less one. */
  static double[] variances(double[][] z) {
    double[] w = equal(z.length);
    double[][] c = gram(centred(z, w), w);
    double[] variances = new double[c.length];
    for (int i = 0; i < c.length; i++) {
      variances[i] = c[i][i] * z.length / (z.length - 1.0);
    }
    return variances;
  }

  /** What an orthonormality makes of centred outputs. */
  record Constrained(double[][] phi, double norm, Map<String, Double> penalties) {}

  static Constrained constrain(Orthonormality way, double[][] z, Rows rows, double progress) {
    Map<String, Double> penalties = new LinkedHashMap<>();
    double[] w = rows.weights();
    int d = z[0].length;
    double[][] c = gram(z, w);
    if (way instanceof Whitening whitening) {
      double fraction =
          whitening.firstRidge()
              * Math.pow(whitening.lastRidge() / whitening.firstRidge(), progress);
      double trace = trace(c);
      for (int i = 0; i < d; i++) {
        c[i][i] += fraction * trace / d;
      }
      boolean symmetric = whitening.form() == Whitening.Form.ZCA;
      double[][] phi = symmetric ? times(z, inverseRoot(c)) : whiten(z, cholesky(c));
      return new Constrained(phi, d, penalties);
    }
    double norm = meanProduct(z, z, w);
    if (way instanceof Frobenius frobenius) {
      double squares = 0;
      for (int i = 0; i < z.length; i++) {
        for (int j = 0; j < z.length; j++) {
          squares += rows.pair(i, j) * Math.pow(dot(z[i], z[j]), 2);
        }
      }
      penalties.put("frobenius", frobenius.weight() * (squares - 2 * norm + d));
    }
    if (way instanceof Correlation correlation) {
      double[][] phi = new double[z.length][d];
      for (int i = 0; i < z.length; i++) {
        for (int k = 0; k < d; k++) {
          phi[i][k] = z[i][k] / Math.sqrt(c[k][k] + 1e-5);
        }
      }
      double[][] r = new double[d][d];
      for (int i = 0; i < z.length; i++) {
        for (int j = 0; j < z.length; j++) {
          for (int k = 0; k < d * d; k++) {
            r[k / d][k % d] += rows.positive(i, j) * phi[i][k / d] * phi[j][k % d];
          }
        }
      }
      penalties.put("correlation", correlation.weight() * offDiagonal(r));
      return new Constrained(phi, d, penalties);
    }
    if (way instanceof VicRegPenalty vicReg) {
      double unbiased = 1 / (1 - Arrays.stream(w).map(v -> v * v).sum());
      double hinge = 0;
      for (int i = 0; i < d; i++) {
        hinge += Math.max(0, 1 - Math.sqrt(c[i][i] * unbiased + 1e-4));
      }
      penalties.put("variance", vicReg.variance() * hinge);
      penalties.put("covariance", vicReg.covariance() * unbiased * unbiased * offDiagonal(c));
    }
    return new Constrained(z, norm, penalties);
  }

  static double trace(double[][] matrix) {
    double trace = 0;
    for (int i = 0; i < matrix.length; i++) {
      trace += matrix[i][i];
    }
    return trace;
  }

  static double offDiagonal(double[][] matrix) {
    double squares = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        squares += i == j ? 0 : matrix[i][j] * matrix[i][j];
      }
    }
    return squares;
  }

  static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  /** C^(−1/2) by the iteration of Denman and Beavers. */
  static double[][] inverseRoot(double[][] c) {
    double[][] y = c;
    double[][] z = new double[c.length][c.length];
    for (int i = 0; i < c.length; i++) {
      z[i][i] = 1;
    }
    for (int step = 0; step < 30; step++) {
      double[][] next = mean(y, inverse(z));
      z = mean(z, inverse(y));
      y = next;
    }
    return z;
  }

  private static double[][] mean(double[][] a, double[][] b) {
    double[][] mean = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        mean[i][j] = (a[i][j] + b[i][j]) / 2;
      }
    }
    return mean;
  }

  /** The inverse of a positive definite matrix: L⁻ᵀL⁻¹. */
  private static double[][] inverse(double[][] c) {
    double[][] identity = new double[c.length][c.length];
    for (int i = 0; i < c.length; i++) {
      identity[i][i] = 1;
    }
    double[][] half = whiten(identity, cholesky(c)); // L⁻ᵀ
    double[][] inverse = new double[c.length][c.length];
    for (int i = 0; i < c.length; i++) {
      for (int j = 0; j < c.length; j++) {
        inverse[i][j] = dot(half[i], half[j]);
      }
    }
    return inverse;
  }

  private static double[][] cholesky(double[][] c) {
    int d = c.length;
    double[][] l = new double[d][d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = c[i][j];
        for (int k = 0; k < j; k++) {
          rest -= l[i][k] * l[j][k];
        }
        l[i][j] = i == j ? Math.sqrt(rest) : rest / l[j][j];
      }
    }
    return l;
  }

  /** Z L⁻ᵀ, row by row by forward substitution. */
  private static double[][] whiten(double[][] z, double[][] l) {
    double[][] phi = new double[z.length][l.length];
    for (int r = 0; r < z.length; r++) {
      for (int i = 0; i < l.length; i++) {
        double rest = z[r][i];
        for (int k = 0; k < i; k++) {
          rest -= l[i][k] * phi[r][k];
        }
        phi[r][i] = rest / l[i][i];
      }
    }
    return phi;
  }

  static Map<String, Double> terms(Constrained constrained, Map<String, Double> own) {
    Map<String, Double> terms = new LinkedHashMap<>(own);
    terms.putAll(constrained.penalties);
    return terms;
  }
}
