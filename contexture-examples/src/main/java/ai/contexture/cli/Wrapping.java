package ai.contexture.cli;

import java.util.ArrayList;
import java.util.List;

/** Text in lines that end between words. */
final class Wrapping {

  private Wrapping() {}

  /**
   * Returns a text in lines of at most so many characters, broken at spaces only, so that a longer
   * word has a line of its own.
   */
  static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split(" +", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
