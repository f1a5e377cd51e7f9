package ai.contexture.measure;

import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Scores of several predictors of one target on the same held-out rows, and of their differences.
 *
 * <p>An interval is the middle 95 % of the values on {@value #RESAMPLES} resamples of these rows
 * with replacement [Efron and Tibshirani 1993, the percentile bootstrap]. All predictors are scored
 * on the same resamples, so that the interval of a difference is a paired one. It does not tell
 * what other labelled rows would have changed.
 *
 * @param <P> names a predictor
 */
public final class PairedScores<P> {

  /** How often the held-out rows are drawn again. */
  public static final int RESAMPLES = 1000;

  /** The share of the resamples within an interval. */
  public static final double LEVEL = 0.95;

  /** On fewer rows than this nothing is said to be better. */
  public static final int FEWEST_ROWS = 20;

  /**
   * A value with its interval.
   *
   * @param value on the held-out rows
   * @param low the lower end of the interval
   * @param high its upper end
   */
  public record Score(double value, double low, double high) {}

  private final Metric metric;
  private final int scored;
  private final Map<P, Double> values = new LinkedHashMap<>();

  /** The metric on each resample. */
  private final Map<P, double[]> resampled = new LinkedHashMap<>();

  /** The balanced accuracies, and those on each resample; none where no class has most rows. */
  private final Map<P, BalancedAccuracy> balanced = new LinkedHashMap<>();

  private final Map<P, double[]> balancedResampled = new LinkedHashMap<>();

  private PairedScores(Map<P, RowLosses> losses, RandomGenerator random) {
    RowLosses any = losses.values().iterator().next();
    metric = any.metric();
    scored = any.rows();
    losses.forEach(
        (predictor, loss) -> {
          if (loss.metric() != metric || loss.rows() != scored) {
            throw new IllegalArgumentException(
                "losses: expected all of the same rows, got " + losses.values());
          }
          values.put(predictor, loss.value());
          resampled.put(predictor, new double[RESAMPLES]);
          loss.balanced()
              .ifPresent(
                  value -> {
                    balanced.put(predictor, value);
                    balancedResampled.put(predictor, new double[RESAMPLES]);
                  });
        });
    int[] rows = new int[scored];
    for (int i = 0; i < RESAMPLES; i++) {
      Arrays.setAll(rows, row -> random.nextInt(scored));
      for (Map.Entry<P, RowLosses> predictor : losses.entrySet()) {
        RowLosses own = predictor.getValue();
        double sum = 0;
        for (int row : rows) {
          sum += own.loss(row);
        }
        resampled.get(predictor.getKey())[i] = own.value(sum);
        double[] balancedValues = balancedResampled.get(predictor.getKey());
        if (balancedValues != null) {
          balancedValues[i] = own.balanced(rows).value();
        }
      }
    }
  }

  /**
   * Scores predictors.
   *
   * @param losses of each predictor on the same rows, at least those of one
   * @param seed what the resamples depend on
   * @throws IllegalArgumentException if they are not of the same rows and metric
   */
  public static <P> PairedScores<P> of(Map<P, RowLosses> losses, Seed seed) {
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("losses: expected those of a predictor, got none");
    }
    return new PairedScores<>(losses, seed.generator());
  }

  /** Returns what they are measured by. */
  public Metric metric() {
    return metric;
  }

  /** Returns how many rows the predictors were scored on. */
  public int scored() {
    return scored;
  }

  /** Returns what was scored, in the order that was given. */
  public Set<P> predictors() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Returns how well a predictor does. */
  public Score score(P predictor) {
    return score(values.get(predictor), resampled.get(predictor).clone());
  }

  /** Returns the value of one predictor less that of another, with its paired interval. */
  public Score difference(P one, P other) {
    return score(values.get(one) - values.get(other), differences(resampled, one, other));
  }

  private static <P> double[] differences(Map<P, double[]> resampled, P one, P other) {
    double[] differences = resampled.get(one).clone();
    double[] others = resampled.get(other);
    Arrays.setAll(differences, i -> differences[i] - others[i]);
    return differences;
  }

  private static Score score(double value, double[] resamples) {
    Arrays.sort(resamples);
    int outside = (int) Math.round((1 - LEVEL) / 2 * RESAMPLES);
    return new Score(value, resamples[outside], resamples[RESAMPLES - 1 - outside]);
  }

  /**
   * Returns whether one predictor does better than another: whether the interval of their
   * difference lies on its side of 0, on at least {@value #FEWEST_ROWS} rows.
   */
  public boolean better(P one, P other) {
    Score difference = difference(one, other);
    return scored >= FEWEST_ROWS
        && (metric.lowerIsBetter() ? difference.high() < 0 : difference.low() > 0);
  }

  /** Returns the share of the most frequent class, where it has most of the rows. */
  public Optional<Double> largestClass() {
    return balanced.values().stream().findFirst().map(BalancedAccuracy::largest);
  }

  /** Returns the balanced accuracy of a predictor, where one class has most of the rows. */
  public Optional<Score> balanced(P predictor) {
    return Optional.ofNullable(balanced.get(predictor))
        .map(value -> score(value.value(), balancedResampled.get(predictor).clone()));
  }

  /**
   * Returns whether a predictor tells more than one that knows nothing: as {@link #better} says or,
   * where one class has most of the rows, by the same of the balanced accuracies.
   */
  public boolean tells(P predictor, P nothing) {
    if (better(predictor, nothing)) {
      return true;
    }
    if (balanced.isEmpty() || scored < FEWEST_ROWS) {
      return false;
    }
    return score(0, differences(balancedResampled, predictor, nothing)).low() > 0;
  }

  /**
   * Returns R², the share of the squared error of another predictor, such as the mean, that one
   * does not make; nothing for classes.
   */
  public Optional<Double> explained(P predictor, P nothing) {
    Double without = values.get(nothing);
    if (!metric.lowerIsBetter() || without == null || without == 0) {
      return Optional.empty();
    }
    return Optional.of(LinearProbe.explained(values.get(predictor), without));
  }
}
