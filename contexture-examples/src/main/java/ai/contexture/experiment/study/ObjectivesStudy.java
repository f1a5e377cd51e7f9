package ai.contexture.experiment.study;

import ai.contexture.context.Contexts;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.experiment.Cell;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.experiment.StudyOption;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.InputException;
import ai.contexture.input.Suggestions;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Objectives;
import ai.contexture.objective.Orthonormality;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every objective with every way to orthonormality that it has a place for. */
final class ObjectivesStudy implements Study {

  static final String NAME = "objectives";

  /** Those that are made of others. */
  private static final Set<String> MIXTURES = Set.of("mix", "minmax");

  /** Microseconds of a step for each pair of rows of a batch, where all pairs are compared. */
  private static final Map<String, Double> PAIRS =
      Map.of(
          "infonce", 0.15,
          "clip", 0.1,
          "supervised-contrastive", 0.15,
          "nt-xent", 0.2,
          "dcl", 0.18,
          "balanced", 0.07);

  /** The same for a step as such, and for each row. */
  private static final double STEP = 20_000;

  private static final double ROW = 7;

  /** An objective that has a way of its own. */
  static final String OWN = "own";

  static final String FULL = "full";

  static final List<String> WAYS =
      List.of(
          "none",
          "vicreg",
          "correlation",
          "frobenius",
          "whitening",
          "whitening(form=zca)",
          "whitening(momentum=0.9)");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "The objectives compared";
  }

  @Override
  public String question() {
    return "Which objective, with which way to keep features apart, comes closest to the best"
        + " features that a context allows?";
  }

  @Override
  public String source() {
    return "New; the theory of Zhai et al., Contextures (ICML 2025), says which objectives have the"
        + " same optimum, and not which of them comes close to it.";
  }

  @Override
  public String time() {
    return "about 4 hours on 2 cores";
  }

  @Override
  public List<StudyOption> options() {
    return List.of(
        StudyOption.datasets("abalone,Wine,yeast", DatasetFolder.DIGITS),
        StudyOption.seeds(5, 1),
        new StudyOption(
            "objectives",
            "NAMES",
            "all",
            "kise,spectral-contrastive,infonce,diffusion",
            "The objectives, separated by commas, or all"),
        new StudyOption(
            "batches", "SIZES", "full,512", FULL, "Rows in a step, full for all of them"),
        new StudyOption("context", "CONTEXT", "knn(k=30)", "knn(k=30)", "The context"),
        new StudyOption("width", "N", "128", "64", "Units of each hidden layer"),
        new StudyOption("depth", "N", "2", "1", "Hidden layers of the network"),
        new StudyOption("dim", "D", "32", "16", "How many features to learn"),
        new StudyOption("steps", "N", "150", "40", "Training steps of each cell"),
        new StudyOption(
            "optimiser",
            "NAME",
            "adamw",
            "adamw",
            "How weights follow their gradients, as in contexture pretrain"),
        new StudyOption(
            "schedule", "NAME", "one-cycle", "one-cycle", "How the learning rate changes"));
  }

  @Override
  public List<String> parameters() {
    return List.of("dataset", "context", "seed", "batch", "objective", "orthonormality");
  }

  @Override
  public List<String> measures() {
    return ExactSplit.MEASURES;
  }

  @Override
  public Grid grid(Settings settings, DatasetFolder data, Device device) {
    return new ObjectivesGrid(settings, data, device);
  }

  /** Shares the exact functions between neighbouring cells. */
  private static final class ObjectivesGrid extends PretrainingGrid {

    private final Settings settings;
    private final Recipe recipe;
    private final List<Cell> cells = new ArrayList<>();

    ObjectivesGrid(Settings settings, DatasetFolder data, Device device) {
      super(data, settings.texts("only"), device);
      this.settings = settings;
      String context = settings.text("context");
      Contexts.parse(context);
      String encoder =
          Text.format("mlp(width=%d,depth=%d)", settings.count("width"), settings.count("depth"));
      EncoderFactory.parse(encoder);
      Recipe defaults = Recipe.DEFAULT.withContext(context).withEncoder(encoder);
      recipe =
          defaults
              .withDimension(settings.count("dim"))
              .withTraining(
                  defaults
                      .training()
                      .withSteps(settings.count("steps"))
                      .withOptimiser(Optimiser.parse(settings.text("optimiser")))
                      .withSchedule(Schedule.parse(settings.text("schedule"))));
      for (long seed : settings.seeds()) {
        for (String dataset : settings.texts("only")) {
          cells(dataset, seed);
        }
      }
    }

    private void cells(String dataset, long seed) {
      int n = pretrainingRows(dataset, recipe);
      for (String batch : settings.texts("batches")) {
        int rows = batch.equals(FULL) ? n : Math.min(n, batch(batch));
        for (String objective : objectives(settings)) {
          for (String way : ways(objective, batch.equals(FULL))) {
            double cost = STEP + ROW * rows + PAIRS.getOrDefault(objective, 0.0) * rows * rows;
            cells.add(
                Cell.of(
                    cost,
                    "dataset",
                    dataset,
                    "context",
                    recipe.context(),
                    "seed",
                    seed,
                    "batch",
                    batch,
                    "objective",
                    objective,
                    "orthonormality",
                    way));
          }
        }
      }
    }

    private static int batch(String text) {
      return Settings.count("batches", text);
    }

    @Override
    public List<Cell> cells() {
      return cells;
    }

    @Override
    Recipe recipe(Cell cell) {
      String way = cell.get("orthonormality");
      String batch = cell.get("batch");
      return recipe
          .withObjective(cell.get("objective"))
          .withOrthonormality(way.equals(OWN) ? "" : way)
          .withTraining(
              recipe
                  .training()
                  .withSeed(Long.parseLong(cell.get("seed")))
                  .withBatch(batch.equals(FULL) ? 0 : batch(batch)));
    }
  }

  private static List<String> objectives(Settings settings) {
    List<String> known =
        Objectives.registry().names().stream().filter(name -> !MIXTURES.contains(name)).toList();
    if (settings.text("objectives").equals("all")) {
      return known;
    }
    List<String> chosen = settings.texts("objectives");
    for (String name : chosen) {
      if (!known.contains(name)) {
        throw Suggestions.unknown("objective", name, known);
      }
    }
    return chosen;
  }

  /** The ways that an objective takes; moments that run over batches are for small batches. */
  private static List<String> ways(String objective, boolean full) {
    if (!takes(objective, "vicreg")) {
      return List.of(OWN);
    }
    return WAYS.stream()
        .filter(way -> !(full && way.contains("momentum")) && takes(objective, way))
        .toList();
  }

  private static boolean takes(String objective, String way) {
    try {
      Objective.parse(objective, Orthonormality.parse(way));
      return true;
    } catch (InputException e) {
      return false;
    }
  }

  @Override
  public StudyReport report(Settings settings, List<CellResult> rows) {
    return ObjectivesReport.of(settings, rows);
  }
}
