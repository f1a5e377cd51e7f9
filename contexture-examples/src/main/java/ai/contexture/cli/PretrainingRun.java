package ai.contexture.cli;

import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ProbeScore;
import ai.contexture.training.Pretraining;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Trains, measures and writes the files of one run. */
final class PretrainingRun {

  /** An eigenvalue below this has no function on new rows. */
  private static final double RANK = 1e-12;

  private final Terminal terminal;
  private final Pretraining job;
  private final RunFolder folder;
  private final RunOptions options;
  private final boolean quiet;
  private final int steps;
  private double seconds;

  /**
   * Creates a run.
   *
   * @param job prepared, and restored where it goes on
   * @param folder holds the options
   */
  PretrainingRun(
      Terminal terminal, Pretraining job, RunFolder folder, RunOptions options, boolean quiet) {
    this.terminal = terminal;
    this.job = job;
    this.folder = folder;
    this.options = options;
    this.quiet = quiet;
    this.steps = job.recipe().training().steps();
  }

  /**
   * Requires that the target can be predicted from the rows for it, before time goes into training.
   */
  static void requireProbe(Pretraining job) {
    Dataset data = job.data();
    data.target()
        .ifPresent(
            target -> {
              require(data, target, job.split().labelled(), "labelled");
              require(data, target, job.split().test(), "test");
            });
  }

  private static void require(Dataset data, Target target, int[] rows, String part) {
    long known = Arrays.stream(rows).filter(target::known).count();
    if (known < 2) {
      throw new InputException(
          Text.format(
              "%s: expected at least 2 %s rows with a known '%s', got %d; use --split for larger"
                  + " parts or leave out --target",
              data.name(), part, target.name(), known));
    }
  }

  /** Says in two lines what will be done. */
  void announce() {
    if (quiet) {
      return;
    }
    terminal
        .err()
        .println(
            Text.format(
                "%s: %d rows × %d columns; %s",
                job.data().name(),
                job.data().rows(),
                job.data().features().columns().size(),
                job.split()));
    int finished = job.trainer().finished();
    terminal
        .err()
        .println(
            Text.format(
                "%s %d steps in %s",
                finished == 0 ? "Training" : "Going on after step " + finished + " of",
                steps,
                folder.path()));
  }

  /**
   * Trains what is left.
   *
   * @return 0, or the exit code of an interruption, after which the checkpoint is written
   */
  int train() throws IOException {
    try (Metrics metrics = Metrics.open(folder.file(RunFolder.METRICS), job.trainer().finished());
        Progress progress = new Progress(terminal, quiet, job.trainer().finished(), steps);
        Interruption interruption = new Interruption(this::sayStopping)) {
      seconds = metrics.secondsBefore();
      Steps listener = new Steps(metrics, progress, interruption);
      while (job.trainer().finished() < steps) {
        boolean going = listener.train(nextPause());
        int finished = job.trainer().finished();
        if (job.isExact() && due(options.evaluateEvery())) {
          double cca = job.correlation();
          metrics.evaluated(cca);
          progress.alignment(cca);
        }
        metrics.finish();
        if (!going || due(options.checkpointEvery()) || finished == steps) {
          job.checkpoint(folder.file(RunFolder.CHECKPOINT));
        }
        progress.pause();
        if (!going) {
          return interruption.exitCode();
        }
      }
    }
    return 0;
  }

  private void sayStopping() {
    if (terminal.columns() > 0) {
      terminal.err().println();
    }
    terminal.err().println("Stopping after this step; press Ctrl-C again to end without saving");
  }

  /** The step after which there is something to do besides training. */
  private int nextPause() {
    int pause = Math.min(next(options.evaluateEvery()), next(options.checkpointEvery()));
    return Math.min(steps, Math.min(pause, next(Math.max(1, steps / 10))));
  }

  private int next(int every) {
    int finished = job.trainer().finished();
    return every == 0 ? steps : (int) Math.min(steps, (finished / every + 1L) * every);
  }

  private boolean due(int every) {
    return every > 0 && job.trainer().finished() % every == 0;
  }

  /** Times the steps and passes them on. */
  private final class Steps implements TrainingListener {

    private final Metrics metrics;
    private final Progress progress;
    private final Interruption interruption;
    private long since;

    Steps(Metrics metrics, Progress progress, Interruption interruption) {
      this.metrics = metrics;
      this.progress = progress;
      this.interruption = interruption;
    }

    boolean train(int until) {
      since = System.nanoTime();
      try {
        return job.trainer().train(until, this) && !interruption.wished();
      } finally {
        tick();
      }
    }

    private void tick() {
      long now = System.nanoTime();
      seconds += (now - since) / (double) TimeUnit.SECONDS.toNanos(1);
      since = now;
    }

    @Override
    public void onStep(StepReport report) {
      tick();
      metrics.add(report, seconds);
      progress.step(report);
    }

    @Override
    public boolean goOn(int step) {
      return !interruption.wished();
    }
  }

  /** Measures the finished training, writes the last files and returns the result. */
  JsonObject finish(Report report) throws IOException {
    job.representation().save(folder.path());
    if (!quiet && job.isExact()) {
      terminal.err().println("Comparing with the exact answer");
    }
    Alignment alignment = job.isExact() ? job.alignment() : null;
    Alignment onNewRows = alignmentOnNewRows();
    ProbeScore probe = job.probe().orElse(null);
    JsonObject result = new JsonObject();
    result.addProperty("n", job.split().pretrain().length);
    result.addProperty("features", job.data().features().columns().size());
    result.addProperty("dimension", job.recipe().dimension());
    result.addProperty("steps", steps);
    result.add("seconds", Results.number(seconds));
    double loss = lastLoss();
    result.add("loss", Results.number(loss));
    result.add("alignment", alignment == null ? JsonNull.INSTANCE : Results.alignment(alignment));
    result.add("alignmentOnNewRows", Results.onNewRows(onNewRows));
    result.add("probe", Results.probe(probe));
    result.add("eigenvalues", Results.numbers(job.representation().eigenvalues()));
    result.addProperty("inputs", job.preprocessing().names().size());
    result.addProperty("outputs", job.outputs());
    JsonObject description = job.representation().description();
    result.add("context", description.get("context"));
    result.add("objective", description.get("objective"));
    result.add("encoder", description.get("encoder"));
    result.addProperty("seed", job.recipe().training().seed());
    result.addProperty("run", folder.path().toString());
    byte[] text = Results.text(result).getBytes(StandardCharsets.UTF_8);
    Outputs.write(folder.file(RunFolder.RESULT), stream -> stream.write(text));
    Files.deleteIfExists(folder.file(RunFolder.CHECKPOINT));
    report.pretraining(job, options, folder, seconds, loss, alignment, onNewRows, probe);
    return result;
  }

  /**
   * The alignment on the test rows, or null where they are too few or unknown to the context, or a
   * function is not known.
   */
  private Alignment alignmentOnNewRows() {
    if (!job.isExact() || !job.context().inductive()) {
      return null;
    }
    int[] test = job.split().test();
    int d = job.recipe().dimension();
    double[] exact = job.spectrum().eigenvalues(d);
    return test.length > d && exact[exact.length - 1] > RANK ? job.alignment(test) : null;
  }

  private double lastLoss() throws IOException {
    return Metrics.lastLoss(folder.file(RunFolder.METRICS));
  }
}
