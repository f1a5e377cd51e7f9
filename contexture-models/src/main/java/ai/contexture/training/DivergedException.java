package ai.contexture.training;

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
}
