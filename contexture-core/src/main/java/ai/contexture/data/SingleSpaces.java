package ai.contexture.data;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** A text in which spaces separate cells, several of them like one, none at the ends of a line. */
final class SingleSpaces extends FilterReader {

  private static final int NONE = -2;

  private boolean quoted;
  private boolean begins = true;
  private int next = NONE;

  SingleSpaces(Reader text) {
    super(text);
  }

  @Override
  public int read() throws IOException {
    int c = next == NONE ? in.read() : next;
    next = NONE;
    if (!quoted && isSpace(c)) {
      do {
        c = in.read();
      } while (isSpace(c));
      if (!begins && c >= 0 && c != '\n' && c != '\r') {
        next = c;
        return ' ';
      }
    }
    quoted ^= c == '"';
    begins = c == '\n' || c == '\r';
    return c;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t';
  }

  @Override
  public int read(char[] buffer, int start, int length) throws IOException {
    int count = 0;
    for (; count < length; count++) {
      int c = read();
      if (c < 0) {
        break;
      }
      buffer[start + count] = (char) c;
    }
    return count == 0 && length > 0 ? -1 : count;
  }
}
