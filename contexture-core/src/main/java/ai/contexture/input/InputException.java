package ai.contexture.input;

/**
 * Says in one line what is wrong with something a user gave: what, where, got, expected.
 *
 * <p>The command line prints the message alone and exits with code 2. A defect of the program
 * itself is never reported with this type.
 */
public final class InputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete, one-line message. */
  public InputException(String message) {
    super(oneLine(message));
  }

  /** Creates an exception with a complete, one-line message and the failure underneath it. */
  public InputException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** What a file or a user put into the message must not break its line or steer the terminal. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}+", " ");
  }
}
