package ai.contexture.experiment.study;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.LastValueCache;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What the compatibility ρ of a task with a context [C, def. 13] is worth: whether it tells the
 * error of the task, and whether it can be told from few labels.
 *
 * <p>Two kinds of cells. A setting is a context at a mask ratio or a share of wrong labels, whose
 * exact ρ stands beside the error of a linear model on its exact functions. An estimate is a number
 * of labels drawn many times, each time with an interval for ρ² whose truth is known.
 */
final class CompatibilityStudy implements Study {

  static final String NAME = "compatibility";

  static final String SETTING = "setting";

  static final String ESTIMATE = "estimate";

  static final String MASK = "mask ratio";

  static final String NOISE = "label noise";

  /** The share of columns that a mask leaves out. */
  private static final List<Double> RATIOS = List.of(0.1, 0.3, 0.5, 0.7, 0.8, 0.9);

  /** The share of labels that are drawn anew. */
  private static final List<Double> NOISES = List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);

  /** The functions that a linear model gets. */
  static final int DIMENSION = 16;

  /** The functions that an estimate gets. */
  static final int FUNCTIONS = 64;

  private static final List<String> ESTIMATED = List.of("knn(k=30)", "rbf");

  static final String FUNCTIONS_AND_KERNEL = "functions and kernel";

  private static final String KERNEL = "kernel alone";

  /** How sure intervals are. */
  static final double LEVEL = CompatibilityEstimate.DEFAULT_LEVEL;

  /** Numbers of labels above this are drawn less often, since they take longer. */
  private static final int CHEAP = 50;

  private static final int FEWEST_DRAWS = 3;

  /** An interval is drawn anew so often if all of its labels are the same. */
  private static final int TRIES = 100;

  private static final double ROUNDING = 1e-9;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Compatibility and the error of a task";
  }

  @Override
  public String question() {
    return "Does the compatibility of a task with a context tell how well the task will be solved,"
        + " and how many labels does it take to know it?";
  }

  @Override
  public String source() {
    return "Proposed for Zhai et al., Contextures (ICML 2025, definition 13): contexts at several"
        + " mask ratios and levels of label noise against the error, and ρ from few labels.";
  }

  @Override
  public String time() {
    return "about 5 minutes on 1 core";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,diabetes,yeast,Wine,kr-vs-kp", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "rows", "N", "700", "220", "The most rows of a dataset, a sample of those it has"),
        new StudyOption(
            "labels", "NUMBERS", "20,50,100,200,500", "20,40", "From how many labels to estimate"),
        new StudyOption(
            "draws",
            "N",
            "20",
            "5",
            "How often up to 50 labels are drawn, more of them less often"));
  }

  @Override
  public List<String> parameters() {
    return List.of("part", "dataset", "kind", "setting", "labels", "seed");
  }

  @Override
  public List<String> measures() {
    return List.of("rho", "metric", "error", "columns", "nothing", "held", "width", "off", "draws");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    List<String> names = settings.texts("only");
    Map<String, Dataset> datasets = folder.labelled(names, settings.count("rows"));
    List<Cell> cells = new ArrayList<>();
    for (String name : names) {
      for (long seed : settings.seeds()) {
        RATIOS.forEach(ratio -> cells.add(setting(name, MASK, ratio, seed)));
        NOISES.forEach(noise -> cells.add(setting(name, NOISE, noise, seed)));
      }
      for (String context : ESTIMATED) {
        for (int labels : settings.counts("labels")) {
          for (String way : List.of(FUNCTIONS_AND_KERNEL, KERNEL)) {
            cells.add(
                Cell.of(
                    1 + labels / 20.0,
                    "part",
                    ESTIMATE,
                    "dataset",
                    name,
                    "kind",
                    context,
                    "setting",
                    way,
                    "labels",
                    labels,
                    "seed",
                    settings.seed()));
          }
        }
      }
    }
    return new Cells(
        datasets, cells, settings.count("draws"), device, new LastValueCache<>(Known::close));
  }

  private static Cell setting(String dataset, String kind, double value, long seed) {
    return Cell.of(
        2, "part", SETTING, "dataset", dataset, "kind", kind, "setting", value, "labels", "",
        "seed", seed);
  }

  /** Cells of which neighbours share the context whose compatibility is estimated. */
  private record Cells(
      Map<String, Dataset> datasets,
      List<Cell> cells,
      int draws,
      Device device,
      LastValueCache<Known> contexts)
      implements Grid {

    @Override
    public Measures measure(Cell cell) {
      Dataset data = datasets.get(cell.get("dataset"));
      long seed = Long.parseLong(cell.get("seed"));
      if (cell.get("part").equals(SETTING)) {
        double value = Double.parseDouble(cell.get("setting"));
        return ofSetting(data, cell.get("kind"), value, seed, device);
      }
      String wanted = cell.get("dataset") + " " + cell.get("kind");
      Known known =
          contexts.of(wanted, () -> Known.of(data, Contexts.parse(cell.get("kind")), device));
      int labels = Integer.parseInt(cell.get("labels"));
      boolean functions = cell.get("setting").equals(FUNCTIONS_AND_KERNEL);
      int times = Math.max(FEWEST_DRAWS, draws * CHEAP / Math.max(CHEAP, labels));
      Seed from = Seed.of(seed).derive(wanted).derive(labels);
      return known.estimates(labels, functions, Math.min(times, draws), from.generator());
    }

    @Override
    public void close() {
      contexts.close();
    }
  }

  /** The exact ρ of a context, and the error of a linear model on its exact functions. */
  static Measures ofSetting(Dataset data, String kind, double value, long seed, Device device) {
    Recipe recipe = Recipe.DEFAULT.withSeed(seed);
    ContextFactory factory =
        Contexts.parse(
            kind.equals(MASK)
                ? Text.format("masked-knn(k=30, drop=%s, masks=20)", value)
                : "conv(knn(k=30), label)");
    Dataset shown =
        kind.equals(NOISE) ? noisy(data, value, Seed.of(seed).derive("noise").generator()) : data;
    PreparedData prepared = PreparedData.of(data, recipe, factory);
    int[] rows = prepared.rows();
    try (NDManager manager = NDManager.newBaseManager(device)) {
      FiniteContext context =
          (FiniteContext) factory.fit(prepared.withData(shown).contextData(manager));
      Target target = data.target().orElseThrow().select(rows);
      Spectrum spectrum = Spectra.of(context, Math.min(DIMENSION, rows.length - 1), manager);
      if (spectrum.extendable() == 0) {
        throw new InputException("the context has no function");
      }
      ProbeScore score = Evaluation.probe(spectrum, spectrum.extendable(), prepared);
      return new Measures()
          .put("rho", Compatibility.exact(context, target).rho())
          .put("metric", score.metric().errorTitle())
          .put("error", score.metric().error(score.value()))
          .put("columns", score.metric().error(score.rawFeatures()))
          .put("nothing", score.metric().error(score.meanPredictor()));
    }
  }

  /** A dataset in which a share of the targets are replaced, each by that of any row. */
  static Dataset noisy(Dataset data, double share, RandomGenerator random) {
    int[] from =
        IntStream.range(0, data.rows())
            .map(
                row -> {
                  boolean replaced = random.nextDouble() < share;
                  int other = random.nextInt(data.rows());
                  return replaced ? other : row;
                })
            .toArray();
    return new Dataset(data.name(), data.features(), data.target().map(t -> t.select(from)));
  }

  /** A context whose compatibility with a target is known, so that estimates can be judged. */
  static final class Known implements AutoCloseable {

    private final NDManager manager;
    private final NDArray kernel;
    private final NDArray functions;
    private final double[] eigenvalues;
    private final Matrix targets;
    private final double truth;

    private Known(Dataset data, ContextFactory factory, NDManager manager) {
      this.manager = manager;
      int[] rows = IntStream.range(0, data.rows()).toArray();
      PreparedData prepared = PreparedData.of(data, rows, Recipe.DEFAULT, factory);
      FiniteContext context = (FiniteContext) factory.fit(prepared.contextData(manager));
      Spectrum spectrum = Spectra.of(context, Math.min(FUNCTIONS, rows.length - 1), manager);
      kernel = context.kernel(context.points(), context.points());
      functions = spectrum.functions();
      eigenvalues = spectrum.eigenvalues(spectrum.dimension());
      targets = targets(data.target().orElseThrow());
      truth = Compatibility.exact(context.operator(), targets).squared();
    }

    static Known of(Dataset data, ContextFactory factory, Device device) {
      return Handover.of(
          NDManager.newBaseManager(device), manager -> new Known(data, factory, manager));
    }

    private static Matrix targets(Target target) {
      if (target instanceof Target.Values values) {
        return Matrix.of(values.rows(), 1, values.values());
      }
      Target.Classes classes = (Target.Classes) target;
      int c = classes.classes().size();
      double[] oneHot = new double[classes.rows() * c];
      for (int row = 0; row < classes.rows(); row++) {
        oneHot[row * c + classes.code(row)] = 1;
      }
      return Matrix.of(classes.rows(), c, oneHot);
    }

    /** Returns ρ². */
    double truth() {
      return truth;
    }

    /**
     * Returns how intervals from independent draws of labels do.
     *
     * @param functions whether they get the context's functions beside its kernel
     */
    Measures estimates(int labels, boolean functions, int draws, RandomGenerator random) {
      int held = 0;
      double width = 0;
      double squares = 0;
      for (int i = 0; i < draws; i++) {
        CompatibilityEstimate estimate = estimate(drawn(labels, random), functions);
        boolean holds = estimate.low() - ROUNDING <= truth && truth <= estimate.high() + ROUNDING;
        held += holds ? 1 : 0;
        width += (estimate.high() - estimate.low()) / draws;
        squares += Math.pow(estimate.squared() - truth, 2) / draws;
      }
      return new Measures()
          .put("rho", Math.sqrt(truth))
          .put("held", held / (double) draws)
          .put("width", width)
          .put("off", Math.sqrt(squares))
          .put("draws", draws);
    }

    /** Rows of which at least two have different targets. */
    private int[] drawn(int labels, RandomGenerator random) {
      for (int i = 0; i < TRIES; i++) {
        int[] drawn = random.ints(labels, 0, targets.rows()).toArray();
        double[] first = targets.row(drawn[0]);
        if (Arrays.stream(drawn).anyMatch(row -> !Arrays.equals(targets.row(row), first))) {
          return drawn;
        }
      }
      throw new InputException(labels + " labels are nearly always the same");
    }

    private CompatibilityEstimate estimate(int[] drawn, boolean withFunctions) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray index = scope.create(Arrays.stream(drawn).asLongStream().toArray());
        NDArray half = kernel.get(index);
        half.attach(scope);
        NDArray own = half.transpose().get(index);
        Matrix some = targets.select(drawn);
        var sampling = CompatibilityEstimate.Sampling.INDEPENDENT;
        if (!withFunctions) {
          return CompatibilityEstimate.of(own, some, sampling, LEVEL);
        }
        NDArray mu = functions.get(index);
        mu.attach(scope);
        return CompatibilityEstimate.of(own, mu, eigenvalues, some, sampling, LEVEL);
      }
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return CompatibilityReport.of(settings, rows);
  }
}
