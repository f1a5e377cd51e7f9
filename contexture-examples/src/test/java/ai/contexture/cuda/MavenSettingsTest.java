package ai.contexture.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MavenSettingsTest {

  @TempDir Path folder;

  private MavenSettings settings(String inner) throws IOException {
    Files.writeString(
        folder.resolve("settings.xml"),
        "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\">" + inner + "</settings>");
    return MavenSettings.of(folder);
  }

  @Test
  void withoutThemItIsCentral() throws IOException {
    MavenSettings defaults =
        new MavenSettings(folder.resolve("repository"), "https://repo1.maven.org/maven2");

    assertThat(MavenSettings.of(folder)).isEqualTo(defaults);
    assertThat(settings("<offline>true</offline>")).isEqualTo(defaults);
  }

  @Test
  void theLocalRepositoryMayBeElsewhere() throws IOException {
    assertThat(settings("<localRepository> /big/m2 </localRepository>").localRepository())
        .isEqualTo(Path.of("/big/m2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*              | true",
        "central        | true",
        "external:*     | true",
        "snapshots, *   | true",
        "*,!central     | false",
        "snapshots      | false",
        "external:http:*| false",
      })
  void mirrorsStandForCentral(String mirrorOf, boolean used) throws IOException {
    String mirror = "<mirror><mirrorOf>%s</mirrorOf><url>%s</url></mirror>";

    MavenSettings settings =
        settings(
            "<mirrors>"
                + Text.format(mirror, "other", "https://other.example.org")
                + Text.format(mirror, mirrorOf, "https://mirror.example.org")
                + "</mirrors>");

    assertThat(settings.central())
        .isEqualTo(used ? "https://mirror.example.org" : MavenSettings.CENTRAL);
  }

  @Test
  void whatIsNoXmlIsSaidInOneLine() {
    assertThatThrownBy(() -> settings("<mirrors>"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("settings.xml") + ": no settings of Maven: ");
    assertThatThrownBy(
            () -> {
              Files.writeString(
                  folder.resolve("settings.xml"),
                  "<!DOCTYPE settings [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
                      + "<settings><localRepository>&x;</localRepository></settings>");
              MavenSettings.of(folder);
            })
        .isInstanceOf(InputException.class);
  }
}
