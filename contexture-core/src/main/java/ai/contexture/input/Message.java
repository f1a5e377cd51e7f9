package ai.contexture.input;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * A line for a user that may name settings, which a program and the command line call differently.
 *
 * <p>Its text, {@link #toString()}, is in the words of the libraries; {@link #text} puts others in
 * the place of its settings.
 */
public final class Message {

  private final String pattern;
  private final List<Object> values;
  private final boolean described;

  private Message(String pattern, List<Object> values, boolean described) {
    this.pattern = pattern;
    this.values = values;
    this.described = described;
  }

  /**
   * Returns a message.
   *
   * @param pattern as {@link Text#format} takes it, with {@code %s} for settings and messages
   * @param values numbers, texts, {@link Setting}s, {@link Setting.Choice}s and messages
   */
  public static Message of(String pattern, Object... values) {
    return new Message(pattern, Collections.unmodifiableList(Arrays.asList(values.clone())), false);
  }

  /** Returns a message of a text alone. */
  public static Message plain(String text) {
    return of("%s", text);
  }

  /** Returns messages, settings and texts one after the other. */
  public static Message joined(String separator, Collection<?> parts) {
    String quoted = separator.replace("%", "%%");
    return of(String.join(quoted, Collections.nCopies(parts.size(), "%s")), parts.toArray());
  }

  /** Returns the same message as one that a description of the columns says, too. */
  public Message described() {
    return new Message(pattern, values, true);
  }

  /** Returns whether a description of the columns says the same. */
  public boolean isDescribed() {
    return described;
  }

  /**
   * Returns the text with other words for settings.
   *
   * @param words what a setting is called
   */
  public String text(Function<Setting.Choice, String> words) {
    return Text.format(pattern, values.stream().map(value -> word(value, words)).toArray());
  }

  private static Object word(Object value, Function<Setting.Choice, String> words) {
    if (value instanceof Message message) {
      return message.text(words);
    }
    if (value instanceof Setting setting) {
      return words.apply(setting.alone());
    }
    return value instanceof Setting.Choice choice ? words.apply(choice) : value;
  }

  @Override
  public String toString() {
    return text(Setting.Choice::toString);
  }
}
