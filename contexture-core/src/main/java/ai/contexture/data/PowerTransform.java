package ai.contexture.data;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A fitted, strictly growing map of numbers that makes their distribution more like a normal one.
 */
sealed interface PowerTransform {

  double apply(double x);

  /** Writes what was fitted. */
  void write(JsonObject json);

  /** Fits a transform to finite numbers, not all the same. */
  static PowerTransform fit(Preprocessing.Power power, double[] values) {
    return switch (power) {
      case NONE -> new None();
      case YEO_JOHNSON -> YeoJohnson.fit(values);
      case QUANTILE -> Quantiles.fit(values);
    };
  }

  /** Leaves numbers as they are. */
  record None() implements PowerTransform {

    @Override
    public double apply(double x) {
      return x;
    }

    @Override
    public void write(JsonObject json) {}
  }

  /**
   * The power transform of I.-K. Yeo and R. A. Johnson (2000), with its λ by maximum likelihood
   * within [−5, 5].
   *
   * @param lambda the power; 1 leaves numbers as they are
   */
  record YeoJohnson(double lambda) implements PowerTransform {

    private static final double LIMIT = 5;
    private static final double TOLERANCE = 1e-7;

    static YeoJohnson fit(double[] values) {
      double sum = Arrays.stream(values).map(x -> Math.signum(x) * Math.log1p(Math.abs(x))).sum();
      DoubleUnaryOperator cost =
          lambda -> {
            YeoJohnson candidate = new YeoJohnson(lambda);
            double[] y = Arrays.stream(values).map(candidate::apply).toArray();
            double mean = Arrays.stream(y).average().orElseThrow();
            double variance =
                Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            double result = values.length * 0.5 * Math.log(variance) - (lambda - 1) * sum;
            return Double.isFinite(result) ? result : Double.POSITIVE_INFINITY;
          };
      double best = 1;
      double least = cost.applyAsDouble(best);
      for (double lambda = -LIMIT; lambda <= LIMIT; lambda++) {
        double c = cost.applyAsDouble(lambda);
        if (c < least) {
          best = lambda;
          least = c;
        }
      }
      double refined = least(cost, Math.max(-LIMIT, best - 1), Math.min(LIMIT, best + 1));
      // Around numbers so large that their powers overflow the search may have been led astray.
      return new YeoJohnson(cost.applyAsDouble(refined) <= least ? refined : best);
    }

    /** Finds the minimum of a function with one minimum between two points by golden sections. */
    private static double least(DoubleUnaryOperator f, double from, double to) {
      double golden = (Math.sqrt(5) - 1) / 2;
      double left = from;
      double right = to;
      double a = right - golden * (right - left);
      double b = left + golden * (right - left);
      double fa = f.applyAsDouble(a);
      double fb = f.applyAsDouble(b);
      while (right - left > TOLERANCE) {
        if (fa < fb) {
          right = b;
          b = a;
          fb = fa;
          a = right - golden * (right - left);
          fa = f.applyAsDouble(a);
        } else {
          left = a;
          a = b;
          fa = fb;
          b = left + golden * (right - left);
          fb = f.applyAsDouble(b);
        }
      }
      return (left + right) / 2;
    }

    @Override
    public double apply(double x) {
      return x >= 0 ? boxCox(x, lambda) : -boxCox(-x, 2 - lambda);
    }

    /** The transform of G. E. P. Box and D. R. Cox of 1 + x: ((1 + x)^λ − 1) / λ. */
    private static double boxCox(double x, double lambda) {
      double log = Math.log1p(x);
      return Math.abs(lambda) < 1e-12 ? log : Math.expm1(lambda * log) / lambda;
    }

    @Override
    public void write(JsonObject json) {
      json.addProperty("lambda", lambda);
    }
  }

  /** The normal quantile of the share of the fitted numbers that are smaller. */
  final class Quantiles implements PowerTransform {

    private static final int MOST = 1000;

    /** The convention of scikit-learn's QuantileTransformer. */
    private static final double LARGEST = -NormalQuantile.of(1e-7 - Math.ulp(1.0));

    private final double[] quantiles;

    /**
     * Takes quantiles for evenly spaced shares from 0 to 1.
     *
     * @param quantiles <b>[at least 2]</b>, growing
     */
    Quantiles(double[] quantiles) {
      this.quantiles = quantiles;
    }

    static Quantiles fit(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int count = Math.min(MOST, sorted.length);
      double[] quantiles = new double[count];
      for (int i = 0; i < count; i++) {
        double position = (double) i / (count - 1) * (sorted.length - 1);
        int below = (int) Math.min(Math.floor(position), sorted.length - 2.0);
        double share = position - below;
        quantiles[i] = sorted[below] * (1 - share) + sorted[below + 1] * share;
        // Where both are equal the sum may round to another number.
        quantiles[i] = Math.max(sorted[below], Math.min(sorted[below + 1], quantiles[i]));
      }
      return new Quantiles(quantiles);
    }

    @Override
    public double apply(double x) {
      double normal = NormalQuantile.of(share(x));
      return Math.max(-LARGEST, Math.min(LARGEST, normal));
    }

    private double share(double x) {
      int last = quantiles.length - 1;
      if (x <= quantiles[0]) {
        return 0;
      }
      if (x >= quantiles[last]) {
        return 1;
      }
      int above = bound(x, false);
      int notAbove = bound(x, true) - 1;
      if (above <= notAbove) { // x is one of the quantiles, perhaps several equal ones
        return (above + notAbove) / (2.0 * last);
      }
      double from = quantiles[notAbove];
      return (notAbove + (x - from) / (quantiles[above] - from)) / last;
    }

    /** Returns the first index whose quantile is greater than x or, unless strict, equal to it. */
    private int bound(double x, boolean strict) {
      int low = 0;
      int high = quantiles.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (quantiles[middle] > x || (!strict && quantiles[middle] == x)) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }

    @Override
    public void write(JsonObject json) {
      json.add("quantiles", Json.array(quantiles));
    }
  }
}
