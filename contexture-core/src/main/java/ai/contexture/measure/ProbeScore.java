package ai.contexture.measure;

import ai.contexture.input.Text;

/**
 * What a linear probe reached on test rows, next to the same probe on the raw features and next to
 * no features at all.
 *
 * @param metric {@code rmse}, in the target's units and lower is better, or {@code accuracy},
 *     between 0 and 1 and higher is better
 * @param value with the learned features
 * @param rawFeatures with the features as they were before
 * @param meanPredictor with none: the training targets' mean or their most frequent class
 */
public record ProbeScore(String metric, double value, double rawFeatures, double meanPredictor) {

  /**
   * Returns the score of two probes of the same target.
   *
   * @throws IllegalArgumentException if they are not probes of the same target
   */
  public static ProbeScore of(LinearProbe learned, LinearProbe raw) {
    if (!learned.metric().equals(raw.metric()) || learned.meanPredictor() != raw.meanPredictor()) {
      throw new IllegalArgumentException(
          "probes: expected two of the same target, got " + learned + " and " + raw);
    }
    return new ProbeScore(learned.metric(), learned.value(), raw.value(), learned.meanPredictor());
  }

  @Override
  public String toString() {
    return Text.format(
        "%s %.4g (%s is better), with the raw features %.4g, without features %.4g",
        metric,
        value,
        metric.equals(LinearProbe.RMSE) ? "lower" : "higher",
        rawFeatures,
        meanPredictor);
  }
}
