package ai.contexture.input;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** Recursive descent over the text of a {@link Spec}. */
final class SpecParser {

  private static final String RESERVED = ",()=\"\\";
  private static final int DEEPEST = 100;

  private final String text;
  private int at;
  private int depth;

  SpecParser(String text) {
    this.text = text;
  }

  Spec parse() {
    Spec spec = spec();
    if (at < text.length()) {
      throw error("expected the end");
    }
    return spec;
  }

  /** Returns the value as it must be written to be read back. */
  static String quoteIfNeeded(String value) {
    boolean plain = !value.isEmpty() && value.equals(value.strip());
    for (int i = 0; plain && i < value.length(); i++) {
      plain = isPlain(value.charAt(i));
    }
    return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private Spec spec() {
    if (++depth > DEEPEST) {
      throw error("nested more than " + DEEPEST + " deep");
    }
    String name = name("a name");
    List<Spec.Part> parts = new ArrayList<>();
    SortedMap<String, String> values = new TreeMap<>();
    if (take('(') && !take(')')) {
      do {
        argument(parts, values);
      } while (take(','));
      if (!take(')')) {
        throw error("expected , or )");
      }
    }
    depth--;
    return new Spec(name, parts, values);
  }

  private void argument(List<Spec.Part> parts, SortedMap<String, String> values) {
    skipSpace();
    int start = at;
    if (at < text.length() && "+-.0123456789".indexOf(text.charAt(at)) >= 0) {
      parts.add(new Spec.Part(OptionalDouble.of(weight()), spec()));
      return;
    }
    String key = name("key=value or a nested name");
    if (take('=')) {
      if (values.containsKey(key)) {
        at = start;
        throw error("'" + key + "' is given twice");
      }
      values.put(key, value());
    } else {
      at = start;
      parts.add(new Spec.Part(OptionalDouble.empty(), spec()));
    }
  }

  private double weight() {
    int start = at;
    while (at < text.length() && isPlain(text.charAt(at)) && text.charAt(at) != ':') {
      at++;
    }
    double weight = Numbers.parse(text.substring(start, at).strip());
    if (Double.isNaN(weight) || !take(':')) {
      at = start;
      throw error("expected key=value, a nested name, or a weight such as 0.5: name");
    }
    return weight;
  }

  private String value() {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && isPlain(text.charAt(at))) {
      at++;
    }
    String value = text.substring(start, at).strip();
    if (value.isEmpty()) {
      throw error("expected a value");
    }
    return value;
  }

  private String quoted() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(text.charAt(at++));
    }
    if (at == text.length()) {
      at = start;
      throw error("this quote is never closed");
    }
    at++;
    skipSpace();
    return value.toString();
  }

  private String name(String expected) {
    skipSpace();
    int start = at;
    while (at < text.length() && isName(text.charAt(at), at == start)) {
      at++;
    }
    if (at == start) {
      throw error("expected " + expected);
    }
    String name = text.substring(start, at);
    skipSpace();
    return name;
  }

  private boolean take(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      skipSpace();
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isName(char c, boolean first) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '_'));
  }

  private static boolean isPlain(char c) {
    return RESERVED.indexOf(c) < 0;
  }

  private InputException error(String problem) {
    String got = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new InputException(
        "'" + text + "', position " + (at + 1) + ": " + problem + ", got " + got);
  }
}
