package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds out that a file of one column has several, with something else than the usual signs between
 * cells: in each row it occurs as often as in the header.
 */
final class OtherSeparator {

  private static final List<String> SIGNS = List.of(" ", ":", "^", "~");

  private final String header;
  private final int[] parts = new int[SIGNS.size()];
  private boolean possible;

  OtherSeparator(List<String> header, CsvOptions options) {
    this.header = header.get(0);
    possible = header.size() == 1 && options.separator().isEmpty() && options.needed().isEmpty();
    for (int i = 0; possible && i < parts.length; i++) {
      parts[i] = parts(this.header, i);
    }
  }

  /** Looks at the cell of a row. */
  void add(String cell) {
    if (possible && !cell.isEmpty()) {
      possible = false;
      for (int i = 0; i < parts.length; i++) {
        parts[i] = parts[i] > 1 && parts(cell, i) == parts[i] ? parts[i] : 0;
        possible |= parts[i] > 1;
      }
    }
  }

  /** Refuses a file whose rows have another separator. */
  void check(String file) {
    for (int i = 0; possible && i < parts.length; i++) {
      if (parts[i] > 1) {
        throw new InputException(
            Message.of(
                "%s: one column '%s', expected several; give %s if that stands between cells, %s if"
                    + " not",
                file,
                Cell.shown(header),
                Setting.SEPARATOR.to(Names.word(SIGNS.get(i))),
                Setting.SEPARATOR.to(",")));
      }
    }
  }

  private static int parts(String text, int sign) {
    String between = SIGNS.get(sign).equals(" ") ? "\\s+" : Pattern.quote(SIGNS.get(sign));
    return text.split(between, -1).length;
  }
}
