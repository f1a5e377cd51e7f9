package ai.contexture.cli;

import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Recipe;
import ai.contexture.training.EarlyStopping;
import ai.contexture.training.Precision;
import ai.contexture.training.TrainingOptions;
import picocli.CommandLine.Option;

/** The options that say what is learned, by which network, and how it is trained. */
final class TrainingArguments {

  @Option(
      names = "--objective",
      paramLabel = "NAME",
      description =
          "The loss to minimise: ${bundle:known_objectives}. Default:"
              + " ${bundle:default_objective}")
  private String objective;

  @Option(
      names = "--orthonormality",
      paramLabel = "HOW",
      description =
          "How features are kept apart: ${bundle:known_orthonormalities}. Default: depends on"
              + " the objective")
  private String orthonormality;

  @Option(
      names = "--encoder",
      paramLabel = "ENCODER",
      description =
          "The network that computes the features, by name and options: ${bundle:known_encoders}."
              + " Default: ${bundle:default_encoder}; with --edges, unless --context is of rows,"
              + " ${bundle:graph_encoder}, with --features ${bundle:features_encoder}")
  private String encoder;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "How many features to learn. Default: ${bundle:default_dimensions}")
  private Integer dimension;

  @Option(
      names = "--outputs",
      paramLabel = "N",
      description =
          "Outputs of the network, whose best D directions become the features. Default: 4 D,"
              + " fewer for few rows")
  private Integer outputs;

  @Option(
      names = "--ridge",
      paramLabel = "R",
      description =
          "Added to the variance of the network's outputs, as a share of their mean variance,"
              + " before features are ordered, so that directions of little variance, which are"
              + " mostly noise, count less. Default: 0; ${bundle:features_ridge} for sgc with"
              + " --features")
  private Double ridge;

  @Option(
      names = {"--samples", "--draws"}, // the second is its former name
      paramLabel = "N",
      description =
          "Samples to average for each row where the context's probabilities are not known."
              + " Default: ${bundle:default_samples}")
  private Integer samples;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Training steps; 0 keeps the initial network. Default: ${bundle:default_steps}; 0 for sgc"
              + " with --features")
  private Integer steps;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the rows, instead of --steps")
  private Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Rows in a step, or full for all of them. Default: ${bundle:default_batch}")
  private String batch;

  @Option(
      names = "--optimiser",
      paramLabel = "NAME",
      description =
          "The optimiser, by name and options: ${bundle:known_optimisers}. Default:"
              + " ${bundle:default_optimiser}")
  private String optimiser;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "The highest learning rate. Default: ${bundle:default_rates}")
  private Double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "How the learning rate changes, by name and options: ${bundle:known_schedules}."
              + " Default: ${bundle:default_schedule}")
  private String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description =
          "The share of every weight that a step removes, times the learning rate. Default:"
              + " ${bundle:default_decay}")
  private Double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description =
          "Scale gradients down to this norm if they are longer; 0 turns it off. Default:"
              + " ${bundle:default_clip}")
  private Double clip;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Average the gradients of so many batches in each step. Default: 1")
  private Integer accumulate;

  @Option(
      names = "--average",
      paramLabel = "SHARE",
      description =
          "Use a moving average of the network's weights that keeps this share of itself at"
              + " each step, such as 0.99. Default: 0, no average")
  private Double average;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "The number format for the network's products during training: float32, or"
              + " bfloat16, which is faster on GPUs and recent processors but rounds to 3 digits."
              + " Default: float32")
  private String precision;

  @Option(
      names = "--hold-out",
      paramLabel = "SHARE",
      description =
          "Hold out this share of the rows to pretrain on, such as 0.1; stop when the"
              + " objective on them stops falling, and keep the weights from its lowest point."
              + " Default: 0, all steps")
  private Double holdOut;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between checks on the held-out rows. Default: steps/50")
  private Integer validateEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Checks on the held-out rows without a new lowest value before training stops."
              + " Default: ${bundle:default_patience}")
  private Integer patience;

  /** Returns the recipe for so many pretraining rows, by which the usual sizes go. */
  Recipe forRows(Recipe recipe, int rows) {
    Recipe sized = dimension == null ? recipe.withDefaultDimension(rows) : recipe;
    return batch == null ? sized.withDefaultBatch(rows) : sized;
  }

  /** Says whether the number of features is not given. */
  boolean choosesDimension() {
    return dimension == null;
  }

  /** Says whether the network is not given. */
  boolean choosesEncoder() {
    return encoder == null;
  }

  /** Returns a recipe with what was chosen. */
  Recipe apply(Recipe defaults) {
    if (steps != null && epochs != null) {
      throw new InputException("--steps and --epochs: expected one of them, got both");
    }
    Converters.requirePositive("--epochs", epochs);
    Recipe recipe = defaults;
    if (objective != null) {
      recipe = recipe.withObjective(objective);
    }
    if (orthonormality != null) {
      recipe = recipe.withOrthonormality(orthonormality);
    }
    if (encoder != null) {
      recipe = recipe.withEncoder(encoder);
    }
    if (dimension != null) {
      recipe = recipe.withDimension(dimension);
    }
    if (outputs != null) {
      recipe = recipe.withOutputs(Converters.positive("--outputs", outputs));
    }
    if (samples != null) {
      recipe = recipe.withSamples(samples);
    }
    if (ridge != null) {
      recipe = recipe.withRidge(ridge);
    }
    if (epochs != null) {
      recipe = recipe.withEpochs(epochs);
    }
    return recipe.withTraining(training(recipe.training()));
  }

  private TrainingOptions training(TrainingOptions defaults) {
    TrainingOptions chosen = defaults;
    if (steps != null) {
      chosen = chosen.withSteps(steps);
    }
    if (batch != null) {
      chosen = chosen.withBatch(batchSize());
    }
    if (optimiser != null) {
      chosen = chosen.withOptimiser(Optimiser.parse(optimiser));
    }
    if (learningRate != null) {
      chosen = chosen.withLearningRate(learningRate);
    }
    if (schedule != null) {
      chosen = chosen.withSchedule(Schedule.parse(schedule));
    }
    if (weightDecay != null) {
      chosen = chosen.withWeightDecay(weightDecay);
    }
    if (accumulate != null) {
      chosen = chosen.withAccumulate(accumulate);
    }
    if (precision != null) {
      chosen = chosen.withPrecision(Converters.choice(Precision.class, "--precision", precision));
    }
    if (average != null) {
      chosen = chosen.withAverage(average);
    }
    if (clip != null) {
      chosen = chosen.withClip(clip);
    }
    return chosen.withStopping(stopping(chosen.stopping()));
  }

  private EarlyStopping stopping(EarlyStopping defaults) {
    if (holdOut == null && (validateEvery != null || patience != null)) {
      throw new InputException(
          (validateEvery == null ? "--patience" : "--validate-every")
              + ": expected --hold-out beside it");
    }
    if (holdOut == null) {
      return defaults;
    }
    return new EarlyStopping(
        holdOut,
        validateEvery == null
            ? defaults.every()
            : Converters.positive("--validate-every", validateEvery),
        patience == null ? defaults.patience() : Converters.positive("--patience", patience));
  }

  private int batchSize() {
    if (batch.equals("full")) {
      return 0;
    }
    double value = Numbers.parse(batch);
    if (value != Math.rint(value) || value < 2 || value > Integer.MAX_VALUE) {
      throw new InputException(
          "--batch: expected full or a whole number of at least 2, got '" + batch + "'");
    }
    return (int) value;
  }
}
