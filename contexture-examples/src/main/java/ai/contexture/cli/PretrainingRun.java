package ai.contexture.cli;

import ai.contexture.data.DistanceShares;
import ai.contexture.data.Target;
import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.pretraining.EvaluationSchedule;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.spectrum.Leading;
import ai.contexture.training.DivergedException;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.ValidationReport;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Trains, measures and writes the files of one run. */
final class PretrainingRun {

  private final Terminal terminal;
  private final Pretraining job;
  private final RunFolder folder;
  private final RunOptions options;
  private final boolean quiet;
  private final Phases phases;
  private final int steps;
  private final Cadence checkpoints;
  private double seconds;
  private double evaluationSeconds;
  private int checkpointed;
  private long checkpointedAt;

  /**
   * Creates a run.
   *
   * @param job prepared, and restored where it goes on
   * @param folder holds the options
   * @param phases what took how long before
   */
  PretrainingRun(
      Terminal terminal,
      Pretraining job,
      RunFolder folder,
      RunOptions options,
      boolean quiet,
      Phases phases) {
    this.phases = phases;
    this.terminal = terminal;
    this.job = job;
    this.folder = folder;
    this.options = options;
    this.quiet = quiet;
    this.steps = job.recipe().training().steps();
    this.checkpoints = options.checkpoints();
    this.checkpointed = job.trainer().finishedSteps();
    this.checkpointedAt = System.nanoTime();
  }

  /** Warns of what the report will lack, before time goes into training. */
  void foresee() throws IOException {
    if (job.trainer().isComplete()) {
      return;
    }
    if (job.data().target().isPresent()) {
      LabelledRows.refusal(job.data(), job.recipe())
          .ifPresent(
              why -> terminal.warn("the features will not be scored: " + OptionNames.text(why)));
    }
    if (!job.isExact()) {
      return;
    }
    int d = job.recipe().dimension();
    leading(job, phases, quiet ? null : terminal)
        .ifKnown(
            known -> {
              if (known.existing() == 0) {
                terminal.warn(
                    Text.format(
                        "context %s has no function, so that features will hold nothing of it",
                        job.context()));
              } else if (!known.complete()) {
                terminal.warn(
                    Text.format(
                        "context %s has only %s; of the %d features those beyond will hold nothing of"
                            + " it, --dim %d leaves them out",
                        job.context(),
                        Text.count(known.existing(), "function"),
                        d,
                        known.existing()));
              }
            });
  }

  /**
   * Finds how far the best functions exist.
   *
   * @param terminal where to say so if it takes long; null for nowhere
   */
  static Measured<Leading> leading(Pretraining job, Phases phases, Terminal terminal)
      throws IOException {
    Runnable say =
        () -> {
          if (terminal != null) {
            terminal.say("Finding the best functions of " + job.context());
          }
        };
    int d = job.recipe().dimension();
    return phases.time(
        "spectrum",
        () ->
            Waiting.on(say, Waiting.PATIENCE, () -> Measured.of(() -> job.spectrum().leading(d))));
  }

  /** Says what will be done. */
  void announce() {
    if (quiet) {
      return;
    }
    int finished = job.trainer().finishedSteps();
    String what = finished == 0 ? "Training" : "Going on after step " + finished + " of";
    if (steps == 0) {
      terminal.say("Without training, into " + folder.path());
      return;
    }
    terminal.say(
        job.trainer().isComplete()
            ? "The training is finished; making the report of " + folder.path()
            : Text.format("%s %s in %s", what, Text.count(steps, "step"), folder.path()));
    boolean probed =
        job.data().target().isPresent() && LabelledRows.refusal(job.data(), job.recipe()).isEmpty();
    String meaning =
        Progress.meaning(job.leastLoss().isPresent(), job.isExact(), probed ? probe() : null);
    if (!job.trainer().isComplete() && !meaning.isEmpty()) {
      terminal.say(meaning);
    }
  }

  /** What the probe under way measures. */
  private String probe() {
    return job.data().target().map(Target::task).orElse(null) == Task.REGRESSION
        ? "validation RMSE"
        : "validation accuracy";
  }

  /**
   * Trains what is left.
   *
   * @return 0, or the exit code of an interruption, after which the checkpoint is written
   */
  int train() throws IOException {
    try (Metrics metrics =
            Metrics.open(folder.file(RunFolder.METRICS), job.trainer().finishedSteps());
        Progress progress = progress();
        Interruption interruption = new Interruption(this::sayStopping)) {
      seconds = metrics.secondsBefore();
      double before = seconds;
      EvaluationSchedule evaluations = evaluations();
      Steps listener = new Steps(metrics, progress, interruption, evaluations);
      while (!job.trainer().isComplete()) {
        listener.begin();
        boolean complete = job.train(listener, evaluations);
        metrics.finish();
        if (complete || interruption.wished() || checkpointDue(job.trainer().finishedSteps())) {
          folder.checkpoint(job, options.keep());
          checkpointed = job.trainer().finishedSteps();
          checkpointedAt = System.nanoTime();
        }
        progress.pause();
        if (interruption.wished() && !complete) {
          return interruption.exitCode();
        }
      }
      evaluationSeconds = evaluations.seconds();
      phases.add("training", seconds - before);
      phases.add("measures under way", evaluationSeconds);
    }
    return 0;
  }

  private Progress progress() {
    // the objective's spectrum is known by now, or will not be
    OptionalDouble least = quiet ? OptionalDouble.empty() : job.leastLoss();
    return new Progress(terminal, quiet, job.trainer().finishedSteps(), steps, least, probe());
  }

  private EvaluationSchedule evaluations() {
    Integer every = options.evaluateEvery();
    if (every == null) {
      return EvaluationSchedule.sparing();
    }
    return every == 0 ? EvaluationSchedule.none() : EvaluationSchedule.every(every);
  }

  private void sayStopping() {
    say("Stopping after this step; press Ctrl-C again to end without saving");
  }

  private void say(String message) {
    leaveBar();
    terminal.say(message);
  }

  /** Ends the line that a progress bar may be on. */
  private void leaveBar() {
    if (terminal.columns() > 0) {
      terminal.err().println();
    }
  }

  private boolean checkpointDue(int finished) {
    return checkpoints.due(finished - checkpointed, System.nanoTime() - checkpointedAt);
  }

  /** Times the steps and passes them on. */
  private final class Steps implements TrainingListener {

    private final Metrics metrics;
    private final Progress progress;
    private final Interruption interruption;
    private final EvaluationSchedule evaluations;
    private long since;
    private int shown;

    Steps(
        Metrics metrics,
        Progress progress,
        Interruption interruption,
        EvaluationSchedule evaluations) {
      this.metrics = metrics;
      this.progress = progress;
      this.interruption = interruption;
      this.evaluations = evaluations;
    }

    void begin() {
      since = System.nanoTime();
    }

    private void tick() {
      long now = System.nanoTime();
      seconds += (now - since) / (double) TimeUnit.SECONDS.toNanos(1);
      since = now;
    }

    /** The seconds of measures that were asked for; others take a tenth of the time at most. */
    private double regularMeasures() {
      return options.evaluateEvery() == null ? 0 : evaluations.seconds();
    }

    @Override
    public void onStep(StepReport report) {
      tick();
      metrics.add(report, seconds);
      progress.step(report);
      shown = report.step();
    }

    @Override
    public void onValidation(ValidationReport report) {
      tick();
      metrics.validated(report);
      progress.validated(report);
      if (report.stops() && report.step() < steps && !quiet) {
        say(
            Text.format(
                "Stopping early: the objective on held-out rows was least after step %d",
                report.bestStep()));
      }
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      metrics.evaluated(report);
      progress.evaluated(report);
      begin();
    }

    @Override
    public void onWarning(int step, Diagnosis.Finding finding) {
      leaveBar();
      terminal.warn(Text.format("after %d steps: %s", step, finding));
    }

    @Override
    public boolean shouldContinue(int step) {
      tick();
      progress.reached(step, seconds + regularMeasures(), step == shown);
      if (step > shown) {
        progress.pause(); // one step later, when the measures after it are known
      }
      return !interruption.wished() && !checkpointDue(step);
    }
  }

  /** Measures the finished training, writes the last files and returns the result. */
  JsonObject finish(Report report) throws IOException {
    long start = System.nanoTime();
    try {
      job.representation().save(folder.path());
    } catch (ArithmeticException e) {
      throw new DivergedException(
          Text.format(
              "after %d steps there is nothing to save: %s",
              job.trainer().finishedSteps(), e.getMessage()),
          e);
    }
    if (!quiet && job.isExact()) {
      terminal.say("Comparing with the exact answer");
    }
    Measured<Alignment> alignment =
        job.isExact()
            ? Measured.of(job::alignment)
            : Measured.not("this context has no exact functions");
    Measured<Alignment> onNewRows = alignmentOnNewRows();
    Measured<ProbeComparison> probes =
        job.data().target().isPresent()
            ? Measured.of(() -> job.comparison().orElseThrow())
            : Measured.not("there is no target");
    Measured<Diagnosis> diagnosed = Measured.of(job::diagnosis);
    Diagnosis diagnosis = diagnosed.known() ? diagnosed.value() : Diagnosis.HEALTHY;
    if (alignment.known()) {
      diagnosis = diagnosis.and(Diagnosis.alignment(alignment.value(), onNewRows.value()));
    }
    if (probes.known()) {
      diagnosis = diagnosis.refutedIf(serves(probes.value())).and(Diagnosis.probes(probes.value()));
      if (alignment.known() && !job.context().inductive()) {
        diagnosis = diagnosis.and(Diagnosis.byHeart(alignment.value(), probes.value()));
      }
    }
    if (NextSteps.isOfDistances(job.recipe().context())
        && !(probes.known() && probes.value().better(Predictor.FEATURES, Predictor.COLUMNS))) {
      diagnosis = diagnosis.and(oneColumn());
    }
    JsonObject result = new JsonObject();
    result.addProperty("n", job.split().pretrain().length);
    result.addProperty("features", job.data().features().columns().size());
    result.addProperty("dimension", job.recipe().dimension());
    result.addProperty("steps", job.trainer().finishedSteps());
    result.add("seconds", Results.number(seconds));
    result.add("evaluationSeconds", Results.number(evaluationSeconds));
    result.add("validation", Results.validation(job.trainer().validated().orElse(null)));
    double loss = lastLoss();
    result.add("loss", Results.number(loss));
    result.add(
        "alignment", alignment.known() ? Results.alignment(alignment.value()) : JsonNull.INSTANCE);
    result.add("alignmentOnNewRows", Results.onNewRows(onNewRows.value()));
    result.add("probe", Results.probes(probes.value()));
    result.add("diagnosis", diagnosed.known() ? Results.diagnosis(diagnosis) : JsonNull.INSTANCE);
    Map<String, Measured<?>> measures = new LinkedHashMap<>();
    measures.put("alignment", alignment);
    measures.put("alignmentOnNewRows", onNewRows);
    measures.put("probe", probes);
    measures.put("diagnosis", diagnosed);
    result.add("notMeasured", Results.notMeasured(measures));
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
    folder.deleteCheckpoints();
    report.pretraining(
        new PretrainingResult(
            job, options, folder, seconds, loss, alignment, onNewRows, probes, diagnosed,
            diagnosis));
    phases.add("report", (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
    if (!quiet) {
      terminal.say(phases.toString());
    }
    return result;
  }

  private static boolean serves(ProbeComparison probes) {
    return probes.better(Predictor.FEATURES, Predictor.NOTHING)
        && !probes.better(Predictor.COLUMNS, Predictor.FEATURES);
  }

  private Diagnosis oneColumn() {
    return job.dominant()
        .map(found -> Diagnosis.oneColumn(found.column(), found.share(), DistanceShares.MOST))
        .orElse(Diagnosis.HEALTHY);
  }

  private Measured<Alignment> alignmentOnNewRows() {
    int[] test = job.split().test();
    int d = job.recipe().dimension();
    if (!job.isExact()) {
      return Measured.not("this context has no exact functions");
    }
    if (!job.context().inductive()) {
      return Measured.not("the context knows none");
    }
    if (test.length <= d) {
      return Measured.not(
          Text.format(
              "it takes more of them than features, and there are %d of %d features",
              test.length, d));
    }
    return Measured.of(() -> job.alignment(test));
  }

  private double lastLoss() throws IOException {
    return Metrics.lastLoss(folder.file(RunFolder.METRICS));
  }
}
