package ai.contexture.docs;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Contexts;
import ai.contexture.encoder.Encoders;
import ai.contexture.objective.Objectives;
import ai.contexture.optimiser.Optimisers;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What pages point to is there, and what there is can be found. */
class LinksTest {

  private static final Pattern LINK =
      Pattern.compile("\\]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)|(?:src|href)=\"([^\"]+)\"");

  private final Map<Path, Page> pages =
      Page.all().stream().collect(Collectors.toMap(Page::file, Function.identity()));

  @Test
  void linksPointToFilesAndHeadings() {
    List<String> broken = new ArrayList<>();
    for (Page page : pages.values()) {
      for (String link : links(page)) {
        String problem = problem(page, link);
        if (!problem.isEmpty()) {
          broken.add(page + ": " + link + ": " + problem);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(pages.values().stream().flatMap(page -> links(page).stream()).count())
        .isGreaterThan(20);
  }

  /** What a merge left behind is no text. */
  @Test
  void noPageHoldsTwoVersionsOfItself() throws IOException {
    for (Page page : pages.values()) {
      List<String> lines = Files.readAllLines(page.file());
      assertThat(lines.stream().filter(line -> line.matches("(<{7}|>{7}|={7})( .*)?")))
          .as(page.toString())
          .isEmpty();
    }
  }

  @Test
  void theIndexLeadsToEveryPage() {
    Path folder = Page.root().resolve("docs");
    Path index = folder.resolve("README.md");
    Set<Path> linked = new LinkedHashSet<>(Set.of(index));
    links(pages.get(index)).forEach(link -> linked.add(target(pages.get(index), link)));
    assertThat(pages.keySet()).filteredOn(page -> page.startsWith(folder)).isSubsetOf(linked);
  }

  @Test
  void everyNameOfTheCommandLineIsSomewhere() {
    Set<String> names = new LinkedHashSet<>(Contexts.registry().names());
    names.addAll(Objectives.registry().names());
    names.addAll(Objectives.orthonormalities().names());
    names.addAll(Encoders.registry().names());
    names.addAll(Optimisers.registry().names());
    Set<String> said =
        pages.values().stream()
            .flatMap(page -> page.spans().stream())
            .flatMap(span -> Pattern.compile("[^\\w-]+").splitAsStream(span))
            .collect(Collectors.toSet());
    assertThat(said).containsAll(names);
  }

  private static List<String> links(Page page) {
    return page.prose().stream()
        .flatMap(line -> LINK.matcher(line).results())
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .toList();
  }

  private String problem(Page page, String link) {
    if (link.contains(":")) {
      try {
        URI uri = new URI(link);
        boolean web = uri.getScheme().matches("https?") && uri.getHost() != null;
        return web ? "" : "expected https://HOST/PATH";
      } catch (URISyntaxException e) {
        return e.getReason();
      }
    }
    Path target = target(page, link);
    if (!Files.exists(target)) {
      return "there is no " + target;
    }
    if (!link.contains("#")) {
      return "";
    }
    String anchor = link.substring(link.indexOf('#') + 1);
    Page other = pages.get(target);
    return other != null && other.anchors().contains(anchor) ? "" : "there is no such heading";
  }

  private static Path target(Page page, String link) {
    String file = link.contains("#") ? link.substring(0, link.indexOf('#')) : link;
    return file.isEmpty() ? page.file() : page.file().getParent().resolve(file).normalize();
  }
}
