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

  /** The weights of r rows of each point. */
  static double[] repeated(double[] w, int r) {
    double[] rows = new double[w.length * r];
    Arrays.setAll(rows, i -> w[i / r] / r);
    return rows;
  }

  /** Pairs of m of n points that were drawn without replacement. */
  static double[][] drawnPairs(int m, int n) {
    return pairs(m, 1.0 / ((double) n * m), (n - 1.0) / ((double) n * m * (m - 1)));
  }

  /** Pairs of m points that were drawn independently. */
  static double[][] independentPairs(int m) {
    return pairs(m, 0, 1.0 / ((double) m * (m - 1)));
  }

  private static double[][] pairs(int m, double own, double other) {
    double[][] pairs = new double[m][m];
    for (int i = 0; i < m; i++) {
      Arrays.fill(pairs[i], other);
      pairs[i][i] = own;
    }
    return pairs;
  }

  /** Pairs of all points. */
  static double[][] allPairs(double[] w) {
    double[][] pairs = new double[w.length][w.length];
    for (int i = 0; i < w.length; i++) {
      for (int j = 0; j < w.length; j++) {
        pairs[i][j] = w[i] * w[j];
      }
    }
    return pairs;
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

  static Constrained constrain(Orthonormality way, double[][] z, double[] w, double progress) {
    Map<String, Double> penalties = new LinkedHashMap<>();
    int d = z[0].length;
    if (way instanceof Whitening whitening) {
      double fraction =
          whitening.firstRidge()
              * Math.pow(whitening.lastRidge() / whitening.firstRidge(), progress);
      double[][] c = gram(z, w);
      double trace = 0;
      for (int i = 0; i < d; i++) {
        trace += c[i][i];
      }
      for (int i = 0; i < d; i++) {
        c[i][i] += fraction * trace / d;
      }
      return new Constrained(whiten(z, cholesky(c)), d, penalties);
    }
    if (way instanceof VicReg vicReg) {
      double[][] c = gram(z, w);
      double unbiased = 1 / (1 - Arrays.stream(w).map(v -> v * v).sum());
      double hinge = 0;
      double squares = 0;
      for (int i = 0; i < d; i++) {
        hinge += Math.max(0, 1 - Math.sqrt(c[i][i] * unbiased + 1e-4));
        for (int j = 0; j < d; j++) {
          squares += i == j ? 0 : Math.pow(c[i][j] * unbiased, 2);
        }
      }
      penalties.put("variance", vicReg.variance() * hinge);
      penalties.put("covariance", vicReg.covariance() * squares);
    }
    return new Constrained(z, meanProduct(z, z, w), penalties);
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

  /**
   * The terms of KISE.
   *
   * @param z outputs of a batch
   * @param w the weights of its points
   * @param pairs the weights of their pairs
   * @param kernel the kernel of the batch
   */
  static Map<String, Double> kise(
      Orthonormality way,
      double[][] z,
      double[] w,
      double[][] pairs,
      double[][] kernel,
      double progress) {
    Constrained constrained = constrain(way, centred(z, w), w, progress);
    double association = 0;
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < z.length; j++) {
        association += pairs[i][j] * kernel[i][j] * dot(constrained.phi[i], constrained.phi[j]);
      }
    }
    return terms(constrained, Map.of("norm", constrained.norm, "association", -association));
  }

  /** The terms of SVME with outputs z of inputs and y of r contexts each. */
  static Map<String, Double> svme(
      Orthonormality way, double[][] z, double[] w, double[][] y, double progress) {
    Constrained constrained = constrain(way, centred(z, w), w, progress);
    int r = y.length / z.length;
    double[] rows = repeated(w, r);
    double[][] psi = centred(y, rows);
    double[][] phi = new double[y.length][];
    Arrays.setAll(phi, i -> constrained.phi[i / r]);
    return svmeTerms(constrained, meanProduct(phi, psi, rows), meanProduct(psi, psi, rows));
  }

  /** The terms of SVME with outputs y of all contexts. */
  static Map<String, Double> svmeExact(
      Orthonormality way, double[][] z, double[] p, double[][] law, double[][] y, double progress) {
    Constrained constrained = constrain(way, centred(z, p), p, progress);
    double[] q = marginal(law, p);
    double[][] psi = centred(y, q);
    double association = 0;
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < q.length; a++) {
        association += p[i] * law[i][a] * dot(constrained.phi[i], psi[a]);
      }
    }
    return svmeTerms(constrained, association, meanProduct(psi, psi, q));
  }

  private static Map<String, Double> svmeTerms(
      Constrained constrained, double association, double prediction) {
    return terms(
        constrained,
        Map.of(
            "norm", constrained.norm, "association", -2 * association, "prediction", prediction));
  }

  /** The terms of the non-contrastive loss with the outputs of r contexts of each point. */
  static Map<String, Double> nonContrastive(
      Orthonormality way, double[][] y, double[] w, double progress) {
    int r = y.length / w.length;
    double[] rows = repeated(w, r);
    Constrained constrained = constrain(way, centred(y, rows), rows, progress);
    double association = positives(constrained.phi, w);
    return terms(
        constrained, Map.of("norm", 2 * constrained.norm, "association", -2 * association));
  }

  /** The terms of the non-contrastive loss with the outputs of all contexts. */
  static Map<String, Double> nonContrastiveExact(
      Orthonormality way, double[][] y, double[] p, double[][] law, double progress) {
    double[] q = marginal(law, p);
    Constrained constrained = constrain(way, centred(y, q), q, progress);
    double association = positivesExact(constrained.phi, p, law);
    return terms(
        constrained, Map.of("norm", 2 * constrained.norm, "association", -2 * association));
  }

  /**
   * The terms of the contrastive loss with the outputs of r contexts of each point.
   *
   * @param pairs the weights of pairs of points
   */
  static Map<String, Double> spectralContrastive(
      Orthonormality way,
      boolean centred,
      double[][] y,
      double[] w,
      double[][] pairs,
      double progress) {
    int r = y.length / w.length;
    double[] rows = repeated(w, r);
    Constrained constrained = constrain(way, centred ? centred(y, rows) : y, rows, progress);
    double contrast = 0;
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < y.length; j++) {
        boolean own = i / r == j / r;
        double weight = pairs[i / r][j / r] / (own ? r * (r - 1.0) : r * r);
        contrast += i == j ? 0 : weight * Math.pow(dot(constrained.phi[i], constrained.phi[j]), 2);
      }
    }
    return terms(
        constrained,
        Map.of("association", -positives(constrained.phi, w), "contrast", contrast / 2));
  }

  /** The terms of the contrastive loss with the outputs of all contexts. */
  static Map<String, Double> spectralContrastiveExact(
      Orthonormality way,
      boolean centred,
      double[][] y,
      double[] p,
      double[][] law,
      double progress) {
    double[] q = marginal(law, p);
    Constrained constrained = constrain(way, centred ? centred(y, q) : y, q, progress);
    double contrast = 0;
    for (int i = 0; i < q.length; i++) {
      for (int j = 0; j < q.length; j++) {
        contrast += q[i] * q[j] * Math.pow(dot(constrained.phi[i], constrained.phi[j]), 2);
      }
    }
    return terms(
        constrained,
        Map.of("association", -positivesExact(constrained.phi, p, law), "contrast", contrast / 2));
  }

  /** The mean product of two different rows of a point. */
  private static double positives(double[][] y, double[] w) {
    int r = y.length / w.length;
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      for (int s = 0; s < r; s++) {
        for (int t = 0; t < r; t++) {
          sum += s == t ? 0 : w[i] * dot(y[i * r + s], y[i * r + t]) / (r * (r - 1.0));
        }
      }
    }
    return sum;
  }

  private static double positivesExact(double[][] y, double[] p, double[][] law) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < y.length; a++) {
        for (int b = 0; b < y.length; b++) {
          sum += p[i] * law[i][a] * law[i][b] * dot(y[a], y[b]);
        }
      }
    }
    return sum;
  }

  private static Map<String, Double> terms(Constrained constrained, Map<String, Double> own) {
    Map<String, Double> terms = new LinkedHashMap<>(own);
    terms.putAll(constrained.penalties);
    return terms;
  }
}
