package ai.contexture.measure;

import ai.contexture.input.Text;

/**
 * What a linear probe reached on test rows, next to the same probe on the raw features and next to
 * no features at all.
 *
 * @param metric what it is measured by
 * @param value with the learned features
 * @param rawFeatures with the features as they were before
 * @param meanPredictor with none: the training targets' mean or their most frequent class
 * @param fitted how many rows it was fitted on, all with known targets
 * @param scored how many rows it was scored on, all with known targets
 */
public record ProbeScore(
    Metric metric, double value, double rawFeatures, double meanPredictor, int fitted, int scored) {

  /**
   * Returns the score of two probes of the same target.
   *
   * @param fitted how many rows they were fitted on
   * @param scored how many rows they were scored on
   * @throws IllegalArgumentException if they are not probes of the same target
   */
  public static ProbeScore of(LinearProbe learned, LinearProbe raw, int fitted, int scored) {
    if (learned.metric() != raw.metric() || learned.meanPredictor() != raw.meanPredictor()) {
      throw new IllegalArgumentException(
          "probes: expected two of the same target, got " + learned + " and " + raw);
    }
    return new ProbeScore(
        learned.metric(), learned.value(), raw.value(), learned.meanPredictor(), fitted, scored);
  }

  @Override
  public String toString() {
    return Text.format(
        "%s, with the raw features %.4g, without features %.4g",
        metric.described(value), rawFeatures, meanPredictor);
  }
}
