package ai.contexture.experiment.study;

import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
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
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether learning from labels finds the functions of the label context, by kernel PCA of its dual
 * kernel [C, thms 6, 7; D, eq. 2.3].
 */
final class SupervisedBalancedStudy implements Study {

  /**
   * A way to learn from labels.
   *
   * @param orthonormality empty for the way of the objective itself
   */
  private record Method(String name, String objective, String orthonormality) {}

  private static final List<Method> METHODS =
      List.of(
          new Method("balanced, VICReg", "balanced", "vicreg"),
          new Method("balanced, exact", "balanced", "whitening"),
          new Method("pulled together, VICReg", "kise", "vicreg"),
          new Method("pulled together, exact", "kise", "whitening"),
          new Method("contrastive", "supervised-contrastive", ""),
          new Method("plain, VICReg", "supervised", "vicreg"),
          new Method("plain, exact", "supervised", "whitening"));

  /** Kernel PCA and the operator agree to this. */
  private static final double SAME = 1e-6;

  @Override
  public String name() {
    return "supervised-balanced";
  }

  @Override
  public String title() {
    return "Learning from labels, balanced or not";
  }

  @Override
  public String question() {
    return "Do networks that learn from labels find the functions that theory says, and does the"
        + " way to keep features apart matter?";
  }

  @Override
  public String source() {
    return "Zhai, Contextures (dissertation, 2025), equation 2.3: the balanced loss learns the"
        + " functions of the label context. No numbers are published.";
  }

  @Override
  public String time() {
    return "about 5 minutes on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("yeast,dna,digits", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "rows", "N", "1000", "300", "The most rows of a dataset, a sample of those it has"),
        new StudyOption("width", "N", "128", "32", "Units of each of the two hidden layers"),
        new StudyOption("steps", "N", "300", "20", "Training steps of each network"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "method");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "classes",
        "cca",
        "cca_new",
        "ratio_trace",
        "effective_rank",
        "accuracy",
        "accuracy_columns",
        "accuracy_nothing",
        "pca_agrees",
        "pca_error",
        "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    return new SupervisedGrid(settings, folder, device);
  }

  /** Shares the kernel PCA between the methods of a split. */
  private static final class SupervisedGrid implements Grid {

    private final Map<String, Dataset> datasets;
    private final Recipe recipe;
    private final Device device;
    private final List<Cell> cells = new ArrayList<>();
    private final Shared<Answer> answers = new Shared<>(answer -> answer.manager.close());

    SupervisedGrid(Settings settings, DatasetFolder folder, Device device) {
      this.device = device;
      datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
      recipe =
          Recipe.DEFAULT
              .withContext("label")
              .withEncoder(Text.format("mlp(width=%d,depth=2)", settings.count("width")))
              .withSteps(settings.count("steps"));
      datasets.forEach(
          (name, data) -> {
            if (!(data.target().orElseThrow() instanceof Target.Classes)) {
              throw new InputException("dataset " + name + ": expected a target of classes");
            }
          });
      for (long seed : settings.seeds()) {
        for (String name : settings.texts("only")) {
          for (Method method : METHODS) {
            double cost = datasets.get(name).rows();
            cells.add(Cell.of(cost, "dataset", name, "seed", seed, "method", method.name));
          }
        }
      }
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    public Measures measure(Cell cell) {
      Dataset data = datasets.get(cell.get("dataset"));
      Recipe seeded = recipe.withSeed(Long.parseLong(cell.get("seed")));
      String key = cell.get("dataset") + " " + cell.get("seed");
      Answer answer = answers.of(key, () -> Answer.of(data, seeded, device));
      Method method =
          METHODS.stream().filter(m -> m.name.equals(cell.get("method"))).findFirst().orElseThrow();
      return answer.judge(
          data,
          seeded
              .withDimension(answer.dimension())
              .withObjective(method.objective)
              .withOrthonormality(method.orthonormality),
          device);
    }

    @Override
    public void close() {
      answers.close();
    }
  }

  /**
   * The functions of the label context of a split.
   *
   * @param functions by kernel PCA on the pretraining rows [n, m − 1]
   * @param labels classes of the test rows as the same number of indicators [b, m − 1]
   * @param agrees the alignment of kernel PCA with the spectrum of the operator
   * @param error the greatest difference of their eigenvalues
   */
  private record Answer(
      NDManager manager, NDArray functions, NDArray labels, double agrees, double error) {

    static Answer of(Dataset data, Recipe recipe, Device device) {
      int[] test = Evaluation.split(data.rows(), recipe).test();
      int[] seen = Evaluation.split(data.rows(), recipe).pretrain();
      Target.Classes target = (Target.Classes) data.target().orElseThrow();
      int[] codes =
          IntStream.of(target.select(seen).codes())
              .filter(code -> code >= 0)
              .distinct()
              .sorted()
              .toArray();
      if (codes.length < 2) {
        throw new InputException("expected at least two classes in the pretraining rows");
      }
      int d = codes.length - 1;
      NDManager manager = NDManager.newBaseManager(device);
      boolean made = false;
      try (FittedContext fitted = FittedContext.of(data, recipe, d, device)) {
        Pca pca = Pca.of(fitted.context(), d, manager);
        Spectrum spectrum = fitted.spectrum();
        double error =
            IntStream.range(0, d)
                .mapToDouble(i -> Math.abs(pca.eigenvalues[i] - spectrum.eigenvalues()[i]))
                .max()
                .orElseThrow();
        Answer answer =
            new Answer(
                manager,
                pca.functions,
                indicators(target.select(test).codes(), codes, manager),
                Alignment.canonicalCorrelation(pca.functions, spectrum.functions()),
                error);
        made = true;
        return answer;
      } finally {
        if (!made) {
          manager.close();
        }
      }
    }

    int dimension() {
      return Math.toIntExact(functions.getShape().get(1));
    }

    Measures judge(Dataset data, Recipe recipe, Device device) {
      int d = dimension();
      try (Pretraining job = Pretraining.prepare(data, recipe, device);
          NDManager scope = manager.newSubManager()) {
        long start = System.nanoTime();
        job.train();
        double seconds = (System.nanoTime() - start) * 1e-9;
        NDArray outputs = job.trainer().outputs(scope);
        RayleighRitz ritz = RayleighRitz.of(outputs, ((FiniteContext) job.context()).operator(), d);
        NDArray tests =
            Evaluation.inputs(job.preprocessing(), data.select(job.split().test()), scope);
        ProbeScore probe = job.probe().orElseThrow();
        double trace = 0;
        for (int i = 0; i < Math.min(d, ritz.dimension()); i++) {
          trace += ritz.eigenvalues()[i];
        }
        return new Measures()
            .put("classes", d + 1)
            .put("cca", Alignment.canonicalCorrelation(ritz.project(outputs), functions))
            .put(
                "cca_new",
                Alignment.canonicalCorrelation(job.representation().embed(tests), labels))
            .put("ratio_trace", trace / d)
            .put("effective_rank", ritz.effectiveRank())
            .put("accuracy", probe.value())
            .put("accuracy_columns", probe.rawFeatures())
            .put("accuracy_nothing", probe.meanPredictor())
            .put("pca_agrees", agrees)
            .put("pca_error", error)
            .put("seconds", seconds);
      }
    }
  }

  /** Indicators of all classes but the last, which the others tell, [b, m − 1]. */
  private static NDArray indicators(int[] codes, int[] classes, NDManager manager) {
    int d = classes.length - 1;
    double[] values = new double[codes.length * d];
    for (int row = 0; row < codes.length; row++) {
      for (int c = 0; c < d; c++) {
        values[row * d + c] = codes[row] == classes[c] ? 1 : 0;
      }
    }
    return manager.create(values, new Shape(codes.length, d));
  }

  /**
   * Kernel PCA: the eigenvectors of the centred Gram matrix of the dual kernel on n points of equal
   * weights.
   *
   * @param eigenvalues the d largest of (k − 1)/n
   * @param functions their eigenvectors times √n, float64 [n, d]
   */
  record Pca(double[] eigenvalues, NDArray functions) {

    static Pca of(FiniteContext context, int d, NDManager owner) {
      int n = context.points().size();
      try (NDManager scope = owner.newSubManager()) {
        NDArray gram = context.kernel(context.points().within(scope), context.points());
        Torch.Eigen eigen = Torch.eigh(gram.sub(1).div(n));
        double[] ascending = eigen.values().toDoubleArray();
        double[] eigenvalues =
            IntStream.range(0, d).mapToDouble(i -> ascending[n - 1 - i]).toArray();
        NDArray functions = eigen.vectors().flip(1).get(":, 0:" + d).mul(Math.sqrt(n)).duplicate();
        functions.attach(owner);
        return new Pca(eigenvalues, functions);
      }
    }
  }

  @Override
  public StudyReport report(Settings settings, List<Row> rows) {
    List<Row> finished = rows.stream().filter(Row::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(
        new StudyReport.Drawing(
            name(),
            "Alignment of the learned features with the functions of the label context, on rows"
                + " that were trained on (across) and on test rows (up), a point for each seed."
                + " Those of 'balanced, exact' lie under those of 'pulled together, exact', which"
                + " is the same loss but for a constant",
            figure(finished)));
    for (String dataset : Row.distinct(finished, "dataset")) {
      parts.add(table(dataset, finished));
    }
    return new StudyReport(how(settings), parts, meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context of a row is its class. Its functions were computed by kernel PCA, the"
                + " eigenvectors of the matrix that says of each pair of training rows whether they"
                + " have the same class, divided by how frequent that is: one function less than"
                + " there are classes, all of them with s² = 1. Networks of two hidden layers of"
                + " width %s were trained for %s steps on 70 %% of the rows, of %s at most, and"
                + " their best features compared with these functions.",
            settings.text("width"), settings.text("steps"), settings.text("rows")),
        "Balanced: a linear model on the features predicts the class, with each class weighted so"
            + " that rare ones count as much as frequent ones. Pulled together: features of rows of"
            + " the same class are made alike (kise with the kernel of the label context)."
            + " Contrastive: the published supervised contrastive loss, whose features keep"
            + " themselves apart. Plain: as balanced, with all rows counted alike. 'VICReg' keeps"
            + " features apart by penalties, 'exact' makes them orthonormal in each step.",
        "Alignment is the mean squared canonical correlation, 1 if both span the same space; on"
            + " test rows it is that with the true classes, which features of new rows can only"
            + " guess. The ratio trace is how much of the context the features hold, as a part of"
            + " the most. Accuracy is that of a linear model on the features, fitted to 15 % of the"
            + " rows that the network has not seen.",
        settings.spread("other rows and first weights"));
  }

  private static List<Row> of(List<Row> rows, String dataset, Method method) {
    return rows.stream()
        .filter(row -> row.text("dataset").equals(dataset))
        .filter(row -> row.text("method").equals(method.name))
        .toList();
  }

  private static Figure figure(List<Row> rows) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : Row.distinct(rows, "dataset")) {
      List<Series> series = new ArrayList<>();
      for (Method method : METHODS) {
        List<Row> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          series.add(
              Series.points(
                  method.name,
                  own.stream().mapToDouble(row -> row.number("cca")).toArray(),
                  own.stream().mapToDouble(row -> row.number("cca_new")).toArray()));
        }
      }
      panels.add(
          new Panel(
              dataset, Axis.linear("training rows"), Axis.linear("test rows"), series, List.of()));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }

  private static StudyReport.Table table(String dataset, List<Row> rows) {
    List<List<String>> table = new ArrayList<>();
    List<Row> all = rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
    for (Method method : METHODS) {
      List<Row> own = of(rows, dataset, method);
      if (!own.isEmpty()) {
        table.add(
            List.of(
                method.name,
                Spread.of(own, "cca").text("%.4f"),
                Spread.of(own, "cca_new").text("%.3f"),
                Spread.of(own, "ratio_trace").text("%.4f"),
                Spread.of(own, "effective_rank").text("%.1f"),
                Spread.of(own, "accuracy").text("%.3f"),
                Spread.of(own, "seconds").text("%.1f")));
      }
    }
    return new StudyReport.Table(
        Text.format(
            "%s, %s classes. A linear model on the columns themselves has an accuracy of %s, the"
                + " most frequent class %s",
            dataset,
            Spread.of(all, "classes").text("%.0f"),
            Spread.of(all, "accuracy_columns").text("%.3f"),
            Spread.of(all, "accuracy_nothing").text("%.3f")),
        List.of(
            "learned by",
            "alignment",
            "alignment, test rows",
            "ratio trace",
            "dimensions used",
            "accuracy",
            "seconds"),
        table);
  }

  private static List<String> meaning(List<Row> rows) {
    List<String> meaning = new ArrayList<>();
    double apart = rows.stream().mapToDouble(row -> 1 - row.number("pca_agrees")).max().orElse(0);
    double error = rows.stream().mapToDouble(row -> row.number("pca_error")).max().orElse(0);
    meaning.add(
        Text.format(
            "Kernel PCA and the spectrum that this library computes without a matrix of all pairs"
                + " %s: eigenvalues differ by %.1g at most, and the alignment by %.1g.",
            apart <= SAME && error <= SAME ? "are the same" : "differ", error, apart));
    for (String dataset : Row.distinct(rows, "dataset")) {
      Map<String, Double> means = new HashMap<>();
      for (Method method : METHODS) {
        List<Row> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          means.put(method.name, Spread.of(own, "cca").mean());
        }
      }
      String best =
          means.keySet().stream().max(Comparator.comparingDouble(means::get)).orElseThrow();
      String least =
          means.keySet().stream().min(Comparator.comparingDouble(means::get)).orElseThrow();
      meaning.add(
          Text.format(
              "%s: closest to the functions of the label context comes '%s' (%.4f), farthest stays"
                  + " '%s' (%.4f).",
              dataset, best, means.get(best), least, means.get(least)));
    }
    meaning.add(
        "With as many features as classes less one, all these losses have the same optimum (the"
            + " contrastive one where classes are equally frequent), and the training rows show how"
            + " near each comes to it. On new rows the functions are the classes themselves, so"
            + " that alignment there is bounded by how well the columns tell the class, whatever"
            + " the loss; where they say little, a network that comes closer on the training rows"
            + " has learned these by heart.");
    return meaning;
  }
}
