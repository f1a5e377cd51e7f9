package ai.contexture.cli;

import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeScore;
import ai.contexture.spectrum.Leading;
import ai.contexture.training.ValidationReport;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;

/** Results as JSON. A number that is not finite or not known is null. */
final class Results {

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  private Results() {}

  /** Returns the text of a result, with a line end. */
  static String text(JsonObject result) {
    return GSON.toJson(result) + "\n";
  }

  static JsonElement number(Double value) {
    return value == null || !Double.isFinite(value) ? JsonNull.INSTANCE : new JsonPrimitive(value);
  }

  static JsonArray numbers(double[] values) {
    JsonArray array = new JsonArray(values.length);
    for (double value : values) {
      array.add(number(value));
    }
    return array;
  }

  static JsonObject alignment(Alignment alignment) {
    JsonObject json = new JsonObject();
    json.add("cca", number(alignment.cca()));
    json.add("mutualKnn", number(alignment.mutualKnn()));
    json.add("jaccardKnn", number(alignment.jaccardKnn()));
    json.add("ratioTrace", number(alignment.ratioTrace()));
    json.add("ratioTraceMax", number(alignment.ratioTraceMax()));
    json.add("eigenvalueError", number(alignment.eigenvalueError()));
    json.add("effectiveRank", number(alignment.effectiveRank()));
    json.add("leastCca", number(alignment.leastCca()));
    Leading leading = alignment.leading();
    json.addProperty("functions", leading == null ? null : leading.existing());
    json.addProperty("eigenspaceFrom", leading == null ? null : leading.above() + 1);
    json.addProperty("eigenspaceTo", leading == null ? null : leading.through());
    json.addProperty("components", leading == null ? null : leading.components());
    return json;
  }

  /** Returns the measures that are known on new rows. */
  static JsonElement onNewRows(Alignment alignment) {
    if (alignment == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.add("cca", number(alignment.cca()));
    json.add("mutualKnn", number(alignment.mutualKnn()));
    json.add("jaccardKnn", number(alignment.jaccardKnn()));
    return json;
  }

  /** Returns the best of a training that may stop early, null for another. */
  static JsonElement validation(ValidationReport report) {
    if (report == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("step", report.bestStep());
    json.add("loss", number(report.bestLoss()));
    return json;
  }

  static JsonArray diagnosis(Diagnosis diagnosis) {
    JsonArray array = new JsonArray();
    for (Diagnosis.Finding finding : diagnosis.findings()) {
      JsonObject json = new JsonObject();
      json.addProperty("signature", finding.signature().toString());
      json.add("value", number(finding.value()));
      json.add("limit", number(finding.limit()));
      json.addProperty("reason", finding.reason());
      array.add(json);
    }
    return array;
  }

  /** Returns why measures could not be taken, by their names; null where all were. */
  static JsonElement notMeasured(Map<String, Measured<?>> measures) {
    JsonObject json = new JsonObject();
    measures.forEach(
        (name, measure) -> {
          if (!measure.known()) {
            json.addProperty(name, measure.why());
          }
        });
    return json.isEmpty() ? JsonNull.INSTANCE : json;
  }

  /**
   * Returns what predicts the target how well; the names of its first parts are those of before.
   */
  static JsonElement probes(ProbeComparison probes) {
    if (probes == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("metric", probes.metric().toString());
    JsonObject intervals = new JsonObject();
    JsonObject balanced = new JsonObject();
    for (Predictor predictor : probes.predictors()) {
      String name =
          switch (predictor) {
            case FEATURES -> "value";
            case COLUMNS -> "rawFeatures";
            case TOGETHER -> "together";
            case TREES -> "trees";
            case NOTHING -> "meanPredictor";
          };
      PairedScores.Score score = probes.score(predictor);
      json.add(name, number(score.value()));
      intervals.add(name, numbers(new double[] {score.low(), score.high()}));
      probes.balanced(predictor).ifPresent(share -> balanced.add(name, number(share.value())));
    }
    json.add("intervals", intervals);
    json.add("balanced", balanced.isEmpty() ? JsonNull.INSTANCE : balanced);
    PairedScores.Score gain = probes.difference(Predictor.FEATURES, Predictor.COLUMNS);
    json.add("valueLessRawFeatures", numbers(new double[] {gain.low(), gain.high()}));
    json.addProperty("fitted", probes.fitted());
    json.addProperty("contextLabels", probes.contextLabels());
    json.addProperty("scored", probes.scored());
    return json;
  }

  static JsonElement probe(ProbeScore score) {
    if (score == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("metric", score.metric().toString());
    json.add("value", number(score.value()));
    json.add("rawFeatures", number(score.rawFeatures()));
    json.add("meanPredictor", number(score.meanPredictor()));
    json.addProperty("fitted", score.fitted());
    json.addProperty("scored", score.scored());
    return json;
  }
}
