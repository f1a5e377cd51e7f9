package ai.contexture.measure;

import ai.contexture.input.Text;
import java.util.Arrays;

/**
 * Split conformal prediction: how far predictions are off on m held-out labels tells how far they
 * may be off elsewhere [Vovk et al. 2005].
 *
 * <p>If the m points and a new one are exchangeable, what is lost on the new one is at most the ⌈(m
 * + 1)(1 − α)⌉-th smallest of the m losses with a probability of at least 1 − α, whatever made the
 * predictions, as long as it has not seen these labels.
 */
public final class Conformal {

  /** (m + 1)(1 − α) is a whole number but for rounding where it is so near to one. */
  private static final double ROUNDING = 1e-9;

  private Conformal() {}

  /**
   * Returns the ⌈(m + 1)(1 − α)⌉-th smallest of m losses, infinite where that is more than m.
   *
   * @param losses of the held-out points, none of them NaN
   * @param level 1 − α, between 0 and 1
   */
  public static double quantile(double[] losses, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level: expected between 0 and 1, got " + level);
    }
    for (double loss : losses) {
      if (Double.isNaN(loss)) {
        throw new IllegalArgumentException("losses: expected numbers, got NaN");
      }
    }
    int rank = rank(losses.length, level);
    if (rank > losses.length) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = losses.clone();
    Arrays.sort(sorted);
    return sorted[rank - 1];
  }

  private static int rank(int m, double level) {
    return (int) Math.ceil((m + 1) * level - ROUNDING);
  }

  /** Returns the smallest m that gives a finite quantile. */
  public static int fewest(double level) {
    int m = 1;
    while (rank(m, level) > m) {
      m++;
    }
    return m;
  }

  /**
   * Returns which classes the true one is among with a probability of at least 1 − α: those that
   * lose at most the quantile, and in any case the likeliest.
   *
   * @param probabilities of the classes
   * @param quantile of the losses 1 − p of the true classes
   */
  public static boolean[] classes(double[] probabilities, double quantile) {
    if (probabilities.length == 0) {
      throw new IllegalArgumentException(
          Text.format("probabilities: expected some, got %d", probabilities.length));
    }
    boolean[] among = new boolean[probabilities.length];
    int best = 0;
    for (int i = 0; i < among.length; i++) {
      among[i] = 1 - probabilities[i] <= quantile;
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    among[best] = true;
    return among;
  }
}
