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
  private static List<String> command(String command, int width) {
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
   * Returns a command in lines that a shell puts together again.
   *
   * @param width of a line
   * @param indent what lines begin with; those after the first begin with two spaces more
   */
  static List<String> shell(String command, int width, String indent) {
    List<String> parts = command(command, width - indent.length() - 4);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String begin = i == 0 ? indent : indent + "  ";
      lines.add(begin + parts.get(i) + (i < parts.size() - 1 ? " \\" : ""));
    }
    return lines;
  }

  /**
   * What is not broken within a text, and what follows it up to a space: an option with its value,
   * something in quotes, such as a context or the name of a column, and words.
   */
  private static final Pattern PIECE =
      Pattern.compile("(?<![^ ])(?:--[a-z][a-z-]* )?[(]?(?:'[^']*'|\"[^\"]*\"|[^ ])[^ ]*");

  /**
   * Returns a text in lines of at most so many characters, broken at spaces, and after commas where
   * a list has none.
   */
  static List<String> lines(String text, int width) {
    return lines(text, width, "");
  }

  /**
   * Returns a text in such lines.
   *
   * @param indent what the lines after the first begin with
   */
  static List<String> lines(String text, int width, String indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int begin = 0;
    for (MatchResult piece : PIECE.matcher(text.strip()).results().toList()) {
      String space = line.length() > begin ? " " : "";
      for (String part : parts(piece.group(), width - indent.length())) {
        if (line.length() + space.length() + part.length() > width && line.length() > begin) {
          lines.add(line.toString().stripTrailing());
          line.setLength(0);
          line.append(indent);
          begin = indent.length();
          space = "";
        }
        line.append(space).append(part);
        space = "";
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /** A piece, or what it is made of where it is longer than a line. */
  private static String[] parts(String piece, int width) {
    return piece.length() > width ? piece.split("(?<=[, ])", -1) : new String[] {piece};
  }
}
