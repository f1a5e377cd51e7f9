package ai.contexture.cli;

import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.pretraining.Parts;
import ai.contexture.pretraining.Placement;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Leading;
import ai.contexture.torch.Devices;
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
    header = "Learn features from a context",
    description = {
      "Learns features of the rows of a table, and says how close they are to the best that the"
          + " context",
      "allows and whether they help to predict the target."
    },
    footer = {
      "  contexture pretrain",
      "  contexture pretrain --data wine.csv --target class --context 'knn(k=20)' --dim 16",
      "  contexture pretrain --data big.csv.gz --objective svme --batch 1024 --epochs 20 --out"
          + " big-run",
      "  contexture pretrain --resume runs/wine-1",
      "  contexture pretrain --config runs/wine-1/options.yaml --seed 1"
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
          "Print what the columns hold, point out what looks odd, and stop without training")
  private boolean describe;

  @Mixin private TrainingArguments training;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "A new folder for the run. Default: the first free runs/NAME-N")
  private String out;

  @Option(
      names = "--evaluate-every",
      paramLabel = "N",
      description =
          "Steps between measurements of alignment, effective rank and probe score during"
              + " training; 0 for none. Default: as often as fits into a tenth of the time")
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
      description = "Continue a run that was stopped, with the options it was started with")
  private String resume;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "Repeat the run with this many seeds, starting at --seed, each in its own folder,"
              + " and print means and standard deviations of the scores")
  private Integer seeds;

  @Option(
      names = "--rows-on-disk",
      description =
          "Keep the network's inputs in a temporary file beside the run and read each batch"
              + " from there, for tables that need much memory; CPU only")
  private boolean rowsOnDisk;

  @Option(names = "--quiet", description = "Print neither progress nor report")
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

  /** A network that reads the graph suits edges, unless the context or a network is of rows. */
  private Recipe defaults() {
    Recipe suited = data.recipe();
    boolean edges = Contexts.parse(context.apply(suited).context()).readsEdges();
    return training.choosesEncoder() && edges
        ? suited
        : Recipe.DEFAULT.withContext(suited.context());
  }

  private int start() throws IOException {
    Recipe recipe = training.apply(context.apply(defaults())).absolute();
    // what is said of the context's files is said once
    Parts parts = recipe.parts();
    ContextFactory factory = parts.context();
    DataSource source = data.source(factory);
    if (!source.pictures()) { // whose shape is known when they are read
      parts.encoder().build(recipe.dimension(), Seed.of(0));
    }
    if (describe) {
      if (!common.toStandardOutput()) {
        terminal.describes();
      }
      Dataset read = source.read();
      Recipe suited = context.forData(recipe, read, source.features() != null);
      return describe(PreparedData.joined(read, factory), suited);
    }
    Converters.requireNotNegative("--evaluate-every", evaluateEvery);
    if (seeds != null && (seeds < 2 || source.target() == null)) {
      throw new InputException(
          seeds < 2
              ? "--seeds: expected at least 2, got " + seeds
              : "--seeds compares scores, expected --target COLUMN with it");
    }
    String checkpoints =
        Cadence.parse(
                "--checkpoint-every",
                checkpointEvery == null ? RunOptions.CHECKPOINT_EVERY : checkpointEvery)
            .toString();
    int kept = keep == null ? RunOptions.KEEP : Converters.positive("--keep", keep);
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
    recipe = context.forData(recipe, dataset, source.features() != null);
    Dataset joined = PreparedData.joined(dataset, factory);
    int rows = PreparedData.split(joined, recipe).pretrain().length;
    Recipe sized = training.forRows(recipe, rows);
    Trial trial = new Trial(dataset, source, placement, checkpoints, kept);
    if (seeds == null) {
      return pretrain(trial, sized, wanted, (result, run) -> common.write(result, terminal));
    }
    return severalSeeds(trial, sized, wanted);
  }

  /** What runs that differ by their seed have in common. */
  private record Trial(
      Dataset data, DataSource source, Placement placement, String checkpoints, int keep) {}

  /** Takes the result of a run. */
  private interface Finished {
    void take(JsonObject result, Path run) throws IOException;
  }

  private int severalSeeds(Trial trial, Recipe recipe, Path wanted) throws IOException {
    SeedTable table = new SeedTable();
    long first = recipe.training().seed();
    for (long seed = first; seed < first + seeds; seed++) {
      long own = seed;
      Path folder = wanted == null ? null : wanted.resolve("seed-" + seed);
      int code =
          pretrain(
              trial,
              recipe.withSeed(seed),
              folder,
              (result, run) -> terminal.say(table.add(own, result) + " in " + run));
      if (code != 0) {
        return code;
      }
    }
    if (!quiet && !common.toStandardOutput()) {
      table.lines(trial.source().target()).forEach(terminal.out()::println);
    }
    common.write(table.json(), terminal);
    return 0;
  }

  private int pretrain(Trial trial, Recipe recipe, Path wanted, Finished finished)
      throws IOException {
    Pretraining first = announced(prepared(trial.data(), recipe, trial.placement()));
    try (Pretraining job =
        training.choosesDimension() ? suited(first, trial.data(), trial.placement()) : first) {
      RunOptions options =
          new RunOptions(
              RunOptions.FORMAT,
              trial.data().name(),
              trial.source().absolute(),
              trial.data().fingerprint(),
              job.contextFiles(),
              job.recipe(),
              common.deviceText(),
              rowsOnDisk,
              evaluateEvery,
              trial.checkpoints(),
              trial.keep());
      RunFolder folder = RunFolder.create(wanted, options, OptionsFile.text(given()));
      return RunLock.holding(folder.path(), () -> run(job, folder, options, finished));
    }
  }

  /** Says what was read. */
  private Pretraining announced(Pretraining job) {
    terminal.accepted();
    if (!quiet && seeds == null) {
      DataSummary.say(job, terminal);
    }
    return job;
  }

  /** Prepares again where the context has fewer functions than the usual number of features. */
  private Pretraining suited(Pretraining first, Dataset dataset, Placement placement)
      throws IOException {
    Recipe recipe = first.recipe();
    int existing = recipe.dimension();
    try {
      if (first.isExact()) {
        Measured<Leading> leading = PretrainingRun.leading(first, phases, quiet ? null : terminal);
        existing = leading.known() ? leading.value().existing() : existing;
      }
      if (existing == recipe.dimension() || existing == 0) {
        return first;
      }
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
    first.close();
    return prepared(dataset, recipe.withDimension(existing), placement);
  }

  private int describe(Dataset dataset, Recipe recipe) throws IOException {
    DataDescription description = DataDescription.of(dataset, recipe);
    if (!quiet && !common.toStandardOutput()) {
      description.lines().forEach(terminal.out()::println);
    }
    terminal.accepted(); // what else there is to say comes below
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
    try (Pretraining job = prepared(dataset, options.recipe(), placement)) {
      folder.restore(job, terminal::warn);
      return run(
          announced(job), folder, options, (result, place) -> common.write(result, terminal));
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

  private int run(Pretraining job, RunFolder folder, RunOptions options, Finished finished)
      throws IOException {
    boolean silent = quiet || seeds != null;
    PretrainingRun run = new PretrainingRun(terminal, job, folder, options, silent, phases);
    run.foresee();
    run.announce();
    int code = run.train();
    if (code != 0) {
      terminal.say(
          "Stopped after step " + job.trainer().finishedSteps() + "; go on with:",
          terminal.command() + " pretrain --resume " + Names.word(folder.path().toString()));
      return code;
    }
    boolean print = !silent && !common.toStandardOutput();
    finished.take(run.finish(new Report(terminal, print)), folder.path());
    return 0;
  }
}
