package ai.contexture.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param file where it is
 * @param blocks its blocks of code
 * @param prose its other lines, without the code in them
 * @param spans the code in its lines
 * @param anchors what links can point to
 */
public record Page(
    Path file, List<Block> blocks, List<String> prose, List<String> spans, Set<String> anchors) {

  private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)\\s*");
  private static final Pattern MARK = Pattern.compile("<!--\\s*(.*?)\\s*-->");
  private static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern ANCHOR = Pattern.compile("<a (?:id|name)=\"([^\"]+)\">");

  /**
   * A block of code.
   *
   * @param line where it begins, from 1
   * @param language as the page says, or empty
   * @param mark the comment before it, or empty
   */
  public record Block(Path file, int line, String language, String mark, String text) {

    /** Says where it is. */
    @Override
    public String toString() {
      return file.getFileName() + ":" + line;
    }

    /** Returns its lines, those joined that a backslash continues. */
    public List<String> commands() {
      return text.replaceAll("\\\\\\R\\s*", "").lines().toList();
    }
  }

  /** Returns all pages. */
  public static List<Page> all() {
    Path root = root();
    List<Page> pages = new ArrayList<>();
    for (String folder : List.of("", "docs", "docker", "contexture-examples/notebooks")) {
      Path start = root.resolve(folder);
      if (Files.isDirectory(start)) {
        try (Stream<Path> files = Files.walk(start, folder.isEmpty() ? 1 : Integer.MAX_VALUE)) {
          files
              .filter(file -> file.toString().endsWith(".md"))
              .sorted()
              .map(Page::read)
              .forEach(pages::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return pages;
  }

  /** Returns the folder of the project. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static Page read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Block> blocks = new ArrayList<>();
    List<String> prose = new ArrayList<>();
    List<String> spans = new ArrayList<>();
    Set<String> anchors = new LinkedHashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    String before = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher fence = FENCE.matcher(line);
      if (fence.matches()) {
        int start = i + 1;
        do {
          i++;
        } while (i < lines.size() && !lines.get(i).strip().equals("```"));
        Matcher mark = MARK.matcher(before.strip());
        String text = String.join("\n", lines.subList(start, i)) + "\n";
        blocks.add(
            new Block(file, start, fence.group(1), mark.matches() ? mark.group(1) : "", text));
        before = "";
        continue;
      }
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        anchors.add(anchor(heading.group(1), seen));
      }
      ANCHOR.matcher(line).results().map(found -> found.group(1)).forEach(anchors::add);
      SPAN.matcher(line).results().map(MatchResult::group).map(Page::inner).forEach(spans::add);
      prose.add(SPAN.matcher(line).replaceAll(""));
      if (!line.isBlank()) {
        before = line;
      }
    }
    return new Page(file, blocks, prose, spans, anchors);
  }

  private static String inner(String span) {
    return span.substring(1, span.length() - 1);
  }

  /** The anchor that GitHub gives a heading. */
  private static String anchor(String heading, Map<String, Integer> seen) {
    String text = heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1");
    String anchor =
        text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\p{Mn} _-]", "").replace(' ', '-');
    int again = seen.merge(anchor, 1, Integer::sum) - 1;
    return again == 0 ? anchor : anchor + "-" + again;
  }

  /** Returns its place in the project. */
  @Override
  public String toString() {
    return root().relativize(file).toString();
  }
}
