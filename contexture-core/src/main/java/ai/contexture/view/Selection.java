package ai.contexture.view;

import ai.contexture.input.Interval;
import ai.contexture.torch.CounterRandom;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Which columns of a row are replaced. */
@FunctionalInterface
interface Selection {

  /**
   * Draws the columns of one row.
   *
   * @param selected all false; those that are drawn are set to true
   */
  void draw(boolean[] selected, RandomGenerator random);

  /**
   * Draws the columns of b rows.
   *
   * @return boolean [b, p], for each input whether its column is drawn; it belongs to the scope
   */
  default NDArray draw(NDManager scope, int b, Columns columns, RandomGenerator random) {
    int p = columns.inputs();
    boolean[] inputs = new boolean[b * p];
    boolean[] selected = new boolean[columns.count()];
    for (int i = 0; i < b; i++) {
      Arrays.fill(selected, false);
      draw(selected, random);
      for (int j = 0; j < p; j++) {
        inputs[i * p + j] = selected[columns.of(j)];
      }
    }
    return scope.create(inputs, new Shape(b, p));
  }

  /** A selection in which all sets of the same number of columns are equally probable. */
  interface Exchangeable extends Selection {

    /**
     * Returns log P(k given columns are drawn and l given others are not), whatever the rest.
     *
     * @param g the number of columns, at least k + l
     * @return [g + 1, g + 1], at k and l; −∞ where that cannot be
     */
    double[][] logProbabilities(int g);
  }

  /**
   * So many columns, every set of them equally probable.
   *
   * @param count how many, at most all
   */
  record Exactly(int count) implements Exchangeable {

    @Override
    public void draw(boolean[] selected, RandomGenerator random) {
      int needed = count;
      for (int j = 0; needed > 0; j++) {
        if (random.nextInt(selected.length - j) < needed) {
          selected[j] = true;
          needed--;
        }
      }
    }

    @Override
    public double[][] logProbabilities(int g) {
      double all = Logarithms.binomial(g, count);
      double[][] logs = new double[g + 1][g + 1];
      for (int k = 0; k <= g; k++) {
        for (int l = 0; l <= g; l++) {
          logs[k][l] = Logarithms.binomial(g - k - l, count - k) - all;
        }
      }
      return logs;
    }
  }

  /**
   * Each column by itself, with a probability that each row draws anew.
   *
   * @param range of the probability
   * @param schedule how it is drawn from the range
   */
  record Each(Interval range, RateSchedule schedule) implements Exchangeable {

    /** The least number of points at which means over the range are taken. */
    private static final int POINTS = 64;

    /** Each column with the same probability in all rows. */
    static Each at(double rate) {
      return new Each(Interval.of(rate), RateSchedule.UNIFORM);
    }

    @Override
    public void draw(boolean[] selected, RandomGenerator random) {
      double rate = range.isNumber() ? range.least() : rate(random.nextDouble());
      for (int j = 0; j < selected.length; j++) {
        selected[j] = random.nextDouble() < rate;
      }
    }

    /** The same on the device of the scope. */
    @Override
    public NDArray draw(NDManager scope, int b, Columns columns, RandomGenerator random) {
      NDArray rates =
          range.isNumber()
              ? Torch.scalar(range.least(), scope)
              : scope.create(
                  Draws.each(b, random, source -> rate(source.nextDouble())), new Shape(b, 1));
      NDArray uniform = CounterRandom.uniform(scope, random.nextLong(), b, columns.count());
      return columns.spread(uniform.lt(rates));
    }

    /** The probability for a number that is uniform in 0 to 1. */
    private double rate(double uniform) {
      return range.at(schedule.share(uniform));
    }

    /** Means of αᵏ(1−α)ˡ; over a uniform α they are exact, since αᵏ(1−α)ˡ is a polynomial. */
    @Override
    public double[][] logProbabilities(int g) {
      int points = range.isNumber() ? 1 : Math.max(POINTS, g / 2 + 1);
      GaussLegendre rule = GaussLegendre.of(points);
      double[][] logs = new double[g + 1][g + 1];
      for (int k = 0; k <= g; k++) {
        for (int l = 0; l <= g; l++) {
          logs[k][l] = Double.NEGATIVE_INFINITY;
          for (int q = 0; q < points && k + l <= g; q++) {
            double term = Logarithms.power(rate(rule.points()[q]), k, l);
            logs[k][l] = Logarithms.sum(logs[k][l], term + Math.log(rule.weights()[q]));
          }
        }
      }
      return logs;
    }
  }
}
