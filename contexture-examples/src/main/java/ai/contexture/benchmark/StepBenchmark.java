package ai.contexture.benchmark;

import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.encoder.Activation;
import ai.contexture.encoder.Mlp;
import ai.contexture.objective.Projector;
import ai.contexture.objective.VicReg;
import ai.contexture.optimiser.AdamW;
import ai.contexture.optimiser.Schedule;
import ai.contexture.torch.Handover;
import ai.contexture.torch.Torch;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One training step: two views of all rows go through a network of three hidden layers, VICReg as
 * published compares them, AdamW updates the weights.
 *
 * <p>The views are drawn before: 8 normal numbers, and the same with normal noise of deviation 0.1.
 */
public final class StepBenchmark implements Benchmark {

  private static final int INPUTS = 8;
  private static final double NOISE = 0.1;
  private static final double RATE = 1e-3;
  private static final double DECAY = 0.01;

  private final NDManager manager;
  private final Trainer<SampledContext> trainer;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final int steps;

  /**
   * Draws the rows and starts the network.
   *
   * @param n rows of a step
   * @param width outputs of each hidden layer
   * @param dim outputs of the network
   * @param steps steps of a run
   * @param runs runs that will be made at most
   */
  public StepBenchmark(int n, int width, int dim, int steps, int runs, Device device) {
    this.steps = steps;
    parameters.put("n", n);
    parameters.put("width", width);
    parameters.put("dim", dim);
    parameters.put("steps", steps);
    manager = NDManager.newBaseManager(device);
    trainer =
        Handover.of(
            manager,
            owner ->
                new Trainer<>(
                    views(n, owner),
                    new VicReg(25, 25, 1, 2, Projector.none()),
                    new Mlp.Options(width, 3, Activation.TANH, false),
                    dim,
                    TrainingOptions.DEFAULT
                        .withSteps(Math.multiplyExact(steps, runs))
                        .withBatch(0)
                        .withOptimiser(AdamW.DEFAULT)
                        .withLearningRate(RATE)
                        .withSchedule(Schedule.CONSTANT)
                        .withWeightDecay(DECAY)
                        .withClip(0)));
  }

  private static SampledContext views(int n, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray drawn = RandomRows.of(2 * n, INPUTS, scope);
      NDArray first = drawn.get("0:" + n);
      NDArray second = first.add(drawn.get(n + ":").mul(NOISE));
      NDArray pairs = NDArrays.stack(new NDList(first, second), 1).reshape(2L * n, INPUTS);
      NDArray points = first.duplicate();
      pairs.attach(manager);
      points.attach(manager);
      return SampledContext.of(
          "pairs",
          Points.all(points),
          (x, samples, random) -> {
            NDArray rows = Torch.within(pairs, x.manager());
            return Points.of(rows);
          });
    }
  }

  @Override
  public Map<String, Object> parameters() {
    return parameters;
  }

  /** Returns the seconds of one step, the mean over the steps of a run. */
  @Override
  public double run() {
    long start = System.nanoTime();
    trainer.train(trainer.finishedSteps() + steps, TrainingListener.NONE);
    return Timing.secondsSince(start) / steps;
  }

  @Override
  public double amount() {
    return 1;
  }

  @Override
  public String unit() {
    return "steps";
  }

  @Override
  public void close() {
    trainer.close();
    manager.close();
  }
}
