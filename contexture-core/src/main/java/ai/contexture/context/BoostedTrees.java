package ai.contexture.context;

import ai.contexture.input.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Regression trees that are fitted one after the other, each to the residuals of those before it:
 * gradient boosting by squared error, on all columns of the answers at once.
 */
final class BoostedTrees {

  /** Fewer rows than that are not parted further; a leaf may have fewer, down to one. */
  private static final int LEAST_PARTED_ROWS = 5;

  /** A question that explains less than this share of the target's variance is rounding. */
  private static final double LEAST_GAIN = 1e-9;

  private final List<RegressionTree> trees;
  private final double rate;
  private final Units units;

  /** The number of leaves before each tree, and of all of them. */
  private final int[] before;

  private BoostedTrees(List<RegressionTree> trees, double rate, Units units) {
    this.trees = trees;
    this.rate = rate;
    this.units = units;
    before = new int[trees.size() + 1];
    for (int t = 0; t < trees.size(); t++) {
      before[t + 1] = before[t] + trees.get(t).leaves();
    }
  }

  /**
   * Fits the trees.
   *
   * @param rows <b>[n, p]</b>
   * @param known <b>[n]</b>, which rows to fit to
   * @param answers <b>[n, c]</b>
   */
  static BoostedTrees fit(
      double[][] rows, boolean[] known, double[][] answers, TreesContext.Options options) {
    int[] used = IntStream.range(0, rows.length).filter(i -> known[i]).toArray();
    if (used.length == 0) {
      throw new InputException(options + ": the target is missing in all pretraining rows");
    }
    double[][] inputs = Arrays.stream(used).mapToObj(i -> rows[i]).toArray(double[][]::new);
    double[][] residuals =
        Arrays.stream(used).mapToObj(i -> answers[i].clone()).toArray(double[][]::new);
    int c = answers[0].length;
    Units units = standardise(residuals, c);
    int[][] orders = RegressionTree.orders(inputs);
    List<RegressionTree> trees = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      RegressionTree tree =
          RegressionTree.grow(
              inputs, orders, residuals, options.depth(), LEAST_PARTED_ROWS, LEAST_GAIN);
      trees.add(tree);
      for (int i = 0; i < inputs.length; i++) {
        double[] answer = tree.leaf(inputs[i]).answer();
        for (int j = 0; j < c; j++) {
          residuals[i][j] -= options.rate() * answer[j];
        }
      }
    }
    return new BoostedTrees(trees, options.rate(), units);
  }

  /** What the answers were before they were standardised. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Units(double[] means, double scale) {}

  /** Gives each column the mean 0, and all of them together the variance 1. */
  private static Units standardise(double[][] residuals, int c) {
    double[] means = new double[c];
    double variance = 0;
    for (int j = 0; j < c; j++) {
      int column = j;
      means[j] = Arrays.stream(residuals).mapToDouble(row -> row[column]).average().orElse(0);
      for (double[] row : residuals) {
        row[j] -= means[j];
        variance += row[j] * row[j] / residuals.length;
      }
    }
    double scale = variance > 0 ? Math.sqrt(variance) : 1;
    for (double[] row : residuals) {
      Arrays.setAll(row, j -> row[j] / scale);
    }
    return new Units(means, scale);
  }

  /** Returns what the first trees answer for a row <b>[p]</b>, in the units of the answers. */
  double[] answer(double[] row, int first) {
    double[] sums = units.means.clone();
    for (RegressionTree tree : trees.subList(0, first)) {
      add(tree, row, sums);
    }
    return sums;
  }

  private void add(RegressionTree tree, double[] row, double[] sums) {
    double[] answer = tree.leaf(row).answer();
    for (int j = 0; j < sums.length; j++) {
      sums[j] += units.scale * rate * answer[j];
    }
  }

  /**
   * Returns the mean squared errors of the first trees, from none to all of them.
   *
   * @param rows <b>[n, p]</b>
   * @param answers <b>[n, c]</b>
   */
  double[] errors(double[][] rows, double[][] answers) {
    double[] errors = new double[rounds() + 1];
    for (int i = 0; i < rows.length; i++) {
      double[] sums = units.means.clone();
      for (int t = 0; t <= rounds(); t++) {
        if (t > 0) {
          add(trees.get(t - 1), rows[i], sums);
        }
        for (int j = 0; j < sums.length; j++) {
          errors[t] += (answers[i][j] - sums[j]) * (answers[i][j] - sums[j]) / rows.length;
        }
      }
    }
    return errors;
  }

  /** Returns the number of trees. */
  int rounds() {
    return trees.size();
  }

  /** Returns the number of leaves of all trees together. */
  int leaves() {
    return before[trees.size()];
  }

  /** Returns the leaves of rows <b>[n, p]</b>, one of each tree, <b>[n, rounds]</b>. */
  int[][] leaves(double[][] rows) {
    return Arrays.stream(rows)
        .map(
            row ->
                IntStream.range(0, rounds())
                    .map(t -> before[t] + trees.get(t).leaf(row).number())
                    .toArray())
        .toArray(int[][]::new);
  }
}
