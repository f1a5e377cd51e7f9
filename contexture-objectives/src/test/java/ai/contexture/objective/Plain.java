package ai.contexture.objective;

import ai.contexture.context.KnnContext;
import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/** The objectives written down with loops over plain arrays, as the papers write them. */
final class Plain {

  private Plain() {}

  /** P⁺(a_j | x_i) of nearest neighbours, [n][n]. */
  static double[][] conditional(KnnContext context) {
    int n = context.points().size();
    long[] near = context.neighbours().toLongArray();
    double[][] p = new double[n][n];
    for (int i = 0; i < near.length; i++) {
      p[i / context.k()][(int) near[i]] = 1.0 / context.k();
    }
    return p;
  }

  /** The probabilities of the contexts of n equally probable inputs. */
  static double[] marginal(double[][] conditional) {
    double[] q = new double[conditional[0].length];
    for (double[] row : conditional) {
      for (int j = 0; j < q.length; j++) {
        q[j] += row[j] / conditional.length;
      }
    }
    return q;
  }

  /** The dual kernel k(x_i, x_j) = Σ_a P⁺(a|x_i) P⁺(a|x_j) / P(a). */
  static double[][] kernel(KnnContext context) {
    double[][] p = conditional(context);
    double[] q = marginal(p);
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

  static double[][] centred(double[][] z) {
    int d = z[0].length;
    double[] mean = new double[d];
    for (double[] row : z) {
      for (int j = 0; j < d; j++) {
        mean[j] += row[j] / z.length;
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
  static double meanProduct(double[][] a, double[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += dot(a[i], b[i]);
    }
    return sum / a.length;
  }

  /** zᵀz / normaliser. */
  static double[][] gram(double[][] z, double normaliser) {
    int d = z[0].length;
    double[][] c = new double[d][d];
    for (double[] row : z) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          c[i][j] += row[i] * row[j] / normaliser;
        }
      }
    }
    return c;
  }

  /** The variance of each column, normalised by the number of rows less one. */
  static double[] variances(double[][] z) {
    double[][] c = gram(centred(z), z.length - 1.0);
    double[] variances = new double[c.length];
    for (int i = 0; i < c.length; i++) {
      variances[i] = c[i][i];
    }
    return variances;
  }

  /** What an orthonormality makes of centred outputs. */
  record Constrained(double[][] phi, double norm, Map<String, Double> penalties) {}

  static Constrained constrain(Orthonormality way, double[][] z, double progress) {
    Map<String, Double> penalties = new LinkedHashMap<>();
    int d = z[0].length;
    if (way instanceof Whitening whitening) {
      double fraction =
          whitening.firstRidge()
              * Math.pow(whitening.lastRidge() / whitening.firstRidge(), progress);
      double[][] c = gram(z, z.length);
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
      double[][] c = gram(z, z.length - 1.0);
      double hinge = 0;
      double squares = 0;
      for (int i = 0; i < d; i++) {
        hinge += Math.max(0, 1 - Math.sqrt(c[i][i] + 1e-4));
        for (int j = 0; j < d; j++) {
          squares += i == j ? 0 : c[i][j] * c[i][j];
        }
      }
      penalties.put("variance", vicReg.variance() * hinge);
      penalties.put("covariance", vicReg.covariance() * squares);
    }
    return new Constrained(z, meanProduct(z, z), penalties);
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
   * @param z outputs of a batch of m of n points
   * @param kernel the kernel of the batch
   */
  static Map<String, Double> kise(
      Orthonormality way, double[][] z, double[][] kernel, int n, double progress) {
    Constrained constrained = constrain(way, centred(z), progress);
    double m = z.length;
    double association = 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        // all pairs of n points, n of them diagonal, from m(m − 1) and m of them
        double weight = i == j ? 1 / (n * m) : (n - 1) / (n * m * (m - 1));
        association += weight * kernel[i][j] * dot(constrained.phi[i], constrained.phi[j]);
      }
    }
    return terms(constrained, Map.of("norm", constrained.norm, "association", -association));
  }

  /** The terms of SVME with outputs z of inputs and y of one context each. */
  static Map<String, Double> svme(Orthonormality way, double[][] z, double[][] y, double progress) {
    Constrained constrained = constrain(way, centred(z), progress);
    double[][] psi = centred(y);
    return terms(
        constrained,
        Map.of(
            "norm",
            constrained.norm,
            "association",
            -2 * meanProduct(constrained.phi, psi),
            "prediction",
            meanProduct(psi, psi)));
  }

  /** The terms of the non-contrastive loss with the outputs of pairs in neighbouring rows. */
  static Map<String, Double> nonContrastive(Orthonormality way, double[][] pairs, double progress) {
    Constrained constrained = constrain(way, centred(pairs), progress);
    return terms(
        constrained,
        Map.of(
            "norm",
            2 * constrained.norm,
            "association",
            -2 * meanProduct(view(constrained.phi, 0), view(constrained.phi, 1))));
  }

  /** The terms of the contrastive loss with the outputs of pairs in neighbouring rows. */
  static Map<String, Double> spectralContrastive(
      Orthonormality way, double[][] pairs, double progress) {
    Constrained constrained = constrain(way, centred(pairs), progress);
    double[][] first = view(constrained.phi, 0);
    double[][] second = view(constrained.phi, 1);
    double b = first.length;
    double contrast = 0;
    for (int i = 0; i < b; i++) {
      for (int j = 0; j < b; j++) {
        double product = dot(first[i], second[j]);
        contrast += i == j ? 0 : product * product / (b * (b - 1));
      }
    }
    return terms(
        constrained, Map.of("association", -meanProduct(first, second), "contrast", contrast / 2));
  }

  private static Map<String, Double> terms(Constrained constrained, Map<String, Double> own) {
    Map<String, Double> terms = new LinkedHashMap<>(own);
    terms.putAll(constrained.penalties);
    return terms;
  }

  static double[][] view(double[][] pairs, int which) {
    double[][] view = new double[pairs.length / 2][];
    for (int i = 0; i < view.length; i++) {
      view[i] = pairs[2 * i + which];
    }
    return view;
  }
}
