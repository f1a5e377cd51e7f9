package ai.contexture.pretraining;

import ai.contexture.input.InputException;

/**
 * How often a training is measured under way. An object remembers what measures have cost, and is
 * for one training.
 */
public final class EvaluationSchedule {

  /** What measures may cost, as a part of the time of the training. */
  private static final double SHARE = 0.1;

  private static final int MOST = 50;
  private static final int SPARING = -1;

  private final int every;
  private double trained;
  private double measured;
  private double last;

  private EvaluationSchedule(int every) {
    this.every = every;
  }

  /** Returns that nothing is measured. */
  public static EvaluationSchedule none() {
    return new EvaluationSchedule(0);
  }

  /** Returns a measure every k steps, k ≥ 1, whatever it costs. */
  public static EvaluationSchedule every(int k) {
    if (k < 1) {
      throw new InputException("steps between two evaluations: expected at least 1, got " + k);
    }
    return new EvaluationSchedule(k);
  }

  /**
   * Returns measures that take at most a tenth of the time of the training, by the clock: the first
   * after a fiftieth of the steps, the next when it can be paid for, at most fifty in all. The
   * exact spectrum, which is found once and serves the result too, is not counted.
   */
  public static EvaluationSchedule sparing() {
    return new EvaluationSchedule(SPARING);
  }

  /** The step after which it is to be asked whether a measure is due. */
  int next(int finished, int steps) {
    if (every == 0) {
      return steps;
    }
    int gap = every == SPARING ? (steps + MOST - 1) / MOST : every;
    return (int) Math.min(steps, (finished / gap + 1L) * gap);
  }

  /** Whether to measure now. */
  boolean due(int finished, int steps) {
    if (every == SPARING) {
      boolean pause = next(finished - 1, steps) == finished;
      return pause && measured + last <= SHARE * trained;
    }
    return every > 0 && finished % every == 0;
  }

  /** Hears how long steps took, in seconds. */
  void trained(double seconds) {
    trained += seconds;
  }

  /** Hears how long a measure took, in seconds. */
  void measured(double seconds) {
    measured += seconds;
    last = seconds;
  }

  /** Returns the seconds that all measures took. */
  public double seconds() {
    return measured;
  }
}
