package ai.contexture.training;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.ExplicitGradient;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.objective.Head;
import ai.contexture.objective.LossWithGradient;
import ai.contexture.objective.Objective;
import ai.contexture.objective.State;
import ai.contexture.objective.Step;
import ai.contexture.objective.Variable;
import ai.contexture.objective.Weights;
import ai.contexture.objective.Whitening;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Trains the encoders that an objective needs on a context, step by step.
 *
 * <p>All that a step draws follows from the seed and the step's number, so that a training that was
 * stopped and resumed makes the same bits as one that was not, on the same kind of processor with
 * the same number of threads and version of libtorch. A trainer is used by one thread; it owns the
 * parameters and is closed after use.
 *
 * @param <C> the type of the context
 */
public final class Trainer<C extends Context> implements AutoCloseable {

  /** Losses stay on the device for so many steps before they are read and checked together. */
  private static final int REPORT_EVERY = 10;

  /** Rows whose outputs the monitor looks at. */
  private static final int MONITORED_ROWS = 1024;

  private final C context;
  private final Objective<? super C> objective;
  private final TrainingOptions options;
  private final Seed seed;
  private final NDManager manager;
  private final ObjectiveNetworks networks;

  /** Moving averages of the networks, or null where the objective does without. */
  private final ObjectiveNetworks targetNetworks;

  /** The moving average that takes the place of the encoders, or null. */
  private final ObjectiveNetworks emaNetworks;

  private final State state;
  private final Gradients gradients;
  private final Optimiser.OptimiserState optimiserState;
  private final Batches batches;
  private final Weights weights;

  /** The objective on held-out rows, or null. */
  private final Validation<C> validation;

  /** Rows on which the outputs are watched, or null where they are too few to span them. */
  private final Points monitoredRows;

  private final TrainingMonitor monitor;
  private final PendingReports pending;
  private int finished;

  /**
   * Creates a trainer with freshly initialised encoders.
   *
   * @param context the context to learn, whose points are on the device of the training
   * @param objective a loss that the context can feed
   * @param encoder the encoder's options; each encoder that the objective needs is built by them
   * @param outputs the number of outputs d₁ of the encoders
   * @param options how to train, without early stopping
   */
  public Trainer(
      C context,
      Objective<? super C> objective,
      EncoderFactory encoder,
      int outputs,
      TrainingOptions options) {
    this(context, objective, encoder, outputs, options, null);
  }

  /**
   * Creates a trainer that may end early.
   *
   * @param heldOut rows [v, p] that the context was not fitted to, for {@link
   *     TrainingOptions#stopping}, v ≥ 2·d₁; null where it is not used
   * @param helpers devices beside that of the context: encoders pass the rows of each step in equal
   *     shares, one on each device, and all else stays on the context's
   * @throws InputException if the objective has no value on rows that the context does not know
   */
  public Trainer(
      C context,
      Objective<? super C> objective,
      EncoderFactory encoder,
      int outputs,
      TrainingOptions options,
      NDArray heldOut,
      Device... helpers) {
    if (options.stopping().used() == (heldOut == null)) {
      throw new IllegalArgumentException(
          "heldOut: expected rows where the options ask for early stopping, and only there");
    }
    this.context = context;
    this.objective = objective;
    this.options = options;
    int n = context.points().size();
    if (options.batch() > n) {
      throw new InputException(
          Text.format(
              "batch: expected at most %d (the pretraining rows), got %d", n, options.batch()));
    }
    seed = Seed.of(options.seed());
    manager = context.points().manager().newSubManager();
    Map<Variable, Points> rows =
        ObjectiveNetworks.rows(context, objective.encoders(), seed, manager);
    List<Head> heads = objective.heads(context, outputs);
    Precision precision = options.precision();
    List<Device> others = List.of(helpers);
    Supplier<ObjectiveNetworks> fresh =
        () ->
            new ObjectiveNetworks(rows, encoder, outputs, heads, seed, precision, others, manager);
    networks = fresh.get();
    targetNetworks = objective.momentum(0).isPresent() ? fresh.get() : null;
    emaNetworks = options.average() > 0 ? fresh.get() : null;
    state = State.of(objective.state(context, outputs, manager));
    gradients = new Gradients(networks.weights());
    optimiserState =
        options
            .optimiser()
            .start(networks.weights(), options.learningRate(), options.weightDecay(), manager);
    Weights all = Weights.all(context);
    weights = options.fullBatch() ? all : all.ofBatch(options.batch());
    double[] probabilities =
        all.vary() ? Torch.doubles(((FiniteContext) context).operator().inputWeights()) : null;
    batches =
        new Batches(
            context.points(), options.batch(), probabilities, seed.derive("batches"), manager);
    Points learned = rows.get(objective.learned());
    monitoredRows = learned.size() > outputs ? learned : null;
    boolean scaleFree = objective.orthonormality() instanceof Whitening;
    monitor = new TrainingMonitor(outputs, scaleFree);
    validation = heldOut == null ? null : validation(heldOut, outputs);
    pending = new PendingReports(options.learningRate());
  }

  private Validation<C> validation(NDArray heldOut, int outputs) {
    Map<String, NDArray> best = used().arrays();
    Seed own = seed.derive("validation");
    Validation<C> made =
        new Validation<>(context, objective, heldOut, options.batch(), outputs, best, own, manager);
    made.requireValue(used(), targetNetworks, state);
    return made;
  }

  /** Returns how many steps are finished. */
  public int finishedSteps() {
    return finished;
  }

  /** Returns whether there is nothing left to train: all steps are finished, or it ended early. */
  public boolean isComplete() {
    return finished == options.steps()
        || (validation != null && validation.since() >= options.stopping().patience());
  }

  /** Returns the last look at the held-out rows, if there was one. */
  public Optional<ValidationReport> validated() {
    return validation == null || validation.bestStep() == 0
        ? Optional.empty()
        : Optional.of(validationReport());
  }

  /** Returns the context that is learned. */
  public C context() {
    return context;
  }

  /** Returns the encoder that becomes the representation, a block that the trainer owns. */
  public Block encoder() {
    return used().encoder(objective.learned());
  }

  /** The networks of which the representation is made. */
  private ObjectiveNetworks used() {
    return emaNetworks == null ? networks : emaNetworks;
  }

  /**
   * Trains until a number of steps is finished, the training is complete or the listener wants to
   * stop.
   *
   * @param until the number of steps, at most all
   * @return whether the listener let it go on
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public boolean train(int until, TrainingListener listener) {
    if (finished == 0) {
      look(listener);
    }
    boolean going = listener.shouldContinue(finished);
    while (going && finished < until && !isComplete()) {
      try {
        step();
      } catch (DivergedException e) {
        report(listener); // an earlier step may have been the first to go wrong
        throw e;
      }
      if (finished % REPORT_EVERY == 0 || finished == options.steps()) {
        report(listener);
      }
      if (TrainingMonitor.looksAt(finished)) {
        look(listener);
      }
      if (validation != null
          && (finished % options.stopping().every(options.steps()) == 0
              || finished == options.steps())) {
        report(listener);
        validate(listener);
      }
      going = listener.shouldContinue(finished);
    }
    report(listener);
    return going;
  }

  /** Looks at how many dimensions the learned encoder's outputs use. */
  private void look(TrainingListener listener) {
    if (monitoredRows == null) {
      return;
    }
    try (NDManager scope = manager.newSubManager()) {
      int n = Math.min(MONITORED_ROWS, monitoredRows.size());
      NDArray first = scope.arange(n).toType(DataType.INT64, false);
      NDArray some = monitoredRows.subset(first).rows();
      NDArray outputs = networks.encode(objective.learned(), some, objective.normalises(), scope);
      monitor.outputs(finished, outputs, listener);
    } catch (ArithmeticException e) {
      throw diverged(finished, "the encoder's outputs: " + e.getMessage(), e);
    }
  }

  /** Measures the objective on the held-out rows, and ends the training where it is time. */
  private void validate(TrainingListener listener) {
    double loss;
    try {
      loss = validation.measure(used(), targetNetworks, state);
    } catch (ArithmeticException e) {
      throw diverged(finished, "on the held-out rows: " + e.getMessage(), e);
    }
    DivergedException.requireFinite(
        finished, "the objective on the held-out rows", loss, options.learningRate());
    validation.note(finished, loss, used().arrays());
    if (isComplete()) {
      validation.restoreBest(used().arrays());
    }
    listener.onValidation(validationReport());
  }

  private ValidationReport validationReport() {
    return new ValidationReport(
        finished, validation.last(), validation.bestStep(), validation.bestLoss(), isComplete());
  }

  private void step() {
    double progress = (double) finished / options.steps();
    double factor = options.schedule().factor(progress);
    try (NDManager scope = manager.newSubManager()) {
      Gradients.Sums sums = null;
      for (int part = 0; part < options.accumulate(); part++) {
        Gradients.Sums before = sums;
        int batch = Math.multiplyExact(finished, options.accumulate()) + part;
        sums = Torch.withGradient(() -> add(before, batch, progress, scope));
      }
      NDArray numbers = gradients.step(sums, optimiserState, factor, options.clip());
      if (targetNetworks != null) {
        targetNetworks.average(networks, objective.momentum(progress).orElseThrow());
      }
      finished++;
      if (emaNetworks != null) {
        // as long as there were few steps, the average is over these
        emaNetworks.average(networks, Math.min(options.average(), finished / (finished + 9.0)));
      }
      numbers.attach(manager);
      pending.add(finished, sums.names(), numbers, options.learningRate() * factor);
    } catch (ArithmeticException e) {
      throw diverged(finished + 1, e.getMessage(), e);
    }
  }

  /** Adds the gradients of one batch. What it made but for the sums is closed. */
  private Gradients.Sums add(Gradients.Sums before, int batch, double progress, NDManager owner) {
    try (NDManager scope = manager.newSubManager()) {
      List<ExplicitGradient.Unrecorded> passes = new ArrayList<>();
      Step<C> step =
          new Step<>(
              context,
              batches.batch(batch, scope),
              weights,
              networks.within(scope, targetNetworks, seed.derive("network").derive(batch), passes),
              state,
              seed.derive("step").derive(batch).generator(),
              progress);
      double share = 1.0 / options.accumulate();
      Optional<LossWithGradient> written = objective.lossWithGradient(step);
      return written.isPresent()
          ? gradients.add(before, written.get(), passes, share, owner)
          : gradients.add(before, objective.loss(step), passes, share, owner);
    }
  }

  private void report(TrainingListener listener) {
    pending.report(
        report -> {
          listener.onStep(report);
          monitor.step(report, listener);
        });
  }

  private DivergedException diverged(int step, String what, Throwable cause) {
    return DivergedException.at(step, what, options.learningRate(), cause);
  }

  /**
   * Returns the learned encoder's outputs on the pretraining points, not recorded for gradients.
   *
   * <p>These are Φ where the objective trains it, else the average encoder TΨ over the exact
   * conditional law; of outputs scaled to length 1 where the objective {@link
   * Objective#normalises}.
   *
   * @param owner the manager of the result
   * @return [n, d₁]
   * @throws IllegalStateException if Ψ is trained and the context is not finite; see {@link
   *     #encode}
   */
  public NDArray outputs(NDManager owner) {
    if (objective.learned() == Variable.INPUT) {
      return encode(Variable.INPUT, context.points().rows(), owner);
    }
    if (!(context instanceof FiniteContext finite)) {
      throw new IllegalStateException(
          Text.format("the average encoder over %s needs a finite context", context));
    }
    try (NDArray psi = encode(Variable.CONTEXT, finite.contexts().rows(), owner)) {
      return Torch.withoutGradient(() -> finite.operator().apply(psi));
    }
  }

  /**
   * Returns what an encoder that was trained makes of rows, scaled to length 1 where the objective
   * {@link Objective#normalises}; not recorded for gradients.
   *
   * @param variable one of the objective's encoders
   * @param rows [b, p]
   * @param owner the manager of the result
   * @return [b, d₁]
   */
  public NDArray encode(Variable variable, NDArray rows, NDManager owner) {
    return used().encode(variable, rows, objective.normalises(), owner);
  }

  /**
   * Writes the state of the training to a file, so that {@link #restore} continues bit for bit.
   *
   * <p>The file is written beside its place and moved there, so it is never half-written.
   */
  public void checkpoint(Path file) throws IOException {
    checkpoint(file, "");
  }

  /**
   * Writes the same as {@link #checkpoint(Path)} with a text that says whose it is.
   *
   * @param owner in ASCII, empty for nobody's
   */
  public void checkpoint(Path file, String owner) throws IOException {
    double[] validated = validation == null ? null : validation.numbers();
    new Checkpoint(finished, monitor.numbers(), validated).write(file, owner, state(), manager);
  }

  /** The parameters, the optimiser's state and the objective's by name, the arrays themselves. */
  private Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>(networks.arrays());
    all.putAll(optimiserState.state());
    if (targetNetworks != null) {
      targetNetworks.arrays().forEach((name, array) -> all.put("average/" + name, array));
    }
    if (emaNetworks != null) {
      emaNetworks.arrays().forEach((name, array) -> all.put("smoothed/" + name, array));
    }
    state.arrays().forEach((name, array) -> all.put("state/" + name, array));
    if (validation != null) {
      validation.arrays().forEach((name, array) -> all.put("best/" + name, array));
    }
    return all;
  }

  /**
   * Sets the state from a file that {@link #checkpoint} wrote for a training with the same options.
   *
   * @throws InputException if the file is damaged or belongs to another training
   */
  public void restore(Path file) throws IOException {
    restore(file, "");
  }

  /**
   * Sets the state from a file that was written with the same owner, see {@link #restore(Path)}.
   *
   * @throws InputException if the file is damaged, or belongs to another training or owner
   */
  public void restore(Path file, String owner) throws IOException {
    Checkpoint saved =
        Checkpoint.read(file, owner, state(), options.steps(), validation != null, manager);
    finished = saved.step();
    monitor.restore(saved.monitor());
    if (validation != null) {
      validation.restore(saved.validation());
    }
  }

  @Override
  public void close() {
    pending.close();
    manager.close();
  }
}
