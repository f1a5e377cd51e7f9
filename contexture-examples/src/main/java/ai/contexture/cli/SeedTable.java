package ai.contexture.cli;

import ai.contexture.experiment.study.Spread;
import ai.contexture.input.Text;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scores of runs that differ by their seed: their means and standard deviations. */
final class SeedTable {

  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("value", "the learned features");
    NAMES.put("rawFeatures", "your columns");
    NAMES.put("together", "columns and features together");
    NAMES.put("trees", "boosted trees on your columns");
    NAMES.put("meanPredictor", "nothing");
  }

  private final List<JsonObject> runs = new ArrayList<>();
  private final List<Long> seeds = new ArrayList<>();

  /** Adds the result of a run, as it is written in JSON, and returns a line that says it. */
  String add(long seed, JsonObject result) {
    runs.add(result);
    seeds.add(seed);
    return Text.format(
        "seed %d: %s",
        seed,
        result.get("probe") instanceof JsonObject probe
            ? Text.format("%s %.3f", probe.get("metric").getAsString(), score(probe, "value"))
            : "not scored");
  }

  private static double score(JsonObject probe, String predictor) {
    return probe.get(predictor).getAsDouble();
  }

  /** The scores of a predictor in the runs that have one. */
  private double[] scores(String predictor) {
    return runs.stream()
        .filter(run -> run.get("probe") instanceof JsonObject probe && probe.has(predictor))
        .mapToDouble(run -> score(run.getAsJsonObject("probe"), predictor))
        .toArray();
  }

  /**
   * Returns the table.
   *
   * @param target what is predicted
   */
  List<String> lines(String target) {
    List<String> lines = new ArrayList<>();
    double[] learned = scores("value");
    if (learned.length == 0) {
      return lines;
    }
    lines.add(
        Text.format(
            "How well '%s' is predicted, over %d seeds (%s)", target, learned.length, metric()));
    lines.add(Text.format("  %-34s %8s %11s", "from", "mean", "deviation"));
    NAMES.forEach(
        (predictor, name) -> {
          Spread spread = Spread.of(scores(predictor));
          if (spread.n() > 1) {
            lines.add(Text.format("  %-34s %8.4f %11.4f", name, spread.mean(), spread.deviation()));
          }
        });
    return lines;
  }

  private String metric() {
    return runs.stream()
        .filter(run -> run.get("probe") instanceof JsonObject)
        .map(run -> run.getAsJsonObject("probe").get("metric").getAsString())
        .findFirst()
        .orElseThrow();
  }

  /** Returns all results, and the means and deviations of their scores. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    JsonArray numbers = new JsonArray();
    seeds.forEach(numbers::add);
    json.add("seeds", numbers);
    JsonObject means = new JsonObject();
    JsonObject deviations = new JsonObject();
    for (String predictor : NAMES.keySet()) {
      Spread spread = Spread.of(scores(predictor));
      if (spread.n() > 1) {
        means.addProperty(predictor, spread.mean());
        deviations.addProperty(predictor, spread.deviation());
      }
    }
    json.add("mean", means);
    json.add("deviation", deviations);
    JsonArray all = new JsonArray();
    runs.forEach(all::add);
    json.add("runs", all);
    return json;
  }
}
