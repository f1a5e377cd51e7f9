package ai.contexture.measure;

import java.util.Arrays;

/**
 * The mean of the shares of each class that are found, its recalls, so that rare classes count as
 * much as frequent ones: 1/classes for what always says the same.
 *
 * @param value between 0 and 1
 * @param deviation one standard deviation of it over other rows of the same classes
 * @param largest the share of the rows that the most frequent class has
 * @param classes how many classes the rows have
 */
public record BalancedAccuracy(double value, double deviation, double largest, int classes) {

  /** Where a class has a larger share of the rows than this, accuracy alone says little. */
  public static final double UNBALANCED = 0.7;

  /**
   * Returns that of some rows, over the classes that they have.
   *
   * @param codes the classes of all rows
   * @param losses 1 where the class was not found, else 0
   * @param rows the rows, of which one may count several times
   */
  static BalancedAccuracy of(int[] codes, double[] losses, int[] rows) {
    int classes = Arrays.stream(codes).max().orElseThrow() + 1;
    double[] lost = new double[classes];
    int[] counts = new int[classes];
    for (int row : rows) {
      lost[codes[row]] += losses[row];
      counts[codes[row]]++;
    }
    double sum = 0;
    double variance = 0;
    int present = 0;
    for (int c = 0; c < classes; c++) {
      if (counts[c] > 0) {
        present++;
        sum += 1 - lost[c] / counts[c];
        // of a share that is 0 or 1 as well [Agresti and Coull 1998]
        double share = (lost[c] + 2) / (counts[c] + 4);
        variance += share * (1 - share) / (counts[c] + 4);
      }
    }
    double largest = (double) Arrays.stream(counts).max().orElseThrow() / rows.length;
    return new BalancedAccuracy(sum / present, Math.sqrt(variance) / present, largest, present);
  }

  /** Returns what always saying the same reaches. */
  public double ofNothing() {
    return 1.0 / classes;
  }

  /** Returns whether accuracy alone says little of these rows. */
  public boolean unbalanced() {
    return classes > 1 && largest > UNBALANCED;
  }
}
