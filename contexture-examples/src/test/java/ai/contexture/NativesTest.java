package ai.contexture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where the engine's native libraries come from, each time in a process that has none yet. */
@EnabledOnOs(OS.LINUX)
class NativesTest {

  @TempDir Path folder;

  /** What the processes run. */
  static final class Main {

    private Main() {}

    /** Prints the version of libtorch and a product that it computed. */
    public static void main(String[] arguments) {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray two = manager.create(new float[][] {{1, 2}, {3, 4}});
        System.out.println(
            "libtorch "
                + Engine.getInstance().getVersion()
                + " says "
                + two.matMul(two).sum().getFloat());
      }
    }
  }

  private record Ended(int code, String output) {}

  /**
   * They are in the class path, so that a machine without a network and with an empty cache works.
   */
  @Test
  void theyComeWithTheLibrary() throws IOException, InterruptedException {
    Ended ended = run(Map.of());
    assertThat(ended.code).as(ended.output).isZero();
    assertThat(ended.output).contains("libtorch 2.7.1 says 54.0");
  }

  /**
   * A libtorch of the system's own is taken with its flavour, as a container with a GPU does;
   * without the flavour DJL looks for one that is not in the class path.
   */
  @Test
  void orFromTheSystem() throws IOException, InterruptedException {
    assertThat(run(Map.of()).code).isZero();
    Path libraries;
    try (Stream<Path> made = Files.walk(folder.resolve("cache"))) {
      libraries =
          made.filter(file -> file.endsWith("libtorch.so")).findFirst().orElseThrow().getParent();
    }
    Path own = Files.move(libraries, folder.resolve("own"));
    try (Stream<Path> files = Files.list(own)) {
      for (Path file : files.filter(f -> f.toString().contains("djl_torch")).toList()) {
        Files.delete(file);
      }
    }
    Map<String, String> path = Map.of("PYTORCH_LIBRARY_PATH", own.toString());
    Map<String, String> both =
        Map.of("PYTORCH_LIBRARY_PATH", own.toString(), "PYTORCH_FLAVOR", "cpu");
    Ended ended = run(both);
    assertThat(ended.code).as(ended.output).isZero();
    assertThat(ended.output).contains("libtorch 2.7.1 says 54.0");
    assertThat(run(path).output).contains("precxx11");
  }

  /** In a process with an empty cache, no network and no other choice of libraries. */
  private Ended run(Map<String, String> environment) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Dhttp.proxyHost=localhost",
                    "-Dhttp.proxyPort=9",
                    "-Dhttps.proxyHost=localhost",
                    "-Dhttps.proxyPort=9",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTORCH_"));
    builder.environment().put("DJL_OFFLINE", "true");
    builder.environment().put("DJL_CACHE_DIR", folder.resolve("cache") + File.separator);
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Ended(code, Files.readString(output, StandardCharsets.UTF_8));
  }
}
