package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.objective.Objectives;
import ai.contexture.optimiser.Optimisers;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Placement;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.Leading;
import ai.contexture.torch.Devices;
import ai.contexture.training.EarlyStopping;
import ai.contexture.training.Precision;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Trains an encoder. */
@Command(
    name = "pretrain",
    header = {"Learn features from a context", ""},
    description = {
      "Learns features of the rows of a table, and says how close they are to the best that the"
          + " context",
      "allows and whether they help to predict the target.",
      ""
    },
    abbreviateSynopsis = true,
    sortOptions = false,
    footer = {
      "  contexture pretrain",
      "  contexture pretrain --data wine.csv --target class --context 'knn(k=20)' --dim 16",
      "  contexture pretrain --data big.csv.gz --objective svme --batch 1024 --epochs 20 --out"
          + " big-run",
      "  contexture pretrain --resume runs/wine-1",
      "  contexture pretrain --config runs/wine-1/options.yaml --seed 1",
      ""
    })
final class PretrainCommand implements Callable<Integer> {

  private static final Set<String> WITH_RESUME =
      Set.of("--resume", "--json", "--device", "--quiet", "--debug");

  private final Terminal terminal;
  private final Phases phases = new Phases();

  @CommandLine.Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private ContextOptions context;

  @Option(
      names = "--describe",
      description =
          "Print what the columns hold and what is worth a look in them, and end without training")
  private boolean describe;

  @Option(
      names = "--objective",
      paramLabel = "NAME",
      description =
          "What is minimised: ${bundle:known_objectives}. Default: ${bundle:usual_objective}")
  private String objective;

  @Option(
      names = "--orthonormality",
      paramLabel = "HOW",
      description =
          "What keeps features apart: ${bundle:known_orthonormalities}. Default: the objective's"
              + " usual way")
  private String orthonormality;

  @Option(
      names = "--encoder",
      paramLabel = "ENCODER",
      description =
          "The network that computes the features, by name and options: ${bundle:known_encoders}."
              + " Default: ${bundle:usual_encoder}")
  private String encoder;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "How many features to learn. Default: ${bundle:usual_dimensions}")
  private Integer dimension;

  @Option(
      names = "--outputs",
      paramLabel = "N",
      description =
          "Outputs of the network, the best D directions of which become the features. Default: 4"
              + " D, or less for few rows")
  private Integer outputs;

  @Option(
      names = "--draws",
      paramLabel = "N",
      description =
          "Samples averaged for each row where the law of the context is not known. Default:"
              + " ${bundle:usual_draws}")
  private Integer draws;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps. Default: ${bundle:usual_steps}")
  private Integer steps;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the rows, in place of --steps")
  private Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Rows in a step, or full for all of them. Default: ${bundle:usual_batch}")
  private String batch;

  @Option(
      names = "--optimiser",
      paramLabel = "NAME",
      description =
          "How weights follow their gradients, by name and options: ${bundle:known_optimisers}."
              + " Default: ${bundle:usual_optimiser}")
  private String optimiser;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "The largest learning rate. Default: ${bundle:usual_rates}")
  private Double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "How the rate changes, by name and options: ${bundle:known_schedules}."
              + " Default: ${bundle:usual_schedule}")
  private String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description =
          "How much each step takes of every weight, times the rate. Default:"
              + " ${bundle:usual_decay}")
  private Double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description =
          "Scale longer gradients down to this norm, 0 for never. Default: ${bundle:usual_clip}")
  private Double clip;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Batches whose gradients are averaged in a step. Default: 1")
  private Integer accumulate;

  @Option(
      names = "--average",
      paramLabel = "SHARE",
      description =
          "Keep so much of a moving average of the network at each step, such as 0.99, and use the"
              + " average. Default: 0, no average")
  private Double average;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "In what the network multiplies while it trains: float32, or bfloat16, which is faster on"
              + " GPUs and new processors and rounds to 3 digits. Default: float32")
  private String precision;

  @Option(
      names = "--hold-out",
      paramLabel = "SHARE",
      description =
          "Hold out so much of the rows to pretrain on, such as 0.1, stop when the objective on"
              + " them no longer falls, and keep the weights where it was least. Default: 0, all"
              + " steps")
  private Double holdOut;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between two looks at the held-out rows. Default: steps/50")
  private Integer validateEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Looks at the held-out rows without a new least value before the training stops. Default:"
              + " ${bundle:usual_patience}")
  private Integer patience;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "A new folder for the run. Default: the first free runs/NAME-N")
  private String out;

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description =
          "Steps between two measures of alignment, effective rank and probe under way, 0 for none."
              + " Default: as often as a tenth of the time allows")
  private Integer evaluateEvery;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "EVERY",
      description =
          "Steps or time between two checkpoints, such as 50, 90s, 5min or 2h, 0 for none. Default:"
              + " "
              + RunOptions.CHECKPOINT_EVERY)
  private String checkpointEvery;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "How many of the last checkpoints to keep. Default: " + RunOptions.KEEP)
  private Integer keep;

  @Option(
      names = "--resume",
      paramLabel = "FOLDER",
      description = "Go on with a run that was stopped, with the options it was started with")
  private String resume;

  @Option(
      names = "--rows-on-disk",
      description =
          "Keep the network's inputs in a temporary file beside the run and read the rows of each"
              + " batch from there, for tables that take much memory; on the CPU")
  private boolean rowsOnDisk;

  @Option(names = "--quiet", description = "Print neither progress nor the report")
  private boolean quiet;

  @Mixin private CommonOptions common;

  PretrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    common.checkSeveral();
    return resume == null ? start() : resume();
  }

  private int start() throws IOException {
    Recipe recipe = recipe();
    // as the pretraining knows its files, so that what is said of them is said once
    ContextFactory factory = Contexts.parse(Contexts.absolute(recipe.context()));
    DataSource source = data.source(factory);
    if (describe) {
      return describe(PreparedData.joined(source.read(), factory), recipe);
    }
    notNegative("--evaluate-every", evaluateEvery);
    String checkpoints =
        Cadence.parse(
                "--checkpoint-every",
                checkpointEvery == null ? RunOptions.CHECKPOINT_EVERY : checkpointEvery)
            .toString();
    int kept = keep == null ? RunOptions.KEEP : positive("--keep", keep);
    Path wanted = out == null ? null : Outputs.path("--out", out);
    if (wanted == null) {
      Outputs.requireRoomFor("--out", RunFolder.RUNS);
    } else {
      Outputs.requireNewFolder("--out", wanted);
    }
    source
        .pipe()
        .ifPresent(
            pipe ->
                terminal.warn(
                    pipe
                        + " cannot be read again: the run cannot be resumed, and align and probe"
                        + " need --data with a file"));
    Dataset dataset = phases.time("reading", source::read);
    Placement placement = placement(common.deviceText(), rowsOnDisk, RunFolder.parent(wanted));
    int joined = PreparedData.joined(dataset, factory).rows();
    int rows = PreparedData.split(joined, recipe).pretrain().length;
    if (dimension == null) {
      recipe = recipe.withUsualDimension(rows);
    }
    if (batch == null) {
      recipe = recipe.withUsualBatch(rows);
    }
    Pretraining usual = announced(prepared(dataset, recipe, placement));
    try (Pretraining job = dimension == null ? suited(usual, dataset, placement) : usual) {
      RunOptions options =
          new RunOptions(
              RunOptions.FORMAT,
              dataset.name(),
              source.absolute(),
              dataset.fingerprint(),
              job.contextFiles(),
              job.recipe(),
              common.deviceText(),
              rowsOnDisk,
              evaluateEvery,
              checkpoints,
              kept);
      RunFolder folder = RunFolder.create(wanted, options, OptionsFile.text(given()));
      return RunLock.holding(folder.path(), () -> run(job, folder, options));
    }
  }

  /** Says what was read. */
  private Pretraining announced(Pretraining job) {
    terminal.accepted();
    if (!quiet) {
      PretrainingRun.describe(job, terminal);
    }
    return job;
  }

  /** Prepares again where the context has fewer functions than the usual number of features. */
  private Pretraining suited(Pretraining usual, Dataset dataset, Placement placement)
      throws IOException {
    Recipe recipe = usual.recipe();
    int existing = recipe.dimension();
    try {
      if (usual.isExact()) {
        Measured<Leading> leading = PretrainingRun.leading(usual, phases, quiet ? null : terminal);
        existing = leading.known() ? leading.value().existing() : existing;
      }
      if (existing == recipe.dimension() || existing == 0) {
        return usual;
      }
    } catch (RuntimeException | Error e) {
      usual.close();
      throw e;
    }
    usual.close();
    return prepared(dataset, recipe.withDimension(existing), placement);
  }

  private int describe(Dataset dataset, Recipe recipe) throws IOException {
    DataDescription description = DataDescription.of(dataset, recipe);
    terminal.accepted();
    if (!quiet && !common.toStandardOutput()) {
      description.lines().forEach(terminal.out()::println);
    }
    common.write(description.json(), terminal);
    return 0;
  }

  private ParseResult given() {
    return spec.commandLine().getParseResult();
  }

  private int resume() throws IOException {
    for (OptionSpec option : given().matchedOptions()) {
      if (!WITH_RESUME.contains(option.longestName())) {
        throw new InputException(
            "--resume goes on with the options of the run, expected no "
                + option.longestName()
                + " beside it");
      }
    }
    RunFolder folder = RunFolder.open(Outputs.path("--resume", resume));
    return RunLock.holding(folder.path(), () -> resume(folder));
  }

  private int resume(RunFolder folder) throws IOException {
    RunOptions options = folder.options();
    if (folder.has(RunFolder.RESULT)) {
      throw new InputException(
          folder.path()
              + ": this run is complete, all "
              + options.recipe().training().steps()
              + " steps are finished");
    }
    DataSource source = options.data().again();
    Dataset dataset = phases.time("reading", source::read);
    folder.requireSame(dataset, options);
    ContextFiles.requireSame(options.contextFiles());
    String device = common.given() ? common.deviceText() : options.device();
    Placement placement = placement(device, options.rowsOnDisk(), folder.path());
    try (Pretraining job = announced(prepared(dataset, options.recipe(), placement))) {
      folder.restore(job, terminal::warn);
      return run(job, folder, options);
    }
  }

  private Pretraining prepared(Dataset data, Recipe recipe, Placement placement)
      throws IOException {
    return phases.time("context", () -> Pretraining.prepare(data, recipe, placement));
  }

  /** On the first of some devices, with the help of the others. */
  private static Placement placement(String devices, boolean rowsOnDisk, Path folder) {
    List<Device> all = Devices.parseAll(devices);
    Device[] helpers = all.subList(1, all.size()).toArray(Device[]::new);
    Placement inMemory = Placement.on(all.get(0), helpers);
    return rowsOnDisk ? inMemory.withRowsOnDisk(folder) : inMemory;
  }

  private int run(Pretraining job, RunFolder folder, RunOptions options) throws IOException {
    PretrainingRun run = new PretrainingRun(terminal, job, folder, options, quiet, phases);
    run.foresee();
    run.announce();
    int code = run.train();
    if (code != 0) {
      terminal
          .err()
          .println(
              "Stopped after step "
                  + job.trainer().finished()
                  + "; go on with: "
                  + terminal.command()
                  + " pretrain --resume "
                  + Names.word(folder.path().toString()));
      return code;
    }
    boolean print = !quiet && !common.toStandardOutput();
    JsonObject result = run.finish(new Report(terminal, print));
    common.write(result, terminal);
    return 0;
  }

  private Recipe recipe() {
    if (steps != null && epochs != null) {
      throw new InputException("--steps and --epochs: expected one of them, got both");
    }
    if (epochs != null && epochs < 1) {
      throw new InputException("--epochs: expected at least 1, got " + epochs);
    }
    Recipe recipe = context.apply(Recipe.DEFAULT);
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
      recipe = recipe.withOutputs(positive("--outputs", outputs));
    }
    if (draws != null) {
      recipe = recipe.withDraws(draws);
    }
    if (epochs != null) {
      recipe = recipe.withEpochs(epochs);
    }
    parse(recipe);
    return recipe.withTraining(training(recipe.training()));
  }

  /** Reads the texts only to find out whether they are right. */
  private static void parse(Recipe recipe) {
    Objectives.parse(
        Spec.parse(recipe.objective()),
        recipe.orthonormality().isEmpty()
            ? null
            : Objectives.parseOrthonormality(Spec.parse(recipe.orthonormality())));
    Encoders.parse(Spec.parse(recipe.encoder()), recipe.preprocessing().images());
  }

  private TrainingOptions training(TrainingOptions usual) {
    TrainingOptions chosen = usual;
    if (steps != null) {
      chosen = chosen.withSteps(steps);
    }
    if (batch != null) {
      chosen = chosen.withBatch(batchSize());
    }
    if (optimiser != null) {
      chosen = chosen.withOptimiser(Optimisers.parse(optimiser));
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

  private EarlyStopping stopping(EarlyStopping usual) {
    if (holdOut == null && (validateEvery != null || patience != null)) {
      throw new InputException(
          (validateEvery == null ? "--patience" : "--validate-every")
              + ": expected --hold-out beside it");
    }
    if (holdOut == null) {
      return usual;
    }
    return new EarlyStopping(
        holdOut,
        validateEvery == null ? usual.every() : positive("--validate-every", validateEvery),
        patience == null ? usual.patience() : positive("--patience", patience));
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

  private static int positive(String option, int value) {
    if (value < 1) {
      throw new InputException(option + ": expected at least 1, got " + value);
    }
    return value;
  }

  private static void notNegative(String option, Integer value) {
    if (value != null && value < 0) {
      throw new InputException(option + ": expected at least 0, got " + value);
    }
  }
}
