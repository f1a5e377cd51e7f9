package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportPageTest {

  private static final String EVIL = "<script>alert('1')</script> & \"x\" onerror=";
  private static final String TAMED =
      "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; onerror=";

  @TempDir Path folder;

  private String formula = EVIL;

  private String page(Map<String, String> options) throws IOException {
    Study study =
        new ToyStudy(
            formula,
            1,
            cell -> {
              if (cell.get("x").equals("0.0")) {
                throw new ArithmeticException("failed with " + EVIL);
              }
              return ToyStudy.square(cell);
            });
    Settings settings = Settings.of(study, false, 3, options);
    StudyFolder made = StudyFolder.create(study, settings, null, folder.resolve("study"));
    try (Study.Grid grid = study.grid(settings, DatasetFolder.empty(), Device.cpu())) {
      made.run(grid, 1, (row, done, all, left) -> {});
    }
    made.report();
    assertThat(folder.resolve("study/figure.svg")).isNotEmptyFile();
    assertThat(folder.resolve("study/figure.png")).isNotEmptyFile();
    return Files.readString(folder.resolve("study").resolve(StudyFolder.REPORT));
  }

  @Test
  void everythingIsEscaped() throws IOException {
    String page = page(Map.of());

    assertThat(page).doesNotContain("<script").doesNotContain(EVIL);
    for (String place :
        new String[] {
          "What is ",
          "Euclid, ",
          "done to ",
          "drawn of ",
          "table of ",
          "meaning of ",
          "failed with "
        }) {
      assertThat(page).contains(place + TAMED);
    }
    assertThat(page).contains("<th>" + TAMED, "<td>" + TAMED, "alt=\"drawn of " + TAMED + "\"");
  }

  @Test
  void indicesOfFormulasStandBelow() throws IOException {
    formula = "τ_d = 1/(1 − s²_{d+1}) + Σ_{i≤d} s_i² of solar_flare and s_rows";
    assertThat(page(Map.of()))
        .contains(
            "τ<sub>d</sub> = 1/(1 − s²<sub>d+1</sub>) + Σ<sub>i≤d</sub> s<sub>i</sub>² of"
                + " solar_flare and s_rows")
        .contains("alt=\"drawn of τ[d] = 1/(1 − s²[d+1]) + Σ[i≤d] s[i]²");
  }

  /** The pages of the documentation are made again where pages look otherwise now. */
  @Test
  void thePagesOfTheDocumentationLookAsPagesDo() throws IOException {
    Pattern style = Pattern.compile("<style>.*?</style>", Pattern.DOTALL);
    Matcher own = style.matcher(page(Map.of()));
    assertThat(own.find()).isTrue();
    Path pages = Path.of("..", "docs", "experiments");
    assumeThat(pages).isDirectory();
    try (Stream<Path> files = Files.walk(pages)) {
      for (Path page : files.filter(file -> file.endsWith(StudyFolder.REPORT)).toList()) {
        String text = Files.readString(page);
        assertThat(text).as("%s", page).contains(own.group());
        String shown = text.replaceAll("base64,[^\"]+", "");
        assertThat(shown).as("%s", page).doesNotContainPattern("[τsΣλμρ²]_|\\w,rbf");
      }
    }
  }

  @Test
  void thePageIsWellFormedAndHoldsAllItShows() throws Exception {
    String page = page(Map.of());

    assertThat(page).contains("<meta name=\"viewport\" content=\"width=device-width");
    assertThat(page).doesNotContain("http:", "https:", "url(", "@import");
    Matcher image = Pattern.compile("data:image/svg\\+xml;base64,([^\"]+)").matcher(page);
    assertThat(image.find()).isTrue();
    byte[] svg = Base64.getDecoder().decode(image.group(1));
    assertThat(svg).isEqualTo(Files.readAllBytes(folder.resolve("study/figure.svg")));
    // but for the elements that need no end, it is XML
    String xml =
        page.replace("<!DOCTYPE html>", "").replaceAll("<(meta|link|img)([^>]*)>", "<$1$2/>");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(200_000);
  }

  @Test
  void theCommandThatMadeItIsThere() throws IOException {
    assertThat(page(Map.of("numbers", "4")))
        .contains(
            "<code>contexture experiment toy --data DATASETS --out FOLDER --seed 3 --numbers"
                + " 4</code>",
            "4 cells",
            "took 0.0 minutes");
  }
}
