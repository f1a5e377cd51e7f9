package ai.contexture.training;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;

/**
 * How an encoder is trained.
 *
 * @param steps the number of steps
 * @param batch the points of a step, or 0 for all of them
 * @param optimiser how parameters follow their gradients
 * @param learningRate the peak learning rate
 * @param schedule how the learning rate changes
 * @param weightDecay each step also takes so much of every weight, as a multiple of its rate
 * @param clip gradients of a larger norm are scaled down to it; 0 for no clipping
 * @param seed where the initial parameters, batches and samples come from
 */
public record TrainingOptions(
    int steps,
    int batch,
    Optimiser optimiser,
    double learningRate,
    Schedule schedule,
    double weightDecay,
    double clip,
    long seed) {

  /** 300 steps of AdamW on all points, peak rate 10⁻³ in one cycle, norm clipped at 10. */
  public static final TrainingOptions DEFAULT =
      new TrainingOptions(300, 0, AdamW.DEFAULT, 1e-3, Schedule.ONE_CYCLE, 0, 10, 0);

  /** Checks the ranges. */
  public TrainingOptions {
    require(steps >= 1, "steps", "at least 1", steps);
    require(batch == 0 || batch >= 2, "batch", "at least 2, or full", batch);
    require(learningRate > 0 && learningRate <= 1e3, "learning rate", "above 0", learningRate);
    require(weightDecay >= 0 && weightDecay < 1e3, "weight decay", "at least 0", weightDecay);
    require(clip >= 0 && clip < Double.MAX_VALUE, "clip", "at least 0", clip);
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
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another batch. */
  public TrainingOptions withBatch(int batch) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another optimiser, at its usual learning rate. */
  public TrainingOptions withOptimiser(Optimiser optimiser) {
    return new TrainingOptions(
        steps, batch, optimiser, optimiser.usualRate(), schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another peak learning rate. */
  public TrainingOptions withLearningRate(double learningRate) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another schedule. */
  public TrainingOptions withSchedule(Schedule schedule) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another weight decay. */
  public TrainingOptions withWeightDecay(double weightDecay) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with gradients clipped at another norm, 0 for no clipping. */
  public TrainingOptions withClip(double clip) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }

  /** Returns these options with another seed. */
  public TrainingOptions withSeed(long seed) {
    return new TrainingOptions(
        steps, batch, optimiser, learningRate, schedule, weightDecay, clip, seed);
  }
}
