package ai.contexture.input;

import java.text.Normalizer;
import java.util.Collection;

/** How names are written in messages, lists and shells. */
public final class Names {

  private Names() {}

  /**
   * Returns what an object is called where it is written down: its text, or {@code unnamed} where
   * its class has none of its own, such as that of a lambda.
   */
  public static String of(Object named) {
    String text = named.toString();
    String address = named.getClass().getName() + "@" + Integer.toHexString(named.hashCode());
    return text.equals(address) ? "unnamed" : text;
  }

  /**
   * Returns a name as it stands in a list: in double quotes, as in a CSV file, where it is empty,
   * begins or ends with a space, or holds a comma or a quote.
   */
  public static String quoted(String name) {
    boolean plain =
        !name.isEmpty()
            && name.strip().equals(name)
            && name.chars().noneMatch(c -> "\",\r\n".indexOf(c) >= 0);
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * Returns the one way to encode a name: {@code é} may be one character, or an {@code e} and an
   * accent, and nobody sees which (Unicode's form NFC).
   */
  public static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  /** Returns a name as an option of the command line takes it from a shell. */
  public static String argument(String name) {
    return word(quoted(name));
  }

  /** Returns a word as a shell takes it. */
  public static String word(String text) {
    return text.matches("[\\p{L}\\p{N}_./:,=+@%-]+")
        ? text
        : "'" + text.replace("'", "'\\''") + "'";
  }

  /** Returns {@code a, b and 3 more}: the first names and the count of the others. */
  public static String list(Collection<String> names, int first) {
    String listed = String.join(", ", names.stream().limit(first).map(Names::quoted).toList());
    return names.size() > first ? listed + " and " + (names.size() - first) + " more" : listed;
  }
}
