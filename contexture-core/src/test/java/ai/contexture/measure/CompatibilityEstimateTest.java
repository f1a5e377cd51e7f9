package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.measure.CompatibilityEstimate.Sampling;
import ai.contexture.measure.KernelRidge.Labels;
import ai.contexture.measure.KernelRidge.Means;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompatibilityEstimateTest {

  private static final double[] S = {0.9, 0.6, 0.3, 0.05};

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** What is given for n points, and the estimate from it with plain sums. */
  private record Case(
      int n, int c, double[] kernel, double[] mu, double[] y, double[] w, int population) {

    double k(int i, int j) {
      return kernel[i * n + j] - 1;
    }
  }

  private Case randomCase(int n, int c, int population) {
    double[] mu = normal(manager, "functions", n, S.length).toDoubleArray();
    double[] rest = normal(manager, "rest", n, n).toDoubleArray();
    double[] y = normal(manager, "targets", n, c).toDoubleArray();
    double[] w = new double[n];
    double[] kernel = new double[n * n];
    for (int i = 0; i < n; i++) {
      w[i] = population == 0 ? 1 : 0.5 + i / (double) n;
      for (int k = 0; k < c; k++) {
        y[i * c + k] += 3 + mu[i * S.length] * (k + 1);
      }
      for (int j = 0; j < n; j++) {
        kernel[i * n + j] = 1 + 0.05 * (rest[i * n + j] + rest[j * n + i]);
        for (int k = 0; k < S.length; k++) {
          kernel[i * n + j] += S[k] * mu[i * S.length + k] * mu[j * S.length + k];
        }
      }
    }
    return new Case(n, c, kernel, mu, y, w, population);
  }

  private CompatibilityEstimate estimate(Case data, boolean functions, double level) {
    Matrix targets = Matrix.of(data.n, data.c, data.y);
    return functions
        ? CompatibilityEstimate.of(kernel(data), functions(data), S, targets, sampling(data), level)
        : CompatibilityEstimate.of(kernel(data), targets, sampling(data), level);
  }

  private NDArray kernel(Case data) {
    return manager.create(data.kernel, new Shape(data.n, data.n));
  }

  private NDArray functions(Case data) {
    return manager.create(data.mu, new Shape(data.n, S.length));
  }

  private static Sampling sampling(Case data) {
    return data.population == 0 ? Sampling.INDEPENDENT : new Sampling(data.w, data.population);
  }

  /** The coefficients of 1, s_1μ_1, … [5] of one target, fitted to the points that are kept. */
  private double[] fit(Case data, int target, double gamma, boolean[] kept) {
    int d = gamma == 0 ? 0 : S.length;
    double[] gram = new double[(d + 1) * (d + 1)];
    double[] right = new double[d + 1];
    for (int i = 0; i < data.n; i++) {
      if (kept[i]) {
        double[] z = features(data, i, d);
        for (int a = 0; a <= d; a++) {
          right[a] += z[a] * data.y[i * data.c + target];
          for (int b = 0; b <= d; b++) {
            gram[a * (d + 1) + b] += z[a] * z[b];
          }
        }
      }
    }
    for (int a = 1; a <= d; a++) {
      gram[a * (d + 2)] += 1 / gamma;
    }
    NDArray solution =
        LinearAlgebra.solve(
            manager.create(gram, new Shape(d + 1, d + 1)),
            manager.create(right, new Shape(d + 1, 1)));
    return Arrays.copyOf(solution.toDoubleArray(), S.length + 1);
  }

  private static double[] features(Case data, int i, int d) {
    double[] z = new double[d + 1];
    z[0] = 1;
    for (int k = 0; k < d; k++) {
      z[k + 1] = Math.sqrt(S[k]) * data.mu[i * S.length + k];
    }
    return z;
  }

  private static double times(double[] a, double[] b, int power) {
    double sum = power == 0 ? a[0] * b[0] : 0;
    for (int k = 0; k < S.length; k++) {
      sum += Math.pow(S[k], power) * a[k + 1] * b[k + 1];
    }
    return sum;
  }

  private static boolean[] all(int n, int... without) {
    boolean[] kept = new boolean[n];
    Arrays.fill(kept, true);
    for (int i : without) {
      kept[i] = false;
    }
    return kept;
  }

  /** The penalty of least leave-one-out error, by refitting. */
  private double gamma(Case data) {
    double scale = 0;
    for (int i = 0; i < data.n; i++) {
      double[] z = features(data, i, S.length);
      scale += times(z, z, 0) - 1;
    }
    double best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int step = -1; step < 13; step++) {
      double gamma = step < 0 ? 0 : 1 / (scale * Math.pow(10, 1 - step / 2.));
      double error = 0;
      for (int i = 0; i < data.n; i++) {
        for (int k = 0; k < data.c; k++) {
          double[] beta = fit(data, k, gamma, all(data.n, i));
          double[] z = features(data, i, S.length);
          error += Math.pow(data.y[i * data.c + k] - times(beta, z, 0), 2);
        }
      }
      if (error < least) {
        least = error;
        best = gamma;
      }
    }
    return best;
  }

  /** The means over the pairs of the points that are kept, by refitting without each pair. */
  private double[] means(Case data, double gamma, boolean[] kept) {
    double top = 0;
    double bottom = 0;
    int pairs = 0;
    double self = data.population == 0 ? 0 : 1. / data.population;
    for (int i = 0; i < data.n; i++) {
      for (int j = 0; j < i; j++) {
        if (!kept[i] || !kept[j]) {
          continue;
        }
        pairs++;
        boolean[] rest = kept.clone();
        rest[i] = false;
        rest[j] = false;
        double[] zi = features(data, i, S.length);
        double[] zj = features(data, j, S.length);
        double wi = data.w[i];
        double wj = data.w[j];
        for (int k = 0; k < data.c; k++) {
          double[] beta = fit(data, k, gamma, rest);
          double ri = data.y[i * data.c + k] - times(beta, zi, 0);
          double rj = data.y[j * data.c + k] - times(beta, zj, 0);
          double product = (1 - self) * wi * wj * ri * rj;
          top +=
              times(beta, beta, 2)
                  + wi * ri * times(beta, zi, 1)
                  + wj * rj * times(beta, zj, 1)
                  + product * data.k(i, j)
                  + self / 2 * wi * wi * data.k(i, i) * ri * ri
                  + self / 2 * wj * wj * data.k(j, j) * rj * rj;
          double square =
              times(beta, beta, 1)
                  + beta[0] * beta[0]
                  + wi * (times(beta, zi, 0) * ri + ri * ri / 2)
                  + wj * (times(beta, zj, 0) * rj + rj * rj / 2);
          double mean =
              beta[0] * beta[0]
                  + beta[0] * (wi * ri + wj * rj)
                  + product
                  + self / 2 * (wi * wi * ri * ri + wj * wj * rj * rj);
          bottom += square - mean;
        }
      }
    }
    return new double[] {top / pairs, bottom / pairs};
  }

  private void agreesWithPlainSums(Case data, boolean functions) {
    int before = manager.getManagedArrays().size();
    CompatibilityEstimate found = estimate(data, functions, 0.8);
    assertThat(manager.getManagedArrays().size()).isLessThanOrEqualTo(before + 2);
    double gamma = functions ? gamma(data) : 0;
    double[] expected = means(data, gamma, all(data.n));
    Labels labels = Labels.of(kernel(data), Matrix.of(data.n, data.c, data.y), sampling(data));
    KernelRidge fit =
        functions
            ? KernelRidge.best(labels, functions(data), S, manager)
            : KernelRidge.mean(data.n, manager);
    Means means = fit.means(labels);
    assertThat(means.numerator()).as(reproduce()).isEqualTo(expected[0], within(1e-9));
    assertThat(means.denominator()).as(reproduce()).isEqualTo(expected[1], within(1e-9));
    double ratio = Math.min(1, Math.max(0, expected[0] / expected[1]));
    assertThat(found.squared()).as(reproduce()).isEqualTo(ratio, within(1e-9));
    assertThat(found.explained() > 0).isEqualTo(gamma > 0);
    // the ends of the interval: t² of N − rD is the quantile's, with jackknife variances
    double[][] without = new double[data.n][];
    for (int i = 0; i < data.n; i++) {
      without[i] = means(data, gamma, all(data.n, i));
    }
    double t = StudentT.twoSided(0.8, data.n - 1);
    double finite = data.population == 0 ? 1 : 1 - data.n / (double) data.population;
    for (double end : new double[] {found.low(), found.high()}) {
      double[] left = Arrays.stream(without).mapToDouble(m -> m[0] - end * m[1]).toArray();
      double mean = Arrays.stream(left).average().orElseThrow();
      double variance =
          Arrays.stream(left).map(l -> (l - mean) * (l - mean)).sum() * (data.n - 1) / data.n;
      double distance = Math.abs(expected[0] - end * expected[1]);
      double limit = t * Math.sqrt(variance * finite);
      if (end == 0 || end == 1) {
        assertThat(distance).as(reproduce()).isLessThanOrEqualTo(limit * (1 + 1e-7));
      } else {
        assertThat(distance).as(reproduce()).isEqualTo(limit, within(1e-7 * limit));
      }
    }
    assertThat(found.low()).isLessThan(found.high());
    assertThat(found.squared()).isBetween(found.low(), found.high());
  }

  @Test
  void theKernelAloneAgreesWithPlainSums() {
    agreesWithPlainSums(randomCase(9, 1, 0), false);
    agreesWithPlainSums(randomCase(9, 3, 0), false);
    agreesWithPlainSums(randomCase(9, 2, 30), false);
  }

  @Test
  void functionsAgreeWithPlainSums() {
    agreesWithPlainSums(randomCase(10, 1, 0), true);
    agreesWithPlainSums(randomCase(10, 3, 0), true);
    agreesWithPlainSums(randomCase(10, 2, 40), true);
  }

  /** Groups of several points: leaving them out is the same as not having them. */
  @Test
  void leavingGroupsOut() {
    Case data = randomCase(60, 2, 0);
    Labels labels = Labels.of(kernel(data), Matrix.of(60, 2, data.y), Sampling.INDEPENDENT);
    KernelRidge fit = KernelRidge.best(labels, functions(data), S, manager);
    assertThat(fit.predicts()).isTrue();
    int[] drop = {7, 57};
    int[] keep = IntStream.range(0, 60).filter(i -> i != 7 && i != 57).toArray();
    Means means = fit.without(drop, keep, manager).means(labels.only(keep));
    double[] expected = means(data, gamma(data), all(60, drop));
    assertThat(means.numerator()).as(reproduce()).isEqualTo(expected[0], within(1e-9));
    assertThat(means.denominator()).as(reproduce()).isEqualTo(expected[1], within(1e-9));
    CompatibilityEstimate estimate = estimate(data, true, 0.9);
    assertThat(estimate.low()).isBetween(0., estimate.squared());
    assertThat(estimate.high()).isBetween(estimate.squared(), 1.);
  }

  /** All 3⁵ samples of five draws from three points, by their probabilities. */
  @Test
  void bothMeansAreUnbiased() {
    JointLaw law = JointLaw.random(manager, 3, 3, 3, random("law"));
    double[] p = law.inputWeights().toDoubleArray();
    double[] k = law.kernel().toDoubleArray();
    double[] f = {1, -2, 4};
    double mean = 0;
    for (int i = 0; i < 3; i++) {
      mean += p[i] * f[i];
    }
    double energy = 0;
    double top = 0;
    for (int i = 0; i < 3; i++) {
      energy += p[i] * Math.pow(f[i] - mean, 2);
      for (int j = 0; j < 3; j++) {
        top += p[i] * p[j] * k[3 * i + j] * (f[i] - mean) * (f[j] - mean);
      }
    }
    double numerator = 0;
    double denominator = 0;
    for (int sample = 0; sample < 243; sample++) {
      int[] points = new int[5];
      double probability = 1;
      for (int i = 0, code = sample; i < 5; i++, code /= 3) {
        points[i] = code % 3;
        probability *= p[points[i]];
      }
      if (Arrays.stream(points).distinct().count() == 1) {
        continue; // both are 0
      }
      double[] kernel = new double[25];
      Arrays.setAll(kernel, i -> k[3 * points[i / 5] + points[i % 5]]);
      double[] y = Arrays.stream(points).mapToDouble(i -> f[i]).toArray();
      Labels labels =
          Labels.of(
              manager.create(kernel, new Shape(5, 5)), Matrix.of(5, 1, y), Sampling.INDEPENDENT);
      Means means = KernelRidge.mean(5, manager).means(labels);
      numerator += probability * means.numerator();
      denominator += probability * means.denominator();
    }
    assertThat(numerator).as(reproduce()).isEqualTo(top, within(1e-11));
    assertThat(denominator).as(reproduce()).isEqualTo(energy, within(1e-11));
  }

  /** With every point labelled there is nothing left to estimate. */
  @Test
  void allPretrainingPoints() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 60, 2), 6);
    Spectrum spectrum = Spectra.of(knn, 59, manager);
    double[] y =
        knn.points()
            .rows()
            .get(":, 0")
            .add(normal(manager, "noise", 60, 1).flatten())
            .toDoubleArray();
    Target target = Target.Values.of("y", y);
    double exact = Compatibility.exact(knn.operator(), Targets.of(target)).squared();
    int[] all = IntStream.range(0, 60).toArray();
    CompatibilityEstimate estimate = CompatibilityEstimate.of(spectrum, all, target, 0.9);
    assertThat(estimate.squared()).as(reproduce()).isEqualTo(exact, within(0.03));
    assertThat(estimate.high() - estimate.low()).isLessThan(1e-6);
  }

  /** A target within the context's functions is told almost exactly by those of few labels. */
  @Test
  void functionsNarrowTheInterval() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 300, 2), 60);
    Spectrum spectrum = Spectra.of(knn, 20, manager);
    double[] y =
        spectrum.functions().get(":, 0").add(spectrum.functions().get(":, 2")).toDoubleArray();
    Target all = Target.Values.of("y", y);
    int[] some = Kernels.some(300, 60, random("labels"));
    CompatibilityEstimate estimate =
        CompatibilityEstimate.of(spectrum, some, all.select(some), 0.9);
    CompatibilityEstimate alone =
        CompatibilityEstimate.of(knn, knn.points().select(positions(some)), all.select(some), 0.9);
    double exact = (spectrum.eigenvalues()[0] + spectrum.eigenvalues()[2]) / 2;
    assertThat(estimate.squared()).as(reproduce()).isEqualTo(exact, within(0.02));
    assertThat(estimate.explained()).isGreaterThan(0.9);
    assertThat(estimate.high() - estimate.low()).isLessThan((alone.high() - alone.low()) / 2);
    assertThat(alone.explained()).isZero();
  }

  private NDArray positions(int[] points) {
    return manager.create(Arrays.stream(points).asLongStream().toArray());
  }

  @Test
  void aClassOfItsOwnContext() {
    int[] codes = new int[40];
    Arrays.setAll(codes, i -> i % 3);
    JointLaw law = JointLaw.label(manager, codes, 3);
    Target target = Target.Classes.of("class", List.of("a", "b", "c"), codes);
    CompatibilityEstimate estimate =
        CompatibilityEstimate.of(law.kernel(), Targets.of(target), Sampling.INDEPENDENT, 0.95);
    assertThat(estimate.squared()).isEqualTo(1, within(0.05));
    assertThat(estimate.high()).isEqualTo(1);
    assertThat(estimate.labels()).isEqualTo(40);
    assertThat(estimate.verdict())
        .matches(
            "ρ about \\d\\.\\d\\d, between \\d\\.\\d\\d and 1\\.00 with 95 % confidence from 40"
                + " labelled rows \\(1: the context tells the target, 0: it says nothing of it\\)");
  }

  /** A constant added to the labels, or all of them scaled, changes nothing. */
  /**
   * A target of two equally frequent values, one that is normal, and one label that holds it all.
   */
  @Test
  void theLabelsThatHoldTheVariance() {
    Case data = randomCase(60, 1, 0);
    double[] two = IntStream.range(0, 60).mapToDouble(i -> 3 + 1e-3 * (i % 2)).toArray();
    double[] one = new double[60];
    one[7] = 1e20;

    CompatibilityEstimate even = withTargets(data, two);
    CompatibilityEstimate normal = estimate(data, true, 0.9);
    CompatibilityEstimate single = withTargets(data, one);

    assertThat(even.effectiveLabels()).isEqualTo(60, within(1e-6));
    assertThat(normal.effectiveLabels()).as(reproduce()).isBetween(6.0, 45.0);
    assertThat(single.effectiveLabels()).isBetween(1.0, 1.1);
    assertThat(even.reliable()).isTrue();
    assertThat(even.verdict()).endsWith("nothing of it)");
    assertThat(single.reliable()).isFalse();
    assertThat(single.verdict())
        .endsWith(
            "nothing of it); the interval may be too narrow, since a few labels hold most of the"
                + " target's variance: label more rows, or take the logarithm of a number");
  }

  private CompatibilityEstimate withTargets(Case data, double[] y) {
    return estimate(new Case(60, 1, data.kernel, data.mu, y, data.w, 0), true, 0.9);
  }

  @Test
  void theUnitsOfTheTargetDoNotMatter() {
    Case data = randomCase(30, 1, 0);
    double[] scaled = Arrays.stream(data.y).map(v -> 1e6 - 20 * v).toArray();
    Case other = new Case(30, 1, data.kernel, data.mu, scaled, data.w, 0);
    CompatibilityEstimate a = estimate(data, true, 0.9);
    CompatibilityEstimate b = estimate(other, true, 0.9);
    assertThat(b.squared()).isEqualTo(a.squared(), within(1e-8));
    assertThat(b.low()).isEqualTo(a.low(), within(1e-8));
    assertThat(b.high()).isEqualTo(a.high(), within(1e-8));
  }

  @Test
  void refusesWhatDoesNotFit() {
    NDArray kernel = manager.ones(new Shape(6, 6), DataType.FLOAT64);
    Matrix y = Matrix.of(6, 1, new double[] {1, 2, 3, 4, 5, 6});
    assertThatThrownBy(
            () ->
                CompatibilityEstimate.of(
                    kernel, Matrix.of(4, 1, new double[4]), Sampling.INDEPENDENT, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: expected at least 5 labelled points, got 4");
    assertThatThrownBy(
            () -> CompatibilityEstimate.of(kernel.get("0:5"), y, Sampling.INDEPENDENT, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel: expected (6, 6), one row a target, got (5, 6)");
    assertThatThrownBy(() -> CompatibilityEstimate.of(kernel, y, Sampling.INDEPENDENT, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("level: expected a probability between 0 and 1, got 1.0");
    assertThatThrownBy(
            () ->
                CompatibilityEstimate.of(
                    kernel, Matrix.of(6, 1, new double[6]), Sampling.INDEPENDENT, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: expected at least two different labels, got the same in every row");
    assertThatThrownBy(
            () -> CompatibilityEstimate.of(kernel, y, new Sampling(new double[5], 0), 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights: expected 6, one a target, got 5");
    assertThatThrownBy(() -> CompatibilityEstimate.of(kernel, y, new Sampling(null, 5), 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("population: expected at least the 6 labelled points, got 5");
    assertThatThrownBy(
            () -> CompatibilityEstimate.of(kernel.mul(Double.NaN), y, Sampling.INDEPENDENT, 0.9))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the kernel or the functions are not finite");
    assertThatThrownBy(() -> new Sampling(new double[] {-1}, 0))
        .hasMessage("weights: expected finite numbers, at least 0, got -1.0");
  }
}
