package ai.contexture.cli;

import ai.contexture.context.Capability;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextProvider;
import ai.contexture.context.Contexts;
import ai.contexture.input.Registry;
import ai.contexture.input.SpecOptions;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the contexts with their options. */
@Command(
    name = "contexts",
    header = "List the contexts and their options",
    description = {
      "A context says which rows belong together. Lists all contexts with their options"
          + " and what they can do,",
      "or explains one."
    },
    footer = {
      "  contexture contexts",
      "  contexture contexts knn",
      "  contexture contexts --json contexts.json"
    })
final class ContextsCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The context to explain. Default: all")
  private String name;

  @Mixin private JsonOptions json;

  ContextsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    json.check();
    Registry<ContextFactory, ContextProvider> known = Contexts.registry();
    List<ContextProvider> shown =
        name == null ? known.components() : List.of(known.component(name));
    terminal.accepted();
    if (!json.toStandardOutput()) {
      ContextReport report = new ContextReport(terminal);
      if (name == null) {
        report.contexts(shown);
      } else {
        report.context(shown.get(0));
      }
    }
    JsonArray array = new JsonArray();
    shown.forEach(provider -> array.add(json(provider)));
    JsonObject result = new JsonObject();
    result.add("contexts", array);
    json.write(result, terminal);
    return 0;
  }

  private static JsonObject json(ContextProvider provider) {
    JsonArray options = new JsonArray();
    for (SpecOptions.Asked asked : provider.asked()) {
      JsonObject option = new JsonObject();
      option.addProperty("name", asked.name());
      option.addProperty("expected", asked.expected());
      option.addProperty("default", asked.fallback());
      option.addProperty("meaning", provider.options().get(asked.name()));
      options.add(option);
    }
    JsonElement gives = JsonNull.INSTANCE;
    if (provider.gives().isPresent()) {
      JsonObject given = new JsonObject();
      for (Capability capability : Capability.values()) {
        boolean holds = provider.gives().get().contains(capability);
        given.addProperty(capability.toString().replace(" r", "R"), holds);
      }
      gives = given;
    }
    JsonObject json = new JsonObject();
    json.addProperty("name", provider.name());
    json.addProperty("summary", provider.summary());
    json.addProperty("example", provider.example());
    json.add("options", options);
    json.add("gives", gives);
    return json;
  }
}
