package ai.contexture.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The notebooks run from top to bottom, and hold what they then show.
 *
 * <p>With {@code -Dcontexture.notebooks.keep=true} what they show is written into them.
 */
class NotebooksTest {

  private static final Path NOTEBOOKS = Path.of("notebooks");

  /** The most that a notebook may weigh, in bytes. */
  private static final int MOST = 400_000;

  /** A path, which tells of the machine where a notebook ran. */
  private static final Pattern PATH =
      Pattern.compile("(^|[^\\w.<])/(home|root|tmp|Users|work|var|opt|usr)/|\\b[A-Z]:\\\\");

  /** What only one of IJava and JJava has, or has under another name. */
  private static final Pattern OTHER_MAGIC = Pattern.compile("(?m)^\\s*%(?!classpath\\b|maven\\b)");

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeNulls().create();

  @TempDir private Path folder;

  static List<Path> notebooks() throws IOException {
    try (Stream<Path> files = Files.list(NOTEBOOKS)) {
      return files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
    }
  }

  private Jupyter jupyter() throws IOException {
    Jupyter found = Jupyter.find(Files.createDirectories(folder.resolve("jupyter"))).orElse(null);
    assumeThat(found)
        .as(
            "Jupyter, which is not installed here: apt-get install jupyter-nbconvert"
                + " jupyter-client")
        .isNotNull();
    return found;
  }

  @Test
  void thereAreSixAndTheReadmeNamesThem() throws IOException {
    List<String> names = notebooks().stream().map(file -> file.getFileName().toString()).toList();

    assertThat(names)
        .containsExactly(
            "01-quickstart.ipynb",
            "02-contexts-and-their-spectra.ipynb",
            "03-mixing-contexts.ipynb",
            "04-is-my-context-any-good.ipynb",
            "05-your-own-context-and-objective.ipynb",
            "06-images.ipynb");
    assertThat(Files.readString(NOTEBOOKS.resolve("README.md"))).contains(names);
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void itIsForAJavaKernelAndHoldsWhatItShows(Path file) throws IOException {
    JsonObject notebook = Jupyter.read(file);
    JsonObject kernel = notebook.getAsJsonObject("metadata").getAsJsonObject("kernelspec");

    assertThat(kernel.get("name").getAsString()).isEqualTo("java");
    assertThat(kernel.get("language").getAsString()).isEqualTo("java");
    assertThat(Files.size(file)).isLessThan(MOST);
    assertThat(cells(notebook, "markdown")).hasSizeGreaterThan(5);
    List<String> kinds = kinds(notebook);
    assertThat(kinds).contains("image/png", "text/html").doesNotContain("error", "stderr");
    int count = 0;
    for (JsonObject cell : cells(notebook, "code")) {
      assertThat(cell.get("execution_count").getAsInt()).isEqualTo(++count);
      assertThat(text(cell.get("source"))).doesNotContainPattern(OTHER_MAGIC);
      for (JsonElement output : cell.getAsJsonArray("outputs")) {
        assertThat(words(output.getAsJsonObject())).doesNotContainPattern(PATH);
      }
    }
  }

  /** The cell that loads Contexture is the same everywhere. */
  @Test
  void theyLoadContextureInOneWay() throws IOException {
    List<String> first = new ArrayList<>();
    for (Path file : notebooks()) {
      first.add(text(cells(Jupyter.read(file), "code").get(0).get("source")));
    }

    assertThat(first).isNotEmpty().containsOnly(first.get(0));
    assertThat(first.get(0)).contains(Jupyter.coordinates());
  }

  /**
   * A later import makes JShell compile again what came before, and variables lose their values.
   */
  @ParameterizedTest
  @MethodSource("notebooks")
  void importsStandBeforeAnythingElse(Path file) throws IOException {
    List<JsonObject> code = cells(Jupyter.read(file), "code");

    assertThat(text(code.get(1).get("source"))).startsWith("import ");
    for (JsonObject cell : code.subList(2, code.size())) {
      assertThat(text(cell.get("source"))).doesNotContainPattern("(?m)^import ");
    }
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void itRunsFromTopToBottom(Path file) throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    // away from the build of this checkout, which may be an older one
    Path copy = Files.copy(file, folder.resolve(file.getFileName()));

    Jupyter.Result result = jupyter.run(copy, Map.of());

    assertThat(result.notebook()).as(result.log()).isPresent();
    JsonObject executed = result.notebook().get();
    if (Boolean.getBoolean("contexture.notebooks.keep")) {
      Files.writeString(file, GSON.toJson(executed) + "\n");
    }
    assertThat(kinds(executed)).as("what is shown").isEqualTo(kinds(Jupyter.read(file)));
  }

  @Test
  void aCellThatFailsFailsTheNotebook() throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    Path notebook = notebook(folder, "int one = 1;", "int[] none = {};\nnone[one]");

    Jupyter.Result result = jupyter.run(notebook, Map.of());

    assertThat(result.notebook()).isEmpty();
    assertThat(result.log()).contains("ArrayIndexOutOfBoundsException");
  }

  @Test
  void theFirstCellFindsTheBuildOfACheckout() throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    Path examples = folder.resolve("checkout/contexture-examples");
    jar(folder.resolve("checkout/contexture-core/target/quick/contexture-core-1.jar"), "core");
    jar(examples.resolve("target/quick/lib/other-2.jar"), "lib");

    assertThat(found(jupyter, examples.resolve("notebooks"), Map.of())).contains("core", "lib");
  }

  @Test
  void theFirstCellFindsWhatTheEnvironmentNames() throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    jar(folder.resolve("jars/a.jar"), "core");
    jar(folder.resolve("jars/b.jar"), "lib");
    jar(folder.resolve("more/c.jar"), "more");
    String path = folder.resolve("jars/*.jar") + File.pathSeparator + folder.resolve("more/c.jar");

    assertThat(found(jupyter, folder.resolve("away"), Map.of("CONTEXTURE_CLASSPATH", path)))
        .contains("core", "lib", "more");
  }

  /** A notebook that was copied to another place has one variable to change. */
  @Test
  void theFirstCellFindsTheCheckoutThatItsVariableNames() throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    Path checkout = folder.resolve("far/checkout");
    jar(checkout.resolve("contexture-core/target/quick/contexture-core-1.jar"), "core");
    jar(checkout.resolve("contexture-examples/target/quick/lib/other-2.jar"), "lib");
    String load = firstCell().replace("\"../..\"", "\"" + checkout + "\"");

    assertThat(found(jupyter, load, folder.resolve("away"), Map.of())).contains("core", "lib");
  }

  @Test
  void theFirstCellSaysWhatIsMissing() throws IOException, InterruptedException {
    Jupyter jupyter = jupyter();
    String load = firstCell().replace(Jupyter.coordinates(), "ai.contexture:contexture-examples:9");
    Path away = Files.createDirectories(folder.resolve("one/two/away"));

    Jupyter.Result result = jupyter.run(notebook(away, load), Map.of());

    assertThat(result.notebook()).isEmpty();
    assertThat(result.log())
        .contains("Contexture is neither built in " + folder.resolve("one").toRealPath() + " (");
  }

  private static String firstCell() throws IOException {
    return text(cells(Jupyter.read(notebooks().get(0)), "code").get(0).get("source"));
  }

  private static String found(Jupyter jupyter, Path place, Map<String, String> environment)
      throws IOException, InterruptedException {
    return found(jupyter, firstCell(), place, environment);
  }

  /** Runs the first cell of a notebook in a folder, and returns which jars it then has. */
  private static String found(
      Jupyter jupyter, String load, Path place, Map<String, String> environment)
      throws IOException, InterruptedException {
    String ask =
        """
        StringBuilder found = new StringBuilder();
        for (URL one : Collections.list(
            Thread.currentThread().getContextClassLoader().getResources("name.txt"))) {
          found.append(new String(one.openStream().readAllBytes())).append(' ');
        }
        found.toString()\
        """;
    Path notebook = notebook(Files.createDirectories(place), load, ask);
    Jupyter.Result result = jupyter.run(notebook, environment);
    assertThat(result.notebook()).as(result.log()).isPresent();
    List<JsonObject> code = cells(result.notebook().get(), "code");
    return words(code.get(1).getAsJsonArray("outputs").get(0).getAsJsonObject());
  }

  private static void jar(Path file, String name) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream stream = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(stream)) {
      jar.putNextEntry(new JarEntry("name.txt"));
      jar.write(name.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Path notebook(Path folder, String... cells) throws IOException {
    JsonArray all = new JsonArray();
    for (String source : cells) {
      JsonObject cell = new JsonObject();
      cell.addProperty("cell_type", "code");
      cell.addProperty("source", source);
      cell.add("metadata", new JsonObject());
      cell.add("outputs", new JsonArray());
      cell.add("execution_count", null);
      all.add(cell);
    }
    JsonObject kernel = new JsonObject();
    kernel.addProperty("name", "java");
    kernel.addProperty("display_name", "Java");
    JsonObject metadata = new JsonObject();
    metadata.add("kernelspec", kernel);
    JsonObject notebook = new JsonObject();
    notebook.add("cells", all);
    notebook.add("metadata", metadata);
    notebook.addProperty("nbformat", 4);
    notebook.addProperty("nbformat_minor", 4);
    return Files.writeString(folder.resolve("made.ipynb"), GSON.toJson(notebook));
  }

  private static List<JsonObject> cells(JsonObject notebook, String kind) {
    return notebook.getAsJsonArray("cells").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(cell -> cell.get("cell_type").getAsString().equals(kind))
        .toList();
  }

  /** What all code cells show, a bar after each: names of streams, "error", or the best types. */
  private static List<String> kinds(JsonObject notebook) {
    List<String> kinds = new ArrayList<>();
    for (JsonObject cell : cells(notebook, "code")) {
      for (JsonElement element : cell.getAsJsonArray("outputs")) {
        JsonObject output = element.getAsJsonObject();
        if (output.has("name")) {
          kinds.add(output.get("name").getAsString());
        } else if (output.has("data")) {
          kinds.add(
              Stream.of("image/png", "text/html", "text/plain")
                  .filter(output.getAsJsonObject("data")::has)
                  .findFirst()
                  .orElse("nothing"));
        } else {
          kinds.add("error");
        }
      }
      kinds.add("|");
    }
    return kinds;
  }

  /** The words of an output. */
  private static String words(JsonObject output) {
    if (output.has("text")) {
      return text(output.get("text"));
    }
    StringBuilder words = new StringBuilder();
    if (output.has("data")) {
      output.getAsJsonObject("data").entrySet().stream()
          .filter(entry -> entry.getKey().startsWith("text/"))
          .forEach(entry -> words.append(text(entry.getValue())).append('\n'));
    }
    return words.toString();
  }

  /** The text of a field, which may be split into lines. */
  private static String text(JsonElement field) {
    if (field.isJsonPrimitive()) {
      return field.getAsString();
    }
    StringBuilder text = new StringBuilder();
    field.getAsJsonArray().forEach(line -> text.append(line.getAsString()));
    return text.toString();
  }
}
