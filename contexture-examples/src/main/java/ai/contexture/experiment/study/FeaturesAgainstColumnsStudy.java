package ai.contexture.experiment.study;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
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
import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.objective.Objective;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.torch.Handover;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether learned features predict a target better than the columns that they were learned from:
 * what {@code contexture pretrain} reports of one dataset, over many.
 */
final class FeaturesAgainstColumnsStudy implements Study {

  /** The name on the command line. */
  static final String NAME = "features-against-columns";

  /** All labelled rows, in place of a number of them. */
  static final String ALL = "all";

  /** What {@code contexture pretrain} takes by itself for so many rows. */
  static final String DEFAULT = "usual";

  private static final String FULL = "full";

  static final String METRIC = "metric";

  /** A cell that shares the training of the one before it, as a part of that. */
  private static final double SHARED = 0.02;

  /** How two predictors stand, as it is written down. */
  enum Standing {
    BETTER,
    WORSE,
    SAME;

    static Standing of(ProbeComparison probes, Predictor one, Predictor other) {
      return probes.better(one, other) ? BETTER : probes.better(other, one) ? WORSE : SAME;
    }

    String word() {
      return Constants.text(this);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Learned features against the columns";
  }

  @Override
  public String question() {
    return "Do learned features predict a target better than the columns that they were learned"
        + " from, alone or beside them?";
  }

  @Override
  public String source() {
    return "New: what contexture pretrain reports of one dataset, over many.";
  }

  @Override
  public String time() {
    return "about 2 hours on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    Recipe defaults = Recipe.DEFAULT;
    String context = defaults.context();
    String steps = Integer.toString(defaults.training().steps());
    return List.of(
        StudyOption.datasets(ALL, DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "labels",
            "NUMBERS",
            "all,50",
            "all,50",
            "How many labelled rows to fit on, separated by commas, or all"),
        new StudyOption("context", "CONTEXT", context, context, "The context"),
        new StudyOption(
            "objective", "NAME", defaults.objective(), defaults.objective(), "What is minimised"),
        new StudyOption(
            "dim",
            "D",
            DEFAULT,
            "16",
            "How many features to learn, or usual for what contexture pretrain takes"),
        new StudyOption("steps", "N", steps, "10", "Training steps"),
        new StudyOption(
            "batch",
            "SIZE",
            DEFAULT,
            DEFAULT,
            "Rows in a step, full for all of them, or usual for what contexture pretrain takes"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "labels");
  }

  @Override
  public List<String> measures() {
    return Stream.of(
            Stream.of(METRIC, "rows", "inputs", "dimension", "fitted", "scored"),
            Arrays.stream(Predictor.values()).map(FeaturesAgainstColumnsStudy::value),
            Arrays.stream(Predictor.values()).map(FeaturesAgainstColumnsStudy::share),
            Stream.of(
                "features_against_columns",
                "together_against_columns",
                "cca",
                "cca_new",
                "seconds"))
        .flatMap(names -> names)
        .toList();
  }

  /** The name of a predictor's root mean squared error or accuracy. */
  static String value(Predictor predictor) {
    return Constants.text(predictor);
  }

  /** The name of a predictor's R² or accuracy, of which 1 is the most. */
  static String share(Predictor predictor) {
    return value(predictor) + "_share";
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    return new Trainings(settings, folder, device);
  }

  /** Cells of which those with the same dataset and seed share their training. */
  private static final class Trainings implements Grid {

    private final Map<String, Dataset> datasets = new HashMap<>();
    private final Recipe recipe;
    private final String dimension;
    private final String batch;
    private final Device device;
    private final List<Cell> cells = new ArrayList<>();
    private final LastValueCache<Trained> shared = new LastValueCache<>(Trained::close);

    Trainings(Settings settings, DatasetFolder folder, Device device) {
      this.device = device;
      Contexts.parse(settings.text("context"));
      Objective.parse(settings.text("objective"));
      recipe =
          Recipe.DEFAULT
              .withContext(settings.text("context"))
              .withObjective(settings.text("objective"))
              .withSteps(settings.count("steps"));
      dimension = settings.text("dim");
      if (!dimension.equals(DEFAULT)) {
        settings.count("dim");
      }
      batch = settings.text("batch");
      if (!batch.equals(DEFAULT) && !batch.equals(FULL)) {
        settings.count("batch");
      }
      List<String> labels = settings.texts("labels");
      for (String number : labels) {
        if (!number.equals(ALL)) {
          Settings.count("labels", number);
        }
      }
      List<String> names = settings.texts("only");
      for (String name : names.equals(List.of(ALL)) ? folder.names() : names) {
        Dataset data = folder.read(name);
        if (data.target().isEmpty()) {
          throw new InputException("dataset " + name + ": expected a target");
        }
        datasets.put(name, data);
        double cost = step(PreparedData.split(data.rows(), recipe).pretrain().length);
        for (long seed : settings.seeds()) {
          for (String number : labels) {
            double own = number.equals(labels.get(0)) ? cost : SHARED * cost;
            cells.add(Cell.of(own, "dataset", name, "seed", seed, "labels", number));
          }
        }
      }
    }

    /** How many rows a step has. */
    private int step(int rows) {
      int size = sized(rows).training().batch();
      return size == 0 ? rows : size;
    }

    /** The recipe with what follows from the number of rows to learn from. */
    private Recipe sized(int rows) {
      Recipe sized =
          dimension.equals(DEFAULT)
              ? recipe.withDefaultDimension(rows)
              : recipe.withDimension(Settings.count("dim", dimension));
      if (batch.equals(DEFAULT)) {
        return sized.withDefaultBatch(rows);
      }
      int size = batch.equals(FULL) ? 0 : Math.min(rows, Settings.count("batch", batch));
      return sized.withTraining(sized.training().withBatch(size));
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    public Measures measure(Cell cell) {
      Dataset data = datasets.get(cell.get("dataset"));
      long seed = Long.parseLong(cell.get("seed"));
      Trained trained =
          shared.of(
              cell.get("dataset") + " " + seed,
              () -> {
                int rows = PreparedData.split(data.rows(), recipe).pretrain().length;
                return Trained.of(data, sized(rows).withSeed(seed), device);
              });
      return trained.measures(cell.get("labels"));
    }

    @Override
    public void close() {
      shared.close();
    }
  }

  /**
   * A finished training.
   *
   * @param cca its alignment on the rows learned from, NaN where it is not known
   * @param newCca the same on test rows
   * @param seconds how long its steps took
   */
  private record Trained(Pretraining job, double cca, double newCca, double seconds)
      implements AutoCloseable {

    static Trained of(Dataset data, Recipe recipe, Device device) {
      return Handover.of(
          Pretraining.prepare(data, recipe, device), job -> trained(job, recipe.dimension()));
    }

    private static Trained trained(Pretraining job, int d) {
      long start = System.nanoTime();
      job.train();
      double seconds = (System.nanoTime() - start) * 1e-9;
      int[] test = job.split().test();
      boolean known = job.isExact() && job.context().inductive() && test.length > d;
      return new Trained(
          job,
          job.isExact() ? job.alignment().cca() : Double.NaN,
          known ? job.alignment(test).cca() : Double.NaN,
          seconds);
    }

    Measures measures(String labels) {
      Dataset data = labels.equals(ALL) ? job.data() : labelled(Settings.count("labels", labels));
      ProbeComparison probes = Evaluation.comparison(job.representation(), data);
      Measures measures =
          new Measures()
              .put(METRIC, probes.metric().toString())
              .put("rows", job.split().pretrain().length)
              .put("inputs", job.preprocessing().names().size())
              .put("dimension", job.recipe().dimension())
              .put("fitted", probes.fitted())
              .put("scored", probes.scored());
      for (Predictor predictor : probes.predictors()) {
        double value = probes.score(predictor).value();
        measures.put(value(predictor), value);
        measures.put(
            share(predictor),
            probes.lowerIsBetter() ? probes.explained(predictor).orElse(Double.NaN) : value);
      }
      return measures
          .put("features_against_columns", against(probes, Predictor.FEATURES))
          .put("together_against_columns", against(probes, Predictor.TOGETHER))
          .put("cca", cca)
          .put("cca_new", newCca)
          .put("seconds", seconds);
    }

    private static String against(ProbeComparison probes, Predictor predictor) {
      return Standing.of(probes, predictor, Predictor.COLUMNS).word();
    }

    /** The data with so many labels to fit on, in the order of the split, which is random. */
    private Dataset labelled(int most) {
      Dataset data = job.data();
      Target target = data.target().orElseThrow();
      Split split = job.split();
      int[] labelled = LabelledRows.known(target, split.labelled());
      if (labelled.length < most) {
        throw new InputException(
            Text.format(
                "--labels: expected at most the %d labelled rows of %s, got %d",
                labelled.length, data.name(), most));
      }
      int[] known =
          Stream.of(split.pretrain(), Arrays.copyOf(labelled, most), split.test())
              .flatMapToInt(IntStream::of)
              .toArray();
      return new Dataset(data.name(), data.features(), Optional.of(target.knownOnlyIn(known)));
    }

    @Override
    public void close() {
      job.close();
    }
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return FeaturesAgainstColumnsReport.of(settings, rows);
  }
}
