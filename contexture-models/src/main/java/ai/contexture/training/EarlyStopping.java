package ai.contexture.training;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;

/**
 * When a training ends before its last step: the objective on rows that were held out no longer
 * falls. The weights with the least value then take the place of the last ones.
 *
 * @param share how much of the rows to pretrain on is held out; 0 to train on all of them to the
 *     last step
 * @param every steps between two looks at the held-out rows; 0 for a fiftieth of all
 * @param patience after so many looks without a new least value the training ends
 */
public record EarlyStopping(double share, int every, int patience) {

  /** Nothing is held out and all steps are made. */
  public static final EarlyStopping NEVER = new EarlyStopping(0, 0, 10);

  private static final int LOOKS = 50;

  /** Checks the ranges. */
  public EarlyStopping {
    if (!(share >= 0 && share < 1)) {
      throw new InputException(
          "hold-out: expected from 0 to less than 1, got " + Text.format("%s", share));
    }
    if (every < 0) {
      throw new InputException("steps between two validations: expected at least 1, got " + every);
    }
    if (patience < 1) {
      throw new InputException("patience: expected at least 1, got " + patience);
    }
  }

  /** Returns whether rows are held out. */
  public boolean used() {
    return share > 0;
  }

  /** Returns the steps between two looks in a training of so many steps. */
  int every(int steps) {
    return every > 0 ? every : (steps + LOOKS - 1) / LOOKS;
  }
}
