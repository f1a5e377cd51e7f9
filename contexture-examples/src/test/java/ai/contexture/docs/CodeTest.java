package ai.contexture.docs;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Java code of all pages compiles, and what is marked to be run runs, as CONTRIBUTING.md says.
 *
 * <p>All of a page runs in one folder, in its order, with few training steps.
 */
class CodeTest {

  private static final Pattern TYPE =
      Pattern.compile("(?m)^(?:public )?(?:final )?(?:class|record) (\\w+)");
  private static final String PROGRAM = "java: program";
  private static final String RUN_PROGRAM = "java: program, run";
  private static final String STATEMENTS = "java: statements";
  private static final String RUN = "run";

  /** What statements need no import for. */
  private static final String IMPORTS =
      Stream.of(
              "ai.contexture.context.*",
              "ai.contexture.data.*",
              "ai.contexture.encoder.*",
              "ai.contexture.input.*",
              "ai.contexture.measure.*",
              "ai.contexture.neighbour.*",
              "ai.contexture.objective.*",
              "ai.contexture.optimiser.*",
              "ai.contexture.plot.*",
              "ai.contexture.pretraining.*",
              "ai.contexture.random.Seed",
              "ai.contexture.representation.*",
              "ai.contexture.spectrum.*",
              "ai.contexture.torch.*",
              "ai.contexture.training.*",
              "ai.djl.Device",
              "ai.djl.ndarray.*",
              "java.nio.file.*",
              "java.util.*")
          .map(name -> "import " + name + ";\n")
          .collect(Collectors.joining());

  @TempDir private Path folder;

  static List<Page> pages() {
    return Page.all().stream()
        .filter(page -> page.blocks().stream().anyMatch(b -> isJava(b) || b.mark().equals(RUN)))
        .toList();
  }

  private static boolean isJava(Page.Block block) {
    return block.language().equals("java");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void codeCompilesAndRuns(Page page) throws Exception {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    compile(page, classes);
    writeHouses(folder.resolve("houses.csv"), 200, 7);
    writeHouses(folder.resolve("new-houses.csv"), 20, 8);
    writeCommand(folder.resolve("contexture"));
    for (Page.Block block : page.blocks()) {
      if (isJava(block) && !block.mark().startsWith(STATEMENTS)) {
        Files.writeString(folder.resolve(typeName(block) + ".java"), block.text());
      }
      if (block.mark().equals(RUN_PROGRAM)) {
        List<String> words = new ArrayList<>(java(classes + File.pathSeparator + classPath()));
        words.add(typeName(block));
        run(block, words);
      } else if (block.mark().equals(RUN)) {
        Assumptions.assumeTrue(
            Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash to run commands");
        String commands = block.text().replaceAll("(?m)^\\./mvnw .*", ""); // runs these tests
        run(block, List.of("/bin/bash", "-euc", commands));
      }
    }
  }

  /** The first program that people see stays short. */
  @Test
  void theProgramOfTheReadmeIsShort() {
    Page readme =
        pages().stream().filter(page -> page.toString().equals("README.md")).findFirst().get();
    assertThat(readme.blocks().stream().filter(b -> b.mark().equals(RUN_PROGRAM)))
        .singleElement()
        .satisfies(program -> assertThat(program.text().lines().count()).isLessThanOrEqualTo(15));
  }

  private void compile(Page page, Path classes) throws IOException {
    Path sources = Files.createDirectory(folder.resolve("sources"));
    List<Path> files = new ArrayList<>();
    for (Page.Block block : page.blocks()) {
      if (isJava(block)) {
        boolean statements = block.mark().startsWith(STATEMENTS);
        assertThat(statements || block.mark().startsWith(PROGRAM))
            .as(block + ": expected a comment before it that says how it compiles")
            .isTrue();
        String name = statements ? "Statements" + block.line() : typeName(block);
        String text = statements ? method(block, name) : block.text();
        files.add(Files.writeString(sources.resolve(name + ".java"), text));
      }
    }
    if (files.isEmpty()) {
      return;
    }
    StringWriter errors = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-proc:none", "-Xlint:all", "-cp", classPath(), "-d", classes.toString());
      boolean compiled =
          compiler
              .getTask(
                  errors, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(compiled).as(page + "\n" + errors).isTrue();
    }
  }

  private static String typeName(Page.Block block) {
    Matcher type = TYPE.matcher(block.text());
    assertThat(type.find()).as(block + ": expected a class or record").isTrue();
    return type.group(1);
  }

  /** Statements, as the body of a method of what they continue. */
  private static String method(Page.Block block, String name) {
    String given = block.mark().substring(STATEMENTS.length()).strip();
    Map<Boolean, List<String>> lines =
        block.text().lines().collect(Collectors.partitioningBy(line -> line.startsWith("import ")));
    return IMPORTS
        + String.join("\n", lines.get(true))
        + "\n@SuppressWarnings(\"try\") class "
        + name
        + " {\n  void run("
        + given
        + ") throws Exception {\n"
        + String.join("\n", lines.get(false))
        + "\n  }\n}\n";
  }

  private void run(Page.Block block, List<String> words) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(words);
    Map<String, String> environment = builder.environment();
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put("DJL_OFFLINE", "true");
    environment.put("CLASS_PATH", classPath());
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    environment.put(
        "PATH", String.join(File.pathSeparator, folder.toString(), java, environment.get("PATH")));
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(block + " takes too long").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(block + "\n" + Files.readString(output)).isZero();
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static List<String> java(String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-Dai.djl.pytorch.graph_optimizer=false",
        "-cp",
        classPath);
  }

  /** The command, which trains for a few steps only. */
  private static void writeCommand(Path file) throws IOException {
    String java = java(classPath()).stream().map(CodeTest::quoted).collect(Collectors.joining(" "));
    Files.writeString(
        file,
        """
        #!/bin/bash
        if [ "$*" = --class-path ]; then
          echo "$CLASS_PATH"
          exit
        fi
        words=()
        while [ $# -gt 0 ]; do
          case $1 in
            --steps | --epochs) shift ;;
            *) words+=("$1") ;;
          esac
          shift
        done
        case " ${words[*]:-} " in
          *' --resume '* | *' --help '*) ;;
          ' pretrain '*) words+=(--steps 4) ;;
        esac
        """
            + "exec "
            + java
            + " ai.contexture.cli.Main \"${words[@]}\"\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** A small table with numbers, names and a missing value. */
  private static void writeHouses(Path file, int rows, long seed) throws IOException {
    RandomGenerator random = Seed.of(seed).generator();
    StringBuilder text = new StringBuilder("area,rooms,district,price\n,3,north,200\n");
    String[] districts = {"north", "south", "west"};
    for (int i = 1; i < rows; i++) {
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
