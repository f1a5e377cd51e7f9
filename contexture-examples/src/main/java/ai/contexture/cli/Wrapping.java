package ai.contexture.cli;

import java.util.ArrayList;
import java.util.List;

/** Text in lines that end between words. */
final class Wrapping {

  private Wrapping() {}

  /**
   * Returns a text in lines of at most so many characters, broken at spaces, and after commas where
   * a list has none.
   */
  static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split(" +", -1)) {
      boolean first = true;
      for (String part : word.length() > width ? word.split("(?<=,)", -1) : new String[] {word}) {
        String space = first && line.length() > 0 ? " " : "";
        if (line.length() + space.length() + part.length() > width && line.length() > 0) {
          lines.add(line.toString());
          line.setLength(0);
          space = "";
        }
        line.append(space).append(part);
        first = false;
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
