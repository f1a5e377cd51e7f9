package ai.contexture.training;

/** Hears what happens in training; methods are called on the training thread, in order. */
public interface TrainingListener {

  /** A listener that does nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** Hears of a finished step. Reports come a few steps late, so that a device need not wait. */
  default void onStep(StepReport report) {}

  /**
   * Is asked between steps whether to go on.
   *
   * @param step how many steps are finished
   */
  default boolean goOn(int step) {
    return true;
  }
}
