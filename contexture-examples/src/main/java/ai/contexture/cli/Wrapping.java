package ai.contexture.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Text in lines that end between words. */
final class Wrapping {

  private Wrapping() {}

  /** Words of a shell: quoted parts, characters behind a backslash, and all else but spaces. */
  private static final Pattern WORD = Pattern.compile("('[^']*'|\\\\.|[^ ])+");

  /**
   * Returns a command for a shell in lines of at most so many characters that end between options.
   */
  static List<String> command(String command, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    List<String> options = new ArrayList<>();
    for (String word : WORD.matcher(command).results().map(MatchResult::group).toList()) {
      int last = options.size() - 1;
      if (last < 0 || word.startsWith("--")) {
        options.add(word);
      } else {
        options.set(last, options.get(last) + " " + word);
      }
    }
    for (String option : options) {
      if (line.length() > 0 && line.length() + 1 + option.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(option);
    }
    lines.add(line.toString());
    return lines;
  }

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
