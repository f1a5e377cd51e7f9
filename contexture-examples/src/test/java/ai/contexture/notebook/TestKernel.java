package ai.contexture.notebook;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.magic.registry.UndefinedMagicException;
import io.github.spencerpark.jupyter.kernel.util.GlobFinder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * A Java kernel for the tests: JShell on the base that IJava and JJava come from, with magics and
 * functions that both of them have and no others.
 *
 * <p>Its {@code %maven} knows a repository of one artifact, the one under test.
 */
public final class TestKernel extends BaseKernel implements AutoCloseable {

  /** The system property with the coordinates of the one artifact. */
  static final String ARTIFACT = "contexture.artifact";

  /** The system property with the class path of the one artifact. */
  static final String ARTIFACT_PATH = "contexture.artifact.path";

  /** What both kernels import before the first cell. */
  private static final List<String> IMPORTS =
      List.of(
          "import java.util.*;",
          "import java.io.*;",
          "import java.math.*;",
          "import java.net.*;",
          "import java.util.concurrent.*;",
          "import java.util.prefs.*;",
          "import java.util.regex.*;",
          "import static ai.contexture.notebook.Cells.*;");

  /** A line that begins with % or has it behind =. */
  private static final Pattern LINE_MAGIC =
      Pattern.compile("(?<=(?:^|=))\\s*%(\\w[^\\r\\n]*)$", Pattern.MULTILINE);

  /** Snippets whose value a cell shows; that of a declaration or an assignment it does not. */
  private static final List<Snippet.SubKind> SHOWN =
      List.of(
          Snippet.SubKind.VAR_VALUE_SUBKIND,
          Snippet.SubKind.OTHER_EXPRESSION_SUBKIND,
          Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND);

  private final CellControl control = new CellControl();
  private final String artifact;
  private final String artifactPath;
  private final JShell shell;

  /**
   * Starts JShell.
   *
   * @param artifact the coordinates that {@code %maven} knows
   * @param artifactPath the class path that they stand for
   */
  TestKernel(String artifact, String artifactPath) {
    this.artifact = artifact;
    this.artifactPath = artifactPath;
    shell =
        JShell.builder()
            .executionEngine(
                new ExecutionControlProvider() {
                  @Override
                  public String name() {
                    return "cells";
                  }

                  @Override
                  public ExecutionControl generate(ExecutionEnv env, Map<String, String> options) {
                    return control;
                  }
                },
                Map.of())
            .build();
    Cells.serve(this);
    for (String line : IMPORTS) {
      run(line);
    }
  }

  /** Serves a front end until that ends it; the argument is the file that says where it listens. */
  public static void main(String[] arguments) throws Exception {
    JupyterSocket.JUPYTER_LOGGER.setLevel(Level.WARNING);
    String properties = Files.readString(Path.of(arguments[0]));
    JupyterConnection connection =
        new JupyterConnection(KernelConnectionProperties.parse(properties));
    try (TestKernel kernel =
        new TestKernel(System.getProperty(ARTIFACT), System.getProperty(ARTIFACT_PATH))) {
      kernel.becomeHandlerForConnection(connection);
      connection.connect();
      connection.waitUntilClose();
    }
    System.exit(0);
  }

  @Override
  public LanguageInfo getLanguageInfo() {
    return new LanguageInfo.Builder("Java")
        .version(Integer.toString(Runtime.version().feature()))
        .mimetype("text/x-java-source")
        .fileExtension(".java")
        .pygments("java")
        .codemirror("java")
        .build();
  }

  @Override
  public DisplayData eval(String cell) throws Exception {
    Object value = run(withoutMagics(cell));
    if (value == null || value instanceof DisplayData) {
      return (DisplayData) value;
    }
    return getRenderer().render(value);
  }

  /** Runs all snippets of a cell and returns the value of the last one, or null. */
  private Object run(String code) {
    SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
    Object value = null;
    SourceCodeAnalysis.CompletionInfo next = analysis.analyzeCompletion(code);
    while (next.completeness().isComplete()) {
      value = runSnippet(next.source());
      next = analysis.analyzeCompletion(next.remaining());
    }
    if (next.completeness() != SourceCodeAnalysis.Completeness.EMPTY) {
      throw new IllegalArgumentException("incomplete: " + next.remaining().strip());
    }
    return value;
  }

  private Object runSnippet(String source) {
    Object value = null;
    for (SnippetEvent event : shell.eval(source)) {
      if (event.causeSnippet() != null) {
        continue;
      }
      Object taken = control.take();
      if (event.exception() != null) {
        throw new IllegalStateException(message(event.exception()), event.exception());
      }
      if (!event.status().isDefined()) {
        String problems =
            shell
                .diagnostics(event.snippet())
                .map(problem -> problem.getMessage(Locale.ROOT))
                .collect(Collectors.joining("\n"));
        throw new IllegalArgumentException(problems + "\nin: " + source.strip());
      }
      value = SHOWN.contains(event.snippet().subKind()) ? taken : null;
    }
    return value;
  }

  private static String message(JShellException exception) {
    String name = exception instanceof EvalException e ? e.getExceptionClassName() + ": " : "";
    return name + exception.getMessage();
  }

  /** Returns a cell with calls of {@link Cells#lineMagic} in the place of its line magics. */
  static String withoutMagics(String cell) {
    Matcher magic = LINE_MAGIC.matcher(cell);
    StringBuilder code = new StringBuilder();
    while (magic.find()) {
      List<String> words = List.of(magic.group(1).strip().split("\\s+"));
      String arguments =
          words.stream().skip(1).map(TestKernel::literal).collect(Collectors.joining(", "));
      String call = "lineMagic(" + literal(words.get(0)) + ", List.of(" + arguments + "));";
      magic.appendReplacement(code, Matcher.quoteReplacement(call));
    }
    return magic.appendTail(code).toString();
  }

  private static String literal(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  Object lineMagic(String name, List<String> arguments) {
    return switch (name) {
      case "classpath" -> addToClassPath(arguments);
      case "maven" -> {
        arguments.forEach(this::addArtifact);
        yield null;
      }
      default -> throw new UndefinedMagicException(name, true);
    };
  }

  private List<String> addToClassPath(List<String> globs) {
    List<String> found = new ArrayList<>();
    for (String glob : globs) {
      try {
        new GlobFinder(glob)
            .computeMatchingPaths()
            .forEach(path -> found.add(path.toAbsolutePath().toString()));
      } catch (IOException e) {
        throw new IllegalArgumentException("cannot find " + glob, e);
      }
    }
    add(String.join(File.pathSeparator, found));
    return found;
  }

  private void addArtifact(String coordinates) {
    if (!coordinates.equals(artifact)) {
      throw new IllegalArgumentException(
          "cannot resolve " + coordinates + ", expected " + artifact);
    }
    add(artifactPath);
  }

  private void add(String path) {
    if (!path.isEmpty()) {
      shell.addToClasspath(path);
    }
  }

  @Override
  public void onShutdown(boolean isRestarting) {
    close();
  }

  @Override
  public void close() {
    shell.close();
  }
}
