package ai.contexture.measure;

import ai.contexture.data.Target;
import ai.contexture.input.Text;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a predictor lost on each held-out row: its squared error, or 1 for a wrong class and 0 for
 * the right one.
 */
public final class RowLosses {

  private final Metric metric;
  private final double[] losses;

  /** The class of each row; none for numbers. */
  private final int[] codes;

  private RowLosses(Metric metric, double[] losses, int... codes) {
    if (losses.length == 0) {
      throw new IllegalArgumentException("losses: expected at least one row, got none");
    }
    this.metric = metric;
    this.losses = losses;
    this.codes = codes;
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
    return new RowLosses(Metric.ACCURACY, losses, codes.clone());
  }

  /**
   * Returns what predictions of a target lose.
   *
   * @param predictions of numbers <b>[b]</b>, or scores of classes <b>[b, classes]</b>, row by row
   * @param target of the b rows, all known
   */
  public static RowLosses of(double[] predictions, Target target) {
    return target instanceof Target.Classes classes
        ? ofClasses(predictions, classes.codes(), classes.classes().size())
        : ofNumbers(predictions, ((Target.Values) target).values());
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

  /** Returns the balanced accuracy of all rows, where a class has most of them. */
  public Optional<BalancedAccuracy> balanced() {
    return metric == Metric.ACCURACY
        ? Optional.of(balanced(IntStream.range(0, losses.length).toArray()))
            .filter(BalancedAccuracy::unbalanced)
        : Optional.empty();
  }

  /** Returns the balanced accuracy of some rows. */
  BalancedAccuracy balanced(int[] rows) {
    return BalancedAccuracy.of(codes, losses, rows);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowLosses same
        && metric == same.metric
        && Arrays.equals(losses, same.losses)
        && Arrays.equals(codes, same.codes);
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
