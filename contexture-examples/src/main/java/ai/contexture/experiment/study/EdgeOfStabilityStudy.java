package ai.contexture.experiment.study;

import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Orthonormality;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.training.DivergedException;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether the span of the learned features stays at that of the exact functions where the step is
 * so large that the loss oscillates [D, ch. 7, open question 4].
 */
final class EdgeOfStabilityStudy implements Study {

  static final String NAME = "edge-of-stability";

  static final String SGD = "sgd";

  static final String ADAMW = "adamw";

  /** The optimisers and the options with their rates. */
  private static final Map<String, String> OPTIMISERS =
      Map.of(SGD, "sgd(momentum=0)", ADAMW, ADAMW);

  /** The ridge stays, since a loss that changes with the steps has no curvature to speak of. */
  private static final String FIXED = "whitening(first-ridge=1e-3,last-ridge=1e-3)";

  /** A rise of the loss by less than this, for each function, is rounding. */
  private static final double ROUNDING = 1e-6;

  /** A gradient step is stable on a quadratic below this, over the step size. */
  private static final double STABLE = 2;

  /** The looks at the features in a training. */
  private static final int LOOKS = 20;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Training with large steps";
  }

  @Override
  public String question() {
    return "Do networks keep the best features of a context when their steps are so large that the"
        + " loss no longer falls smoothly?";
  }

  @Override
  public String source() {
    return "Open question 4 of Zhai, Contextures (dissertation, 2025): do representations stay"
        + " close to the exact functions while the weights oscillate at the edge of"
        + " stability? No numbers are published.";
  }

  @Override
  public String time() {
    return "about 6 minutes on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone", DatasetFolder.DIGITS),
        StudyOption.seeds(3, 1),
        new StudyOption(
            "ways",
            "WAYS",
            FIXED + ",frobenius",
            FIXED,
            "How features are kept apart, as in contexture pretrain"),
        new StudyOption(
            "sgd",
            "RATES",
            "0.001,0.003,0.01,0.03,0.1,1,10,100",
            "0.1,30",
            "Step sizes of gradient descent"),
        new StudyOption(
            "adamw", "RATES", "0.001,0.003,0.01,0.03,0.1,0.3,1", "0.003", "Step sizes of AdamW"),
        new StudyOption(
            "rows", "N", "800", "300", "The most rows of a dataset, a sample of those it has"),
        new StudyOption("k", "K", "30", "20", "Neighbours of each row in the context"),
        new StudyOption("dim", "D", "16", "6", "How many features to learn"),
        new StudyOption("width", "N", "64", "16", "Units of each of the two hidden layers"),
        new StudyOption("steps", "N", "400", "40", "Training steps of each network"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "seed", "way", "optimiser", "rate");
  }

  @Override
  public List<String> measures() {
    return List.of(
        "cca",
        "cca_least",
        "cca_most",
        "turn",
        "rises",
        "jump",
        "loss",
        "loss_least",
        "sharpness",
        "edge",
        "diverged",
        "seconds");
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder folder, Device device) {
    Map<String, Dataset> datasets = folder.labelled(settings.texts("only"), settings.count("rows"));
    Recipe recipe =
        Recipe.DEFAULT
            .withContext(Text.format("knn(k=%d)", settings.count("k")))
            .withEncoder(Text.format("mlp(width=%d,depth=2)", settings.count("width")))
            .withDimension(settings.count("dim"))
            .withOutputs(settings.count("dim"))
            .withSteps(settings.count("steps"));
    if (settings.count("steps") < 2 * LOOKS) {
      throw new InputException(
          Text.format("--steps: expected at least %d, got %d", 2 * LOOKS, settings.count("steps")));
    }
    settings.texts("ways").forEach(way -> Orthonormality.parse(way));
    List<Cell> cells = new ArrayList<>();
    for (long seed : settings.seeds()) {
      for (String name : settings.texts("only")) {
        for (String way : settings.texts("ways")) {
          for (String optimiser : List.of(SGD, ADAMW)) {
            for (String rate : settings.texts(optimiser)) {
              requireRate(optimiser, rate);
              cells.add(
                  Cell.of(
                      1,
                      "dataset",
                      name,
                      "seed",
                      seed,
                      "way",
                      way,
                      "optimiser",
                      optimiser,
                      "rate",
                      rate));
            }
          }
        }
      }
    }
    return Grid.of(
        cells,
        cell -> measured(datasets.get(cell.get("dataset")), recipe(recipe, cell), cell, device));
  }

  private static void requireRate(String option, String text) {
    if (!(Numbers.parse(text) > 0)) {
      throw new InputException(
          Text.format("--%s: expected step sizes above 0, got '%s'", option, text));
    }
  }

  private static Measures measured(Dataset data, Recipe recipe, Cell cell, Device device) {
    long start = System.nanoTime();
    try (Pretraining job = Pretraining.prepare(data, recipe, device);
        NDManager scope = NDManager.newBaseManager(device)) {
      Path path = new Path(recipe.training().steps(), ROUNDING * recipe.dimension());
      boolean diverged = false;
      try {
        for (int look = 1; look <= LOOKS; look++) {
          job.trainer().train(recipe.training().steps() * look / LOOKS, path);
          path.look(job, look, scope);
        }
      } catch (DivergedException | ArithmeticException e) {
        diverged = true;
      }
      Measures measures = path.measures().put("diverged", diverged ? 1 : 0);
      if (!diverged) {
        double sharpness =
            Sharpness.of(
                (FiniteContext) job.context(),
                new Kise(Orthonormality.parse(cell.get("way"))),
                job.trainer().encoder(),
                recipe.outputs(),
                Seed.of(recipe.training().seed()).derive("sharpness"));
        measures.put("sharpness", sharpness);
        if (cell.get("optimiser").equals(SGD)) {
          measures.put("edge", sharpness * recipe.training().learningRate() / STABLE);
        }
      }
      return measures.put("seconds", (System.nanoTime() - start) * 1e-9);
    }
  }

  /** What a training goes through; its second half counts. */
  static final class Path implements TrainingListener {

    private final int steps;
    private final double rounding;
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> alignments = new ArrayList<>();
    private final List<Double> turns = new ArrayList<>();
    private NDArray before;

    Path(int steps, double rounding) {
      this.steps = steps;
      this.rounding = rounding;
    }

    @Override
    public void onStep(StepReport report) {
      loss(report.loss());
    }

    void loss(double loss) {
      losses.add(loss);
    }

    private void look(Pretraining job, int look, NDManager owner) {
      try (NDManager scope = owner.newSubManager()) {
        NDArray outputs = job.trainer().outputs(scope);
        int d = job.recipe().dimension();
        FiniteContext context = (FiniteContext) job.context();
        NDArray features = RayleighRitz.of(outputs, context.operator(), d).project(outputs);
        if (look > LOOKS / 2) {
          alignments.add(Alignment.canonicalCorrelation(features, job.spectrum(), d));
          if (before != null) {
            turns.add(1 - Alignment.canonicalCorrelation(before, features));
          }
        }
        if (before != null) {
          before.close();
        }
        features.attach(owner);
        before = features;
      }
    }

    Measures measures() {
      List<Double> late = losses.subList(Math.min(losses.size(), steps / 2), losses.size());
      double least = late.stream().mapToDouble(v -> v).min().orElse(Double.NaN);
      double rises = 0;
      double jump = 0;
      for (int i = 1; i < late.size(); i++) {
        double rise = late.get(i) - late.get(i - 1);
        rises += rise > rounding ? 1 : 0;
        jump = Math.max(jump, rise);
      }
      return new Measures()
          .put("cca", alignments.isEmpty() ? Double.NaN : alignments.get(alignments.size() - 1))
          .put("cca_least", alignments.stream().mapToDouble(v -> v).min().orElse(Double.NaN))
          .put("cca_most", alignments.stream().mapToDouble(v -> v).max().orElse(Double.NaN))
          .put("turn", turns.stream().mapToDouble(v -> v).average().orElse(Double.NaN))
          .put("rises", late.size() < 2 ? Double.NaN : rises / (late.size() - 1))
          .put("jump", late.size() < 2 ? Double.NaN : jump)
          .put("loss", late.isEmpty() ? Double.NaN : late.get(late.size() - 1))
          .put("loss_least", least);
    }
  }

  private static Recipe recipe(Recipe recipe, Cell cell) {
    return recipe
        .withObjective("kise")
        .withOrthonormality(cell.get("way"))
        .withTraining(
            recipe
                .training()
                .withSeed(Long.parseLong(cell.get("seed")))
                .withOptimiser(Optimiser.parse(OPTIMISERS.get(cell.get("optimiser"))))
                .withLearningRate(Numbers.parse(cell.get("rate")))
                .withSchedule(Schedule.CONSTANT)
                .withClip(0));
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return EdgeOfStabilityReport.of(settings, rows);
  }
}
