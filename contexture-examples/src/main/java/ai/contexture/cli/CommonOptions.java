package ai.contexture.cli;

import ai.contexture.torch.Devices;
import ai.djl.Device;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every command. */
final class CommonOptions {

  /** The name of {@code --json} for the standard output. */
  private static final String STDOUT = "-";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "Where to compute: auto (a GPU if there is one), cpu, gpu or gpu:1. Default: auto")
  private String device;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the result as JSON too; - for standard output, with nothing else on it")
  private String json;

  /** Checks what can be checked without loading the engine or reading data. */
  void check() {
    if (device != null) {
      Devices.requireWellFormed(device);
    }
    if (json != null && !toStandardOutput()) {
      Outputs.requireWritable("--json", Outputs.path("--json", json));
    }
  }

  /** Returns the device, which loads the engine. */
  Device device() {
    return Devices.parse(deviceText());
  }

  /** Returns whether a device was given. */
  boolean given() {
    return device != null;
  }

  String deviceText() {
    return device == null ? "auto" : device;
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
