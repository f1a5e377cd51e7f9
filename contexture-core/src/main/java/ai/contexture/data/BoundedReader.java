package ai.contexture.data;

import ai.contexture.input.Text;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * Ends where a row is longer than any row should be, such as one with a quote that is never closed
 * or zeros without an end, before it fills the memory.
 */
final class BoundedReader extends FilterReader {

  private final int most;
  private volatile long row;
  private long read;

  /** A row is longer than allowed. */
  static final class TooLong extends IOException {

    private static final long serialVersionUID = 1L;

    private TooLong(int most) {
      super(
          Text.format(
              "a row is longer than %d characters; is a quote never closed, or is it no table?",
              most));
    }
  }

  /**
   * Bounds a reader.
   *
   * @param most how many characters are read at most without a {@link #restart}
   */
  BoundedReader(Reader reader, int most) {
    super(reader);
    this.most = most;
  }

  /** Says that a row ended. */
  void restart() {
    row = read;
  }

  private void count(long characters) throws IOException {
    read += characters;
    if (read - row > most) {
      throw new TooLong(most);
    }
  }

  @Override
  public int read() throws IOException {
    int c = in.read();
    count(c < 0 ? 0 : 1);
    return c;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int characters = in.read(buffer, offset, length);
    count(Math.max(0, characters));
    return characters;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
