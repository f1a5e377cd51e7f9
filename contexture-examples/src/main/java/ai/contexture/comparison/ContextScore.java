package ai.contexture.comparison;

import ai.contexture.input.Text;
import ai.contexture.measure.BalancedAccuracy;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.Metric;
import ai.contexture.measure.ProbeScore;
import java.util.Comparator;

/**
 * How much a linear model makes of a context's exact functions.
 *
 * @param measures what the context is worth by other measures
 * @param dimension from how many of the first functions; the number to learn
 * @param probe how well it predicts the target; null where there is none
 * @param balanced the balanced accuracy of that, where a class has most rows; else null
 * @param columnError how badly it predicts the columns; null where there is a target
 * @param ownLabels how many labels the context itself was made of
 * @param transductive whether the context was made of all rows, those to be scored among them, but
 *     without their labels
 * @param spectrumError how far s² of these functions may be off where the spectrum is an estimate
 *     from a sub-sample; null where it is exact
 * @param pretrained the same with the labels that a pretraining with this context has for its
 *     linear model, where others get more here; else null
 * @param seconds how long it took
 */
public record ContextScore(
    ContextMeasures measures,
    int dimension,
    ProbeScore probe,
    BalancedAccuracy balanced,
    ColumnError columnError,
    int ownLabels,
    boolean transductive,
    Double spectrumError,
    Pretrained pretrained,
    double seconds) {

  /**
   * How well the target is predicted with the labels that a pretraining has.
   *
   * @param dimension from how many of the first functions
   */
  public record Pretrained(int dimension, ProbeScore probe) {}

  /** Those that serve best come first. */
  public static final Comparator<ContextScore> BEST_FIRST =
      Comparator.comparingDouble(ContextScore::loss);

  /** Returns the context as it is written. */
  public String context() {
    return measures.context();
  }

  /** Returns how well a linear model predicts the target with the labels that a pretraining has. */
  public ProbeScore byPretrain() {
    return pretrained == null ? probe : pretrained.probe;
  }

  /** Returns how many features to learn. */
  public int learned() {
    return pretrained == null ? dimension : pretrained.dimension;
  }

  /** Returns the metric of the target, or the column error. */
  public double value() {
    return probe == null ? columnError.value() : probe.value();
  }

  /** What is to be small. */
  private double loss() {
    return lowerIsBetter() ? value() : -value();
  }

  private boolean lowerIsBetter() {
    return probe == null || probe.metric().lowerIsBetter();
  }

  /** Returns the share of the target's variance that is explained, null unless it is a number. */
  public Double explained() {
    return probe == null || !lowerIsBetter()
        ? null
        : LinearProbe.explained(probe.value(), probe.meanPredictor());
  }

  /** Returns whether it is better than another value of the same metric. */
  public boolean beats(double other) {
    return lowerIsBetter() ? value() < other : value() > other;
  }

  /** Returns the score in a few words, such as {@code accuracy 0.9188 with 64 features}. */
  @Override
  public String toString() {
    return Text.format(
        "%s with %s",
        probe == null
            ? Text.format("column error %.3f", columnError.value())
            : score(probe.metric(), probe.value()),
        Text.count(dimension, "feature"));
  }

  /** Returns the score of a linear model in a few words, such as {@code RMSE 28.1}. */
  public static String score(Metric metric, double value) {
    return Text.format("%s %.4g", metric.title(), value);
  }
}
