package ai.contexture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.cuda.CudaBuild;
import ai.contexture.docs.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which libtorch the launcher chooses, seen by a java that prints its environment. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {

  private static final List<String> VARIABLES =
      List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR", "LD_LIBRARY_PATH");

  @TempDir Path folder;

  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path installation;
  private Path driver;

  private record Ended(int code, Map<String, String> environment, String err) {}

  /** A build that is up to date, with a bridge for libtorch 2.7.1. */
  @BeforeEach
  void make() throws IOException {
    Path root = folder.resolve("root");
    Path app = Files.createDirectories(root.resolve("target/app/1"));
    Files.copy(Page.root().resolve("contexture"), root.resolve("contexture"));
    Files.writeString(app.resolve("contexture-examples.jar"), "");
    Files.writeString(
        app.resolve("class-path"),
        "@lib@/api-0.35.1.jar:@lib@/pytorch-jni-"
            + CudaBuild.current().libtorch()
            + "-0.35.1.jar:@lib@/x.jar");
    Path stamp = Files.writeString(root.resolve("target/app/stamp"), "1\n");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));

    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nenv > \"$ENVIRONMENT\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");

    driver = folder.resolve("driver");
    installation = folder.resolve("home/.cache/contexture").resolve(CudaBuild.current().name());
    environment.put("JAVA_HOME", folder.resolve("jdk").toString());
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("CONTEXTURE_DRIVER", driver.toString());
    environment.put("ENVIRONMENT", folder.resolve("environment").toString());
  }

  private Ended launch(String... arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(folder + "/root/contexture"));
    words.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectError(folder.resolve("err").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    VARIABLES.forEach(builder.environment()::remove);
    builder.environment().keySet().removeIf(name -> name.matches("(CONTEXTURE|XDG)_.*"));
    builder.environment().putAll(environment);
    Files.deleteIfExists(folder.resolve("environment"));
    int code = builder.start().waitFor();
    Map<String, String> chosen = new LinkedHashMap<>();
    if (Files.exists(folder.resolve("environment"))) {
      for (String line : Files.readAllLines(folder.resolve("environment"))) {
        String name = line.replaceAll("=.*", "");
        if (VARIABLES.contains(name)) {
          chosen.put(name, line.substring(name.length() + 1));
        }
      }
    }
    return new Ended(code, chosen, Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
  }

  private void assertUsed(Path folder, Ended ended) {
    assertThat(ended.err).isEmpty();
    assertThat(ended.code).isZero();
    assertThat(ended.environment)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PYTORCH_LIBRARY_PATH", folder.resolve("torch").toString(),
                "PYTORCH_VERSION", CudaBuild.current().libtorch(),
                "PYTORCH_FLAVOR", CudaBuild.current().flavour(),
                "LD_LIBRARY_PATH", folder.resolve("lib").toString()));
  }

  private static void assertUnused(Ended ended) {
    assertThat(ended.err).isEmpty();
    assertThat(ended.code).isZero();
    assertThat(ended.environment).isEmpty();
  }

  @Test
  void whatIsInstalledIsUsedWhereThereIsADriver() throws IOException, InterruptedException {
    assertUnused(launch("doctor"));
    Files.writeString(driver, "");
    assertUnused(launch("doctor"));
    Files.createDirectories(installation);
    assertUsed(installation, launch("doctor"));
    assertUnused(launch("gpu", "status"));
    Files.delete(driver);
    assertUnused(launch("doctor"));
  }

  @Test
  void orAsItIsWished() throws IOException, InterruptedException {
    environment.put("CONTEXTURE_GPU", "on");
    Ended none = launch("doctor");
    assertThat(none.code).isEqualTo(2);
    assertThat(none.err.lines())
        .containsExactly(
            "contexture: CONTEXTURE_GPU=on, and there is no "
                + installation
                + "; contexture gpu install makes it");
    assertUnused(launch("gpu", "install"));
    Files.createDirectories(installation);
    assertUsed(installation, launch("doctor"));

    Files.writeString(driver, "");
    environment.put("CONTEXTURE_GPU", "off");
    assertUnused(launch("doctor"));
    environment.put("CONTEXTURE_GPU", "1");
    assertThat(launch("doctor").err)
        .isEqualTo("contexture: CONTEXTURE_GPU: expected auto, on or off, got '1'\n");
  }

  /** Java would take the number of a closed stream for the first file that it opens. */
  @Test
  void closedStreamsStayClosed() throws IOException, InterruptedException {
    Path java = folder.resolve("jdk/bin/java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        for n in 0 1 2; do test -e /dev/fd/$n || exit 9; done
        echo text || exit 7
        """);
    for (String closed : List.of(">&-", "2>&-", "<&-", ">&- 2>&- <&-")) {
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-c", folder + "/root/contexture doctor " + closed);
      builder.environment().putAll(environment);
      int code = builder.redirectErrorStream(true).start().waitFor();
      assertThat(code).as(closed).isEqualTo(closed.startsWith(">") ? 7 : 0);
    }
  }

  @Test
  void theFolderMayBeElsewhere() throws IOException, InterruptedException {
    Files.writeString(driver, "");
    Path elsewhere = Files.createDirectories(folder.resolve("else/" + installation.getFileName()));
    environment.put("CONTEXTURE_CACHE", elsewhere.getParent().toString());
    assertUsed(elsewhere, launch("doctor"));
    environment.remove("CONTEXTURE_CACHE");
    Path cache =
        Files.createDirectories(folder.resolve("xdg/contexture/" + installation.getFileName()));
    environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
    assertUsed(cache, launch("doctor"));
  }

  @Test
  void whatIsChosenByHandStays() throws IOException, InterruptedException {
    Files.writeString(driver, "");
    Files.createDirectories(installation);
    environment.put("LD_LIBRARY_PATH", "/mine");
    assertThat(launch("doctor").environment.get("LD_LIBRARY_PATH"))
        .isEqualTo(installation.resolve("lib") + ":/mine");
    environment.put("PYTORCH_LIBRARY_PATH", "/own");
    assertThat(launch("doctor").environment)
        .isEqualTo(Map.of("PYTORCH_LIBRARY_PATH", "/own", "LD_LIBRARY_PATH", "/mine"));
  }
}
