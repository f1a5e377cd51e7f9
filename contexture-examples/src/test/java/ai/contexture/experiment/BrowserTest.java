package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.contexture.input.Text;
import ai.djl.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of studies in a real browser without a network, as wide as a phone and as a desk. */
class BrowserTest {

  private static final int[] WIDTHS = {390, 1280};
  private static final Path PAGES = Path.of("..", "docs", "experiments");

  private static final Pattern SEEN =
      Pattern.compile("seen: (\\d+) wide, (\\d+) of (\\d+) images, (\\d+) headings");

  /** A page in a frame that is as wide as the screen would be, measured once it is there. */
  private static final String FRAME =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>frame</title></head><body>
      <p id="seen">nothing</p>
      <iframe id="page" src="%s" style="width: %dpx; height: 800px; border: 0"></iframe>
      <script>
        addEventListener("load", () => {
          const page = document.getElementById("page").contentDocument;
          const images = [...page.images];
          const drawn = images.filter(image => image.complete && image.naturalWidth > 0).length;
          document.getElementById("seen").textContent = "seen: " + page.documentElement.scrollWidth
            + " wide, " + drawn + " of " + images.length + " images, "
            + page.querySelectorAll("h2").length + " headings";
        });
      </script>
      </body></html>
      """;

  @TempDir Path folder;

  private String browser;

  /** What a browser made of a page. */
  private record Seen(int width, int drawn, int images, int headings, String console) {}

  @BeforeEach
  void browser() {
    browser =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(
                name ->
                    Stream.of(System.getenv("PATH").split(":")).map(p -> Path.of(p).resolve(name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse(null);
    assumeThat(browser).as("Chromium, which is not installed here").isNotNull();
  }

  @Test
  void aPageFitsEveryScreen() throws IOException, InterruptedException {
    Study study = new ToyStudy("a long enough sentence ".repeat(20), 1, ToyStudy::square);
    Settings settings = Settings.of(study, false, 3, Map.of());
    StudyFolder made = StudyFolder.create(study, settings, null, folder.resolve("study"));
    try (Study.Grid grid = study.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      made.run(grid, 1, (row, done, all, left) -> {});
    }
    made.report();
    assertFits(folder.resolve("study").resolve(StudyFolder.REPORT));
  }

  @Test
  void thePagesOfTheDocumentationDoToo() throws IOException, InterruptedException {
    List<Path> pages = new ArrayList<>();
    if (Files.isDirectory(PAGES)) {
      try (Stream<Path> files = Files.walk(PAGES)) {
        files.filter(file -> file.endsWith(StudyFolder.REPORT)).forEach(pages::add);
      }
    }
    assumeThat(pages).as("pages in docs/experiments").isNotEmpty();
    for (Path page : pages) {
      assertFits(page);
    }
  }

  /** What this test looks for is seen where it is wrong. */
  @Test
  void badPagesAreSeen() throws IOException, InterruptedException {
    Path page = folder.resolve("bad.html");
    Files.writeString(
        page,
        "<!DOCTYPE html><title>bad</title><img src='missing.png'>"
            + "<div style='width: 900px'>wide</div><script>console.error('bad')</script>");
    Seen seen = seen(page, WIDTHS[0]);
    assertThat(seen.width).isGreaterThan(WIDTHS[0]);
    assertThat(seen.images).isEqualTo(1);
    assertThat(seen.drawn).isZero();
    assertThat(seen.console).contains("bad");
  }

  private void assertFits(Path page) throws IOException, InterruptedException {
    for (int width : WIDTHS) {
      Seen seen = seen(page, width);
      assertThat(seen.width).as("%s at %d pixels", page, width).isLessThanOrEqualTo(width);
      assertThat(seen.images).as("%s", page).isPositive();
      assertThat(seen.drawn).as("%s", page).isEqualTo(seen.images);
      assertThat(seen.headings).as("%s", page).isGreaterThanOrEqualTo(4);
      assertThat(seen.console).as("%s", page).isEmpty();
    }
  }

  private Seen seen(Path page, int width) throws IOException, InterruptedException {
    Path frame = folder.resolve("frame.html");
    Files.writeString(frame, Text.format(FRAME, page.toAbsolutePath().normalize().toUri(), width));
    Path dom = folder.resolve("dom.html");
    Path log = folder.resolve("browser.log");
    Process process =
        new ProcessBuilder(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--allow-file-access-from-files",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1400,1000",
                "--virtual-time-budget=10000",
                "--enable-logging=stderr",
                "--dump-dom",
                frame.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the browser ends").isTrue();
    Matcher found = SEEN.matcher(Files.readString(dom, StandardCharsets.UTF_8));
    assertThat(found.find()).as("%s: %s", dom, Files.readString(log)).isTrue();
    List<String> console =
        Files.readAllLines(log).stream().filter(line -> line.contains("CONSOLE")).toList();
    return new Seen(
        Integer.parseInt(found.group(1)),
        Integer.parseInt(found.group(2)),
        Integer.parseInt(found.group(3)),
        Integer.parseInt(found.group(4)),
        String.join("\n", console));
  }
}
