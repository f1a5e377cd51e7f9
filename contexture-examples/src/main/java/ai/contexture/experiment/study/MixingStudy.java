package ai.contexture.experiment.study;

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
import ai.contexture.measure.Metric;
import ai.contexture.random.Seed;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whether contexts are worth more together than each alone: contexts of corrupted rows, of labels
 * and of boosted trees, and their mixtures, against the columns themselves and boosted trees [D,
 * ch. 4].
 */
final class MixingStudy implements Study {

  static final String NAME = "mixing";

  private static final String SCARF = "scarf(rate=0.6)";

  private static final String CUTMIX = "cutmix(rate=0.3)";

  static final String COLUMNS = "columns themselves";

  static final String BOOSTING = "boosted trees (XGBoost)";

  /** What a method is. */
  enum Kind {
    BASELINE,
    SINGLE,
    MIXTURE
  }

  /**
   * A way to make features.
   *
   * @param contexts what is learned one by one; none for baselines
   */
  record Method(String name, Kind kind, List<String> contexts) {}

  static final List<Method> METHODS = methods();

  private static List<Method> methods() {
    List<Method> methods = new ArrayList<>();
    methods.add(new Method(COLUMNS, Kind.BASELINE, List.of()));
    methods.add(new Method(BOOSTING, Kind.BASELINE, List.of()));
    methods.add(new Method("scarf", Kind.SINGLE, List.of(SCARF)));
    methods.add(new Method("cutmix", Kind.SINGLE, List.of(CUTMIX)));
    methods.add(new Method("label", Kind.SINGLE, List.of(MixingFold.LABEL)));
    methods.add(new Method("trees", Kind.SINGLE, List.of(MixingFold.TREES)));
    List<Method> mixtures = new ArrayList<>();
    for (String view : List.of(SCARF, CUTMIX)) {
      String name = view.replaceFirst("\\(.*", "");
      mixtures.add(mixture("conv(label, " + name + ")", "conv(label(values=row), " + view + ")"));
      mixtures.add(mixture("mix(" + name + ", label)", "mix(0.5: " + view + ", 0.5: label)"));
      mixtures.add(mixture("minmax(" + name + ", label)", "minmax(" + view + ", label)"));
      mixtures.add(mixture(name + " + label", view, MixingFold.LABEL));
    }
    methods.addAll(mixtures);
    methods.add(mixture("label + trees", MixingFold.LABEL, MixingFold.TREES));
    for (Method mixture : mixtures) {
      methods.add(
          new Method(
              mixture.name + " + trees",
              Kind.MIXTURE,
              Stream.concat(mixture.contexts.stream(), Stream.of(MixingFold.TREES)).toList()));
    }
    return List.copyOf(methods);
  }

  private static Method mixture(String name, String... contexts) {
    return new Method(name, Kind.MIXTURE, List.of(contexts));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Mixing contexts";
  }

  @Override
  public String question() {
    return "Do contexts of corrupted rows and of labels give better features together than each"
        + " alone, and do these pass boosted trees?";
  }

  @Override
  public String source() {
    return "Zhai, Contextures (dissertation, 2025), chapter 4: mixtures of SCARF or cutmix with the"
        + " labels pass each context alone, and some pass gradient-boosted trees.";
  }

  @Override
  public String time() {
    return "about 5 minutes on 1 core";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets(
            "abalone,breast-w,diabetes,yeast,Wine,kr-vs-kp,cpu_activity,sulfur,digits",
            DatasetFolder.DIGITS),
        new StudyOption("folds", "N", "5", "2", "How many parts of the rows are tested on in turn"),
        new StudyOption(
            "rows", "N", "600", "200", "The most rows of a dataset, a sample of those it has"),
        new StudyOption(
            "steps", "N", "60", "10", "Steps of a training, a third of them if it sees labels"),
        new StudyOption("rounds", "N", "40", "8", "How many trees the context of trees has"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "fold", "method");
  }

  @Override
  public List<String> measures() {
    return List.of("metric", "error", "functions");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    List<String> names = settings.texts("only");
    int folds = settings.count("folds");
    if (folds < 2) {
      throw new InputException("--folds: expected at least 2, got " + folds);
    }
    Map<String, Dataset> datasets = folder.labelled(names, settings.count("rows"));
    List<Cell> cells = new ArrayList<>();
    for (String name : names) {
      for (int fold = 1; fold <= folds; fold++) {
        for (Method method : METHODS) {
          cells.add(Cell.of(1, "dataset", name, "fold", fold, "method", method.name));
        }
      }
    }
    return new Folds(datasets, cells, settings, device, new LastValueCache<>(MixingFold::close));
  }

  /** Cells that share what was found on their fold with those next to them. */
  private record Folds(
      Map<String, Dataset> datasets,
      List<Cell> cells,
      Settings settings,
      Device device,
      LastValueCache<MixingFold> shared)
      implements Grid {

    @Override
    public Measures measure(Cell cell) {
      Dataset data = datasets.get(cell.get("dataset"));
      String wanted = cell.get("dataset") + " " + cell.get("fold");
      MixingFold fold = shared.of(wanted, () -> fold(data, Integer.parseInt(cell.get("fold")) - 1));
      boolean numbers = data.target().orElseThrow() instanceof Target.Values;
      Metric metric = numbers ? Metric.RMSE : Metric.ACCURACY;
      Measures measures = new Measures().put("metric", metric.errorTitle());
      String name = cell.get("method");
      if (name.equals(COLUMNS)) {
        return measures.put("error", fold.columns());
      }
      if (name.equals(BOOSTING)) {
        return measures.put("error", fold.boosting().error());
      }
      Method method = METHODS.stream().filter(m -> m.name.equals(name)).findFirst().orElseThrow();
      MixingFold.Score score = fold.features(method.contexts);
      return measures.put("error", score.error()).put("functions", score.functions());
    }

    private MixingFold fold(Dataset data, int number) {
      List<CrossValidation.Fold> folds =
          CrossValidation.folds(
              data.target().orElseThrow(),
              settings.count("folds"),
              Seed.of(settings.seed()).derive("folds"));
      return new MixingFold(
          data,
          folds.get(number),
          settings.count("steps"),
          settings.count("rounds"),
          settings.seed() + number,
          device);
    }

    @Override
    public void close() {
      shared.close();
    }
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return MixingReport.of(settings, rows);
  }
}
