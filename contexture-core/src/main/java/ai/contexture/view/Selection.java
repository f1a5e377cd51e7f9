package ai.contexture.view;

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
   * So many columns, every set of them equally probable.
   *
   * @param count how many, at most all
   */
  record Exactly(int count) implements Selection {

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
  }

  /**
   * Each column by itself, with a probability that each row draws anew.
   *
   * @param range of the probability
   * @param schedule how it is drawn from the range
   */
  record Each(Interval range, RateSchedule schedule) implements Selection {

    @Override
    public void draw(boolean[] selected, RandomGenerator random) {
      double rate = range.isNumber() ? range.least() : rate(random.nextDouble());
      for (int j = 0; j < selected.length; j++) {
        selected[j] = random.nextDouble() < rate;
      }
    }

    /** The probability for a number that is uniform in 0 to 1. */
    double rate(double uniform) {
      return range.at(schedule.share(uniform));
    }
  }
}
