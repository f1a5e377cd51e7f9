package ai.contexture.training;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.optimiser.AdamW;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import java.util.function.Consumer;

/**
 * How an encoder is trained.
 *
 * @param steps the number of steps; 0 to leave the encoder as it starts
 * @param batch the points of a step, or 0 for all of them
 * @param accumulate how many batches' gradients are averaged in a step
 * @param optimiser how parameters follow their gradients
 * @param learningRate the peak learning rate
 * @param schedule how the learning rate changes
 * @param weightDecay each step also takes so much of every weight, as a multiple of its rate
 * @param clip gradients of a larger norm are scaled down to it; 0 for no clipping
 * @param average what is kept of the moving average of the encoders at a step, which then takes
 *     their place after training; 0 for the encoders as they are
 * @param precision in what the networks compute
 * @param stopping when the training ends before its last step
 * @param seed where the initial parameters, batches and samples come from
 */
public record TrainingOptions(
    int steps,
    int batch,
    int accumulate,
    Optimiser optimiser,
    double learningRate,
    Schedule schedule,
    double weightDecay,
    double clip,
    double average,
    Precision precision,
    EarlyStopping stopping,
    long seed) {

  /** 300 steps of AdamW on all points, peak rate 10⁻³ in one cycle, norm clipped at 10. */
  public static final TrainingOptions DEFAULT =
      new TrainingOptions(
          300,
          0,
          1,
          AdamW.DEFAULT,
          1e-3,
          Schedule.ONE_CYCLE,
          0,
          10,
          0,
          Precision.FLOAT32,
          EarlyStopping.NEVER,
          0);

  /** More batches in a step than a training has reason to. */
  private static final int MOST_ACCUMULATED = 10_000;

  /** Checks the ranges; what files from before do not hold is as usual. */
  public TrainingOptions {
    precision = precision == null ? Precision.FLOAT32 : precision;
    stopping = stopping == null ? EarlyStopping.NEVER : stopping;
    require(steps >= 0, "steps", "at least 0", steps);
    require(batch == 0 || batch >= 2, "batch", "at least 2, or full", batch);
    require(
        accumulate >= 1 && accumulate <= MOST_ACCUMULATED,
        "accumulate",
        "from 1 to " + MOST_ACCUMULATED,
        accumulate);
    require(
        (long) steps * accumulate <= Integer.MAX_VALUE,
        "accumulate",
        "at most " + Integer.MAX_VALUE / Math.max(1, steps) + " for " + steps + " steps",
        accumulate);
    require(learningRate > 0 && learningRate <= 1e3, "learning rate", "above 0", learningRate);
    require(weightDecay >= 0 && weightDecay < 1e3, "weight decay", "at least 0", weightDecay);
    require(clip >= 0 && clip < Double.MAX_VALUE, "clip", "at least 0", clip);
    require(average >= 0 && average < 1, "average", "from 0 to less than 1", average);
  }

  private static void require(boolean holds, String name, String expected, Number got) {
    if (!holds) {
      throw new InputException(Text.format("%s: expected %s, got %s", name, expected, got));
    }
  }

  /** Returns whether every step sees all points. */
  public boolean fullBatch() {
    return batch == 0;
  }

  /** Returns these options with another number of steps. */
  public TrainingOptions withSteps(int steps) {
    return with(draft -> draft.steps = steps);
  }

  /** Returns these options with another batch. */
  public TrainingOptions withBatch(int batch) {
    return with(draft -> draft.batch = batch);
  }

  /** Returns these options with the gradients of so many batches averaged in each step. */
  public TrainingOptions withAccumulate(int accumulate) {
    return with(draft -> draft.accumulate = accumulate);
  }

  /** Returns these options with another optimiser, at its usual learning rate. */
  public TrainingOptions withOptimiser(Optimiser optimiser) {
    return with(
        draft -> {
          draft.optimiser = optimiser;
          draft.learningRate = optimiser.defaultRate();
        });
  }

  /** Returns these options with another peak learning rate. */
  public TrainingOptions withLearningRate(double learningRate) {
    return with(draft -> draft.learningRate = learningRate);
  }

  /** Returns these options with another schedule. */
  public TrainingOptions withSchedule(Schedule schedule) {
    return with(draft -> draft.schedule = schedule);
  }

  /** Returns these options with another weight decay. */
  public TrainingOptions withWeightDecay(double weightDecay) {
    return with(draft -> draft.weightDecay = weightDecay);
  }

  /** Returns these options with gradients clipped at another norm, 0 for no clipping. */
  public TrainingOptions withClip(double clip) {
    return with(draft -> draft.clip = clip);
  }

  /** Returns these options with a moving average of the encoders in their place; 0 for none. */
  public TrainingOptions withAverage(double average) {
    return with(draft -> draft.average = average);
  }

  /** Returns these options with networks that compute in another precision. */
  public TrainingOptions withPrecision(Precision precision) {
    return with(draft -> draft.precision = precision);
  }

  /** Returns these options with another early end. */
  public TrainingOptions withStopping(EarlyStopping stopping) {
    return with(draft -> draft.stopping = stopping);
  }

  /** Returns these options with another seed. */
  public TrainingOptions withSeed(long seed) {
    return with(draft -> draft.seed = seed);
  }

  private TrainingOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options on the way from one record to the next. */
  private static final class Draft {

    private int steps;
    private int batch;
    private int accumulate;
    private Optimiser optimiser;
    private double learningRate;
    private Schedule schedule;
    private double weightDecay;
    private double clip;
    private double average;
    private Precision precision;
    private EarlyStopping stopping;
    private long seed;

    private Draft(TrainingOptions from) {
      steps = from.steps;
      batch = from.batch;
      accumulate = from.accumulate;
      optimiser = from.optimiser;
      learningRate = from.learningRate;
      schedule = from.schedule;
      weightDecay = from.weightDecay;
      clip = from.clip;
      average = from.average;
      precision = from.precision;
      stopping = from.stopping;
      seed = from.seed;
    }

    private TrainingOptions options() {
      return new TrainingOptions(
          steps,
          batch,
          accumulate,
          optimiser,
          learningRate,
          schedule,
          weightDecay,
          clip,
          average,
          precision,
          stopping,
          seed);
    }
  }
}
