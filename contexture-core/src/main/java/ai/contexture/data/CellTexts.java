package ai.contexture.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What cells of a column said where that is not the text of their value: {@code 007} for 7, {@code
 * NA} where a value is missing.
 *
 * <p>Keeps few different texts for any number of rows. Where there are too many of them the column
 * holds measurements, whose writing means nothing, and none is kept.
 */
final class CellTexts {

  /** No row said anything else than its value. */
  static final CellTexts NONE = new CellTexts(null, List.of(), false);

  /** At most so many different texts are kept. */
  static final int MOST = 1 << 14;

  private final int[] index;
  private final List<String> texts;
  private final boolean lost;

  private CellTexts(int[] index, List<String> texts, boolean lost) {
    this.index = index;
    this.texts = texts;
    this.lost = lost;
  }

  /** Returns what a row said, null where it is the text of its value. */
  String get(int row) {
    return index == null || index[row] == 0 ? null : texts.get(index[row] - 1);
  }

  /** Says whether no row said anything else than its value, as far as is known. */
  boolean isEmpty() {
    return index == null;
  }

  /** Says whether rows said something else than their value, but too many to keep. */
  boolean isLost() {
    return lost;
  }

  CellTexts select(int[] rows) {
    return index == null
        ? this
        : new CellTexts(Arrays.stream(rows).map(row -> index[row]).toArray(), texts, lost);
  }

  /** Collects them row by row. */
  static final class Builder {

    private final Map<String, Integer> codes = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private int[] index;
    private boolean lost;

    /** Keeps what a row said; rows come in their order. */
    void put(int row, String text) {
      if (lost) {
        return;
      }
      Integer code = codes.get(text);
      if (code == null) {
        if (texts.size() == MOST) {
          lost = true;
          index = null;
          codes.clear();
          texts.clear();
          return;
        }
        texts.add(text);
        code = texts.size();
        codes.put(text, code);
      }
      if (index == null || row >= index.length) {
        int length = Math.max(16, row + 1 + (row >> 1));
        index = index == null ? new int[length] : Arrays.copyOf(index, length);
      }
      index[row] = code;
    }

    CellTexts build(int rows) {
      if (index == null) {
        return lost ? new CellTexts(null, List.of(), true) : NONE;
      }
      return new CellTexts(Arrays.copyOf(index, rows), List.copyOf(texts), false);
    }
  }
}
