package ai.contexture.experiment.study;

import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
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
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Handover;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether learning from labels finds the functions of the label context, by kernel PCA of its dual
 * kernel [C, thms 6, 7; D, eq. 2.3].
 */
final class SupervisedBalancedStudy implements Study {

  static final String NAME = "supervised-balanced";

  /**
   * A way to learn from labels.
   *
   * @param orthonormality empty for the way of the objective itself
   */
  record Method(String name, String objective, String orthonormality) {}

  static final List<Method> METHODS =
      List.of(
          new Method("balanced, VICReg", "balanced", "vicreg"),
          new Method("balanced, exact", "balanced", "whitening"),
          new Method("pulled together, VICReg", "kise", "vicreg"),
          new Method("pulled together, exact", "kise", "whitening"),
          new Method("contrastive", "supervised-contrastive", ""),
          new Method("plain, VICReg", "supervised", "vicreg"),
          new Method("plain, exact", "supervised", "whitening"));

  @Override
  public String name() {
    return NAME;
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
    private final LastValueCache<Answer> answers =
        new LastValueCache<>(answer -> answer.manager.close());

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
      int[] test = PreparedData.split(data.rows(), recipe).test();
      int[] seen = PreparedData.split(data.rows(), recipe).pretrain();
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
      try (FittedContext fitted = FittedContext.of(data, recipe, d, device)) {
        return Handover.of(
            NDManager.newBaseManager(device),
            manager -> of(fitted, target.select(test), codes, manager));
      }
    }

    private static Answer of(
        FittedContext fitted, Target.Classes test, int[] codes, NDManager manager) {
      int d = codes.length - 1;
      Pca pca = Pca.of(fitted.context(), d, manager);
      Spectrum spectrum = fitted.spectrum();
      double error =
          IntStream.range(0, d)
              .mapToDouble(i -> Math.abs(pca.eigenvalues[i] - spectrum.eigenvalues()[i]))
              .max()
              .orElseThrow();
      return new Answer(
          manager,
          pca.functions,
          indicators(test.codes(), codes, manager),
          Alignment.canonicalCorrelation(pca.functions, spectrum.functions()),
          error);
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
        NDArray tests = job.prepared().inputs(job.split().test(), scope);
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
        LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(gram.sub(1).div(n));
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
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return SupervisedBalancedReport.of(settings, rows);
  }
}
