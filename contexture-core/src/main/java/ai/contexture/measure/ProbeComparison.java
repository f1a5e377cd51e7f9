package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Predictors of one target, scored on the same held-out rows: how well each of them does, and which
 * of two does better.
 */
public final class ProbeComparison {

  /** How often the held-out rows are drawn again, see {@link PairedScores}. */
  public static final int RESAMPLES = PairedScores.RESAMPLES;

  /** The share of the resamples within an interval. */
  public static final double LEVEL = PairedScores.LEVEL;

  /** On fewer rows than this nothing is said to be better. */
  public static final int FEWEST_ROWS = PairedScores.FEWEST_ROWS;

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

  private final PairedScores<Predictor> scores;
  private final int fitted;
  private final int contextLabels;

  private ProbeComparison(PairedScores<Predictor> scores, int fitted, int contextLabels) {
    this.scores = scores;
    this.fitted = fitted;
    this.contextLabels = contextLabels;
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
    return new ProbeComparison(PairedScores.of(new TreeMap<>(losses), seed), fitted, contextLabels);
  }

  /** Returns {@code rmse}, where lower is better, or {@code accuracy}, where higher is better. */
  public Metric metric() {
    return scores.metric();
  }

  /** Returns whether a lower value is a better one. */
  public boolean lowerIsBetter() {
    return metric().lowerIsBetter();
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
    return scores.scored();
  }

  /** Returns what was compared, in the order of {@link Predictor}. */
  public Set<Predictor> predictors() {
    return scores.predictors();
  }

  /** Returns how well a predictor does. */
  public PairedScores.Score score(Predictor predictor) {
    return scores.score(predictor);
  }

  /** Returns the value of one predictor less that of another, with its paired interval. */
  public PairedScores.Score difference(Predictor one, Predictor other) {
    return scores.difference(one, other);
  }

  /** Returns whether one predictor does better than another, see {@link PairedScores#better}. */
  public boolean better(Predictor one, Predictor other) {
    return scores.better(one, other);
  }

  /** Returns the share of the most frequent class, where it has most of the rows. */
  public Optional<Double> largestClass() {
    return scores.largestClass();
  }

  /** Returns the balanced accuracy of a predictor, where one class has most of the rows. */
  public Optional<PairedScores.Score> balanced(Predictor predictor) {
    return scores.balanced(predictor);
  }

  /**
   * Returns whether a predictor tells more than {@link Predictor#NOTHING}, see {@link
   * PairedScores#tells}.
   */
  public boolean tells(Predictor predictor) {
    return scores.tells(predictor, Predictor.NOTHING);
  }

  /**
   * Returns R², the share of the squared error of {@link Predictor#NOTHING} that a predictor does
   * not make; nothing for classes.
   */
  public Optional<Double> explained(Predictor predictor) {
    return scores.explained(predictor, Predictor.NOTHING);
  }

  @Override
  public String toString() {
    return predictors().stream()
        .map(predictor -> predictor + " " + Text.format("%.4g", score(predictor).value()))
        .collect(Collectors.joining(", ", Text.format("%s: ", metric()), ""));
  }
}
