package ai.contexture.training;

import ai.contexture.context.Context;
import ai.contexture.context.FiniteContext;
import ai.contexture.data.AtomicFile;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.objective.Head;
import ai.contexture.objective.Loss;
import ai.contexture.objective.Objective;
import ai.contexture.objective.State;
import ai.contexture.objective.Step;
import ai.contexture.objective.Variable;
import ai.contexture.objective.Weights;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains the encoders that an objective needs on a context, step by step.
 *
 * <p>All that a step draws follows from the seed and the step's number, so that a training that was
 * stopped and resumed makes the same bits as one that was not. A trainer is used by one thread; it
 * owns the parameters and is closed after use.
 *
 * @param <C> the type of the context
 */
public final class Trainer<C extends Context> implements AutoCloseable {

  /** Losses stay on the device for so many steps before they are read and checked together. */
  private static final int REPORT_EVERY = 10;

  /** Rows that are encoded at once outside of training. */
  private static final int ENCODE_ROWS = 16_384;

  /** The name of the number of finished steps in a checkpoint. */
  private static final String STEP = "step";

  private final C context;
  private final Objective<? super C> objective;
  private final TrainingOptions options;
  private final Seed seed;
  private final NDManager manager;
  private final ObjectiveNetworks networks;

  /** Moving averages of the networks, or null where the objective does without. */
  private final ObjectiveNetworks averages;

  private final State state;
  private final Gradients gradients;
  private final Optimiser.Descent descent;
  private final Batches batches;
  private final Weights weights;
  private final List<Pending> pending = new ArrayList<>();
  private int finished;

  /** A step whose numbers were not read yet: its terms, then the gradient's norm, [terms + 1]. */
  private record Pending(int step, List<String> terms, NDArray values, double rate) {}

  /**
   * Creates a trainer with freshly initialised encoders.
   *
   * @param context the context to learn, whose points are on the device of the training
   * @param objective a loss that the context can feed
   * @param encoder the encoder's options; each encoder that the objective needs is built by them
   * @param outputs the number of outputs d₁ of the encoders
   * @param options how to train
   */
  public Trainer(
      C context,
      Objective<? super C> objective,
      EncoderFactory encoder,
      int outputs,
      TrainingOptions options) {
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
    Map<Variable, NDArray> rows = new EnumMap<>(Variable.class);
    objective.encoders().forEach(variable -> rows.put(variable, rows(variable)));
    List<Head> heads = objective.heads(context, outputs);
    networks = new ObjectiveNetworks(rows, encoder, outputs, heads, seed, manager);
    averages =
        objective.momentum(0).isPresent()
            ? new ObjectiveNetworks(rows, encoder, outputs, heads, seed, manager)
            : null;
    state = State.of(objective.state(context, outputs, manager));
    gradients = new Gradients(networks.weights());
    descent =
        options
            .optimiser()
            .start(networks.weights(), options.learningRate(), options.weightDecay(), manager);
    Weights all = Weights.all(context);
    weights = options.fullBatch() ? all : all.ofBatch(options.batch());
    double[] probabilities =
        all.vary() ? ((FiniteContext) context).operator().inputWeights().toDoubleArray() : null;
    batches = new Batches(context.points(), options.batch(), probabilities, seed.derive("batches"));
  }

  /** The rows that an encoder sees, [n, p] or [m, q]. */
  private NDArray rows(Variable variable) {
    if (variable == Variable.INPUT) {
      return context.points().rows();
    }
    return context instanceof FiniteContext finite
        ? finite.contexts().rows()
        : context.points().rows();
  }

  /** Returns how many steps are finished. */
  public int finished() {
    return finished;
  }

  /** Returns the context that is learned. */
  public C context() {
    return context;
  }

  /** Returns the encoder that becomes the representation, a block that the trainer owns. */
  public Block encoder() {
    return networks.encoder(objective.learned());
  }

  /**
   * Trains until a number of steps is finished or the listener wants to stop.
   *
   * @param until the number of steps, at most all
   * @return whether the number was reached
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public boolean train(int until, TrainingListener listener) {
    boolean going = listener.goOn(finished);
    while (going && finished < Math.min(until, options.steps())) {
      try {
        step();
      } catch (DivergedException e) {
        report(listener); // an earlier step may have been the first to go wrong
        throw e;
      }
      if (finished % REPORT_EVERY == 0 || finished == options.steps()) {
        report(listener);
      }
      going = listener.goOn(finished);
    }
    report(listener);
    return going;
  }

  private void step() {
    double progress = (double) finished / options.steps();
    double factor = options.schedule().factor(progress);
    try (NDManager scope = manager.newSubManager();
        GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      Step<C> step =
          new Step<>(
              context,
              batches.batch(finished, scope),
              weights,
              networks.within(scope, averages, seed.derive("network").derive(finished)),
              state,
              seed.derive("step").derive(finished).generator(),
              progress);
      Loss loss = objective.loss(step);
      NDArray total = loss.total();
      collector.backward(total);
      NDList values =
          new NDList(loss.terms().values().stream().map(NDArray::stopGradient).toList());
      NDArray norm = gradients.step(descent, factor, options.clip(), scope);
      values.add(norm.toType(total.getDataType(), false));
      if (averages != null) {
        averages.average(networks, objective.momentum(progress).orElseThrow());
      }
      NDArray kept = NDArrays.stack(values).toType(DataType.FLOAT64, false);
      kept.attach(manager);
      finished++;
      double rate = options.learningRate() * factor;
      pending.add(new Pending(finished, List.copyOf(loss.terms().keySet()), kept, rate));
    } catch (ArithmeticException e) {
      throw diverged(finished + 1, e.getMessage(), e);
    }
  }

  private void report(TrainingListener listener) {
    try {
      for (Pending step : pending) {
        double[] values = step.values.toDoubleArray();
        Map<String, Double> terms = new LinkedHashMap<>();
        double loss = 0;
        for (int i = 0; i < step.terms.size(); i++) {
          requireFinite(step.step, "the term '" + step.terms.get(i) + "'", values[i]);
          terms.put(step.terms.get(i), values[i]);
          loss += values[i];
        }
        double norm = values[values.length - 1];
        requireFinite(step.step, "the norm of the gradient", norm);
        listener.onStep(new StepReport(step.step, loss, terms, norm, step.rate));
      }
    } finally {
      pending.forEach(step -> step.values.close());
      pending.clear();
    }
  }

  private void requireFinite(int step, String what, double value) {
    if (!Double.isFinite(value)) {
      throw diverged(step, what + " is " + value, null);
    }
  }

  private DivergedException diverged(int step, String what, Throwable cause) {
    return new DivergedException(
        Text.format(
            "training stopped at step %d: %s; a lower learning rate than %s may help",
            step, what, options.learningRate()),
        cause);
  }

  /**
   * Returns the learned encoder's outputs on the pretraining points, not recorded for gradients.
   *
   * <p>These are Φ where the objective trains it, else the average encoder TΨ over the exact
   * conditional law.
   *
   * @param owner the manager of the result
   * @return [n, d₁]
   */
  public NDArray outputs(NDManager owner) {
    if (objective.learned() == Variable.INPUT) {
      return encode(encoder(), networks.store(), context.points().rows(), owner);
    }
    if (!(context instanceof FiniteContext finite)) {
      throw new IllegalStateException(
          Text.format("the average encoder over %s needs a finite context", context));
    }
    try (NDArray psi = encode(encoder(), networks.store(), finite.contexts().rows(), owner)) {
      return Torch.withoutGradient(() -> finite.operator().apply(psi));
    }
  }

  /** Encodes rows [b, p] in blocks, without gradients; the result belongs to the owner. */
  private static NDArray encode(
      Block encoder, ParameterStore store, NDArray rows, NDManager owner) {
    return Torch.withoutGradient(
        () -> {
          NDList parts = new NDList();
          try (NDManager scope = owner.newSubManager()) {
            long n = rows.getShape().get(0);
            for (long start = 0; start < n; start += ENCODE_ROWS) {
              NDArray part = rows.get(start + ":" + Math.min(n, start + ENCODE_ROWS));
              part.attach(scope);
              NDArray outputs = encoder.forward(store, new NDList(part), false).singletonOrThrow();
              parts.add(outputs.stopGradient());
            }
            NDArray all = parts.size() == 1 ? parts.head() : NDArrays.concat(parts);
            all.attach(owner);
            return all;
          }
        });
  }

  /**
   * Writes the state of the training to a file, so that {@link #restore} continues bit for bit.
   *
   * <p>The file is written beside its place and moved there, so it is never half-written.
   */
  public void checkpoint(Path file) throws IOException {
    NDList state = new NDList();
    try (NDManager scope = manager.newSubManager()) {
      for (Map.Entry<String, NDArray> entry : state().entrySet()) {
        NDArray copy = entry.getValue().stopGradient();
        copy.attach(scope);
        copy.setName(entry.getKey());
        state.add(copy);
      }
      NDArray step = scope.create(finished);
      step.setName(STEP);
      state.add(step);
      AtomicFile.write(file, stream -> state.encode(stream, NDList.Encoding.NPZ));
    }
  }

  /** The parameters, the optimiser's state and the objective's by name, the arrays themselves. */
  private Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>(networks.arrays());
    all.putAll(descent.state());
    if (averages != null) {
      averages.arrays().forEach((name, array) -> all.put("average/" + name, array));
    }
    state.arrays().forEach((name, array) -> all.put("state/" + name, array));
    return all;
  }

  /**
   * Sets the state from a file that {@link #checkpoint} wrote for a training with the same options.
   *
   * @throws InputException if the file is damaged or belongs to another training
   */
  public void restore(Path file) throws IOException {
    try (NDManager scope = manager.newSubManager();
        InputStream stream = Files.newInputStream(file)) {
      Map<String, NDArray> saved = new LinkedHashMap<>();
      for (NDArray array : NDList.decode(scope, stream)) {
        saved.put(array.getName(), array);
      }
      Map<String, NDArray> state = state();
      state.forEach((name, array) -> require(file, saved, name, array.getShape()));
      require(file, saved, STEP, new Shape());
      int step = saved.get(STEP).toIntArray()[0];
      state.forEach((name, array) -> Torch.copy(saved.get(name), array));
      finished = step;
    } catch (IllegalArgumentException | IllegalStateException e) {
      if (e instanceof InputException) {
        throw e;
      }
      throw new InputException(file + ": not a readable checkpoint: " + e.getMessage(), e);
    }
  }

  private static void require(Path file, Map<String, NDArray> saved, String name, Shape shape) {
    NDArray array = saved.get(name);
    if (array == null || !array.getShape().equals(shape)) {
      throw new InputException(
          Text.format(
              "%s: expected %s of shape %s, got %s",
              file, name, shape, array == null ? "none" : array.getShape()));
    }
  }

  @Override
  public void close() {
    pending.clear();
    manager.close();
  }
}
