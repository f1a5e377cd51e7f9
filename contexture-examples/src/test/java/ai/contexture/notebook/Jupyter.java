package ai.contexture.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs notebooks with Jupyter's nbconvert and the kernel of the tests. */
final class Jupyter {

  /** When a notebook is given up; on two cores with nothing else to do it takes seconds. */
  private static final int MINUTES = 10;

  /** What the kernel needs; Contexture itself it has to load as any kernel does. */
  private static final String KERNEL_JARS = "(jupyter-jvm-basekernel|jeromq|jnacl|gson)-.*\\.jar";

  private final String nbconvert;
  private final Path folder;

  /** What came of a notebook: nothing where a cell failed. */
  record Result(Optional<JsonObject> notebook, String log) {}

  private Jupyter(String nbconvert, Path folder) {
    this.nbconvert = nbconvert;
    this.folder = folder;
  }

  /**
   * Finds Jupyter on this machine.
   *
   * @param folder for its settings, the kernel and results
   */
  static Optional<Jupyter> find(Path folder) throws IOException {
    Optional<String> found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(path -> Path.of(path).resolve("jupyter-nbconvert"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    install(folder);
    return Optional.of(new Jupyter(found.get(), folder));
  }

  /** Makes a kernel named java that knows nothing but itself. */
  private static void install(Path folder) throws IOException {
    Path classes = classes(folder.resolve("kernel"));
    JsonArray command = new JsonArray();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-Djava.awt.headless=true");
    command.add("-Dai.djl.pytorch.graph_optimizer=false");
    command.add("-D" + TestKernel.ARTIFACT + "=" + coordinates());
    command.add("-D" + TestKernel.ARTIFACT_PATH + "=" + artifactPath());
    command.add("-cp");
    command.add(
        Stream.concat(
                Stream.of(classes.toString()),
                classPath().stream().filter(path -> name(path).matches(KERNEL_JARS)))
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(TestKernel.class.getName());
    command.add("{connection_file}");
    JsonObject kernel = new JsonObject();
    kernel.add("argv", command);
    kernel.addProperty("display_name", "Java");
    kernel.addProperty("language", "java");
    kernel.addProperty("interrupt_mode", "message");
    Path specification = Files.createDirectories(folder.resolve("data/kernels/java"));
    Files.writeString(specification.resolve("kernel.json"), kernel.toString());
  }

  /** Copies the kernel's classes away from all others, and returns where they are. */
  private static Path classes(Path target) throws IOException {
    Path source =
        Path.of(
            URI.create(
                TestKernel.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    String own = "(Cells|CellControl|TestKernel)(\\$.*)?\\.class";
    Path place = Path.of(Jupyter.class.getPackageName().replace('.', '/'));
    Files.createDirectories(target.resolve(place));
    try (Stream<Path> files = Files.list(source.resolve(place))) {
      for (Path file : files.filter(f -> name(f.toString()).matches(own)).toList()) {
        Files.copy(file, target.resolve(place).resolve(file.getFileName()));
      }
    }
    return target;
  }

  static List<String> classPath() {
    return Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  private static String name(String path) {
    return Path.of(path).getFileName().toString();
  }

  /** Returns the class path of Contexture, as a release would have it. */
  static String artifactPath() {
    return classPath().stream()
        .filter(path -> !path.isEmpty() && !name(path).equals("test-classes"))
        .filter(path -> !name(path).endsWith("-tests.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Returns the coordinates that a release of this version has. */
  static String coordinates() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String version = pom.replaceFirst("(?s).*?<version>([^<]+?)(-SNAPSHOT)?</version>.*", "$1");
    return "ai.contexture:contexture-examples:" + version;
  }

  /** Runs all cells of a notebook, from the folder where it is. */
  Result run(Path notebook, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = folder.resolve(notebook.getFileName() + ".log");
    Path out = Files.createDirectories(folder.resolve("out"));
    ProcessBuilder builder =
        new ProcessBuilder(
            nbconvert,
            "--to=notebook",
            "--execute",
            "--ExecutePreprocessor.timeout=" + TimeUnit.MINUTES.toSeconds(MINUTES),
            "--ExecutePreprocessor.record_timing=False",
            "--ExecutePreprocessor.startup_timeout=60",
            "--output-dir=" + out,
            notebook.toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("JUPYTER"));
    builder.environment().remove("CONTEXTURE_CLASSPATH");
    builder
        .environment()
        .putAll(
            Map.of(
                "JUPYTER_PATH", folder.resolve("data").toString(),
                "JUPYTER_DATA_DIR", folder.resolve("data").toString(),
                "JUPYTER_CONFIG_DIR", folder.resolve("config").toString(),
                "JUPYTER_RUNTIME_DIR", folder.resolve("runtime").toString(),
                "IPYTHONDIR", folder.resolve("ipython").toString(),
                "DJL_OFFLINE", "true",
                "OMP_WAIT_POLICY", "passive"));
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertThat(ended).as("%s ends within %d minutes: %s", notebook, MINUTES, said).isTrue();
    Path made = out.resolve(notebook.getFileName());
    return new Result(process.exitValue() == 0 ? Optional.of(read(made)) : Optional.empty(), said);
  }

  static JsonObject read(Path notebook) throws IOException {
    return JsonParser.parseString(Files.readString(notebook)).getAsJsonObject();
  }
}
