package ai.contexture.measure;

import ai.contexture.input.Text;
import java.util.Arrays;

/**
 * What a predictor lost on each held-out row: its squared error, or 1 for a wrong class and 0 for
 * the right one.
 */
public final class RowLosses {

  private final Metric metric;
  private final double[] losses;

  private RowLosses(Metric metric, double[] losses) {
    if (losses.length == 0) {
      throw new IllegalArgumentException("losses: expected at least one row, got none");
    }
    this.metric = metric;
    this.losses = losses;
  }

  /**
   * Returns the squared errors of numbers.
   *
   * @param predictions <b>[b]</b>
   * @param targets <b>[b]</b>
   */
  public static RowLosses ofNumbers(double[] predictions, double[] targets) {
    requireRows(predictions.length, targets.length);
    double[] losses = new double[targets.length];
    Arrays.setAll(losses, i -> (predictions[i] - targets[i]) * (predictions[i] - targets[i]));
    return new RowLosses(Metric.RMSE, losses);
  }

  /**
   * Returns which classes are wrong, that of the largest score being predicted, and the first of
   * equal ones.
   *
   * @param scores <b>[b, classes]</b>, row by row
   * @param codes <b>[b]</b>
   */
  public static RowLosses ofClasses(double[] scores, int[] codes, int classes) {
    requireRows(scores.length, codes.length * classes);
    double[] losses = new double[codes.length];
    for (int i = 0; i < losses.length; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = scores[i * classes + c] > scores[i * classes + best] ? c : best;
      }
      losses[i] = best == codes[i] ? 0 : 1;
    }
    return new RowLosses(Metric.ACCURACY, losses);
  }

  private static void requireRows(int got, int expected) {
    if (got != expected) {
      throw new IllegalArgumentException(
          Text.format("predictions: expected %d numbers, got %d", expected, got));
    }
  }

  /** Returns what the losses come to. */
  public Metric metric() {
    return metric;
  }

  /** Returns the number of rows. */
  public int rows() {
    return losses.length;
  }

  /** Returns what was lost on a row. */
  public double loss(int row) {
    return losses[row];
  }

  /** Returns the metric of all rows: the root of the mean loss, or what is left of 1. */
  public double value() {
    return value(Arrays.stream(losses).sum());
  }

  /** Returns the metric of as many rows with a sum of losses. */
  double value(double sum) {
    return metric == Metric.RMSE
        ? Math.sqrt(sum / losses.length)
        : (losses.length - sum) / losses.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowLosses same
        && metric == same.metric
        && Arrays.equals(losses, same.losses);
  }

  @Override
  public int hashCode() {
    return 31 * metric.hashCode() + Arrays.hashCode(losses);
  }

  @Override
  public String toString() {
    return Text.format("%s %.4g on %d rows", metric, value(), losses.length);
  }
}
