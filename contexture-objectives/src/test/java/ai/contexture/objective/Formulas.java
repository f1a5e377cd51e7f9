package ai.contexture.objective;

import static ai.contexture.objective.Plain.centred;
import static ai.contexture.objective.Plain.constrain;
import static ai.contexture.objective.Plain.dot;
import static ai.contexture.objective.Plain.gram;
import static ai.contexture.objective.Plain.marginal;
import static ai.contexture.objective.Plain.meanProduct;
import static ai.contexture.objective.Plain.times;

import ai.contexture.objective.Plain.Rows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The terms of objectives on one batch, written with loops over plain arrays.
 *
 * @param way the orthonormality
 * @param progress of the training
 * @param full whether the batch is all points
 * @param p P_X of all points
 * @param law P⁺(a|x) of all points
 * @param at the positions of the batch
 * @param points the weights of the batch
 * @param x the rows of the batch
 * @param z Φ's outputs of the batch
 * @param contexts the rows of all contexts
 * @param y Ψ's outputs of all contexts
 * @param averages the averaged Ψ's outputs of all contexts
 * @param drawn the positions of r contexts that are drawn of each point
 * @param phi Φ's outputs of all points
 * @param head what a head makes of inputs
 * @param averagedHead what an averaged head makes of inputs
 */
record Formulas(
    Orthonormality way,
    double progress,
    boolean full,
    double[] p,
    double[][] law,
    long[] at,
    Rows points,
    double[][] x,
    double[][] z,
    double[][] contexts,
    double[][] y,
    double[][] averages,
    IntFunction<long[]> drawn,
    double[][] phi,
    BiFunction<String, double[][], double[][]> head,
    BiFunction<String, double[][], double[][]> averagedHead) {

  Map<String, Double> terms(Objective<?> objective) {
    if (objective instanceof Kise) {
      return kise();
    } else if (objective instanceof Svme svme) {
      return svme(svme.samples());
    } else if (objective instanceof NonContrastive other) {
      return nonContrastive(other.samples());
    } else if (objective instanceof SpectralContrastive other) {
      return spectralContrastive(other);
    } else if (objective instanceof LowRank lowRank) {
      return lowRank(lowRank);
    } else if (objective instanceof Distillation distillation) {
      return distillation(distillation.nesting());
    } else if (objective instanceof Supervised supervised) {
      return supervised(supervised);
    } else if (objective instanceof BalancedClassification balanced) {
      return balanced(balanced);
    } else if (objective instanceof Denoising denoising) {
      return denoising(denoising);
    } else if (objective instanceof Laplacian laplacian) {
      return laplacian(laplacian.samples());
    } else if (objective instanceof InfoNce infoNce) {
      return infoNce(infoNce);
    } else if (objective instanceof SupervisedContrastive other) {
      return supervisedContrastive(other);
    } else if (objective instanceof Clip clip) {
      return clip(clip);
    } else if (objective instanceof BarlowTwins barlow) {
      return barlowTwins(barlow);
    } else if (objective instanceof VicReg other) {
      return vicReg(other);
    } else if (objective instanceof Byol byol) {
      return byol(byol);
    }
    throw new AssertionError("no formula of " + objective);
  }

  private double[] q() {
    return marginal(law, p);
  }

  /** Rows of a matrix at some positions. */
  private static double[][] select(double[][] rows, long[] index) {
    return Plain.select(rows, index, 0);
  }

  private double[][] kernel() {
    double[] q = q();
    return matrix(
        at.length,
        at.length,
        (i, j) ->
            IntStream.range(0, q.length)
                .mapToDouble(a -> law[(int) at[i]][a] * law[(int) at[j]][a] / q[a])
                .sum());
  }

  private interface Entry {
    double at(int i, int j);
  }

  private static double[][] matrix(int n, int m, Entry entry) {
    double[][] matrix = new double[n][m];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        matrix[i][j] = entry.at(i, j);
      }
    }
    return matrix;
  }

  private static Map<String, Double> own(Object... terms) {
    Map<String, Double> own = new LinkedHashMap<>();
    for (int i = 0; i < terms.length; i += 2) {
      own.put((String) terms[i], (Double) terms[i + 1]);
    }
    return own;
  }

  private Map<String, Double> kise() {
    var constrained = constrain(way, centred(z, points.weights()), points, progress);
    double[][] kernel = kernel();
    double association = 0;
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j < z.length; j++) {
        double product = dot(constrained.phi()[i], constrained.phi()[j]);
        association += points.pair(i, j) * kernel[i][j] * product;
      }
    }
    return Plain.terms(constrained, own("norm", constrained.norm(), "association", -association));
  }

  /** Means over the contexts: exact ones, or of r that were drawn of each point. */
  private final class OfContexts {

    private final double[][] y;
    private final Rows rows;
    private final boolean exact;

    OfContexts(int samples, int least) {
      exact = full && samples == 0;
      int r = Math.max(samples, least);
      y = exact ? Formulas.this.y : select(Formulas.this.y, drawn.apply(r));
      rows = exact ? Rows.all(q()) : points.withSamples(r);
    }

    double[][] centredOutputs() {
      return centred(y, rows.weights());
    }

    /** E[f gᵀ] of functions of X and of these contexts. */
    double[][] moment(double[][] f, double[][] g) {
      if (exact) {
        return product(f, times(law, g), p);
      }
      double[][] repeated = new double[g.length][];
      Arrays.setAll(repeated, i -> f[i / rows.samples()]);
      return product(repeated, g, rows.weights());
    }

    /** E[g gᵀ] of two contexts of one X. */
    double[][] crossMoment(double[][] g) {
      if (exact) {
        return product(times(law, g), times(law, g), p);
      }
      return matrix(
          g[0].length,
          g[0].length,
          (k, l) -> {
            double sum = 0;
            for (int i = 0; i < g.length; i++) {
              for (int j = 0; j < g.length; j++) {
                sum += rows.positive(i, j) * g[i][k] * g[j][l];
              }
            }
            return sum;
          });
    }

    /** E over independent points of f_k(x) f_l(x) g_k(a′) g_l(a′). */
    double[][] contrast(double[][] f, double[][] g) {
      int r = rows.samples();
      return matrix(
          f[0].length,
          f[0].length,
          (k, l) -> {
            double sum = 0;
            for (int i = 0; i < f.length; i++) {
              for (int j = 0; j < g.length; j++) {
                double weight = exact ? p[i] * rows.points()[j] : points.pairs()[i][j / r] / r;
                sum += weight * f[i][k] * f[i][l] * g[j][k] * g[j][l];
              }
            }
            return sum;
          });
    }
  }

  /** Σ_i w_i a_i bᵢᵀ. */
  private static double[][] product(double[][] a, double[][] b, double[] w) {
    return matrix(
        a[0].length,
        b[0].length,
        (k, l) -> IntStream.range(0, a.length).mapToDouble(i -> w[i] * a[i][k] * b[i][l]).sum());
  }

  /** E over independent rows of g_k g_l g′_k g′_l. */
  private static double[][] selfContrast(double[][] g, Rows rows) {
    return matrix(
        g[0].length,
        g[0].length,
        (k, l) -> {
          double sum = 0;
          for (int i = 0; i < g.length; i++) {
            for (int j = 0; j < g.length; j++) {
              sum += rows.pair(i, j) * g[i][k] * g[i][l] * g[j][k] * g[j][l];
            }
          }
          return sum;
        });
  }

  /** The mean over k of the sum of the first k numbers, or the sum of all. */
  private static double nested(Nesting nesting, double[][] association) {
    int d = association.length;
    double sum = 0;
    for (int k = nesting == Nesting.JOINT ? 1 : d; k <= d; k++) {
      for (int i = 0; i < k; i++) {
        sum += association[i][i] / (nesting == Nesting.JOINT ? d : 1);
      }
    }
    return sum;
  }

  private static double nestedPairs(Nesting nesting, double[][] pairs) {
    int d = pairs.length;
    double sum = 0;
    for (int k = nesting == Nesting.JOINT ? 1 : d; k <= d; k++) {
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          sum += pairs[i][j] / (nesting == Nesting.JOINT ? d : 1);
        }
      }
    }
    return sum;
  }

  private Map<String, Double> svme(int samples) {
    var constrained = constrain(way, centred(z, points.weights()), points, progress);
    OfContexts contexts = new OfContexts(samples, 1);
    double[][] psi = contexts.centredOutputs();
    double association = Plain.trace(contexts.moment(constrained.phi(), psi));
    double prediction = meanProduct(psi, psi, contexts.rows.weights());
    return Plain.terms(
        constrained,
        own("norm", constrained.norm(), "association", -2 * association, "prediction", prediction));
  }

  private Map<String, Double> nonContrastive(int samples) {
    OfContexts contexts = new OfContexts(samples, 2);
    var constrained = constrain(way, contexts.centredOutputs(), contexts.rows, progress);
    double association = Plain.trace(contexts.crossMoment(constrained.phi()));
    return Plain.terms(
        constrained, own("norm", 2 * constrained.norm(), "association", -2 * association));
  }

  private Map<String, Double> spectralContrastive(SpectralContrastive of) {
    OfContexts contexts = new OfContexts(of.samples(), 2);
    double[][] outputs = of.centred() ? contexts.centredOutputs() : contexts.y;
    var constrained = constrain(way, outputs, contexts.rows, progress);
    double[][] psi = constrained.phi();
    double association = nested(of.nesting(), contexts.crossMoment(psi));
    double contrast = nestedPairs(of.nesting(), selfContrast(psi, contexts.rows));
    return Plain.terms(constrained, own("association", -association, "contrast", contrast / 2));
  }

  private Map<String, Double> lowRank(LowRank of) {
    OfContexts contexts = new OfContexts(of.samples(), 1);
    double[][] f = centred(z, points.weights());
    double[][] g = contexts.centredOutputs();
    return own(
        "association",
        -2 * nested(of.nesting(), contexts.moment(f, g)),
        "contrast",
        nestedPairs(of.nesting(), contexts.contrast(f, g)));
  }

  private Map<String, Double> distillation(Nesting nesting) {
    double[][] f = centred(z, points.weights());
    double[][] kernel = kernel();
    double[][] association =
        matrix(
            f[0].length,
            f[0].length,
            (k, l) -> {
              double sum = 0;
              for (int i = 0; i < f.length; i++) {
                for (int j = 0; j < f.length; j++) {
                  sum += points.pair(i, j) * kernel[i][j] * f[i][k] * f[j][l];
                }
              }
              return sum;
            });
    return own(
        "association",
        -2 * nested(nesting, association),
        "contrast",
        nestedPairs(nesting, selfContrast(f, points)));
  }

  /** E‖f(Z) − T‖² with outputs, and the targets with their weights, row by row of the outputs. */
  private Map<String, Double> regression(
      Readout readout, double[][] outputs, Rows rows, double[][] means, double[] squares) {
    double[] w = rows.weights();
    var constrained = constrain(way, centred(outputs, w), rows, progress);
    double second = IntStream.range(0, w.length).mapToDouble(i -> w[i] * squares[i]).sum();
    if (readout.closed()) {
      double[][] t = centred(means, w);
      double[][] covariance = product(constrained.phi(), t, w);
      double explained =
          Arrays.stream(covariance).flatMapToDouble(Arrays::stream).map(v -> v * v).sum();
      double[][] mean = matrix(1, means[0].length, (i, j) -> means[0][j] - t[0][j]);
      double variance = second - dot(mean[0], mean[0]);
      return Plain.terms(constrained, own("variance", variance, "explained", -explained));
    }
    double[][] f = head.apply("readout", constrained.phi());
    double error = meanProduct(f, f, w) - 2 * meanProduct(f, means, w) + second;
    return Plain.terms(constrained, own("error", error));
  }

  private static double[] squaredNorms(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> dot(row, row)).toArray();
  }

  private Map<String, Double> supervised(Supervised of) {
    double[] norms = squaredNorms(contexts);
    if (of.samples() == 0) {
      double[][] laws = select(law, at);
      double[] squares = Arrays.stream(laws).mapToDouble(own -> dot(own, norms)).toArray();
      return regression(of.readout(), z, points, times(laws, contexts), squares);
    }
    int r = of.samples();
    double[][] a = select(contexts, drawn.apply(r));
    double[][] means = new double[z.length][a[0].length];
    double[] squares = new double[z.length];
    for (int i = 0; i < a.length; i++) {
      squares[i / r] += dot(a[i], a[i]) / r;
      for (int k = 0; k < a[0].length; k++) {
        means[i / r][k] += a[i][k] / r;
      }
    }
    return regression(of.readout(), z, points, means, squares);
  }

  private Map<String, Double> balanced(BalancedClassification of) {
    double[] q = q();
    double[][] laws = select(law, at);
    double[][] means = matrix(z.length, q.length, (i, a) -> laws[i][a] / Math.sqrt(q[a]));
    double[] squares = new double[z.length];
    Arrays.setAll(
        squares, i -> IntStream.range(0, q.length).mapToDouble(a -> laws[i][a] / q[a]).sum());
    return regression(of.readout(), z, points, means, squares);
  }

  private Map<String, Double> denoising(Denoising of) {
    OfContexts contexts = new OfContexts(of.samples(), 1);
    double[] norms = squaredNorms(x);
    double[] q = q();
    int r = contexts.rows.samples();
    double[][] means =
        matrix(
            contexts.y.length,
            x[0].length,
            (a, k) ->
                contexts.exact
                    ? IntStream.range(0, p.length)
                        .mapToDouble(i -> p[i] * law[i][a] / q[a] * x[i][k])
                        .sum()
                    : x[a / r][k]);
    double[] squares = new double[contexts.y.length];
    Arrays.setAll(
        squares,
        a ->
            contexts.exact
                ? IntStream.range(0, p.length)
                    .mapToDouble(i -> p[i] * law[i][a] / q[a] * norms[i])
                    .sum()
                : norms[a / r]);
    return regression(of.decoder(), contexts.y, contexts.rows, means, squares);
  }

  /** On contexts that are the points. */
  private Map<String, Double> laplacian(int samples) {
    if (full && samples == 0) {
      double[] q = q();
      double[] both = new double[p.length];
      Arrays.setAll(both, i -> (p[i] + q[i]) / 2);
      var constrained = constrain(way, centred(z, both), Rows.all(both), progress);
      double[][] mean = times(law, constrained.phi());
      double association = meanProduct(constrained.phi(), mean, p);
      return Plain.terms(constrained, own("norm", constrained.norm(), "association", -association));
    }
    int r = Math.max(1, samples);
    double[][] v = select(phi, drawn.apply(r));
    double[][] edges = new double[2 * v.length][];
    Arrays.setAll(edges, i -> i % 2 == 0 ? z[i / 2 / r] : v[i / 2]);
    Rows rows = points.withSamples(2 * r);
    var constrained = constrain(way, centred(edges, rows.weights()), rows, progress);
    double association = 0;
    for (int i = 0; i < v.length; i++) {
      double product = dot(constrained.phi()[2 * i], constrained.phi()[2 * i + 1]);
      association += points.points()[i / r] / r * product;
    }
    return Plain.terms(constrained, own("norm", constrained.norm(), "association", -association));
  }

  private double[][] projected(Projector projector, double[][] outputs) {
    return projector.widths().isEmpty() ? outputs : head.apply("projector", outputs);
  }

  private static double cosine(double[] a, double[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private Map<String, Double> infoNce(InfoNce of) {
    int r = of.samples();
    double[][] v = projected(of.projector(), select(y, drawn.apply(r)));
    double[] w = points.points();
    double association = 0;
    double contrast = 0;
    for (int i = 0; i < w.length; i++) {
      for (int s = 0; s < r; s++) {
        for (int t = 0; t < r; t++) {
          if (s == t) {
            continue;
          }
          double positive = cosine(v[i * r + s], v[i * r + t]) / of.temperature();
          double sum = of.decoupled() ? 0 : Math.exp(positive);
          for (int j = 0; j < v.length; j++) {
            boolean counts = of.negatives() == InfoNce.Negatives.ALL_VIEWS || j % r == t;
            if (j / r != i && counts) {
              double weight = w.length * w[j / r];
              sum += weight * Math.exp(cosine(v[i * r + s], v[j]) / of.temperature());
            }
          }
          association += w[i] * positive / (r * (r - 1.0));
          contrast += w[i] * Math.log(sum) / (r * (r - 1.0));
        }
      }
    }
    return own("association", -association, "contrast", contrast);
  }

  private Map<String, Double> supervisedContrastive(SupervisedContrastive of) {
    double[][] v = projected(of.projector(), z);
    double[] w = points.points();
    double[][] kernel = kernel();
    double association = 0;
    double contrast = 0;
    double anchors = 0;
    for (int i = 0; i < w.length; i++) {
      double positives = 0;
      double mean = 0;
      double sum = 0;
      for (int j = 0; j < w.length; j++) {
        if (i != j) {
          double similarity = cosine(v[i], v[j]) / of.temperature();
          double share = w[j] * Math.max(0, kernel[i][j]);
          positives += share;
          mean += share * similarity;
          sum += w.length * w[j] * Math.exp(similarity);
        }
      }
      if (positives > 0) {
        anchors += w[i];
        association += w[i] * mean / positives;
        contrast += w[i] * Math.log(sum);
      }
    }
    return own("association", -association / anchors, "contrast", contrast / anchors);
  }

  private Map<String, Double> clip(Clip of) {
    double[][] v = select(y, drawn.apply(1));
    double scale =
        of.trained()
            ? Math.exp(Math.min(Math.log(100), head.apply("logit-scale", null)[0][0]))
            : 1 / of.temperature();
    double[] w = points.points();
    double association = 0;
    double contrast = 0;
    for (int i = 0; i < w.length; i++) {
      double overContexts = 0;
      double overInputs = 0;
      for (int j = 0; j < w.length; j++) {
        double weight = i == j ? 1 : w.length * w[j];
        overContexts += weight * Math.exp(scale * cosine(z[i], v[j]));
        overInputs += weight * Math.exp(scale * cosine(z[j], v[i]));
      }
      association += w[i] * scale * cosine(z[i], v[i]);
      contrast += w[i] * (Math.log(overContexts) + Math.log(overInputs)) / 2;
    }
    return own("association", -association, "contrast", contrast);
  }

  private Map<String, Double> barlowTwins(BarlowTwins of) {
    OfContexts contexts = new OfContexts(of.samples(), 2);
    double[] w = contexts.rows.weights();
    double[][] outputs = centred(projected(of.projector(), contexts.y), w);
    double[][] c = gram(outputs, w);
    double[][] standardised =
        matrix(outputs.length, c.length, (i, k) -> outputs[i][k] / Math.sqrt(c[k][k] + 1e-5));
    double[][] r = contexts.crossMoment(standardised);
    double invariance = 0;
    for (int i = 0; i < r.length; i++) {
      invariance += Math.pow(1 - r[i][i], 2);
    }
    return own("invariance", invariance, "redundancy", of.offDiagonal() * Plain.offDiagonal(r));
  }

  private Map<String, Double> vicReg(VicReg of) {
    OfContexts contexts = new OfContexts(of.samples(), 2);
    int r = contexts.rows.samples();
    double[] w = contexts.rows.points();
    double[][] outputs = projected(of.projector(), contexts.y);
    double[][] all = centred(outputs, contexts.rows.weights());
    int d = outputs[0].length;
    double difference =
        meanProduct(all, all, contexts.rows.weights()) - Plain.trace(contexts.crossMoment(all));
    double hinge = 0;
    double squares = 0;
    double unbiased = 1 / (1 - Arrays.stream(w).map(v -> v * v).sum());
    for (int t = 0; t < r; t++) {
      double[][] view = new double[w.length][];
      int shift = t;
      Arrays.setAll(view, i -> outputs[i * r + shift]);
      double[][] c = gram(centred(view, w), w);
      for (int k = 0; k < d; k++) {
        hinge += Math.max(0, 1 - Math.sqrt(unbiased * c[k][k] + 1e-4)) / d;
      }
      squares += unbiased * unbiased * Plain.offDiagonal(c) / d;
    }
    return own(
        "invariance",
        of.invariance() * 2 * difference / d,
        "variance",
        of.variance() * hinge / r,
        "covariance",
        of.covariance() * 2 * squares / r);
  }

  private Map<String, Double> byol(Byol of) {
    int r = of.samples();
    long[] index = drawn.apply(r);
    double[][] v = projected(of.projector(), select(y, index));
    double[][] target =
        of.momentum() == 0
            ? v
            : of.projector().widths().isEmpty()
                ? select(averages, index)
                : averagedHead.apply("projector", select(averages, index));
    double[][] q = head.apply("predictor", v);
    Rows rows = points.withSamples(r);
    double cosines = 0;
    for (int i = 0; i < q.length; i++) {
      for (int j = 0; j < q.length; j++) {
        cosines += rows.positive(i, j) * cosine(q[i], target[j]);
      }
    }
    return own("prediction", 2 - 2 * cosines);
  }
}
