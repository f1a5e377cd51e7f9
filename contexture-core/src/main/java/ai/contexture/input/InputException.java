package ai.contexture.input;

import java.util.function.Function;

/**
 * Says in one line what is wrong with something a user gave: what, where, got, expected.
 *
 * <p>The command line prints the message alone and exits with code 2. A defect of the program
 * itself is never reported with this type.
 */
public final class InputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient Message said;

  /** Creates an exception with a complete, one-line message. */
  public InputException(String message) {
    this(Message.plain(message));
  }

  /** Creates an exception with a complete, one-line message and the failure underneath it. */
  public InputException(String message, Throwable cause) {
    this(Message.plain(message), cause);
  }

  /** Creates an exception with a complete, one-line message that may name settings. */
  public InputException(Message message) {
    this(message, null);
  }

  /** Creates an exception with such a message and the failure underneath it. */
  public InputException(Message message, Throwable cause) {
    super(oneLine(message.toString()), cause);
    said = message;
  }

  /** Returns the message, which {@link #getMessage()} has in the words of the libraries. */
  public Message said() {
    return said == null ? Message.plain(getMessage()) : said; // null once it was serialised
  }

  /** Returns the message with other words for the settings that it names. */
  public String message(Function<Setting.Choice, String> words) {
    return oneLine(said().text(words));
  }

  /** What a file or a user put into the message must not break its line or steer the terminal. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}+", " ");
  }
}
