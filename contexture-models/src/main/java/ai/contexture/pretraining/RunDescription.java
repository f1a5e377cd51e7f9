package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.data.Dataset;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Target;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.Names;
import ai.contexture.objective.Objective;
import ai.contexture.representation.Representation;
import ai.djl.engine.Engine;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a run was made of, for those who read its folder later.
 *
 * @param data as it was prepared
 * @param recipe with the number of steps that epochs come to
 * @param outputs d₁ of the encoder
 * @param contextLabels how many labels the context was made of
 * @param contextFiles the fingerprints of the files that the context read
 */
record RunDescription(
    PreparedData data,
    Recipe recipe,
    Context context,
    Objective<?> objective,
    EncoderFactory encoder,
    int outputs,
    int contextLabels,
    SortedMap<String, String> contextFiles) {

  /** Returns the description that is saved with a representation. */
  JsonObject json(int stepsFinished) {
    JsonObject json = new JsonObject();
    json.addProperty("context", context.toString());
    json.addProperty("objective", objective.toString());
    json.addProperty("encoder", Names.of(encoder));
    json.addProperty("outputs", outputs);
    json.addProperty("stepsFinished", stepsFinished);
    if (contextLabels > 0) {
      json.addProperty(Evaluation.CONTEXT_LABELS, contextLabels);
    }
    json.add("recipe", new Gson().toJsonTree(recipe));
    if (!contextFiles.isEmpty()) {
      json.add(Representation.CONTEXT_FILES, new Gson().toJsonTree(contextFiles));
    }
    Dataset table = data.data();
    JsonObject made = new JsonObject();
    made.addProperty("name", table.name());
    made.addProperty("rows", table.rows());
    made.addProperty("pretrainingRows", data.split().pretrain().length);
    made.addProperty("fingerprint", table.fingerprint());
    table.target().map(Target::name).ifPresent(name -> made.addProperty("target", name));
    json.add("data", made);
    JsonObject versions = new JsonObject();
    versions.addProperty(
        "contexture",
        Optional.ofNullable(Pretraining.class.getPackage().getImplementationVersion())
            .orElse("development"));
    versions.addProperty("djl", Engine.getDjlVersion());
    versions.addProperty("pytorch", Engine.getInstance().getVersion());
    versions.addProperty("java", Runtime.version().toString());
    json.add("versions", versions);
    return json;
  }

  /** What makes a training this one: data, context and all that the recipe says. */
  String fingerprint() {
    String all = data.data().fingerprint() + contextFiles + new Gson().toJson(recipe);
    return Fingerprint.of(all.getBytes(StandardCharsets.UTF_8));
  }
}
