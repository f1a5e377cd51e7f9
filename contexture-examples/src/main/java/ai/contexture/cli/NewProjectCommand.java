package ai.contexture.cli;

import ai.contexture.data.AtomicFile;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes a Maven project to start from. */
@Command(
    name = "new-project",
    header = "Write a Maven project that uses Contexture from Java",
    description = {
      "Writes a Maven project that compiles and runs: a pom.xml and one class, which trains an"
          + " encoder, saves it, loads it and uses it. The folder must be new or empty."
    },
    footer = "  contexture new-project my-project")
final class NewProjectCommand implements Callable<Integer> {

  /** What the files call the project. */
  private static final String NAME = "my-project";

  /** The files, and where they go. */
  private static final Map<String, String> FILES =
      new TreeMap<>(
          Map.of(
              "README.md", "README.md",
              "pom.xml", "pom.xml",
              "Learn.java", "src/main/java/example/Learn.java",
              "simplelogger.properties", "src/main/resources/simplelogger.properties"));

  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "The folder of the project")
  private String dir;

  NewProjectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Outputs.path("DIR", dir);
    requireEmpty(folder);
    String name = name(folder);
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path path = folder.resolve(file.getValue());
      Files.createDirectories(path.getParent());
      AtomicFile.write(path, text(file.getKey()).replace(NAME, name));
    }
    terminal
        .out()
        .println("Wrote a Maven project to " + dir + "; README.md there says how it runs.");
    return 0;
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Outputs.requireNewFolder("DIR", folder);
      return;
    }
    try (Stream<Path> there = Files.list(folder)) {
      List<String> names = there.map(path -> path.getFileName().toString()).sorted().toList();
      if (!names.isEmpty()) {
        throw new InputException(
            "DIR: expected a new or an empty folder, got "
                + folder
                + " with "
                + Names.list(names, 3));
      }
    }
  }

  /** The name of the folder, as Maven takes it. */
  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name =
        last == null
            ? ""
            : last.toString()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    return name.isEmpty() ? NAME : name;
  }

  private static String text(String resource) throws IOException {
    try (InputStream stream = NewProjectCommand.class.getResourceAsStream("project/" + resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
