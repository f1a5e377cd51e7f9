package ai.contexture.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where to write a result for programs. */
final class JsonOptions {

  /** The name of {@code --json} for the standard output. */
  private static final String STDOUT = "-";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Also write the result as JSON; - writes it, and nothing else, to standard output")
  private String json;

  /** Checks what can be checked before there is a result. */
  void check() {
    if (json != null && !toStandardOutput()) {
      Outputs.requireWritable("--json", Outputs.path("--json", json));
    }
  }

  /** Returns whether the standard output is for JSON alone. */
  boolean toStandardOutput() {
    return STDOUT.equals(json);
  }

  /** Writes the result where {@code --json} says. */
  void write(JsonObject result, Terminal terminal) throws IOException {
    if (toStandardOutput()) {
      terminal.out().print(Results.text(result));
    } else if (json != null) {
      byte[] text = Results.text(result).getBytes(StandardCharsets.UTF_8);
      Outputs.write(Path.of(json), stream -> stream.write(text));
    }
  }
}
