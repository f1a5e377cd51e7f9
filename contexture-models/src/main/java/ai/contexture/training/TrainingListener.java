package ai.contexture.training;

import ai.contexture.measure.Diagnosis;

/**
 * Hears what happens in training; methods are called on the training thread, in order. Each of them
 * may be left out.
 *
 * <pre>{@code
 * job.train(
 *     new TrainingListener() {
 *       @Override
 *       public void onEvaluation(EvaluationReport report) {
 *         System.out.println(report.step() + ": " + report.cca());
 *       }
 *     },
 *     EvaluationSchedule.every(20));
 * }</pre>
 */
public interface TrainingListener {

  /** A listener that does nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** Hears of a finished step. Reports come a few steps late, so that a device need not wait. */
  default void onStep(StepReport report) {}

  /** Hears of the objective on held-out rows, after the report of the same step. */
  default void onValidation(ValidationReport report) {}

  /** Hears of measures under way, after the report of the same step. */
  default void onEvaluation(EvaluationReport report) {}

  /**
   * Hears that the training seems to go wrong, once for each way in which it does.
   *
   * @param step how many steps were finished when it was noticed
   * @param finding what it is, with the number that says so
   */
  default void onWarning(int step, Diagnosis.Finding finding) {}

  /**
   * Is asked between steps whether to go on.
   *
   * @param step how many steps are finished
   */
  default boolean shouldContinue(int step) {
    return true;
  }
}
