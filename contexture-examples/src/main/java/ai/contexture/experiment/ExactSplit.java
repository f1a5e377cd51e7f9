package ai.contexture.experiment;

import ai.contexture.context.Context;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.training.Evaluation;
import ai.contexture.training.Pretraining;
import ai.contexture.training.Recipe;
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

  private final Dataset data;
  private final Recipe recipe;
  private final Device device;
  private final NDManager manager;
  private final FiniteContext context;
  private final Spectrum spectrum;
  private final NDArray testInputs;
  private final NDArray testFunctions;
  private final ProbeScore probe;

  private ExactSplit(Dataset data, Recipe recipe, Device device, NDManager manager) {
    this.data = data;
    this.recipe = recipe;
    this.device = device;
    this.manager = manager;
    int d = recipe.dimension();
    Split split = Evaluation.split(data.rows(), recipe);
    ContextFactory factory = Contexts.parse(recipe.context());
    Preprocessing preprocessing =
        Evaluation.preprocessing(data.select(split.pretrain()), factory, recipe);
    Context fitted =
        factory.fit(Evaluation.contextData(preprocessing, data, split.pretrain(), recipe, manager));
    if (!(fitted instanceof FiniteContext finite) || !fitted.inductive()) {
      throw new InputException(
          "context " + fitted + " has no exact functions that are known on new rows");
    }
    context = finite;
    spectrum = Spectra.of(finite, d, manager);
    boolean known = split.test().length > d && spectrum.extendable() >= d;
    testInputs = Evaluation.inputs(preprocessing, data.select(split.test()), manager);
    testFunctions = known ? spectrum.extend(Points.of(testInputs), d) : null;
    probe =
        data.target().isPresent()
            ? Evaluation.probe(
                spectrum, Math.min(d, spectrum.extendable()), preprocessing, data, recipe)
            : null;
  }

  /**
   * Finds the exact functions.
   *
   * @param recipe whose split, context, preprocessing and dimension are taken
   */
  static ExactSplit of(Dataset data, Recipe recipe, Device device) {
    NDManager manager = NDManager.newBaseManager(device);
    boolean made = false;
    try {
      ExactSplit split = new ExactSplit(data, recipe, device, manager);
      made = true;
      return split;
    } finally {
      if (!made) {
        manager.close();
      }
    }
  }

  /**
   * Trains an encoder and measures it.
   *
   * @param other the recipe of this split with another objective, encoder or training
   */
  Measures pretrain(Recipe other) {
    if (!other.context().equals(recipe.context())
        || other.dimension() != recipe.dimension()
        || other.training().seed() != recipe.training().seed()) {
      throw new IllegalArgumentException("recipe: expected one for this split, got " + other);
    }
    int d = recipe.dimension();
    try (Pretraining job = Pretraining.prepare(data, other, device);
        NDManager scope = manager.newSubManager()) {
      long start = System.nanoTime();
      job.train();
      double seconds = (System.nanoTime() - start) * 1e-9;
      NDArray raw = job.trainer().outputs(scope);
      RayleighRitz ritz = RayleighRitz.of(raw, context.operator(), d);
      Alignment seen = Alignment.onPretraining(raw, ritz, spectrum, d);
      Measures measures =
          new Measures()
              .put("cca", seen.cca())
              .put("knn", seen.mutualKnn())
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
            .put("metric", learned.metric())
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
    return manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    manager.close();
  }
}
