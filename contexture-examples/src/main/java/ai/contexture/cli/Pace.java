package ai.contexture.cli;

/** How long the steps of a training take, by those after the first, which takes longer. */
final class Pace {

  /** So many steps, or seconds, show how long the others will take. */
  private static final int STEPS = 10;

  private static final double SECONDS = 2;

  private int first = -1;
  private double begun;
  private int last;
  private double passed;

  /** Hears when a step was finished. The first one it hears of only starts the clock. */
  void reached(int step, double seconds) {
    if (first < 0) {
      first = step;
      begun = seconds;
    }
    last = step;
    passed = seconds - begun;
  }

  /** Returns whether it has begun. */
  boolean begun() {
    return first >= 0;
  }

  /** Returns whether enough was seen. */
  boolean known() {
    return begun() && last > first && (last - first >= STEPS || passed >= SECONDS);
  }

  /** Returns the seconds that some steps take. */
  double seconds(int steps) {
    return passed / (last - first) * steps;
  }
}
