package ai.contexture.data;

import ai.contexture.input.Text;

/** The text of a cell: what counts in it, and how messages show it. */
final class Cell {

  /** What DOS puts at the end of a text. */
  private static final char END_OF_TEXT = '\u001A';

  private static final int LONGEST_SHOWN = 60;

  private Cell() {}

  /**
   * Returns a text without what nobody sees around it: spaces of every kind, also those that do not
   * break, byte order marks and other characters without a width.
   */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isUnseen(text.charAt(start))) {
      start++;
    }
    while (end > start && isUnseen(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isUnseen(char c) {
    return c == ' '
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT
        || c == END_OF_TEXT;
  }

  /** Returns a text for a message: cut where it is long, with the codes of what nobody sees. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (char c : text.substring(0, Math.min(LONGEST_SHOWN, text.length())).toCharArray()) {
      if (c != ' ' && isUnseen(c) && !Character.isWhitespace(c)) {
        shown.append(Text.format("\\u%04X", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown + (text.length() > LONGEST_SHOWN ? "…" : "");
  }
}
