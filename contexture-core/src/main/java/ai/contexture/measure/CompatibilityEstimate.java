package ai.contexture.measure;

import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The compatibility ρ² = ⟨f̃, TT*f̃⟩/‖f̃‖² of a task, estimated from few labelled points with a
 * confidence interval.
 *
 * <p>Numerator and denominator are means over the pairs of labelled points, each unbiased. Where
 * only the kernel is known, a pair gives k̃(x, x′) r r′ and (f − f′)²/2, with k̃ = k_X⁺ − 1 and the
 * residuals r from the mean of the other points' labels. Where the context's functions are known on
 * all points, a ridge regression f̂ on s_i μ_i takes the part of f that the other points predict;
 * its energy is known exactly, and only what it leaves has to be estimated:
 *
 * <p>⟨f, Kf⟩ = ⟨f̂, Kf̂⟩ + 2⟨f − f̂, Kf̂⟩ + ⟨f − f̂, K(f − f̂)⟩ with K = TT* − 1⊗1,
 *
 * <p>and the same for ‖f̃‖². Both labels of a pair are left out of its f̂. The penalty, infinite
 * among others, is the one of least leave-one-out error.
 *
 * <p>The interval holds the ratios that a t test does not reject (Fieller), with variances by a
 * jackknife over at most 50 groups of points. A jackknife overstates the variance of a mean over
 * pairs, so that intervals are rather too wide than too narrow. They are too narrow where a few
 * points that the labels may miss hold much of the target's variance or of a function's; so are
 * those of every method that assumes nothing of the target.
 *
 * @param squared the estimate of ρ², put into [0, 1]
 * @param low the lower end of the interval for ρ², at least 0
 * @param high the upper end, at most 1
 * @param level the probability that such an interval holds ρ²
 * @param labels the number n of labelled points
 * @param explained the share of the labels' variance that f̂ explains of a point left out, 0 where
 *     only the kernel is used
 * @param effectiveLabels (Σ_i e_i²)²/Σ_i e_i⁴ with e_i the distance of a label from their mean:
 *     among how many labels the target's variance is spread; n/3 where the target is normal, 1
 *     where one label holds it all
 */
public record CompatibilityEstimate(
    double squared,
    double low,
    double high,
    double level,
    int labels,
    double explained,
    double effectiveLabels) {

  /** The probability that an interval holds ρ² unless another is given. */
  public static final double DEFAULT_LEVEL = 0.9;

  /** Intervals of fewer effective labels are not to be relied on. */
  private static final double FEWEST_EFFECTIVE = 5;

  private static final int FEWEST_LABELS = 5;
  private static final int GROUPS = 50;

  /**
   * How the labelled points were drawn.
   *
   * @param weights P_X(x_i) over the probability that one draw takes x_i, [n]; null if they were
   *     drawn from P_X itself
   * @param population the number of pretraining points if the labelled ones were drawn among them
   *     without replacement; 0 if they are independent draws
   */
  public record Sampling(double[] weights, int population) {

    /** Independent draws from P_X. */
    public static final Sampling INDEPENDENT = new Sampling(null, 0);

    /** Checks the values. */
    public Sampling {
      if (population < 0) {
        throw new IllegalArgumentException(
            "population: expected a number of points or 0, got " + population);
      }
      if (weights != null) {
        weights = weights.clone();
        for (double weight : weights) {
          if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                "weights: expected finite numbers, at least 0, got " + weight);
          }
        }
      }
    }

    /** Returns a copy of the weights, null if there are none. */
    @Override
    public double[] weights() {
      return weights == null ? null : weights.clone();
    }
  }

  /**
   * Estimates from new labelled points, by the kernel alone.
   *
   * @param context its kernel is evaluated among the points
   * @param points n independent draws from P_X, n ≥ 5
   * @param target of these points, all known and not all equal
   * @param level of confidence, between 0 and 1
   */
  public static CompatibilityEstimate of(
      KernelContext context, Points points, Target target, double level) {
    try (NDManager scope = points.manager().newSubManager()) {
      Points x = points.within(scope);
      return of(context.kernel(x, x), Targets.of(target), Sampling.INDEPENDENT, level);
    }
  }

  /**
   * Estimates from labels of some pretraining points, with all functions of the spectrum.
   *
   * @param labelled positions of n different pretraining points, drawn uniformly, n ≥ 5
   * @param target of these points in this order, all known and not all equal
   * @param level of confidence, between 0 and 1
   */
  public static CompatibilityEstimate of(
      Spectrum spectrum, int[] labelled, Target target, double level) {
    KernelContext context = spectrum.context();
    int population = context.points().size();
    if (Arrays.stream(labelled).distinct().count() != labelled.length) {
      throw new IllegalArgumentException("labelled: expected different points");
    }
    try (NDManager scope = spectrum.functions().getManager().newSubManager()) {
      NDArray index = scope.create(Arrays.stream(labelled).asLongStream().toArray());
      NDArray functions = spectrum.functions().get(index);
      functions.attach(scope);
      NDArray p = spectrum.inputWeights().get(index);
      p.attach(scope);
      Points x = context.points().select(index);
      return of(
          context.kernel(x, x),
          functions,
          spectrum.eigenvalues(spectrum.dimension()),
          Targets.of(target),
          new Sampling(p.mul(population).toDoubleArray(), population),
          level);
    }
  }

  /**
   * Estimates from a kernel matrix alone.
   *
   * @param kernel k_X⁺ among the labelled points, [n, n], n ≥ 5
   * @param targets [n, c], whose columns' numerators and denominators are added up
   * @param sampling how the points were drawn
   * @param level of confidence, between 0 and 1
   * @throws IllegalArgumentException if shapes do not fit, a target is not finite or all are equal
   * @throws ArithmeticException if the kernel is not finite
   */
  public static CompatibilityEstimate of(
      NDArray kernel, Matrix targets, Sampling sampling, double level) {
    return estimate(kernel, null, new double[0], targets, sampling, level);
  }

  /**
   * Estimates from a kernel matrix and functions whose means and products over P_X are known.
   *
   * @param kernel k_X⁺ among the labelled points, [n, n], n ≥ 5
   * @param functions μ_1 … μ_d on the labelled points, [n, d], exact functions of the context
   * @param eigenvalues s_1² … s_d²
   * @param targets [n, c], whose columns' numerators and denominators are added up
   * @param sampling how the points were drawn
   * @param level of confidence, between 0 and 1
   * @throws IllegalArgumentException if shapes do not fit, a target is not finite or all are equal
   * @throws ArithmeticException if the kernel or a function is not finite
   */
  public static CompatibilityEstimate of(
      NDArray kernel,
      NDArray functions,
      double[] eigenvalues,
      Matrix targets,
      Sampling sampling,
      double level) {
    Shape shape = functions.getShape();
    if (shape.dimension() != 2
        || shape.get(0) != targets.rows()
        || shape.get(1) != eigenvalues.length) {
      throw new IllegalArgumentException(
          Text.format(
              "functions: expected (%d, %d), one row a target and one column an eigenvalue, got %s",
              targets.rows(), eigenvalues.length, shape));
    }
    return estimate(kernel, functions, Eigenvalues.checked(eigenvalues), targets, sampling, level);
  }

  private static CompatibilityEstimate estimate(
      NDArray kernel,
      NDArray functions,
      double[] eigenvalues,
      Matrix targets,
      Sampling sampling,
      double level) {
    int n = targets.rows();
    check(kernel, n, sampling, level);
    try (NDManager scope = kernel.getManager().newSubManager()) {
      KernelRidge.Labels labels = KernelRidge.Labels.of(kernel, targets, sampling);
      KernelRidge fit = KernelRidge.mean(n, scope);
      KernelRidge.Means means = fit.means(labels);
      if (functions != null) {
        KernelRidge better = KernelRidge.best(labels, functions, eigenvalues, scope);
        KernelRidge.Means found = better.means(labels);
        if (found.denominator() > 0) {
          fit = better;
          means = found;
        }
      }
      if (!Double.isFinite(means.numerator()) || !(means.denominator() > 0)) {
        throw new ArithmeticException("the kernel or the functions are not finite");
      }
      int groups = Math.min(n, GROUPS);
      KernelRidge.Means[] without = new KernelRidge.Means[groups];
      for (int g = 0; g < groups; g++) {
        try (NDManager step = scope.newSubManager()) {
          int group = g;
          int[] drop = IntStream.range(0, n).filter(i -> i % groups == group).toArray();
          int[] keep = IntStream.range(0, n).filter(i -> i % groups != group).toArray();
          without[g] = fit.without(drop, keep, step).means(labels.only(keep));
        }
      }
      double finite = sampling.population() == 0 ? 1 : 1 - (double) n / sampling.population();
      double[] interval = fieller(means, without, finite, level);
      return new CompatibilityEstimate(
          clip(means.ratio()),
          interval[0],
          interval[1],
          level,
          n,
          fit.explained(labels),
          effective(targets));
    }
  }

  private static double effective(Matrix targets) {
    int n = targets.rows();
    int columns = targets.columns();
    double[] values = targets.values();
    double[] distances = new double[n];
    for (int k = 0; k < columns; k++) {
      int column = k;
      double mean =
          IntStream.range(0, n).mapToDouble(i -> values[i * columns + column]).average().orElse(0);
      for (int i = 0; i < n; i++) {
        distances[i] += (values[i * columns + k] - mean) * (values[i * columns + k] - mean);
      }
    }
    double most = Arrays.stream(distances).max().orElse(0);
    double sum = Arrays.stream(distances).map(d -> d / most).sum();
    return sum * sum / Arrays.stream(distances).map(d -> d / most * (d / most)).sum();
  }

  private static void check(NDArray kernel, int n, Sampling sampling, double level) {
    Shape shape = kernel.getShape();
    if (n < FEWEST_LABELS) {
      throw new IllegalArgumentException(
          Text.format("targets: expected at least %d labelled points, got %d", FEWEST_LABELS, n));
    }
    if (shape.dimension() != 2 || shape.get(0) != n || shape.get(1) != n) {
      throw new IllegalArgumentException(
          Text.format("kernel: expected (%d, %d), one row a target, got %s", n, n, shape));
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "level: expected a probability between 0 and 1, got " + level);
    }
    if (sampling.weights() != null && sampling.weights().length != n) {
      throw new IllegalArgumentException(
          Text.format("weights: expected %d, one a target, got %d", n, sampling.weights().length));
    }
    if (sampling.population() != 0 && sampling.population() < n) {
      throw new IllegalArgumentException(
          Text.format(
              "population: expected at least the %d labelled points, got %d",
              n, sampling.population()));
    }
  }

  /** The ratios r that a t test of E[numerator] = r E[denominator] does not reject, in [0, 1]. */
  private static double[] fieller(
      KernelRidge.Means all, KernelRidge.Means[] without, double finite, double level) {
    int groups = without.length;
    double meanTop = 0;
    double meanBottom = 0;
    for (KernelRidge.Means means : without) {
      meanTop += means.numerator() / groups;
      meanBottom += means.denominator() / groups;
    }
    double top = 0;
    double both = 0;
    double bottom = 0;
    for (KernelRidge.Means means : without) {
      double a = means.numerator() - meanTop;
      double b = means.denominator() - meanBottom;
      top += a * a;
      both += a * b;
      bottom += b * b;
    }
    double t = StudentT.twoSided(level, groups - 1);
    double scale = t * t * finite * (groups - 1) / groups;
    // a r² − 2 b r + c ≤ 0
    double a = all.denominator() * all.denominator() - scale * bottom;
    double b = all.numerator() * all.denominator() - scale * both;
    double c = all.numerator() * all.numerator() - scale * top;
    double discriminant = b * b - a * c;
    if (a > 0) {
      double half = Math.sqrt(Math.max(0, discriminant));
      return new double[] {clip((b - half) / a), clip((b + half) / a)};
    }
    // all ratios, or those outside of two roots: what lies between them in [0, 1] is kept as well
    double half = Math.sqrt(Math.max(0, discriminant));
    double left = a < 0 && discriminant > 0 ? (b + half) / a : Double.POSITIVE_INFINITY;
    double right = a < 0 && discriminant > 0 ? (b - half) / a : Double.NEGATIVE_INFINITY;
    boolean fromZero = left >= 0;
    boolean toOne = right <= 1;
    return fromZero == toOne
        ? new double[] {0, 1}
        : fromZero ? new double[] {0, clip(left)} : new double[] {clip(right), 1};
  }

  private static double clip(double value) {
    return Math.min(1, Math.max(0, value));
  }

  /** Returns the estimate of ρ, between 0 and 1. */
  public double rho() {
    return Math.sqrt(squared);
  }

  /**
   * Returns whether the target's variance is spread among enough labels for the interval to hold
   * what it promises; where a few labels hold most of it, others may have missed more of the kind.
   */
  public boolean reliable() {
    return effectiveLabels >= FEWEST_EFFECTIVE;
  }

  /** Returns one line on what the estimate says of the task and the context. */
  public String verdict() {
    return Text.format(
            "ρ about %.2f, between %.2f and %.2f with %.0f %% confidence from %d labelled rows (1:"
                + " the context tells the target, 0: it says nothing of it)",
            rho(), Math.sqrt(low), Math.sqrt(high), 100 * level, labels)
        + (reliable()
            ? ""
            : "; the interval may be too narrow, since a few labels hold most of the target's"
                + " variance: label more rows, or take the logarithm of a number");
  }

  @Override
  public String toString() {
    return "estimated compatibility: " + verdict();
  }
}
