package ai.contexture.experiment;

import static org.assertj.core.api.Assertions.assertThat;

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
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportPageTest {

  private static final String EVIL = "<script>alert('1')</script> & \"x\" onerror=";
  private static final String TAMED =
      "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; onerror=";

  @TempDir Path folder;

  private String page(Map<String, String> options) throws IOException {
    Study study =
        new ToyStudy(
            EVIL,
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
