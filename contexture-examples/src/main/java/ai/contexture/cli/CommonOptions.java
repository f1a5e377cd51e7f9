package ai.contexture.cli;

import ai.contexture.torch.Devices;
import ai.djl.Device;
import com.google.gson.JsonObject;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
final class CommonOptions {

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "Where to compute: auto (a GPU if there is one), cpu, gpu or gpu:1. pretrain also"
              + " takes several, such as gpu:0,gpu:1. Default: auto")
  private String device;

  @Mixin private JsonOptions json;

  /** Checks what can be checked without loading the engine or reading data. */
  void check() {
    if (device != null) {
      Devices.requireWellFormed(device);
    }
    json.check();
  }

  /** Checks the same of a command that computes on several devices. */
  void checkSeveral() {
    for (String one : deviceText().split(",", -1)) {
      Devices.requireWellFormed(one);
    }
    json.check();
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
    return json.toStandardOutput();
  }

  /** Writes the result where {@code --json} says. */
  void write(JsonObject result, Terminal terminal) throws IOException {
    json.write(result, terminal);
  }
}
