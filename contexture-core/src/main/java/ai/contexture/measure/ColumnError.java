package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How badly a linear model on features predicts the inputs' own columns, which stand in for the
 * tasks that are not known yet: lower is better, and no labels are needed.
 *
 * <p>Each column z of variance 1, with independent noise of variance σ² added, is the target of a
 * ridge regression with an intercept, whose expected squared error on a row left out is
 *
 * <p>E(α) = 1/n Σ_i [((z − Hz)_i)² + σ² Σ_j (1 − H)_ij²] / (1 − H_ii)² / (1 + σ²),
 *
 * <p>with H the matrix that takes targets to fitted values; the expectation over the noise is
 * exact. The measure is the mean over the columns of the least E(α), α among n·10⁻⁶ … n·10⁴ in half
 * decades and ∞, which is the mean alone. The first part grows where the features say little of the
 * inputs, as those of weak contexts do; the second, and the first as well, where they are too many
 * for n rows or say nothing of new ones, as those of strong contexts do.
 *
 * <p>The features are to be those of rows that they were not made of, such as the exact functions
 * of a context extended to new rows, as many rows as a task will have labels. A task that has
 * nothing to do with the columns is not seen; nor does the measure compare contexts of different
 * inputs.
 *
 * @param value 0 where every column is told exactly, about 1 where nothing is told
 * @param noise σ²
 * @param rows the number n of rows
 * @param columns how many columns vary among these rows
 */
public record ColumnError(double value, double noise, int rows, int columns) {

  /** The variance of the noise, beside columns of variance 1, unless another is given. */
  public static final double DEFAULT_NOISE = 1;

  private static final int PENALTIES = 21;

  /** Squared singular values below this part of the largest are zero within rounding. */
  private static final double SMALLEST = 1e-13;

  /**
   * The least error over how many of the first features are taken.
   *
   * @param dimension how many of them have it, the fewest of equal ones
   */
  public record Least(ColumnError error, int dimension) {}

  /** Measures features with as much noise as there is signal, σ² = 1. */
  public static ColumnError of(NDArray features, NDArray columns) {
    return of(features, columns, DEFAULT_NOISE);
  }

  /**
   * Measures features.
   *
   * @param features [n, d], n ≥ 3, of rows that the features were not made of
   * @param columns the preprocessed columns of the same rows [n, p]; those that are constant are
   *     left out
   * @param noise σ² ≥ 0
   * @throws IllegalArgumentException if shapes do not fit, all columns are constant, or a value is
   *     out of range or not finite
   */
  public static ColumnError of(NDArray features, NDArray columns, double noise) {
    return of(features, columns, new double[] {noise}).get(0);
  }

  /** Measures features with several variances of noise, whose regressions are the same. */
  private static List<ColumnError> of(NDArray features, NDArray columns, double[] noises) {
    for (double noise : noises) {
      if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("noise: expected a number from 0, got " + noise);
      }
    }
    Shape shape = columns.getShape();
    Shape given = features.getShape();
    if (given.dimension() != 2
        || shape.dimension() != 2
        || shape.get(0) != given.get(0)
        || given.get(0) < 3) {
      throw new IllegalArgumentException(
          Text.format(
              "features, columns: expected (n, d) and (n, p) with n of at least 3, got %s and %s",
              given, shape));
    }
    try (NDManager scope = features.getManager().newSubManager()) {
      NDArray x = doubles("features", features, scope);
      NDArray targets = standardised(doubles("columns", columns, scope), scope);
      int n = Math.toIntExact(given.get(0));
      int p = Math.toIntExact(targets.getShape().get(1));
      LinearAlgebra.Svd svd = LinearAlgebra.svd(x.sub(Torch.columnMeans(x)));
      double[] values = svd.values().toDoubleArray();
      int rank = 0;
      while (rank < values.length
          && values[rank] > 0
          && values[rank] * values[rank] > SMALLEST * values[0] * values[0]) {
        rank++;
      }
      // with the infinite penalty a row left out is off by z_i n / (n − 1)
      double factor = n / (n - 1.0);
      double[][] least = new double[noises.length][p];
      for (int k = 0; k < noises.length; k++) {
        Arrays.fill(least[k], (factor * factor + noises[k] * factor) / (1 + noises[k]));
      }
      if (rank > 0) {
        double[] squares = Arrays.stream(values, 0, rank).map(v -> v * v).toArray();
        Fit fit = Fit.of(svd.left().get(":, 0:" + rank), squares, targets);
        for (int step = 0; step < PENALTIES; step++) {
          Errors errors = fit.errors(n * Math.pow(10, -6 + step / 2.0), scope);
          for (int k = 0; k < noises.length; k++) {
            double[] own = least[k];
            double noise = noises[k];
            Arrays.setAll(own, j -> Math.min(own[j], errors.with(noise, j)));
          }
        }
      }
      return IntStream.range(0, noises.length)
          .mapToObj(
              k ->
                  new ColumnError(Arrays.stream(least[k]).average().orElseThrow(), noises[k], n, p))
          .toList();
    }
  }

  /**
   * Finds the number of first features with the least error, which no labels are needed for, among
   * {@link #dimensions}.
   *
   * @param features [n, d], n ≥ 3, d ≥ 1, the most important first, of rows that the features were
   *     not made of
   * @param columns the preprocessed columns of the same rows [n, p]
   * @param noise σ² ≥ 0
   * @throws IllegalArgumentException as {@link #of(NDArray, NDArray, double)}
   */
  public static Least least(NDArray features, NDArray columns, double noise) {
    return least(features, columns, List.of(noise)).get(0);
  }

  /**
   * Finds it for several variances of noise, for little more than one of them takes.
   *
   * @param noises σ² ≥ 0 of each
   * @return one for each
   * @throws IllegalArgumentException as {@link #of(NDArray, NDArray, double)}
   */
  public static List<Least> least(NDArray features, NDArray columns, List<Double> noises) {
    int most = Math.toIntExact(features.getShape().get(1));
    double[] variances = noises.stream().mapToDouble(Double::doubleValue).toArray();
    Least[] least = new Least[variances.length];
    for (int d : dimensions(most)) {
      try (NDManager scope = features.getManager().newSubManager()) {
        NDArray first = features.get(":, 0:" + d);
        first.attach(scope);
        List<ColumnError> errors = of(first, columns, variances);
        for (int k = 0; k < least.length; k++) {
          ColumnError error = errors.get(k);
          if (least[k] == null || error.value < least[k].error.value) {
            least[k] = new Least(error, d);
          }
        }
      }
    }
    return List.of(least);
  }

  /**
   * Returns numbers of features in half octaves, 1, 2, 3, 4, 6, 8, 12 …, and the most there are.
   *
   * @param most at least 1
   * @throws IllegalArgumentException if there is none
   */
  public static int[] dimensions(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("features: expected at least 1, got " + most);
    }
    IntStream octaves = IntStream.iterate(1, d -> d <= most, d -> 2 * d);
    return IntStream.concat(
            octaves.flatMap(d -> d == 1 ? IntStream.of(1) : IntStream.of(d, d + d / 2)),
            IntStream.of(most))
        .filter(d -> d <= most)
        .distinct()
        .toArray();
  }

  /**
   * A regression on centred features with the singular vectors u [n, r].
   *
   * @param leverage u² [n, r]
   * @param squares the squared singular values [r]
   * @param projected uᵀ z [r, p]
   * @param outside z less its part in the span of u [n, p]
   * @param free what no feature fits of each row, 1 − 1/n − Σ u² [n]
   */
  private record Fit(
      NDArray u,
      NDArray leverage,
      double[] squares,
      NDArray projected,
      NDArray outside,
      double[] free) {

    static Fit of(NDArray u, double[] squares, NDArray targets) {
      int n = Math.toIntExact(u.getShape().get(0));
      NDArray leverage = u.square();
      NDArray projected = u.transpose().matMul(targets);
      double[] fitted = leverage.sum(new int[] {1}).toDoubleArray();
      boolean all = squares.length == n - 1;
      double[] free =
          Arrays.stream(fitted).map(v -> all ? 0 : Math.max(0, 1 - 1.0 / n - v)).toArray();
      NDArray outside = all ? targets.mul(0) : targets.sub(u.matMul(projected));
      return new Fit(u, leverage, squares, projected, outside, free);
    }

    /** E(α) of each column, from 1 − H, whose small parts are not differences of large ones. */
    Errors errors(double alpha, NDManager scope) {
      int n = free.length;
      try (NDManager trial = scope.newSubManager()) {
        Shape column = new Shape(squares.length, 1);
        double[] kept = Arrays.stream(squares).map(v -> alpha / (v + alpha)).toArray();
        NDArray left = trial.create(kept, column);
        NDArray leftSquared = trial.create(Arrays.stream(kept).map(v -> v * v).toArray(), column);
        NDArray basis = Torch.within(leverage, trial);
        double[] own = basis.matMul(left).toDoubleArray();
        double[] spread = basis.matMul(leftSquared).toDoubleArray();
        double[] weights = new double[n];
        double ofNoise = 0;
        for (int i = 0; i < n; i++) {
          double freedom = own[i] + free[i];
          weights[i] = 1 / (freedom * freedom);
          ofNoise += (spread[i] + free[i]) * weights[i] / n;
        }
        NDArray rest = u.matMul(left.mul(projected));
        rest.attach(trial);
        NDArray squared = rest.add(outside).square();
        NDArray sums = squared.mul(trial.create(weights, new Shape(n, 1))).sum(new int[] {0});
        return new Errors(Arrays.stream(sums.toDoubleArray()).map(v -> v / n).toArray(), ofNoise);
      }
    }
  }

  /**
   * The two parts of E(α) · (1 + σ²).
   *
   * @param ofColumns the first of each column
   * @param ofNoise the second, the same for all, without its factor σ²
   */
  private record Errors(double[] ofColumns, double ofNoise) {

    double with(double noise, int column) {
      return (ofColumns[column] + noise * ofNoise) / (1 + noise);
    }
  }

  /** The columns that vary, of mean 0 and variance 1. */
  private static NDArray standardised(NDArray columns, NDManager scope) {
    NDArray mean = Torch.columnMeans(columns);
    NDArray centred = columns.sub(mean);
    double[] means = mean.toDoubleArray();
    double[] deviations = centred.square().mean(new int[] {0}).sqrt().toDoubleArray();
    long[] varying =
        IntStream.range(0, means.length)
            .filter(j -> deviations[j] > 1e-7 * Math.max(1, Math.abs(means[j])))
            .asLongStream()
            .toArray();
    if (varying.length == 0) {
      throw new IllegalArgumentException("columns: expected some that vary, got constant ones");
    }
    double[] inverse = Arrays.stream(varying).mapToDouble(j -> 1 / deviations[(int) j]).toArray();
    NDArray chosen = centred.transpose().get(scope.create(varying));
    chosen.attach(scope);
    return chosen.transpose().mul(scope.create(inverse));
  }

  private static NDArray doubles(String name, NDArray array, NDManager scope) {
    NDArray copy = array.toType(DataType.FLOAT64, true);
    copy.attach(scope);
    if (!Double.isFinite(copy.sum().toDoubleArray()[0])) {
      throw new IllegalArgumentException(name + ": expected finite numbers");
    }
    return copy;
  }

  /** Returns one line on what the error says of the features. */
  public String verdict() {
    return Text.format(
        "%.3f (0: the features tell every column of rows they were not made of; about 1: they tell"
            + " nothing), over %d columns of %d rows",
        value, columns, rows);
  }

  @Override
  public String toString() {
    return "column error: " + verdict();
  }
}
