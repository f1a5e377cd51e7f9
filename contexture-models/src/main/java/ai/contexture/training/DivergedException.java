package ai.contexture.training;

import ai.contexture.input.Text;

/** Says that training produced a number that is not finite, at which step and in which term. */
public final class DivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete, one-line message. */
  public DivergedException(String message) {
    super(message);
  }

  /** Creates an exception with a complete, one-line message and the failure underneath it. */
  public DivergedException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Says what went wrong at a step, and what may help.
   *
   * @param cause or null
   */
  static DivergedException at(int step, String what, double learningRate, Throwable cause) {
    return new DivergedException(
        Text.format(
            "training stopped at step %d: %s; a lower learning rate than %s may help",
            step, what, learningRate),
        cause);
  }

  /** Requires a number of a step to be finite. */
  static void requireFinite(int step, String what, double value, double learningRate) {
    if (!Double.isFinite(value)) {
      throw at(step, what + " is " + value, learningRate, null);
    }
  }
}
