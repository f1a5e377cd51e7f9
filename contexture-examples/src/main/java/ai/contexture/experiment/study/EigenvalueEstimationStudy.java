package ai.contexture.experiment.study;

import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Usefulness;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Orthonormality;
import ai.contexture.optimiser.Muon;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.SpectralMethod;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Handover;
import ai.contexture.torch.Torch;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How many rows it takes to know a context's eigenvalues [C, fig. 7, table 2]. */
final class EigenvalueEstimationStudy implements Study {

  static final String NAME = "eigenvalue-estimation";

  static final String SUB_SAMPLE = "sub-sample";

  static final String PUBLISHED = "network, VICReg with AdamW";

  static final String EXACT = "network, exact orthonormality with Muon";

  static final List<String> METHODS = List.of(SUB_SAMPLE, PUBLISHED, EXACT);

  /** A step of training takes as long as a sub-sample of so many rows. */
  private static final double STEP = 200;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Eigenvalues from few rows";
  }

  @Override
  public String question() {
    return "How many rows does it take to know how strong a context's functions are, and is a"
        + " trained network needed for it?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 7 and table 2: from 600 rows a trained"
        + " network gave the first 256 eigenvalues with a mean error of 0.088 on abalone and 0.137"
        + " on fifa, and from all rows 0.088 and 0.131.";
  }

  @Override
  public String time() {
    return "about 12 minutes on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,fifa", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "rows", "NUMBERS", "300,600,1200", "100,400", "From how many rows to estimate"),
        new StudyOption(
            "k", "K", "60", "60", "Neighbours of each row in the context, itself among them"),
        new StudyOption("d0", "N", "256", "32", "How many eigenvalues to estimate"),
        new StudyOption(
            "networks",
            "N",
            "3",
            "1",
            "How many of the seeds train networks, which take most of the time"),
        new StudyOption("outputs", "N", "384", "48", "Outputs of the network, d0 or more"),
        new StudyOption("width", "N", "256", "32", "Units of each of its two hidden layers"),
        new StudyOption("steps", "N", "100", "15", "Training steps of the network"),
        new StudyOption("batch", "N", "1024", "512", "The most rows in a step of the training"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "method", "rows");
  }

  @Override
  public List<String> measures() {
    return List.of("of", "error", "gram_error", "stated", "tau", "tau_exact", "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder data, Device device) {
    return new EigenvalueGrid(settings, data, device);
  }

  /** A context of all rows of a dataset, and the truth. */
  private record Known(NDManager manager, FiniteContext context, double[] eigenvalues, double tau)
      implements AutoCloseable {

    static Known of(Dataset data, int k, int d0, Device device) {
      return Handover.of(NDManager.newBaseManager(device), manager -> of(data, k, d0, manager));
    }

    private static Known of(Dataset data, int k, int d0, NDManager manager) {
      int[] rows = IntStream.range(0, data.rows()).toArray();
      ContextFactory factory = Contexts.parse(Text.format("knn(k=%d)", k));
      ContextData inputs =
          PreparedData.of(data, rows, Recipe.DEFAULT, factory).contextData(manager);
      FiniteContext context = (FiniteContext) factory.fit(inputs);
      try (NDManager scope = manager.newSubManager()) {
        double[] exact = Spectra.of(context, d0, scope).eigenvalues(d0);
        return new Known(manager, context, exact, Usefulness.of(exact).tau());
      }
    }

    int rows() {
      return context.points().size();
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  /** Shares the truth between the cells of a dataset, and a network between its numbers of rows. */
  private static final class EigenvalueGrid implements Grid {

    private final Settings settings;
    private final int d0;
    private final Device device;
    private final Map<String, Dataset> datasets = new HashMap<>();
    private final List<Cell> cells = new ArrayList<>();
    private Known known;
    private String knownOf = "";
    private NDArray outputs;
    private String outputsOf = "";

    EigenvalueGrid(Settings settings, DatasetFolder folder, Device device) {
      this.settings = settings;
      this.device = device;
      d0 = settings.count("d0");
      if (settings.count("outputs") < d0) {
        throw new InputException(
            Text.format(
                "--outputs: expected at least --d0 %d, got %d", d0, settings.count("outputs")));
      }
      for (int m : settings.counts("rows")) {
        if (m <= d0) {
          throw new InputException(
              Text.format("--rows: expected more than --d0 %d, got %d", d0, m));
        }
      }
      for (String name : settings.texts("only")) {
        datasets.put(name, folder.read(name));
        for (long seed : settings.seeds()) {
          METHODS.forEach(method -> cells(name, seed, method));
        }
      }
    }

    private void cells(String name, long seed, String method) {
      boolean trains = !method.equals(SUB_SAMPLE);
      if (trains && seed - settings.seed() >= settings.count("networks")) {
        return;
      }
      int n = datasets.get(name).rows();
      List<Integer> rows =
          new ArrayList<>(settings.counts("rows").stream().filter(m -> m < n).toList());
      if (trains) {
        rows.add(n);
      }
      for (int m : rows) {
        double cost = trains ? (m == rows.get(0) ? STEP * settings.count("steps") : 1) : m;
        cells.add(Cell.of(cost, "dataset", name, "seed", seed, "method", method, "rows", m));
      }
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    public Measures measure(Cell cell) {
      String name = cell.get("dataset");
      if (!name.equals(knownOf)) {
        close();
        known = Known.of(datasets.get(name), settings.count("k"), d0, device);
        knownOf = name;
      }
      String method = cell.get("method");
      Seed seed = Seed.of(Long.parseLong(cell.get("seed")));
      int m = Integer.parseInt(cell.get("rows"));
      if (method.equals(SUB_SAMPLE)) {
        return subSampled(known, m, seed);
      }
      train(name, method, seed);
      long start = System.nanoTime();
      int[] rows = Draws.distinct(m, known.rows(), seed.derive("rows").generator());
      double[] found = postHoc(outputs, known.context, rows);
      return measures(known, found, (System.nanoTime() - start) * 1e-9);
    }

    private void train(String name, String method, Seed seed) {
      String key = String.join(" ", name, method, Long.toString(seed.value()));
      if (key.equals(outputsOf)) {
        return;
      }
      if (outputs != null) {
        outputs.close();
      }
      boolean exact = method.equals(EXACT);
      TrainingOptions defaults =
          TrainingOptions.DEFAULT
              .withSteps(settings.count("steps"))
              .withBatch(known.rows() <= settings.count("batch") ? 0 : settings.count("batch"))
              .withSeed(seed.value());
      TrainingOptions options =
          exact
              ? defaults
                  .withOptimiser(Muon.DEFAULT)
                  .withSchedule(Schedule.parse("linear(warm-up=0.05)"))
              : defaults;
      String way = exact ? "whitening(last-ridge=1e-4)" : "vicreg";
      String encoder = Text.format("mlp(width=%d,depth=2)", settings.count("width"));
      try (Trainer<FiniteContext> trainer =
          new Trainer<>(
              known.context,
              new Kise(Orthonormality.parse(way)),
              EncoderFactory.parse(encoder),
              settings.count("outputs"),
              options)) {
        trainer.train(options.steps(), TrainingListener.NONE);
        outputs = trainer.outputs(known.manager);
        outputsOf = key;
      }
    }

    @Override
    public void close() {
      if (known != null) {
        known.close();
      }
      knownOf = "";
      outputs = null;
      outputsOf = "";
    }
  }

  /**
   * Returns λ_1 ≥ λ_2 ≥ … of the best functions within an encoder's outputs, with covariances that
   * are means over some rows and pairs of them [C, app. D].
   *
   * @param outputs on all n points of the context, of equal weights, [n, d₁]
   * @param rows different positions among the points
   */
  static double[] postHoc(NDArray outputs, FiniteContext context, int[] rows) {
    int m = rows.length;
    try (NDManager scope = outputs.getManager().newSubManager()) {
      NDArray index = scope.create(Arrays.stream(rows).asLongStream().toArray());
      NDArray some = outputs.get(index);
      some.attach(scope);
      NDArray phi = some.toType(DataType.FLOAT64, false);
      NDArray mean = phi.mean(new int[] {0}, true);
      NDArray centred = phi.sub(mean);
      NDArray c = centred.transpose().matMul(centred).div(m);
      NDArray sums = context.law(context.points().select(index)).transposed(centred.div(m));
      NDArray q = context.operator().contextWeights().reshape(-1, 1);
      q.attach(scope);
      NDArray b = sums.transpose().matMul(sums.mul(Torch.reciprocal(q)));
      return RayleighRitz.ofMoments(mean, c, b, 1).eigenvalues();
    }
  }

  private static Measures subSampled(Known known, int m, Seed seed) {
    long start = System.nanoTime();
    try (NDManager scope = known.manager.newSubManager()) {
      int d0 = known.eigenvalues.length;
      SpectralMethod method = new SpectralMethod.SubSample(m, seed);
      Spectrum spectrum = Spectra.of(known.context, d0, method, scope);
      double seconds = (System.nanoTime() - start) * 1e-9;
      double[] found = spectrum.eigenvalues(d0);
      double[] stated = Arrays.copyOf(spectrum.errors(), d0);
      double[] gram = new double[d0];
      Arrays.setAll(gram, i -> found[i] + stated[i]);
      return measures(known, found, seconds)
          .put("gram_error", error(known.eigenvalues, gram))
          .put("stated", Arrays.stream(stated).average().orElseThrow());
    }
  }

  private static Measures measures(Known known, double[] found, double seconds) {
    double[] exact = known.eigenvalues;
    double[] all = Arrays.copyOf(found, exact.length); // what an encoder lacks counts as 0
    Arrays.setAll(all, i -> Math.min(1, Math.max(0, all[i])));
    return new Measures()
        .put("of", known.rows())
        .put("error", error(exact, all))
        .put("tau", Usefulness.of(all).tau())
        .put("tau_exact", known.tau)
        .put("seconds", seconds);
  }

  /** The mean of |found_i − exact_i|. */
  static double error(double[] exact, double[] found) {
    return IntStream.range(0, exact.length)
        .mapToDouble(i -> Math.abs(found[i] - exact[i]))
        .average()
        .orElseThrow();
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return EigenvalueEstimationReport.of(settings, rows);
  }
}
