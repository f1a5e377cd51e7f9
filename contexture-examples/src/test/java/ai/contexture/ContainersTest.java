package ai.contexture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.cuda.CudaBuild;
import ai.contexture.cuda.MavenSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The files that images are built from agree with the project. Whether the images work, {@code
 * docker/build-without-docker.sh} shows.
 */
class ContainersTest {

  private static final Path ROOT = root();
  private static final Path DOCKERFILE = ROOT.resolve("docker/Dockerfile");

  @Test
  void whatIsCopiedIsThere() throws IOException {
    List<String> sources =
        instructions("COPY")
            .filter(copy -> !copy.contains("--from="))
            .flatMap(
                copy -> {
                  List<String> words = words(copy);
                  return words.subList(0, words.size() - 1).stream();
                })
            .toList();

    assertThat(sources).contains("pom.xml", "mvnw");
    assertThat(sources).allSatisfy(source -> assertThat(ROOT.resolve(source)).exists());
  }

  /** Else a stage would start from, or copy from, an image of that name that somebody published. */
  @Test
  void stagesThatAreUsedAreMade() throws IOException {
    List<String> stages = stages();
    List<String> copied =
        instructions("COPY").flatMap(copy -> found("--from=(\\S+)", copy).stream()).toList();
    List<String> bases = instructions("FROM").map(from -> words(from).get(0)).toList();

    assertThat(copied).isNotEmpty().allMatch(stages::contains);
    assertThat(bases).allMatch(base -> base.equals("${BASE}") || stages.contains(base));
  }

  /** The dependencies are fetched for the POMs alone, and all of them must be there. */
  @Test
  void everyModuleIsCopied() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    List<String> copied = instructions("COPY").map(copy -> words(copy).get(0)).toList();

    assertThat(found("<module>(.+?)</module>", pom))
        .isNotEmpty()
        .allSatisfy(
            module -> {
              assertThat(copied).contains(module + "/pom.xml");
              assertThat(copied.contains(module + "/src"))
                  .as(module)
                  .isEqualTo(Files.exists(ROOT.resolve(module).resolve("src")));
            });
  }

  @Test
  void versionsAreThoseOfTheBuild() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));

    assertThat(argument("VERSION")).isEqualTo(found("<version>(.+?)</version>", pom).get(0));
    assertThat(CudaBuild.current().libtorch())
        .isEqualTo(found("<pytorch.version>(.+?)</pytorch.version>", pom).get(0));
    assertThat(argument("BASE")).matches(".+@sha256:[0-9a-f]{64}");
  }

  /** The build's DJL brings its library for each libtorch that an image is made with. */
  @Test
  void flavoursAreThoseOfDjl() throws IOException {
    List<String> flavours = found("PYTORCH_FLAVOR=(\\S+)", Files.readString(DOCKERFILE));

    assertThat(flavours).containsExactly("cpu", "cu128");
    for (String flavour : flavours) {
      String library = "/jnilib/linux-x86_64/" + flavour + "/libdjl_torch.so";
      assertThat(ContainersTest.class.getResource(library)).as(library).isNotNull();
      assertThat(instructions("RUN")).anyMatch(run -> run.contains("/" + flavour + "/*"));
    }
    assertThat(flavours).contains(CudaBuild.current().flavour());
  }

  /**
   * The image is made by the code of {@code contexture gpu install}, of JARs of Maven Central
   * alone.
   */
  @Test
  void cudaComesFromMavenCentral(@TempDir Path folder) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(
            null,
            System.out,
            System.err,
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            folder.toString(),
            ROOT.resolve("docker/InstallCuda.java").toString());

    assertThat(code).isZero();
    assertThat(argument("REPOSITORY")).isEqualTo(MavenSettings.CENTRAL);
    assertThat(instructions("RUN"))
        .noneMatch(run -> run.contains("pip ") || run.contains("://"))
        .anyMatch(run -> run.contains(" InstallCuda /cache "));
  }

  /** Root builds and nobody in particular runs. */
  @Test
  void nobodyIsRoot() throws IOException {
    List<String> users = instructions("USER").toList();

    assertThat(users).containsExactly("1000:1000", "1000:1000", "root", "1000:1000");
  }

  @Test
  void composeNamesWhatIsThere() throws IOException {
    Path compose = ROOT.resolve("docker/compose.yaml");
    Load yaml = new Load(LoadSettings.builder().build());
    Map<String, Object> services;
    try (InputStream input = Files.newInputStream(compose)) {
      services = map(map(yaml.loadFromInputStream(input)).get("services"));
    }

    assertThat(services).containsOnlyKeys("cpu", "gpu", "notebook");
    for (Map.Entry<String, Object> entry : services.entrySet()) {
      Map<String, Object> service = map(entry.getValue());
      Map<String, Object> build = map(service.get("build"));
      Path context = compose.resolveSibling((String) build.get("context")).normalize();
      assertThat(context).isEqualTo(ROOT);
      assertThat(context.resolve((String) build.get("dockerfile"))).isEqualTo(DOCKERFILE);
      assertThat(build).containsEntry("target", entry.getKey());
      assertThat(stages()).contains(entry.getKey());
      assertThat(service).containsEntry("image", "contexture:" + entry.getKey());
    }
    Map<String, Object> gpu = map(services.get("gpu"));
    assertThat(gpu.get("deploy").toString()).contains("driver=nvidia", "capabilities=[gpu]");
    assertThat(map(services.get("notebook")).get("ports").toString())
        .isEqualTo("[127.0.0.1:8888:8888]");
    assertThat(Files.readString(compose) + Files.readString(DOCKERFILE))
        .doesNotContainIgnoringCase("token")
        .doesNotContainIgnoringCase("password");
  }

  private static List<String> stages() throws IOException {
    return instructions("FROM").flatMap(from -> found(" AS (\\S+)", from).stream()).toList();
  }

  /** The default of an argument. */
  private static String argument(String name) throws IOException {
    return instructions("ARG")
        .flatMap(text -> found("^" + name + "=(\\S+)$", text).stream())
        .findFirst()
        .orElseThrow();
  }

  /** What follows a word at the start of a line, with its continued lines. */
  private static Stream<String> instructions(String word) throws IOException {
    String text = Files.readString(DOCKERFILE).replaceAll("\\\\\\R", " ");
    return found("(?m)^" + word + " +(.+)$", text).stream();
  }

  private static List<String> words(String instruction) {
    return Stream.of(instruction.split("\\s+")).filter(word -> !word.startsWith("--")).toList();
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docker"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
