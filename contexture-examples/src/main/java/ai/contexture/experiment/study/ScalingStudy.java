package ai.contexture.experiment.study;

import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.optimiser.Muon;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Recipe;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;

/** Alignment against the size of the network [C, fig. 1]. */
final class ScalingStudy implements Study {

  static final String PUBLISHED = "VICReg with AdamW";

  static final String EXACT = "exact orthonormality with Muon";

  /** Where the published network was best. */
  private static final int PUBLISHED_WIDTH = 512;

  private static final int PUBLISHED_DEPTH = 3;

  /** A network without hidden layers takes so much, as a number of weights. */
  private static final double OVERHEAD = 2e5;

  /** Muon's matrices cost about as much again as their gradients. */
  private static final double MUON = 2;

  private final boolean wide;

  private ScalingStudy(boolean wide) {
    this.wide = wide;
  }

  static ScalingStudy width() {
    return new ScalingStudy(true);
  }

  static ScalingStudy depth() {
    return new ScalingStudy(false);
  }

  private String size() {
    return wide ? "width" : "depth";
  }

  @Override
  public String name() {
    return "scaling-" + size();
  }

  @Override
  public String title() {
    return wide ? "Wider networks" : "Deeper networks";
  }

  @Override
  public String question() {
    return wide
        ? "Does a wider network come closer to the best features that a context allows?"
        : "Does a deeper network come closer to the best features that a context allows?";
  }

  @Override
  public String source() {
    return "Zhai et al., Contextures (ICML 2025), figure 1: the alignment rose to about 0.9 (and"
        + " 0.8 of the neighbours) at width 512 and depth 3, and fell for larger networks.";
  }

  @Override
  public String time() {
    return wide ? "about 2 hours a seed on 2 cores" : "about 40 minutes a seed on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    List<StudyOption> options = new ArrayList<>();
    options.add(StudyOption.datasets("abalone", DatasetFolder.DIGITS));
    options.add(StudyOption.seeds(1, 1));
    if (wide) {
      options.add(
          new StudyOption(
              "widths",
              "NUMBERS",
              "32,64,128,256,512,1024,2048",
              "8,32,128",
              "Units of each hidden layer"));
      options.add(
          new StudyOption(
              "depth",
              "N",
              Integer.toString(PUBLISHED_DEPTH),
              "2",
              "Hidden layers of every network"));
    } else {
      options.add(
          new StudyOption(
              "depths", "NUMBERS", "1,2,3,4,5,6,7,8", "1,2,4", "Hidden layers of the network"));
      options.add(
          new StudyOption(
              "width",
              "N",
              Integer.toString(PUBLISHED_WIDTH),
              "64",
              "Units of each hidden layer of every network"));
    }
    options.add(
        new StudyOption(
            "k", "K", "30", "30", "Neighbours of each row in the context, itself among them"));
    options.add(new StudyOption("dim", "D", "128", "16", "How many features to learn"));
    options.add(new StudyOption("steps", "N", "375", "40", "Training steps of each network"));
    return options;
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "width", "depth", "method");
  }

  @Override
  public List<String> measures() {
    return ExactSplit.MEASURES;
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder data, Device device) {
    Recipe recipe =
        Recipe.DEFAULT
            .withContext(Text.format("knn(k=%d)", settings.count("k")))
            .withDimension(settings.count("dim"))
            .withSteps(settings.count("steps"));
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String dataset : settings.texts("only")) {
        for (int size : settings.counts(size() + "s")) {
          int width = wide ? size : settings.count("width");
          int depth = wide ? settings.count("depth") : size;
          for (String method : List.of(PUBLISHED, EXACT)) {
            double weights = OVERHEAD + (double) depth * width * width;
            cells.add(
                Cell.of(
                    method.equals(EXACT) ? MUON * weights : weights,
                    "dataset",
                    dataset,
                    "seed",
                    seed,
                    "width",
                    width,
                    "depth",
                    depth,
                    "method",
                    method));
          }
        }
      }
    }
    return new PretrainingGrid(data, settings.texts("only"), device) {

      @Override
      public List<Cell> cells() {
        return cells;
      }

      @Override
      Recipe recipe(Cell cell) {
        return ScalingStudy.recipe(recipe, cell);
      }
    };
  }

  private static Recipe recipe(Recipe recipe, Cell cell) {
    TrainingOptions training = recipe.training().withSeed(Long.parseLong(cell.get("seed")));
    Recipe sized =
        recipe.withEncoder(
            Text.format("mlp(width=%s,depth=%s)", cell.get("width"), cell.get("depth")));
    if (cell.get("method").equals(PUBLISHED)) {
      return sized.withObjective("kise").withOrthonormality("vicreg").withTraining(training);
    }
    return sized
        .withObjective("kise")
        .withOrthonormality("whitening(last-ridge=1e-4)")
        .withTraining(
            training
                .withOptimiser(Muon.DEFAULT)
                .withSchedule(Schedule.parse("linear(warm-up=0.05)")));
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return new ScalingReport(size()).of(settings, rows);
  }
}
