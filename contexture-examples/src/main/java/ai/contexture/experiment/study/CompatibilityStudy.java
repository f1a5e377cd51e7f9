package ai.contexture.experiment.study;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Row;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Shared;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.CompatibilityEstimate;
import ai.contexture.measure.Correlation;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.ProbeScore;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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

  private static final String SETTING = "setting";
  private static final String ESTIMATE = "estimate";

  private static final String MASK = "mask ratio";
  private static final String NOISE = "label noise";

  /** The share of columns that a mask leaves out. */
  private static final List<Double> RATIOS = List.of(0.1, 0.3, 0.5, 0.7, 0.8, 0.9);

  /** The share of labels that are drawn anew. */
  private static final List<Double> NOISES = List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0);

  /** The functions that a linear model gets. */
  private static final int DIMENSION = 16;

  /** The functions that an estimate gets. */
  private static final int FUNCTIONS = 64;

  private static final List<String> ESTIMATED = List.of("knn(k=30)", "rbf");

  private static final String FUNCTIONS_AND_KERNEL = "functions and kernel";
  private static final String KERNEL = "kernel alone";

  /** How sure intervals are. */
  private static final double LEVEL = CompatibilityEstimate.DEFAULT_LEVEL;

  /** Numbers of labels above this are drawn less often, since they take longer. */
  private static final int CHEAP = 50;

  private static final int FEWEST_DRAWS = 3;

  /** An interval is drawn anew so often if all of its labels are the same. */
  private static final int TRIES = 100;

  private static final double ROUNDING = 1e-9;

  @Override
  public String name() {
    return "compatibility";
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
    return new Cells(datasets, cells, settings.count("draws"), device);
  }

  private static Cell setting(String dataset, String kind, double value, long seed) {
    return Cell.of(
        2, "part", SETTING, "dataset", dataset, "kind", kind, "setting", value, "labels", "",
        "seed", seed);
  }

  /** Cells of which neighbours share the context whose compatibility is estimated. */
  private static final class Cells implements Grid {

    private final Map<String, Dataset> datasets;
    private final List<Cell> cells;
    private final int draws;
    private final Device device;
    private final Shared<Known> contexts = new Shared<>(Known::close);

    Cells(Map<String, Dataset> datasets, List<Cell> cells, int draws, Device device) {
      this.datasets = datasets;
      this.cells = cells;
      this.draws = draws;
      this.device = device;
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

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
    int[] rows = Evaluation.split(data.rows(), recipe).pretrain();
    Preprocessing preprocessing = Evaluation.preprocessing(data.select(rows), factory, recipe);
    try (NDManager manager = NDManager.newBaseManager(device)) {
      FiniteContext context =
          (FiniteContext)
              factory.fit(Evaluation.contextData(preprocessing, shown, rows, recipe, manager));
      Target target = data.target().orElseThrow().select(rows);
      Spectrum spectrum = Spectra.of(context, Math.min(DIMENSION, rows.length - 1), manager);
      if (spectrum.extendable() == 0) {
        throw new InputException("the context has no function");
      }
      ProbeScore score =
          Evaluation.probe(spectrum, spectrum.extendable(), preprocessing, data, recipe);
      boolean rmse = score.metric().equals(LinearProbe.RMSE);
      return new Measures()
          .put("rho", Compatibility.exact(context, target).rho())
          .put("metric", rmse ? "RMSE" : "share wrong")
          .put("error", Measures.error(score.metric(), score.value()))
          .put("columns", Measures.error(score.metric(), score.rawFeatures()))
          .put("nothing", Measures.error(score.metric(), score.meanPredictor()));
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
      Preprocessing preprocessing = Evaluation.preprocessing(data, factory, Recipe.DEFAULT);
      FiniteContext context =
          (FiniteContext)
              factory.fit(
                  Evaluation.contextData(preprocessing, data, rows, Recipe.DEFAULT, manager));
      Spectrum spectrum = Spectra.of(context, Math.min(FUNCTIONS, rows.length - 1), manager);
      kernel = context.kernel(context.points(), context.points());
      functions = spectrum.functions();
      eigenvalues = spectrum.eigenvalues(spectrum.dimension());
      targets = targets(data.target().orElseThrow());
      truth = Compatibility.exact(context.operator(), targets).squared();
    }

    static Known of(Dataset data, ContextFactory factory, Device device) {
      NDManager manager = NDManager.newBaseManager(device);
      boolean made = false;
      try {
        Known known = new Known(data, factory, manager);
        made = true;
        return known;
      } finally {
        if (!made) {
          manager.close();
        }
      }
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
  public StudyReport report(Settings settings, List<Row> rows) {
    List<Row> finished = rows.stream().filter(Row::finished).toList();
    List<Row> ofSettings = part(finished, SETTING);
    List<Row> estimates = part(finished, ESTIMATE);
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    if (!ofSettings.isEmpty()) {
      List<Told> told = told(ofSettings);
      parts.add(
          new StudyReport.Drawing(
              name(),
              "Error against ρ, a point for each mask ratio or level of noise: means over the"
                  + " splits",
              settingsFigure(ofSettings)));
      parts.add(toldTable(told));
      meaning.addAll(toldMeaning(told));
    }
    if (!estimates.isEmpty()) {
      parts.add(
          new StudyReport.Drawing(
              name() + "-estimate",
              "How often an interval for ρ² holds the truth, and how wide it is, by the number of"
                  + " labels: means over datasets and contexts",
              estimatesFigure(estimates)));
      parts.add(estimatesTable(estimates));
      meaning.add(estimatesMeaning(estimates));
    }
    return new StudyReport(how(settings), parts, meaning);
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "ρ is between 0 and 1: 1 if a target can be told from the context alone, 0 if the"
                + " context says nothing of it. Of each dataset %s rows at most were taken, and"
                + " split %s times into rows for the context (70 %%), labelled (15 %%) and test"
                + " rows (15 %%). Nothing was trained: a linear model gets the first %d exact"
                + " functions.",
            settings.text("rows"), settings.text("seeds"), DIMENSION),
        "Mask ratio: rows are near (30 neighbours) by the columns that random masks leave, which"
            + " hide 1 to 9 tenths of them. Label noise: a row goes with the labels of its 30"
            + " neighbours, of which a share was drawn anew from all rows; ρ and the error are"
            + " those of the true target.",
        Text.format(
            "Estimates: from %s rows drawn independently with their labels, ρ² is estimated with an"
                + " interval for probability %s, by the kernel of the context alone or by its first"
                + " %d functions too, and compared with ρ² on all rows. Up to 50 labels were drawn"
                + " %s times, more of them less often, in inverse proportion.",
            settings.text("labels").replace(",", ", "),
            Text.format("%.2f", LEVEL),
            FUNCTIONS,
            settings.text("draws")));
  }

  private static List<Row> part(List<Row> rows, String part) {
    return rows.stream().filter(row -> row.text("part").equals(part)).toList();
  }

  private static List<Row> with(List<Row> rows, String name, String value) {
    return rows.stream().filter(row -> row.text(name).equals(value)).toList();
  }

  private static double mean(List<Row> rows, String measure) {
    return rows.stream().mapToDouble(row -> row.number(measure)).average().orElse(Double.NaN);
  }

  /**
   * How ρ and the error go together on a dataset.
   *
   * @param rho the mean ρ of each setting, from the first to the last
   * @param error the mean error of each
   * @param correlation Pearson's, NaN where one of them does not change
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Told(
      String dataset,
      String metric,
      String kind,
      List<String> settings,
      double[] rho,
      double[] error,
      double correlation) {

    int best() {
      return least(error, 1);
    }

    int mostRho() {
      return least(rho, -1);
    }

    private static int least(double[] values, int sign) {
      return IntStream.range(0, values.length)
          .boxed()
          .min(Comparator.comparingDouble(i -> sign * values[i]))
          .orElseThrow();
    }
  }

  private static List<Told> told(List<Row> rows) {
    List<Told> told = new ArrayList<>();
    for (String kind : List.of(MASK, NOISE)) {
      for (String dataset : Row.distinct(rows, "dataset")) {
        List<Row> own = with(with(rows, "dataset", dataset), "kind", kind);
        List<String> settings = new ArrayList<>(Row.distinct(own, "setting"));
        settings.sort(Comparator.comparingDouble(Double::parseDouble));
        double[] rho =
            settings.stream().mapToDouble(s -> mean(with(own, "setting", s), "rho")).toArray();
        double[] error =
            settings.stream().mapToDouble(s -> mean(with(own, "setting", s), "error")).toArray();
        if (settings.size() < 2) {
          continue;
        }
        boolean varies =
            Arrays.stream(rho).distinct().count() > 1
                && Arrays.stream(error).distinct().count() > 1;
        told.add(
            new Told(
                dataset,
                own.get(0).text("metric"),
                kind,
                settings,
                rho,
                error,
                varies ? Correlation.pearson(rho, error) : Double.NaN));
      }
    }
    return told;
  }

  private static StudyReport.Table toldTable(List<Told> told) {
    List<List<String>> table = new ArrayList<>();
    for (Told one : told) {
      int last = one.rho.length - 1;
      table.add(
          List.of(
              one.kind,
              one.dataset + " (" + one.metric + ")",
              Text.format("%.3f to %.3f", one.rho[0], one.rho[last]),
              Text.format("%.4g to %.4g", one.error[0], one.error[last]),
              Double.isNaN(one.correlation) ? "–" : Text.format("%+.2f", one.correlation),
              one.settings.get(one.best()),
              one.settings.get(one.mostRho())));
    }
    return new StudyReport.Table(
        "From the first setting to the last, and Pearson's correlation of ρ with the error over"
            + " them: −1 if a larger ρ always goes with a smaller error",
        List.of(
            "what changes",
            "dataset (error)",
            "ρ",
            "error",
            "correlation",
            "setting of the least error",
            "setting of the largest ρ"),
        table);
  }

  private static List<String> toldMeaning(List<Told> told) {
    List<String> meaning = new ArrayList<>();
    for (String kind : List.of(MASK, NOISE)) {
      List<Told> own =
          told.stream().filter(t -> t.kind.equals(kind) && !Double.isNaN(t.correlation)).toList();
      if (own.isEmpty()) {
        continue;
      }
      long negative = own.stream().filter(t -> t.correlation < 0).count();
      double[] sorted = own.stream().mapToDouble(t -> t.correlation).sorted().toArray();
      long same = own.stream().filter(t -> t.best() == t.mostRho()).count();
      meaning.add(
          Text.format(
              "By %s, a larger ρ goes with a smaller error on %d of %d datasets; the median"
                  + " correlation is %+.2f. The setting of the largest ρ is that of the least error"
                  + " on %d.",
              kind,
              negative,
              own.size(),
              (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
              same));
    }
    meaning.add(
        "ρ compares tasks on one context, or contexts that are about as strong. A context in which"
            + " every row stands for itself has ρ = 1 with every task, and is worth nothing: weigh"
            + " ρ with the strength of the context.");
    return meaning;
  }

  private static Figure settingsFigure(List<Row> rows) {
    List<Panel> panels = new ArrayList<>();
    List<Told> told = told(rows);
    for (String dataset : Row.distinct(rows, "dataset")) {
      List<Row> own = with(rows, "dataset", dataset);
      List<Series> series =
          told.stream()
              .filter(t -> t.dataset.equals(dataset))
              .map(t -> Series.markedLine(t.kind, t.rho, t.error))
              .toList();
      if (series.isEmpty()) {
        series = List.of(Series.points(dataset, column(own, "rho"), column(own, "error")));
      }
      panels.add(
          new Panel(
              dataset,
              Axis.linear("ρ"),
              Axis.linear(own.get(0).text("metric") + " on test rows"),
              series,
              List.of(
                  Note.horizontal(mean(own, "columns"), "columns themselves"),
                  Note.horizontal(mean(own, "nothing"), "nothing"))));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }

  private static double[] column(List<Row> rows, String name) {
    return rows.stream().mapToDouble(row -> row.number(name)).toArray();
  }

  /** Numbers of labels that were drawn, from few to many. */
  private static List<String> labels(List<Row> rows) {
    return Row.distinct(rows, "labels").stream()
        .sorted(Comparator.comparingInt(Integer::parseInt))
        .toList();
  }

  private static Figure estimatesFigure(List<Row> rows) {
    List<Series> held = new ArrayList<>();
    List<Series> widths = new ArrayList<>();
    for (String way : Row.distinct(rows, "setting")) {
      List<Row> own = with(rows, "setting", way);
      List<String> labels = labels(own);
      double[] x = labels.stream().mapToDouble(Double::parseDouble).toArray();
      held.add(Series.markedLine(way, x, means(own, labels, "held")));
      widths.add(Series.markedLine(way, x, means(own, labels, "width")));
    }
    Axis x = Axis.logarithmic("labels");
    return new Figure(
        List.of(
            new Panel(
                "intervals that hold the truth",
                x,
                Axis.linear("share"),
                held,
                List.of(Note.horizontal(LEVEL, "asked for"))),
            new Panel("width", x, Axis.linear("width for ρ²"), widths, List.of())),
        2);
  }

  private static double[] means(List<Row> rows, List<String> labels, String measure) {
    return labels.stream().mapToDouble(n -> mean(with(rows, "labels", n), measure)).toArray();
  }

  private static StudyReport.Table estimatesTable(List<Row> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String n : labels(rows)) {
      for (String way : Row.distinct(rows, "setting")) {
        List<Row> own = with(with(rows, "labels", n), "setting", way);
        if (own.isEmpty()) {
          continue;
        }
        table.add(
            List.of(
                n,
                way,
                Text.format("%.2f", mean(own, "held")),
                Text.format(
                    "%.2f", own.stream().mapToDouble(r -> r.number("held")).min().orElse(0)),
                Text.format("%.3f", mean(own, "width")),
                Text.format("%.3f", mean(own, "off")),
                Text.format("%.0f", mean(own, "draws")),
                Integer.toString(own.size())));
      }
    }
    return new StudyReport.Table(
        Text.format("Intervals for ρ² that should hold the truth with probability %.2f", LEVEL),
        List.of(
            "labels",
            "by",
            "held, mean",
            "held, lowest",
            "width",
            "estimate is off by",
            "draws each",
            "datasets × contexts"),
        table);
  }

  private static String estimatesMeaning(List<Row> rows) {
    List<Row> functions = with(rows, "setting", FUNCTIONS_AND_KERNEL);
    List<Row> used = functions.isEmpty() ? rows : functions;
    List<String> labels = labels(used);
    List<Row> few = with(used, "labels", labels.get(0));
    List<Row> many = with(used, "labels", labels.get(labels.size() - 1));
    return Text.format(
        "With functions and kernel, intervals from %s labels held the truth in %.2f of the draws"
            + " and were %.2f wide; from %s labels, in %.2f and %.3f wide. %.2f was asked for.",
        labels.get(0),
        mean(few, "held"),
        mean(few, "width"),
        labels.get(labels.size() - 1),
        mean(many, "held"),
        mean(many, "width"),
        LEVEL);
  }
}
