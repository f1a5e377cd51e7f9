package ai.contexture.experiment.study;

import ai.contexture.data.Dataset;
import ai.contexture.experiment.Measures;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * One split of a dataset with the exact functions of one context, found once, which judge all
 * pretrainings on it.
 */
final class ExactSplit implements AutoCloseable {

  /** The names of what {@link #pretrain} measures. */
  static final List<String> MEASURES =
      List.of(
          "cca",
          "knn",
          "jaccard",
          "cca_new",
          "knn_new",
          "ratio_trace",
          "ratio_trace_most",
          "eigenvalue_error",
          "effective_rank",
          "metric",
          "probe",
          "probe_exact",
          "probe_columns",
          "probe_nothing",
          "seconds");

  private final FittedContext fitted;
  private final Device device;
  private final NDArray testInputs;
  private final NDArray testFunctions;
  private final ProbeScore probe;

  private ExactSplit(FittedContext fitted, Device device) {
    this.fitted = fitted;
    this.device = device;
    if (!fitted.context().inductive()) {
      throw new InputException(
          "context " + fitted.context() + " has no exact functions that are known on new rows");
    }
    int d = fitted.prepared().recipe().dimension();
    int[] test = fitted.split().test();
    int usable = Math.min(d, fitted.spectrum().extendable());
    testInputs = fitted.prepared().inputs(test, fitted.manager());
    testFunctions =
        test.length > d && usable == d ? fitted.functions(test, d, fitted.manager()) : null;
    probe = fitted.prepared().data().target().isPresent() ? fitted.probe(usable) : null;
  }

  /**
   * Finds the exact functions.
   *
   * @param recipe whose split, context, preprocessing and dimension are taken
   */
  static ExactSplit of(Dataset data, Recipe recipe, Device device) {
    return Handover.of(
        FittedContext.of(data, recipe, recipe.dimension(), device),
        fitted -> new ExactSplit(fitted, device));
  }

  /**
   * Trains an encoder and measures it.
   *
   * @param other the recipe of this split with another objective, encoder or training
   */
  Measures pretrain(Recipe other) {
    Recipe recipe = fitted.prepared().recipe();
    if (!other.context().equals(recipe.context())
        || other.dimension() != recipe.dimension()
        || other.training().seed() != recipe.training().seed()) {
      throw new IllegalArgumentException("recipe: expected one for this split, got " + other);
    }
    int d = recipe.dimension();
    try (Pretraining job = Pretraining.prepare(fitted.prepared().data(), other, device);
        NDManager scope = fitted.manager().newSubManager()) {
      long start = System.nanoTime();
      job.train();
      double seconds = (System.nanoTime() - start) * 1e-9;
      NDArray raw = job.trainer().outputs(scope);
      RayleighRitz ritz = RayleighRitz.of(raw, fitted.context().operator(), d);
      Alignment seen = Alignment.onPretraining(raw, ritz, fitted.spectrum(), d);
      Measures measures =
          new Measures()
              .put("cca", seen.cca())
              .put("knn", seen.mutualKnn())
              .put("jaccard", seen.jaccardKnn())
              .put("ratio_trace", seen.ratioTrace())
              .put("ratio_trace_most", seen.ratioTraceMax())
              .put("eigenvalue_error", seen.eigenvalueError())
              .put("effective_rank", seen.effectiveRank())
              .put("seconds", seconds);
      if (testFunctions != null) {
        NDArray rows = testInputs.duplicate();
        rows.attach(scope);
        Alignment unseen = Alignment.onNewRows(job.representation().embed(rows), testFunctions);
        measures.put("cca_new", unseen.cca()).put("knn_new", unseen.mutualKnn());
      }
      if (probe != null) {
        ProbeScore learned = job.probe().orElseThrow();
        measures
            .put("metric", learned.metric().toString())
            .put("probe", learned.value())
            .put("probe_exact", probe.value())
            .put("probe_columns", learned.rawFeatures())
            .put("probe_nothing", learned.meanPredictor());
      }
      return measures;
    }
  }

  /** Returns how many arrays it holds. */
  int arrays() {
    return fitted.manager().getManagedArrays().size();
  }

  @Override
  public void close() {
    fitted.close();
  }
}
