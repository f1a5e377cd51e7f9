package ai.contexture.training;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;

/**
 * How an encoder is trained.
 *
 * @param steps the number of steps
 * @param batch the points of a step, or 0 for all of them
 * @param accumulate how many batches' gradients are averaged in a step
 * @param optimiser how parameters follow their gradients
 * @param learningRate the peak learning rate
 * @param schedule how the learning rate changes
 * @param weightDecay each step also takes so much of every weight, as a multiple of its rate
 * @param clip gradients of a larger norm are scaled down to it; 0 for no clipping
 * @param average what is kept of the moving average of the encoders at a step, which then takes
 *     their place after training; 0 for the encoders as they are
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
    EarlyStopping stopping,
    long seed) {

  /** 300 steps of AdamW on all points, peak rate 10⁻³ in one cycle, norm clipped at 10. */
  public static final TrainingOptions DEFAULT =
      new TrainingOptions(
          300, 0, 1, AdamW.DEFAULT, 1e-3, Schedule.ONE_CYCLE, 0, 10, 0, EarlyStopping.NEVER, 0);

  /** Checks the ranges; without early stopping, as files from before hold it, there is none. */
  public TrainingOptions {
    stopping = stopping == null ? EarlyStopping.NEVER : stopping;
    require(steps >= 1, "steps", "at least 1", steps);
    require(batch == 0 || batch >= 2, "batch", "at least 2, or full", batch);
    require(accumulate >= 1, "accumulate", "at least 1", accumulate);
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
        stopping,
        seed);
  }

  /** Returns these options with another batch. */
  public TrainingOptions withBatch(int batch) {
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
        stopping,
        seed);
  }

  /** Returns these options with the gradients of so many batches averaged in each step. */
  public TrainingOptions withAccumulate(int accumulate) {
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
        stopping,
        seed);
  }

  /** Returns these options with a moving average of the encoders in their place; 0 for none. */
  public TrainingOptions withAverage(double average) {
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
        stopping,
        seed);
  }

  /** Returns these options with another optimiser, at its usual learning rate. */
  public TrainingOptions withOptimiser(Optimiser optimiser) {
    return new TrainingOptions(
        steps,
        batch,
        accumulate,
        optimiser,
        optimiser.usualRate(),
        schedule,
        weightDecay,
        clip,
        average,
        stopping,
        seed);
  }

  /** Returns these options with another peak learning rate. */
  public TrainingOptions withLearningRate(double learningRate) {
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
        stopping,
        seed);
  }

  /** Returns these options with another schedule. */
  public TrainingOptions withSchedule(Schedule schedule) {
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
        stopping,
        seed);
  }

  /** Returns these options with another weight decay. */
  public TrainingOptions withWeightDecay(double weightDecay) {
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
        stopping,
        seed);
  }

  /** Returns these options with gradients clipped at another norm, 0 for no clipping. */
  public TrainingOptions withClip(double clip) {
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
        stopping,
        seed);
  }

  /** Returns these options with another seed. */
  public TrainingOptions withSeed(long seed) {
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
        stopping,
        seed);
  }

  /** Returns these options with another early end. */
  public TrainingOptions withStopping(EarlyStopping stopping) {
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
        stopping,
        seed);
  }
}
