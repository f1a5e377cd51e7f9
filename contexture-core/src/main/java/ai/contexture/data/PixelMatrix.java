package ai.contexture.data;

import java.util.Arrays;

/** Pictures as rows of bytes, which the columns of their pixels share. */
final class PixelMatrix {

  private final byte[][] pictures;

  /** The last selection, for which all columns of a table ask one after the other. */
  private int[] lastRows;

  private PixelMatrix last;

  /**
   * Takes the arrays as its own.
   *
   * @param pictures [n][p], from 0 to 255 without a sign
   */
  PixelMatrix(byte[][] pictures) {
    this.pictures = pictures;
  }

  int rows() {
    return pictures.length;
  }

  double value(int row, int position) {
    return pictures[row][position] & 0xff;
  }

  /** The rows themselves, [n][p]. */
  byte[][] pictures() {
    return pictures;
  }

  synchronized PixelMatrix select(int[] rows) {
    if (!Arrays.equals(rows, lastRows)) {
      byte[][] selected = new byte[rows.length][];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = pictures[rows[i]];
      }
      lastRows = rows.clone();
      last = new PixelMatrix(selected);
    }
    return last;
  }
}
