package ai.contexture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What other projects depend on. */
class ArtifactsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  private static List<String> modules() throws IOException {
    return MODULE
        .matcher(Files.readString(ROOT.resolve("pom.xml")))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void theBomNamesEveryModule() throws IOException {
    String bom = Files.readString(ROOT.resolve("contexture-bom/pom.xml"));
    assertThat(modules()).hasSizeGreaterThan(3).contains("contexture-bom");
    for (String module : modules()) {
      assertThat(bom).contains("<artifactId>" + module + "</artifactId>");
    }
  }

  @Test
  void everyJarHasTheNameOfAModule() throws IOException {
    for (String module : modules()) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      if (!pom.contains("<packaging>pom</packaging>")) {
        assertThat(pom).containsPattern("<module.name>ai\\.contexture\\.[a-z]+</module.name>");
      }
    }
  }
}
