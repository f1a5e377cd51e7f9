package ai.contexture.experiment.study;

import ai.contexture.data.Dataset;
import ai.contexture.data.Preprocessing;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.LastValueCache;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a measure of contexts that knows no task goes with the error of the task: the usefulness
 * τ of many contexts against that of a linear model on their exact functions [C, table 1].
 */
final class MetricCorrelationStudy implements Study {

  @Override
  public String name() {
    return "metric-correlation";
  }

  @Override
  public String title() {
    return "Usefulness and the error of a task";
  }

  @Override
  public String question() {
    return "Does the usefulness of a context, which knows no task, tell how well a linear model on"
        + " its best functions predicts?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), table 1: over 28 datasets, Pearson's correlation"
        + " of τ with the least error over all numbers of functions up to 512 has the median 0.587"
        + " and the mean 0.431.";
  }

  @Override
  public String time() {
    return "about an hour on one core";
  }

  @Override
  public boolean concurrent() {
    return true;
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets(
            "breast-w,diabetes,solar_flare,yeast,Wine,scene,dna,kr-vs-kp,abalone,colleges,mushroom,"
                + "cpu_activity,SpeedDating,sulfur,fifa,health_insurance,cps88wages",
            DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption("levels", "N", "35", "4", "Strengths of each kind of context, 2 or more"),
        new StudyOption(
            "rows", "N", "1000", "200", "The most rows of a dataset, a sample of those it has"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "kind", "setting", "seed");
  }

  @Override
  public List<String> measures() {
    return NearnessSplit.MEASURES;
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    int levels = Strength.count(settings, "levels");
    Map<String, Dataset> datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
    List<Cell> cells = new ArrayList<>();
    for (String name : settings.texts("only")) {
      Dataset data = datasets.get(name);
      for (long seed : settings.seeds()) {
        for (Strength strength : Strength.whole(data, recipe(seed), levels)) {
          cells.add(
              Cell.of(
                  data.rows(),
                  "dataset",
                  name,
                  "kind",
                  strength.kind(),
                  "setting",
                  strength.value(),
                  "seed",
                  seed));
        }
      }
    }
    return new Splits(datasets, cells, device, new LastValueCache<>(split -> {}));
  }

  /** The cells, of which those of one dataset, kind and seed come after each other. */
  private record Splits(
      Map<String, Dataset> datasets,
      List<Cell> cells,
      Device device,
      LastValueCache<NearnessSplit> splits)
      implements Grid {

    /** What all contexts of a split have in common. */
    private record Key(String dataset, String kind, long seed) {

      static Key of(Cell cell) {
        return new Key(cell.get("dataset"), cell.get("kind"), Long.parseLong(cell.get("seed")));
      }
    }

    @Override
    public Measures measure(Cell cell) {
      Key key = Key.of(cell);
      return splits.of(key, () -> split(key)).measure(strength(cell));
    }

    private static Strength strength(Cell cell) {
      return new Strength(cell.get("kind"), Double.parseDouble(cell.get("setting")));
    }

    private NearnessSplit split(Key key) {
      List<Strength> strengths =
          cells.stream().filter(cell -> Key.of(cell).equals(key)).map(Splits::strength).toList();
      return NearnessSplit.of(datasets.get(key.dataset), recipe(key.seed), strengths, device);
    }
  }

  /** With nominal columns as zeros and ones, as published. */
  private static Recipe recipe(long seed) {
    return Recipe.DEFAULT
        .withSeed(seed)
        .withPreprocessing(
            Recipe.DEFAULT.preprocessing().withOneHot(Preprocessing.OneHot.ZERO_ONE));
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return MetricCorrelationReport.of(settings, rows);
  }
}
