package ai.contexture.training;

import ai.contexture.context.Context;
import ai.contexture.context.Points;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.State;
import ai.contexture.objective.Step;
import ai.contexture.objective.Weights;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The objective on rows that were held out, without gradients, and the weights with its least
 * value.
 *
 * <p>Every look draws the same samples and takes what anneals during training at its end, so that
 * values can be compared. Held-out points are taken for independent draws from P_X.
 *
 * @param <C> the type of the context
 */
final class Validation<C extends Context> {

  /** How many numbers a checkpoint holds beside the weights. */
  static final int NUMBERS = 4;

  /** The most rows that are measured at once. */
  private static final int LARGEST_BATCH = 2048;

  private final C context;
  private final Objective<? super C> objective;
  private final NDArray rows;
  private final int parts;
  private final Seed seed;
  private final State state;
  private final Map<String, NDArray> best = new LinkedHashMap<>();
  private double last = Double.NaN;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private int bestStep;
  private int since;

  /**
   * Creates a validation.
   *
   * @param rows the held-out rows [v, p]
   * @param batch the rows to measure at once, 0 for as many as there is room for
   * @param outputs the encoders' outputs
   * @param weights the arrays of which the best are kept, by name
   * @throws InputException if the objective cannot be measured on rows that the context was not
   *     fitted to
   */
  Validation(
      C context,
      Objective<? super C> objective,
      NDArray rows,
      int batch,
      int outputs,
      Map<String, NDArray> weights,
      Seed seed,
      NDManager manager) {
    this.context = context;
    this.objective = objective;
    this.rows = rows;
    this.seed = seed;
    int v = Math.toIntExact(rows.getShape().get(0));
    int size = batch == 0 ? LARGEST_BATCH : batch;
    parts = Math.max(1, v / size);
    if (!context.inductive()) {
      throw new InputException(
          Text.format(
              "early stopping: context %s only knows the rows it was fitted to, so that the"
                  + " objective has no value on held-out ones; train without it",
              context));
    }
    if (v / parts < 2 * outputs) {
      throw new InputException(
          Text.format(
              "early stopping: expected at least %d rows to validate on, twice the %d outputs of"
                  + " the encoder, got %d; hold out more of the rows or ask for fewer outputs",
              2 * outputs, outputs, v / parts));
    }
    state = State.of(objective.state(context, outputs, manager));
    weights.forEach(
        (name, array) -> {
          NDArray copy = Torch.withoutGradient(array::duplicate);
          copy.attach(manager);
          best.put(name, copy);
        });
  }

  /**
   * Measures the objective once, before there is anything to compare.
   *
   * @throws InputException if it has no value on rows that the context does not know
   */
  void requireValue(ObjectiveNetworks networks, ObjectiveNetworks targets, State trained) {
    try {
      measure(networks, targets, trained);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InputException(
          Text.format(
              "early stopping: objective '%s' on context %s has no value on held-out rows (%s);"
                  + " train without it",
              objective, context, e.getMessage()),
          e);
    }
  }

  /** Measures the objective; the mean over the parts of the held-out rows. */
  double measure(ObjectiveNetworks networks, ObjectiveNetworks targets, State trained) {
    double sum = 0;
    long v = rows.getShape().get(0);
    for (int part = 0; part < parts; part++) {
      try (NDManager scope = rows.getManager().newSubManager()) {
        NDArray block = rows.get(v * part / parts + ":" + v * (part + 1) / parts);
        block.attach(scope);
        trained.arrays().forEach((name, array) -> Torch.copy(array, state.arrays().get(name)));
        Points points = Points.of(block);
        Step<C> step =
            new Step<>(
                context,
                points,
                Weights.independent(points.size()),
                networks.within(scope, targets, null, null),
                state,
                seed.derive(part).generator(),
                1);
        sum +=
            Torch.withoutGradient(
                () -> {
                  NDArray total = objective.loss(step).total();
                  total.attach(scope);
                  return total.toType(DataType.FLOAT64, false).toDoubleArray()[0];
                });
      }
    }
    return sum / parts;
  }

  /** Takes note of a value, and of the weights where it is the least so far. */
  void note(int step, double loss, Map<String, NDArray> weights) {
    since++;
    last = loss;
    if (loss < bestLoss) {
      bestLoss = loss;
      bestStep = step;
      since = 0;
      copy(weights, best);
    }
  }

  /** Gives back the weights of the least value, if there was one. */
  void restoreBest(Map<String, NDArray> weights) {
    if (bestStep > 0) {
      copy(best, weights);
    }
  }

  private static void copy(Map<String, NDArray> from, Map<String, NDArray> to) {
    from.forEach((name, array) -> Torch.copy(array, to.get(name)));
  }

  /** The last value. */
  double last() {
    return last;
  }

  double bestLoss() {
    return bestLoss;
  }

  int bestStep() {
    return bestStep;
  }

  /** The looks since the least value. */
  int since() {
    return since;
  }

  /** The best weights, to be saved, or restored in place. */
  Map<String, NDArray> arrays() {
    return best;
  }

  /** The other numbers to be saved. */
  double[] numbers() {
    return new double[] {bestLoss, bestStep, since, last};
  }

  /** Sets the numbers that were saved. */
  void restore(double[] numbers) {
    bestLoss = numbers[0];
    bestStep = (int) numbers[1];
    since = (int) numbers[2];
    last = numbers[3];
  }
}
