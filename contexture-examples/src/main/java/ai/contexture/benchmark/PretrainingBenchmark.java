package ai.contexture.benchmark;

import ai.contexture.data.Dataset;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The whole job on a dataset in memory: preprocessing, context, training, and how close the
 * features came to the best ones and to the target.
 */
public final class PretrainingBenchmark implements Benchmark {

  private final Dataset data;
  private final Recipe recipe;
  private final Device device;

  /** Takes a dataset and what to learn from it. */
  public PretrainingBenchmark(Dataset data, Recipe recipe, Device device) {
    this.data = data;
    this.recipe = recipe;
    this.device = device;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("data", data.name());
    parameters.put("n", data.rows());
    parameters.put("features", data.features().columns().size());
    parameters.put("context", recipe.context());
    parameters.put("objective", recipe.objective());
    parameters.put("encoder", recipe.encoder());
    parameters.put("dim", recipe.dimension());
    parameters.put("steps", recipe.training().steps());
    return parameters;
  }

  @Override
  public double run() {
    long start = System.nanoTime();
    try (Pretraining job = Pretraining.prepare(data, recipe, device)) {
      job.train();
      job.representation();
      if (job.isExact()) {
        job.alignment();
      }
      job.probe();
    }
    return Timing.secondsSince(start);
  }

  @Override
  public double amount() {
    return recipe.training().steps();
  }

  @Override
  public String unit() {
    return "steps";
  }
}
