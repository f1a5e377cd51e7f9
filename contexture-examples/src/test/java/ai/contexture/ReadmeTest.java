package ai.contexture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.representation.Representation;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README compiles and runs as it stands there. */
class ReadmeTest {

  private static final Pattern PROGRAM = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void quickStartRunsAsPrinted() throws Exception {
    String program = program();
    assertThat(program.lines().count()).isLessThanOrEqualTo(15);
    Path source = Files.writeString(folder.resolve("QuickStart.java"), program);
    String classPath = System.getProperty("java.class.path");
    StringWriter errors = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  errors,
                  files,
                  null,
                  List.of("-proc:none", "-cp", classPath, "-d", folder.toString()),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(errors.toString()).isTrue();
    }
    writeHouses(folder.resolve("houses.csv"));

    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            folder + System.getProperty("path.separator") + classPath,
            "QuickStart");
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("alignment with the exact functions");
    try (Representation saved = Representation.load(folder.resolve("encoder"))) {
      assertThat(saved.dimension()).isEqualTo(32);
    }
  }

  private static String program() throws IOException {
    Path readme = Path.of("README.md").toAbsolutePath();
    while (!Files.exists(readme)) {
      readme = readme.getParent().getParent().resolve("README.md");
    }
    Matcher matcher = PROGRAM.matcher(Files.readString(readme));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  /** A small table with numbers, names and a missing value. */
  private static void writeHouses(Path file) throws IOException {
    RandomGenerator random = Seed.of(7).generator();
    StringBuilder text = new StringBuilder("area,rooms,district,price\n,3,north,200\n");
    String[] districts = {"north", "south", "west"};
    for (int i = 0; i < 200; i++) {
      double area = 40 + 100 * random.nextDouble();
      text.append(
          Text.format(
              "%.1f,%d,%s,%.0f%n",
              area,
              1 + random.nextInt(5),
              districts[random.nextInt(3)],
              3 * area + random.nextGaussian()));
    }
    Files.writeString(file, text);
  }
}
