package ai.contexture.measure;

import ai.contexture.data.Matrix;
import ai.contexture.input.Text;

/**
 * Probabilities from the scores of classes: p_c ∝ exp(a·score_c), with a chosen on labels that the
 * scores have not seen [Guo et al. 2017, temperature scaling].
 *
 * <p>a minimises the cross-entropy with targets of 1 − ε for the true class and ε shared by the
 * others, ε = 1/(m + 2) [Platt 1999], since m labels that are all right do not make certain.
 *
 * @param scale a ≥ 0
 */
public record Softmax(double scale) {

  private static final double LARGEST = 1e6;
  private static final int HALVINGS = 200;

  /**
   * Chooses a.
   *
   * @param scores [m, c]
   * @param codes the true class of each row, from 0 to c − 1
   */
  public static Softmax of(Matrix scores, int[] codes) {
    if (scores.rows() != codes.length || codes.length == 0) {
      throw new IllegalArgumentException(
          Text.format(
              "codes: expected one for each of %d rows, got %d", scores.rows(), codes.length));
    }
    ProbeData.checkCodes("codes", codes, scores.columns());
    double low = 0;
    double high = 1;
    while (high < LARGEST && slope(scores, codes, high) < 0) {
      low = high;
      high *= 2;
    }
    for (int i = 0; i < HALVINGS && high - low > 1e-12 * high; i++) {
      double middle = (low + high) / 2;
      if (slope(scores, codes, middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Softmax(low);
  }

  /** The derivative of the cross-entropy by a, which grows with a. */
  private static double slope(Matrix scores, int[] codes, double scale) {
    int c = scores.columns();
    double missing = 1. / (codes.length + 2);
    double sum = 0;
    for (int i = 0; i < codes.length; i++) {
      double[] row = scores.row(i);
      double[] p = new Softmax(scale).probabilities(row);
      for (int k = 0; k < c; k++) {
        double target = k == codes[i] ? 1 - missing : missing / (c - 1);
        sum += (p[k] - target) * row[k];
      }
    }
    return sum;
  }

  /** Returns the probabilities of the classes, which add up to 1. */
  public double[] probabilities(double[] scores) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double[] p = new double[scores.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(scale * (scores[k] - largest));
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}
