package ai.contexture.experiment.study;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.TaskSpectrum;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the target of a table lies among the functions of a context [C, fig. 5]. */
final class TaskSpectrumStudy implements Study {

  static final String NAME = "task-spectrum";

  /** Numbers of functions that the table tells of. */
  static final int FEW = 10;

  static final int MANY = 100;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Where a task lies in the spectrum";
  }

  @Override
  public String question() {
    return "Does what one wants to predict lie in the first functions of a context, or in those"
        + " that it hardly tells?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 5: the cosine of the target with each"
        + " function, large for the first ones; the published bars have no numbers to"
        + " compare with.";
  }

  @Override
  public String time() {
    return "about a minute on 2 cores";
  }

  @Override
  public boolean concurrent() {
    return true;
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,Wine,dna,kr-vs-kp", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "contexts",
            "CONTEXTS",
            "knn(k=10),knn(k=100),rbf,masked-rbf",
            "knn(k=10),rbf",
            "The contexts, separated by commas"),
        new StudyOption("functions", "N", "512", "120", "How many functions to look at"),
        new StudyOption(
            "rows", "N", "1000", "500", "The most rows of a dataset, a sample of those it has"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "context", "seed");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "rho",
        "rho_most",
        "rho_chance",
        "first_10",
        "first_100",
        "chance",
        "cosines",
        "eigenvalues",
        "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    Map<String, Dataset> datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
    int top = settings.count("functions");
    settings.texts("contexts").forEach(Contexts::parse);
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String name : settings.texts("only")) {
        for (String context : settings.texts("contexts")) {
          double cost = Math.pow(datasets.get(name).rows(), 3);
          cells.add(Cell.of(cost, "dataset", name, "context", context, "seed", seed));
        }
      }
    }
    return Grid.of(cells, cell -> measured(datasets.get(cell.get("dataset")), top, cell, device));
  }

  private static Measures measured(Dataset data, int top, Cell cell, Device device) {
    Recipe recipe =
        Recipe.DEFAULT.withContext(cell.get("context")).withSeed(Long.parseLong(cell.get("seed")));
    long start = System.nanoTime();
    try (FittedContext fitted = FittedContext.of(data, recipe, top, device)) {
      return measured(fitted).put("seconds", (System.nanoTime() - start) * 1e-9);
    }
  }

  private static Measures measured(FittedContext fitted) {
    int[] rows = fitted.split().pretrain();
    Target target = fitted.prepared().data().target().orElseThrow().select(rows);
    double[] eigenvalues = fitted.spectrum().eigenvalues();
    TaskSpectrum task = TaskSpectrum.of(fitted.spectrum(), target);
    double[] cumulative = task.cumulative();
    // the mean of s² over all directions but the constant one, where all are known
    boolean all =
        eigenvalues.length >= Math.min(rows.length, fitted.context().operator().contexts()) - 1;
    double mean = all ? Arrays.stream(eigenvalues).sum() / (rows.length - 1) : Double.NaN;
    return new Measures()
        .put("rho", Compatibility.exact(fitted.context(), target).rho())
        .put("rho_most", Math.sqrt(eigenvalues[0]))
        .put("rho_chance", Math.sqrt(mean))
        .put("first_10", within(cumulative, FEW))
        .put("first_100", within(cumulative, MANY))
        .put("chance", 1.0 / (rows.length - 1))
        .put("cosines", text(task.cosines()))
        .put("eigenvalues", text(Arrays.copyOf(eigenvalues, cumulative.length)));
  }

  /** The share of a target within the first functions, or within all where there are fewer. */
  private static double within(double[] cumulative, int d) {
    return cumulative[Math.min(d, cumulative.length) - 1];
  }

  /** Returns numbers to five digits, with blanks between them. */
  static String text(double[] numbers) {
    return Arrays.stream(numbers)
        .mapToObj(number -> Text.format("%.5g", number))
        .collect(Collectors.joining(" "));
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return TaskSpectrumReport.of(settings, rows);
  }

  /** Returns 1 … d in steps that grow, with the last. */
  static int[] spaced(int d) {
    List<Integer> shown = new ArrayList<>();
    for (double at = 1; at < d; at = Math.max(at + 1, at * 1.15)) {
      shown.add((int) at);
    }
    shown.add(d);
    return shown.stream().mapToInt(i -> i).toArray();
  }
}
