package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Dataset;
import ai.contexture.input.Text;
import ai.contexture.representation.Representation;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewProjectCommandTest {

  private static final Path ROOT = Path.of("..");

  /** An artifact, and its version. */
  private static final Pattern VERSION =
      Pattern.compile(
          "<artifactId>([a-z0-9-]+)</artifactId>\\s*<version>([^<$]+)</version>", Pattern.DOTALL);

  @TempDir private Path folder;

  private Path project(String name) {
    Path project = folder.resolve(name);
    Command command = Command.run("new-project", project.toString());
    assertThat(command.err()).isEmpty();
    assertThat(command.code()).isZero();
    assertThat(command.out()).startsWith("Wrote a Maven project to " + project);
    return project;
  }

  /** The class compiles without a warning, and runs on a table from its first to its last line. */
  @Test
  void theClassCompilesAndRuns() throws Exception {
    Path project = project("Wine & more");
    Path source = project.resolve("src/main/java/example/Learn.java");
    StringWriter errors = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    String classPath = System.getProperty("java.class.path");
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options = List.of("-Xlint:all", "-proc:none", "-cp", classPath, "-d", "classes");
      options = new ArrayList<>(options);
      options.set(options.size() - 1, Files.createDirectory(project.resolve("target")).toString());
      var sources = manager.getJavaFileObjects(source);
      boolean compiled = compiler.getTask(errors, manager, null, options, null, sources).call();
      assertThat(compiled).as(errors.toString()).isTrue();
      assertThat(errors.toString()).isEmpty();
    }
    Files.writeString(project.resolve("table.csv"), table());
    List<String> words = new ArrayList<>(Command.process());
    words.set(words.indexOf(classPath), project.resolve("target") + ":" + classPath);
    words.set(words.size() - 1, "example.Learn");
    words.addAll(List.of("table.csv", "class"));

    String output = output(project, words);

    assertThat(output).contains("Features of the first row: [");
    try (Representation encoder = Representation.load(project.resolve("encoder"))) {
      assertThat(encoder.dimension()).isEqualTo(32);
      assertThat(
              encoder.embed(Dataset.read(project.resolve("table.csv"), "class").features()).rows())
          .isEqualTo(60);
    }
  }

  private static String table() {
    StringBuilder text = new StringBuilder("a,b,c,class\n");
    for (int i = 0; i < 60; i++) {
      text.append(
          Text.format("%d,%d,%.3f,%s%n", i % 7, i % 11, Math.sin(i), i % 2 == 0 ? "x" : "y"));
    }
    return text.toString();
  }

  private static String output(Path folder, List<String> words) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /** The versions are those that Contexture is built with, and its own. */
  @Test
  void thePomNamesTheVersionsOfThisBuild() throws IOException {
    Path project = project("one");
    String pom = Files.readString(project.resolve("pom.xml"));
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    String examples = Files.readString(ROOT.resolve("contexture-examples/pom.xml"));
    List<MatchResult> named = VERSION.matcher(pom).results().toList();

    assertThat(pom).contains("<artifactId>one</artifactId>").doesNotContain("${", "my-project");
    assertThat(named).hasSize(6);
    for (MatchResult artifact : named) {
      String version =
          switch (artifact.group(1)) {
            case "one" -> "1.0-SNAPSHOT";
            case "contexture-models" -> version(parent, "contexture-parent");
            case "slf4j-simple" -> version(parent, "slf4j-api");
            case "exec-maven-plugin" -> version(examples, "exec-maven-plugin");
            default -> version(parent, artifact.group(1));
          };
      assertThat(artifact.group(2)).as(artifact.group(1)).isEqualTo(version);
    }
  }

  private static String version(String pom, String artifact) {
    return VERSION
        .matcher(pom)
        .results()
        .filter(found -> found.group(1).equals(artifact))
        .findFirst()
        .orElseThrow()
        .group(2);
  }

  @Test
  void onlyAnEmptyFolderIsTaken() throws IOException {
    Path project = project("two");
    List<Path> before = files(project);

    Command again = Command.run("new-project", project.toString());

    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err())
        .startsWith(
            "contexture: DIR: expected a new or an empty folder, got "
                + project
                + " with README.md, pom.xml, src");
    assertThat(files(project)).isEqualTo(before);
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(Command.run("new-project", file.toString()).code()).isEqualTo(2);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(Command.run("new-project", empty.toString()).code()).isZero();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
