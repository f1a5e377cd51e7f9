package ai.contexture.context;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A regression tree on numbers, for answers of one or more columns (CART): each question parts the
 * rows of a node by one column where that leaves the least sum of squares of the answers around the
 * means of the two parts, as far as there are questions that help.
 */
final class RegressionTree {

  /** What a row meets on its way down. */
  private sealed interface Node {}

  /** Rows with at most the threshold in the column go on at one node, those above at another. */
  private record Question(int column, double threshold, Node upTo, Node above) implements Node {}

  /** The end of the way: the mean of the answers of its rows. */
  record Leaf(int number, double[] answer) implements Node {}

  /** Where the rows of a node are parted: after so many of them in the order of the column. */
  private record Parting(int column, int count, double gain) {}

  private final Node root;
  private final int leaves;

  private RegressionTree(Node root, int leaves) {
    this.root = root;
    this.leaves = leaves;
  }

  /**
   * Returns the order of rows <b>[n, p]</b> by each of their columns, <b>[p, n]</b>; of equal ones
   * the first is first.
   */
  static int[][] orders(double[][] rows) {
    int p = rows[0].length;
    return IntStream.range(0, p)
        .mapToObj(
            j ->
                IntStream.range(0, rows.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> rows[i][j]))
                    .mapToInt(Integer::intValue)
                    .toArray())
        .toArray(int[][]::new);
  }

  /**
   * Grows a tree.
   *
   * @param rows <b>[n, p]</b>, n ≥ 1
   * @param orders of these rows, see {@link #orders}
   * @param answers <b>[n, c]</b>
   * @param depth the most questions from the root to a leaf
   * @param leastRows a node of fewer rows is a leaf
   * @param leastGain a question is not asked that lowers the sum of squares by less than this share
   *     of n
   */
  static RegressionTree grow(
      double[][] rows,
      int[][] orders,
      double[][] answers,
      int depth,
      int leastRows,
      double leastGain) {
    int[][] own = Arrays.stream(orders).map(int[]::clone).toArray(int[][]::new);
    Growing growing = new Growing(rows, own, answers, leastRows, leastGain * rows.length);
    Node root = growing.grow(0, rows.length, depth);
    return new RegressionTree(root, growing.leaves);
  }

  /** Returns the number of leaves. */
  int leaves() {
    return leaves;
  }

  /** Returns the leaf of a row <b>[p]</b>. */
  Leaf leaf(double[] row) {
    Node node = root;
    while (node instanceof Question question) {
      node = row[question.column()] <= question.threshold() ? question.upTo() : question.above();
    }
    return (Leaf) node;
  }

  /** A tree under way: the rows of a node are a range of each order. */
  private static final class Growing {

    private final double[][] rows;
    private final int[][] orders;
    private final double[][] answers;
    private final int leastRows;
    private final double leastGain;
    private final boolean[] goesOn;
    private final int[] others;
    private int leaves;

    Growing(double[][] rows, int[][] orders, double[][] answers, int leastRows, double leastGain) {
      this.rows = rows;
      this.orders = orders;
      this.answers = answers;
      this.leastRows = leastRows;
      this.leastGain = leastGain;
      goesOn = new boolean[rows.length];
      others = new int[rows.length];
    }

    Node grow(int start, int end, int depth) {
      double[] sums = new double[answers[0].length];
      for (int at = start; at < end; at++) {
        add(sums, answers[orders[0][at]]);
      }
      Parting best =
          depth == 0 || end - start < leastRows
              ? null
              : IntStream.range(0, orders.length)
                  .mapToObj(column -> best(column, start, end, sums))
                  .reduce((one, other) -> other.gain() > one.gain() ? other : one)
                  .orElseThrow();
      if (best == null || !(best.gain() >= leastGain)) {
        double[] mean = Arrays.stream(sums).map(sum -> sum / (end - start)).toArray();
        return new Leaf(leaves++, mean);
      }
      int[] order = orders[best.column()];
      int middle = start + best.count();
      double low = rows[order[middle - 1]][best.column()];
      double high = rows[order[middle]][best.column()];
      double threshold = low + (high - low) / 2;
      part(best.column(), start, middle, end);
      return new Question(
          best.column(),
          threshold < high ? threshold : low,
          grow(start, middle, depth - 1),
          grow(middle, end, depth - 1));
    }

    /**
     * The best parting by a column: the gain is Σ_j L_j²/l + R_j²/r − S_j²/n for sums S = L + R.
     */
    private Parting best(int column, int start, int end, double[] sums) {
      int[] order = orders[column];
      double[] left = new double[sums.length];
      double whole = squares(sums, end - start);
      Parting best = new Parting(column, 0, Double.NEGATIVE_INFINITY);
      for (int at = start; at < end - 1; at++) {
        add(left, answers[order[at]]);
        if (rows[order[at]][column] < rows[order[at + 1]][column]) {
          int l = at + 1 - start;
          int r = end - at - 1;
          double gain = -whole;
          for (int j = 0; j < sums.length; j++) {
            double right = sums[j] - left[j];
            gain += left[j] * left[j] / l + right * right / r;
          }
          if (gain > best.gain()) {
            best = new Parting(column, l, gain);
          }
        }
      }
      return best;
    }

    private static double squares(double[] sums, int n) {
      double squares = 0;
      for (double sum : sums) {
        squares += sum * sum / n;
      }
      return squares;
    }

    private static void add(double[] sums, double[] answer) {
      for (int j = 0; j < sums.length; j++) {
        sums[j] += answer[j];
      }
    }

    /** Brings those rows to the front in every order that are there in one of them. */
    private void part(int column, int start, int middle, int end) {
      for (int at = start; at < end; at++) {
        goesOn[orders[column][at]] = at >= middle;
      }
      for (int[] order : orders) {
        int front = start;
        int back = 0;
        for (int at = start; at < end; at++) {
          if (goesOn[order[at]]) {
            others[back++] = order[at];
          } else {
            order[front++] = order[at];
          }
        }
        System.arraycopy(others, 0, order, front, back);
      }
    }
  }
}
