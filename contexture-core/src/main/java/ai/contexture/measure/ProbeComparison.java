package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Predictors of one target, scored on the same held-out rows: how well each of them does, and which
 * of two does better.
 *
 * <p>An interval is the middle 95 % of the values on {@value #RESAMPLES} resamples of these rows
 * with replacement [Efron and Tibshirani 1993, the percentile bootstrap]. All predictors are scored
 * on the same resamples, so that the interval of a difference is a paired one. It does not tell
 * what other labelled rows would have changed.
 */
public final class ProbeComparison {

  /** How often the held-out rows are drawn again. */
  public static final int RESAMPLES = 1000;

  /** The share of the resamples within an interval. */
  public static final double LEVEL = 0.95;

  /** On fewer rows than this nothing is said to be better. */
  public static final int FEWEST_ROWS = 20;

  /** What a target is predicted from. */
  public enum Predictor {
    /** A linear model on the learned features. */
    FEATURES,
    /** A linear model on the preprocessed columns. */
    COLUMNS,
    /** A linear model on both. */
    TOGETHER,
    /** Boosted trees on the preprocessed columns. */
    TREES,
    /** Nothing: always the mean, or the most frequent class. */
    NOTHING
  }

  /**
   * A value with its interval.
   *
   * @param value on the held-out rows
   * @param low the lower end of the interval
   * @param high its upper end
   */
  public record Score(double value, double low, double high) {}

  private final Metric metric;
  private final int fitted;
  private final int contextLabels;
  private final int scored;
  private final Map<Predictor, Double> values = new EnumMap<>(Predictor.class);

  /** The metric on each resample. */
  private final Map<Predictor, double[]> resampled = new EnumMap<>(Predictor.class);

  /** The balanced accuracies, and those on each resample; none where no class has most rows. */
  private final Map<Predictor, BalancedAccuracy> balanced = new EnumMap<>(Predictor.class);

  private final Map<Predictor, double[]> balancedResampled = new EnumMap<>(Predictor.class);

  private ProbeComparison(
      Map<Predictor, RowLosses> losses, int fitted, int contextLabels, RandomGenerator random) {
    this.fitted = fitted;
    this.contextLabels = contextLabels;
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
      for (Map.Entry<Predictor, RowLosses> predictor : losses.entrySet()) {
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
   * Compares predictors.
   *
   * @param losses of each predictor on the same rows, at least those of one
   * @param fitted how many labelled rows all of them were fitted on
   * @param contextLabels how many more labels the features' context was made of, on which those
   *     were fitted too that do not see the features
   * @param seed what the resamples depend on
   * @throws IllegalArgumentException if they are not of the same rows and metric
   */
  public static ProbeComparison of(
      Map<Predictor, RowLosses> losses, int fitted, int contextLabels, Seed seed) {
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("losses: expected those of a predictor, got none");
    }
    return new ProbeComparison(new EnumMap<>(losses), fitted, contextLabels, seed.generator());
  }

  /** Returns {@code rmse}, where lower is better, or {@code accuracy}, where higher is better. */
  public Metric metric() {
    return metric;
  }

  /** Returns whether a lower value is a better one. */
  public boolean lowerIsBetter() {
    return metric.lowerIsBetter();
  }

  /** Returns how many labelled rows the predictors were fitted on. */
  public int fitted() {
    return fitted;
  }

  /** Returns how many more labels the context of the features was made of. */
  public int contextLabels() {
    return contextLabels;
  }

  /** Returns how many rows the predictors were scored on. */
  public int scored() {
    return scored;
  }

  /** Returns what was compared, in the order of {@link Predictor}. */
  public Set<Predictor> predictors() {
    return values.keySet();
  }

  /** Returns how well a predictor does. */
  public Score score(Predictor predictor) {
    return score(values.get(predictor), resampled.get(predictor).clone());
  }

  /** Returns the value of one predictor less that of another, with its paired interval. */
  public Score difference(Predictor one, Predictor other) {
    double[] differences = resampled.get(one).clone();
    double[] others = resampled.get(other);
    Arrays.setAll(differences, i -> differences[i] - others[i]);
    return score(values.get(one) - values.get(other), differences);
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
  public boolean better(Predictor one, Predictor other) {
    Score difference = difference(one, other);
    return scored >= FEWEST_ROWS
        && (lowerIsBetter() ? difference.high() < 0 : difference.low() > 0);
  }

  /** Returns the share of the most frequent class, where it has most of the rows. */
  public Optional<Double> largestClass() {
    return balanced.values().stream().findFirst().map(BalancedAccuracy::largest);
  }

  /** Returns the balanced accuracy of a predictor, where one class has most of the rows. */
  public Optional<Score> balanced(Predictor predictor) {
    return Optional.ofNullable(balanced.get(predictor))
        .map(value -> score(value.value(), balancedResampled.get(predictor).clone()));
  }

  /**
   * Returns whether a predictor tells more than {@link Predictor#NOTHING}: as {@link #better} says
   * or, where one class has most of the rows, by the same of the balanced accuracies.
   */
  public boolean tells(Predictor predictor) {
    if (better(predictor, Predictor.NOTHING)) {
      return true;
    }
    if (balanced.isEmpty() || scored < FEWEST_ROWS) {
      return false;
    }
    double[] differences = balancedResampled.get(predictor).clone();
    double[] others = balancedResampled.get(Predictor.NOTHING);
    Arrays.setAll(differences, i -> differences[i] - others[i]);
    return score(0, differences).low() > 0;
  }

  /**
   * Returns R², the share of the squared error of {@link Predictor#NOTHING} that a predictor does
   * not make; nothing for classes.
   */
  public Optional<Double> explained(Predictor predictor) {
    Double nothing = values.get(Predictor.NOTHING);
    if (!lowerIsBetter() || nothing == null || nothing == 0) {
      return Optional.empty();
    }
    return Optional.of(LinearProbe.explained(values.get(predictor), nothing));
  }

  @Override
  public String toString() {
    return values.keySet().stream()
        .map(predictor -> predictor + " " + Text.format("%.4g", values.get(predictor)))
        .collect(Collectors.joining(", ", metric + ": ", ""));
  }
}
