package ai.contexture.cli;

import ai.contexture.benchmark.NeighboursBenchmark;
import ai.contexture.benchmark.PretrainingBenchmark;
import ai.contexture.benchmark.ReadBenchmark;
import ai.contexture.benchmark.SpectrumBenchmark;
import ai.contexture.benchmark.StepBenchmark;
import ai.contexture.context.KnnContext.Search;
import ai.contexture.data.Dataset;
import ai.contexture.pretraining.Recipe;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how long pieces of work take. */
@Command(
    name = "bench",
    header = "Measure how fast this machine is",
    description = {
      "Does one piece of work several times and prints the median time, the"
          + " interquartile range and",
      "the peak memory of the process. The data are random, but the same every time."
    },
    customSynopsis = "contexture bench WORK [OPTIONS]",
    commandListHeading = "Work:",
    footer = {
      "  contexture bench step --threads 1",
      "  contexture bench knn --n 50000 --k 10 --json -",
      "  contexture bench spectrum --help"
    })
final class BenchCommand implements Callable<Integer> {

  private static final int MOST_WIDTH = 65_536;
  private static final int MOST_STEPS = 1_000_000;

  /** Numbers that a row has in both views together. */
  private static final int STEP_ROW = 16;

  private final Terminal terminal;
  @Spec private CommandLine.Model.CommandSpec spec;

  private BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Returns the command with a command for each piece of work. */
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new BenchCommand(terminal))
        .addSubcommand(new Step(terminal))
        .addSubcommand(new Knn(terminal))
        .addSubcommand(new Spectrum(terminal))
        .addSubcommand(new Read(terminal))
        .addSubcommand(new Pretrain(terminal));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(terminal.out());
    return 0;
  }

  /** Measures a step of a training. */
  @Command(
      name = "step",
      header = "One step of a training",
      description = {
        "Two views of random rows of 8 numbers go through a network of three hidden layers; VICReg",
        "compares them and AdamW changes the weights."
      },
      footer = "  contexture bench step --n 256 --width 256 --dim 64 --threads 1")
  static final class Step implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
        names = "--n",
        paramLabel = "N",
        description = "Rows in a step. Default: ${DEFAULT-VALUE}",
        defaultValue = "128")
    private int n;

    @Option(
        names = "--width",
        paramLabel = "N",
        description = "Units of each hidden layer. Default: ${DEFAULT-VALUE}",
        defaultValue = "64")
    private int width;

    @Option(
        names = "--dim",
        paramLabel = "D",
        description = "Outputs of the network. Default: ${DEFAULT-VALUE}",
        defaultValue = "32")
    private int dim;

    @Option(
        names = "--steps",
        paramLabel = "N",
        description =
            "Steps in a run; the time of the run is their mean. Default: ${DEFAULT-VALUE}",
        defaultValue = "100")
    private int steps;

    @Mixin private BenchOptions bench;

    Step(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      bench.check();
      BenchOptions.requireWithin("--n", n, 2, Integer.MAX_VALUE / 2 / STEP_ROW);
      BenchOptions.requireWithin("--width", width, 1, MOST_WIDTH);
      BenchOptions.requireWithin("--dim", dim, 1, MOST_WIDTH);
      BenchOptions.requireWithin("--steps", steps, 1, MOST_STEPS);
      return bench.measure(
          "step",
          (runs, device) -> new StepBenchmark(n, width, dim, steps, runs, device),
          terminal);
    }
  }

  /** Measures the search for neighbours. */
  @Command(
      name = "knn",
      header = "The nearest neighbours among random rows",
      footer = {
        "  contexture bench knn --n 100000 --features 64 --k 10",
        "  contexture bench knn --n 500000 --latent 8 --search approximate --runs 1 --warm-up 0"
      })
  static final class Knn implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private RandomRowOptions rows;

    @Option(
        names = "--latent",
        paramLabel = "N",
        description = {
          "Independent numbers that all numbers of a row follow from, but for a little noise.",
          "Default: 0, all are independent"
        },
        defaultValue = "0")
    private int latent;

    @Option(
        names = "--search",
        paramLabel = "HOW",
        description = {
          "exact, or approximate: misses up to 2 %% of the neighbours. Default: ${DEFAULT-VALUE}"
        },
        defaultValue = "exact")
    private String search;

    @Option(
        names = "--top",
        paramLabel = "N",
        description = "Taken because spectrum takes it; nothing here hangs on it",
        defaultValue = "1")
    private int top;

    @Mixin private BenchOptions bench;

    Knn(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      bench.check();
      rows.check();
      BenchOptions.requireWithin("--latent", latent, 0, MOST_WIDTH);
      BenchOptions.requireRoom(rows.n, "--latent", Math.max(1, latent));
      Search chosen = Converters.choice(Search.class, "--search", search);
      BenchOptions.requireWithin("--k", rows.k, 1, chosen == Search.EXACT ? rows.n : rows.n - 1);
      BenchOptions.requireWithin("--top", top, 1, Integer.MAX_VALUE);
      return bench.measure(
          "knn",
          (runs, device) ->
              new NeighboursBenchmark(rows.n, rows.features, latent, rows.k, chosen, device),
          terminal);
    }
  }

  /** Measures the spectrum of neighbours. */
  @Command(
      name = "spectrum",
      header = "The largest eigenvalues of nearest neighbours among random rows",
      description = "The time to find the neighbours is not counted.",
      footer = "  contexture bench spectrum --n 200000 --top 128 --runs 1 --warm-up 0")
  static final class Spectrum implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private RandomRowOptions rows;

    @Option(
        names = "--top",
        paramLabel = "N",
        description = "How many eigenvalues. Default: ${DEFAULT-VALUE}",
        defaultValue = "128")
    private int top;

    @Mixin private BenchOptions bench;

    Spectrum(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      bench.check();
      rows.check();
      BenchOptions.requireWithin("--k", rows.k, 1, rows.n - 1);
      BenchOptions.requireWithin("--top", top, 1, rows.n - 1);
      return bench.measure(
          "spectrum",
          (runs, device) -> new SpectrumBenchmark(rows.n, rows.features, rows.k, top, device),
          terminal);
    }
  }

  /** Random rows and their neighbours. */
  static final class RandomRowOptions {

    @Option(
        names = "--n",
        paramLabel = "N",
        description = "How many rows. Default: ${DEFAULT-VALUE}",
        defaultValue = "20000")
    private int n;

    @Option(
        names = "--features",
        paramLabel = "N",
        description = "Numbers in a row. Default: ${DEFAULT-VALUE}",
        defaultValue = "32")
    private int features;

    @Option(
        names = "--k",
        paramLabel = "K",
        description = "Neighbours of each row, itself the first. Default: ${DEFAULT-VALUE}",
        defaultValue = "30")
    private int k;

    private void check() {
      BenchOptions.requireWithin("--n", n, 2, Integer.MAX_VALUE);
      BenchOptions.requireWithin("--features", features, 1, MOST_WIDTH);
      BenchOptions.requireRoom(n, "--features", features);
      BenchOptions.requireRoom(n, "--k", Math.max(1, k));
    }
  }

  /** Measures how a file is read. */
  @Command(
      name = "read",
      header = "Reading a CSV file of random numbers with all their digits",
      footer = "  contexture bench read --n 500000 --features 10")
  static final class Read implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
        names = "--n",
        paramLabel = "N",
        description = "How many rows. Default: ${DEFAULT-VALUE}",
        defaultValue = "100000")
    private int n;

    @Option(
        names = "--features",
        paramLabel = "N",
        description = "How many columns. Default: ${DEFAULT-VALUE}",
        defaultValue = "32")
    private int features;

    @Mixin private BenchOptions bench;

    Read(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      bench.check();
      BenchOptions.requireWithin("--n", n, 1, Integer.MAX_VALUE);
      BenchOptions.requireWithin("--features", features, 1, MOST_WIDTH);
      BenchOptions.requireRoom(n, "--features", features);
      return bench.measure("read", (runs, device) -> new ReadBenchmark(n, features), terminal);
    }
  }

  /** Measures the whole job. */
  @Command(
      name = "pretrain",
      header = "Everything that contexture pretrain does, except files",
      description = {
        "A run preprocesses the table, finds the neighbours, trains the network and"
            + " compares its features",
        "with the best ones and with the target. The time to read the table is not" + " counted."
      },
      footer = {
        "  contexture bench pretrain --steps 50 --runs 1 --warm-up 0",
        "  contexture bench pretrain --data abalone.csv --target rings --dim 128 --json"
            + " abalone.json"
      })
  static final class Pretrain implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private DataOptions data;

    @Option(
        names = "--k",
        paramLabel = "K",
        description = "Neighbours of each row, itself the first. Default: ${DEFAULT-VALUE}",
        defaultValue = "30")
    private int k;

    @Option(
        names = "--width",
        paramLabel = "N",
        description = "Units of each of the three hidden layers. Default: ${DEFAULT-VALUE}",
        defaultValue = "512")
    private int width;

    @Option(
        names = "--dim",
        paramLabel = "D",
        description = "How many features to learn. Default: ${bundle:default_dimension}")
    private Integer dim;

    @Option(
        names = "--steps",
        paramLabel = "N",
        description = "Training steps. Default: ${bundle:default_steps}")
    private Integer steps;

    @Mixin private BenchOptions bench;

    Pretrain(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      bench.check();
      BenchOptions.requireWithin("--k", k, 1, Integer.MAX_VALUE);
      BenchOptions.requireWithin("--width", width, 1, MOST_WIDTH);
      Recipe recipe =
          Recipe.DEFAULT
              .withContext("knn(k=" + k + ")")
              .withEncoder("mlp(width=" + width + ",depth=3)");
      if (dim != null) {
        recipe = recipe.withDimension(dim);
      }
      if (steps != null) {
        recipe = recipe.withTraining(recipe.training().withSteps(steps));
      }
      Recipe chosen = recipe;
      Dataset dataset = data.source().read();
      return bench.measure(
          "pretrain",
          (runs, device) -> new PretrainingBenchmark(dataset, chosen, device),
          terminal);
    }
  }
}
