package ai.contexture.experiment.study;

import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.encoder.EncoderFactory;
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
import ai.contexture.input.Numbers;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.ProbeScore;
import ai.contexture.measure.Usefulness;
import ai.contexture.measure.WorstCaseError;
import ai.contexture.objective.Kise;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.torch.Handover;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What each further function costs and brings: τ_d beside the error of a linear model [C, figs. 3,
 * 4], and the worst error on compatible tasks beside its bound [C, thm 16].
 */
final class DimensionCurveStudy implements Study {

  static final String NAME = "dimension-curve";

  /** From strong to weak. */
  static final List<String> STRENGTHS = List.of("strong", "moderate", "weak");

  /** Of so many strengths from one extreme to the other the inner ones are taken. */
  private static final int GRADES = 5;

  /** The names of the worst-case errors and their measures. */
  static final Map<String, String> WORST_CASES = worstCases();

  /** Tasks that are drawn of each context. */
  static final int TASKS = 20;

  /** The most functions that drawn tasks are made of. */
  private static final int TASK_FUNCTIONS = 256;

  /** Eigenvalues below this have functions that hardly extend to new rows. */
  private static final double EXTENDS = 1e-3;

  private static final String ENCODER = "mlp(width=128,depth=2)";

  /** A worst case takes as long as so many linear models. */
  private static final double WORST_COST = 20;

  static final double SHARE_SHOWN = 1.2;

  private static Map<String, String> worstCases() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("bound", "bound");
    names.put("exact functions", "worst");
    names.put("network", "worst_network");
    names.put("drawn tasks", "drawn");
    names.put("drawn tasks, new rows", "drawn_new");
    return names;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "How many features to keep";
  }

  @Override
  public String question() {
    return "How many functions of a context should be kept, and how bad can it get with so many?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figures 3 and 4 (τ_d and the error by the number"
        + " of functions d) and theorem 16 (the bound); the published curves have no numbers to"
        + " compare with.";
  }

  @Override
  public String time() {
    return "about 5 minutes on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,kr-vs-kp", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption("kinds", "NAMES", "knn,rbf", "knn", "The kinds of context"),
        new StudyOption("dims", "NUMBERS", "1,2,4,8,16,32,64", "1,8", "The numbers of functions"),
        new StudyOption(
            "compatible",
            "SHARE",
            "0.9",
            "0.9",
            "How compatible the tasks are, as a share of the most compatible one's ρ"),
        new StudyOption(
            "rows", "N", "700", "220", "The most rows of a dataset, a sample of those it has"),
        new StudyOption("steps", "N", "100", "10", "Training steps of the network"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "kind", "strength", "context", "seed", "d");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "tau",
        "advised",
        "tau_d",
        "next",
        "metric",
        "error",
        "columns",
        "nothing",
        "epsilon",
        "bound",
        "worst",
        "worst_network",
        "drawn",
        "drawn_new");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    return new CurveGrid(settings, folder, device);
  }

  private static double share(Settings settings) {
    String text = settings.text("compatible");
    double share = Numbers.parse(text.strip());
    if (!(share > 0 && share <= 1)) {
      throw new InputException(
          Text.format("--compatible: expected more than 0 and at most 1, got '%s'", text));
    }
    return share;
  }

  /** Shares the functions, the network and the tasks of a context between its dimensions. */
  private static final class CurveGrid implements Grid {

    private final Settings settings;
    private final double share;
    private final Device device;
    private final Map<String, Dataset> datasets;
    private final List<Cell> cells = new ArrayList<>();
    private final LastValueCache<Curve> curves = new LastValueCache<>(Curve::close);

    CurveGrid(Settings settings, DatasetFolder folder, Device device) {
      this.settings = settings;
      this.device = device;
      share = share(settings);
      datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
      for (String kind : settings.texts("kinds")) {
        if (!Strength.KINDS.contains(kind)) {
          throw Suggestions.unknown("kind", kind, Strength.KINDS);
        }
      }
      for (long seed : settings.seeds()) {
        for (String name : settings.texts("only")) {
          for (String kind : settings.texts("kinds")) {
            List<Strength> all =
                Strength.of(datasets.get(name), GRADES).stream()
                    .filter(strength -> strength.kind().equals(kind))
                    .toList();
            for (int i = 0; i < STRENGTHS.size(); i++) {
              cells(seed, name, STRENGTHS.get(i), all.get(i + 1));
            }
          }
        }
      }
    }

    private void cells(long seed, String name, String word, Strength strength) {
      for (int d : settings.counts("dims")) {
        cells.add(
            Cell.of(
                seed == settings.seed() ? WORST_COST : 1,
                "dataset",
                name,
                "kind",
                strength.kind(),
                "strength",
                word,
                "context",
                strength.context(),
                "seed",
                seed,
                "d",
                d));
      }
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    public Measures measure(Cell cell) {
      String key = String.join(" ", cell.get("dataset"), cell.get("context"), cell.get("seed"));
      return curves.of(key, () -> curve(cell)).measures(Integer.parseInt(cell.get("d")));
    }

    private Curve curve(Cell cell) {
      long seed = Long.parseLong(cell.get("seed"));
      Recipe recipe = Recipe.DEFAULT.withContext(cell.get("context")).withSeed(seed);
      int most = settings.counts("dims").stream().mapToInt(d -> d).max().orElseThrow();
      int steps = seed == settings.seed() ? settings.count("steps") : 0;
      return Handover.of(
          FittedContext.of(
              datasets.get(cell.get("dataset")), recipe, Usefulness.DEFAULT_D0, device),
          fitted -> new Curve(fitted, share, most, steps));
    }

    @Override
    public void close() {
      curves.close();
    }
  }

  /** What the dimensions of a context share. */
  private static final class Curve implements AutoCloseable {

    private final FittedContext fitted;
    private final Usefulness usefulness;
    private final WorstCaseError bound;

    /** A network's best functions on the pretraining rows [n, r], or null for none. */
    private final NDArray network;

    /** The functions that the tasks are made of on labelled and test rows, [b, e]. */
    private final NDArray labelled;

    private final NDArray test;

    /** ⟨f, μ_i⟩ of the tasks. */
    private final double[][] tasks;

    Curve(FittedContext fitted, double share, int most, int steps) {
      this.fitted = fitted;
      double[] all = fitted.spectrum().eigenvalues(Usefulness.DEFAULT_D0);
      usefulness = Usefulness.of(all);
      bound = WorstCaseError.of(all, 1 - share * Math.sqrt(all[0]));
      network = steps == 0 ? null : network(most, steps);
      int usable = Math.max(most, extending(all));
      usable = Math.min(usable, fitted.spectrum().extendable());
      labelled = fitted.functions(fitted.split().labelled(), usable, fitted.manager());
      test = fitted.functions(fitted.split().test(), usable, fitted.manager());
      RandomGenerator random =
          Seed.of(fitted.prepared().recipe().training().seed()).derive("tasks").generator();
      double[] some = Arrays.copyOf(all, extending(all));
      tasks = new double[TASKS][];
      Arrays.setAll(tasks, i -> task(some, 1 - bound.epsilon(), random));
    }

    private static int extending(double[] eigenvalues) {
      int extending = 1;
      while (extending < Math.min(TASK_FUNCTIONS, eigenvalues.length)
          && eigenvalues[extending] >= EXTENDS) {
        extending++;
      }
      return extending;
    }

    private NDArray network(int most, int steps) {
      FiniteContext context = fitted.context();
      int n = context.points().size();
      TrainingOptions training =
          TrainingOptions.DEFAULT
              .withSteps(steps)
              .withSeed(fitted.prepared().recipe().training().seed());
      try (NDManager scope = fitted.manager().newSubManager();
          Trainer<FiniteContext> trainer =
              new Trainer<>(
                  context,
                  new Kise(),
                  EncoderFactory.parse(ENCODER),
                  Math.min(2 * most, n / 2),
                  training)) {
        trainer.train(steps, TrainingListener.NONE);
        NDArray outputs = trainer.outputs(scope);
        NDArray best = RayleighRitz.of(outputs, context.operator(), most).project(outputs);
        best.attach(fitted.manager());
        return best;
      }
    }

    Measures measures(int d) {
      int known = Math.min(fitted.spectrum().extendable(), bound.curve().length - 1);
      if (d > known) {
        throw new InputException(Text.format("the context has only %d functions", known));
      }
      ProbeScore probe = fitted.probe(d);
      Measures measures =
          new Measures()
              .put("tau", usefulness.tau())
              .put("advised", usefulness.dimension())
              .put("tau_d", usefulness.curve()[d - 1])
              .put("next", fitted.spectrum().eigenvalues()[d])
              .put("metric", probe.metric().errorTitle())
              .put("error", probe.metric().error(probe.value()))
              .put("columns", probe.metric().error(probe.rawFeatures()))
              .put("nothing", probe.metric().error(probe.meanPredictor()))
              .put("epsilon", bound.epsilon())
              .put("bound", bound.at(d))
              .put("drawn", Arrays.stream(tasks).mapToDouble(u -> beyond(u, d)).max().orElseThrow())
              .put(
                  "drawn_new",
                  Arrays.stream(tasks).mapToDouble(u -> onNewRows(u, d)).max().orElseThrow());
      return network == null
          ? measures
          : measures
              .put("worst", worst(fitted.spectrum().functions(), d))
              .put("worst_network", worst(network, d));
    }

    /** The exact worst case of the first d features [n, r]. */
    private double worst(NDArray features, int d) {
      try (NDManager scope = fitted.manager().newSubManager()) {
        NDArray first = features.get(":, 0:" + Math.min(d, features.getShape().get(1)));
        first.attach(scope);
        return WorstCaseError.ofEncoder(first, fitted.context().operator(), bound.epsilon());
      }
    }

    /** The share of a task's variance on test rows that a linear model misses. */
    private double onNewRows(double[] u, int d) {
      try (NDManager scope = fitted.manager().newSubManager()) {
        LinearProbe probe =
            LinearProbe.regression(
                first(labelled, d, scope),
                values(labelled, u, scope),
                first(test, d, scope),
                values(test, u, scope),
                false);
        double ratio = probe.value() / probe.meanPredictor();
        return ratio * ratio;
      }
    }

    private static NDArray first(NDArray functions, int d, NDManager scope) {
      NDArray first = functions.get(":, 0:" + d);
      first.attach(scope);
      return first;
    }

    private static double[] values(NDArray functions, double[] u, NDManager scope) {
      return first(functions, u.length, scope)
          .matMul(scope.create(u, new Shape(u.length, 1)))
          .toDoubleArray();
    }

    @Override
    public void close() {
      fitted.close();
    }
  }

  /** The share of a task's variance beyond the first d functions. */
  static double beyond(double[] u, int d) {
    return Arrays.stream(u, Math.min(d, u.length), u.length).map(v -> v * v).sum();
  }

  /**
   * Draws a task of variance 1 with ρ² = c², or a more compatible one: the first function and a
   * random one that is orthogonal to it, in the shares that give it.
   *
   * @param eigenvalues s_1² ≥ s_2² ≥ …
   * @param c the least ρ, at most s_1
   * @return ⟨f, μ_i⟩ of each function
   */
  static double[] task(double[] eigenvalues, double c, RandomGenerator random) {
    double[] u = new double[eigenvalues.length];
    double squares = 0;
    for (int i = 1; i < u.length; i++) {
      u[i] = random.nextGaussian();
      squares += u[i] * u[i];
    }
    double compatible = 0;
    for (int i = 1; i < u.length; i++) {
      u[i] /= Math.sqrt(squares);
      compatible += u[i] * u[i] * eigenvalues[i];
    }
    double gap = eigenvalues[0] - compatible;
    double most = gap > 0 ? Math.min(1, (eigenvalues[0] - c * c) / gap) : 1;
    double other = u.length == 1 ? 0 : Math.max(0, most);
    for (int i = 1; i < u.length; i++) {
      u[i] *= Math.sqrt(other);
    }
    u[0] = Math.sqrt(1 - other);
    return u;
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return DimensionCurveReport.of(settings, rows);
  }
}
