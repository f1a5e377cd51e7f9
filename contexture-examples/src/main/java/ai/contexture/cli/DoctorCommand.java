package ai.contexture.cli;

import ai.contexture.input.Text;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says whether this machine computes as it should. */
@Command(
    name = "doctor",
    header = "Check that this machine computes correctly and fast",
    description = {
      "Shows versions, native libraries, memory, threads and devices; multiplies"
          + " matrices for about two",
      "seconds on each device and checks the result; says why no GPU is used if none" + " is.",
      "Ends with exit code 1 if something does not work."
    },
    footer = {"  contexture doctor", "  contexture doctor --json -"})
final class DoctorCommand implements Callable<Integer> {

  private static final double GIB = 1L << 30;

  private final Terminal terminal;

  @Mixin private JsonOptions json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    json.check();
    terminal.accepted();
    Checkup checkup = Checkup.of();
    if (!json.toStandardOutput()) {
      print(checkup);
    }
    json.write(json(checkup), terminal);
    return checkup.healthy() ? 0 : 1;
  }

  private void print(Checkup checkup) {
    checkup.versions().forEach(this::line);
    line("memory", memory(checkup));
    line("processors", processors(checkup));
    if (checkup.engine().isPresent()) {
      Checkup.Natives natives = checkup.engine().get();
      line("natives", natives.place());
      line("built with", String.join(", ", natives.features()));
    } else {
      line("natives", "cannot be loaded: " + checkup.problem());
    }
    for (Checkup.Tested tested : checkup.devices()) {
      line(tested.device(), tested(tested));
    }
    line("GPU", checkup.gpu().verdict());
    checkup.gpu().parts().forEach((name, part) -> line("  " + name, part.text()));
    terminal.out().println();
    List<String> advice = checkup.advice();
    if (advice.isEmpty()) {
      terminal.out().println(checkup.healthy() ? "All is well." : "Something does not work.");
    }
    advice.forEach(text -> terminal.out().println("advice: " + text));
  }

  private void line(String name, String value) {
    terminal.out().println(Text.format("%-11s %s", name, value));
  }

  private static String memory(Checkup checkup) {
    String all =
        checkup.memory().isPresent()
            ? Text.format("%.1f GiB", checkup.memory().getAsLong() / GIB)
            : "unknown";
    return Text.format(
        "%s, of which Java takes up to %.1f GiB for tables", all, checkup.heap() / GIB);
  }

  private static String processors(Checkup checkup) {
    return checkup.processors()
        + checkup
            .engine()
            .map(natives -> Text.format("; an operation uses up to %d of them", natives.threads()))
            .orElse("");
  }

  private static String tested(Checkup.Tested tested) {
    String memory =
        tested.memory().isPresent()
            ? Text.format(", %.1f GiB", tested.memory().getAsLong() / GIB)
            : "";
    if (!tested.problem().isEmpty()) {
      return "does not work: " + tested.problem() + memory;
    }
    return Text.format(
        "works, %.0f billion float32 operations a second%s", tested.gflops(), memory);
  }

  private static JsonObject json(Checkup checkup) {
    JsonObject json = new JsonObject();
    json.addProperty("healthy", checkup.healthy());
    JsonObject versions = new JsonObject();
    checkup.versions().forEach(versions::addProperty);
    json.add("versions", versions);
    checkup.memory().ifPresent(bytes -> json.addProperty("memoryBytes", bytes));
    json.addProperty("heapBytes", checkup.heap());
    json.addProperty("processors", checkup.processors());
    checkup
        .engine()
        .ifPresent(
            natives -> {
              json.addProperty("natives", natives.place());
              json.addProperty("threads", natives.threads());
              json.add("builtWith", texts(natives.features()));
            });
    JsonArray devices = new JsonArray();
    for (Checkup.Tested tested : checkup.devices()) {
      JsonObject device = new JsonObject();
      device.addProperty("device", tested.device());
      device.addProperty("works", tested.problem().isEmpty());
      device.addProperty("problem", tested.problem());
      device.add("gflops", Results.number(tested.gflops()));
      tested.memory().ifPresent(bytes -> device.addProperty("memoryBytes", bytes));
      devices.add(device);
    }
    json.add("devices", devices);
    json.add("gpu", json(checkup.gpu()));
    json.addProperty("problem", checkup.problem());
    json.add("advice", texts(checkup.advice()));
    return json;
  }

  private static JsonObject json(Gpu gpu) {
    JsonObject json = new JsonObject();
    json.addProperty("count", gpu.count());
    json.addProperty("verdict", gpu.verdict());
    gpu.parts()
        .forEach(
            (name, part) -> {
              JsonObject one = new JsonObject();
              one.addProperty("there", part.there());
              one.addProperty("text", part.text());
              json.add(name, one);
            });
    return json;
  }

  private static JsonArray texts(Iterable<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
