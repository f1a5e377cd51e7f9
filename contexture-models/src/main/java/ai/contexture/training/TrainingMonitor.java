package ai.contexture.training;

import ai.contexture.input.Text;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.EffectiveRank;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/**
 * Notices that a training goes wrong while all its numbers are finite, and says so once for each
 * way in which it does.
 *
 * <p>The loss and the norm of the gradient are compared, averaged over some ten steps, with those
 * of the first ten steps; the encoder's outputs are looked at after 10, 20, 40, 80, … steps.
 */
final class TrainingMonitor {

  /** Steps whose mean is the start. */
  private static final int START = 10;

  /** What the mean of the last steps takes of a new one. */
  private static final double SHARE = 0.1;

  /** How many numbers a checkpoint holds of this. */
  static final int NUMBERS = 11;

  /** Outputs that vary by less than this, as a part of 1 or of the start's variance, collapse. */
  private static final double VARIANCE = 0.05;

  /** Outputs that fall to fewer dimensions, and by half, collapse. */
  private static final double FEW = 3;

  private final int outputs;
  private final boolean scaleFree;
  private int steps;
  private double startLoss;
  private double startSize;
  private double startNorm;
  private double loss;
  private double logNorm;
  private double startVariance = -1;
  private double startRank;
  private boolean saidLoss;
  private boolean saidNorm;
  private boolean saidCollapse;

  /**
   * Creates a watch.
   *
   * @param outputs the number of the encoder's outputs
   * @param scaleFree whether the objective does not see how large the outputs are
   */
  TrainingMonitor(int outputs, boolean scaleFree) {
    this.outputs = outputs;
    this.scaleFree = scaleFree;
  }

  /** Hears of a step whose numbers are finite. */
  void step(StepReport report, TrainingListener listener) {
    double norm = Math.log(Math.max(Double.MIN_NORMAL, report.gradientNorm()));
    steps++;
    if (steps <= START) {
      double size = report.terms().values().stream().mapToDouble(Math::abs).sum();
      startLoss += (report.loss() - startLoss) / steps;
      startSize += (size - startSize) / steps;
      startNorm = Math.max(startNorm, report.gradientNorm());
      loss = startLoss;
      logNorm += (norm - logNorm) / steps;
      return;
    }
    loss += SHARE * (report.loss() - loss);
    logNorm += SHARE * (norm - logNorm);
    if (!saidLoss) {
      saidLoss = say(Diagnosis.loss(startLoss, startSize, loss), report.step(), listener);
    }
    if (!saidNorm) {
      saidNorm = say(Diagnosis.gradient(startNorm, Math.exp(logNorm)), report.step(), listener);
    }
  }

  /** Tells what was found and returns whether there was anything. */
  private static boolean say(Diagnosis diagnosis, int step, TrainingListener listener) {
    diagnosis.findings().forEach(finding -> listener.onWarning(step, finding));
    return !diagnosis.healthy();
  }

  /** Returns whether the encoder's outputs are to be looked at after a step, 0 for the start. */
  static boolean looksAt(int step) {
    return step == 0 || (step % START == 0 && Integer.bitCount(step / START) == 1);
  }

  /** Looks at the encoder's outputs [b, d₁]. */
  void outputs(int step, NDArray outputs, TrainingListener listener) {
    try (NDManager scope = outputs.getManager().newSubManager()) {
      NDArray doubles = outputs.toType(DataType.FLOAT64, true);
      doubles.attach(scope);
      double variance = doubles.sub(Torch.columnMeans(doubles)).square().mean().toDoubleArray()[0];
      outputs(step, variance, EffectiveRank.of(outputs).effective(), listener);
    }
  }

  /**
   * Hears how the encoder's outputs are spread.
   *
   * @param variance the mean of their variances
   * @param rank how many dimensions they use, see {@link EffectiveRank}
   */
  void outputs(int step, double variance, double rank, TrainingListener listener) {
    if (startVariance < 0) {
      startVariance = variance;
      startRank = rank;
      return;
    }
    if (!saidCollapse) {
      saidCollapse = say(collapse(step, variance, rank), step, listener);
    }
  }

  private Diagnosis collapse(int step, double variance, double rank) {
    double fewest = Math.min(Math.min(FEW, outputs / 4.0), startRank / 2);
    if (rank < fewest) {
      return Diagnosis.collapsed(
          rank,
          fewest,
          Text.format(
              "the encoder's %d outputs use %.1f dimensions after %d steps (effective rank) and"
                  + " used %.1f at the start",
              outputs, rank, step, startRank));
    }
    double least = VARIANCE * Math.min(1, startVariance);
    if (!scaleFree && variance < least) {
      return Diagnosis.collapsed(
          variance,
          least,
          Text.format(
              "the encoder's outputs vary by %.2g after %d steps (standard deviation) and varied by"
                  + " %.2g at the start",
              Math.sqrt(variance), step, Math.sqrt(startVariance)));
    }
    return Diagnosis.HEALTHY;
  }

  /** Returns what a checkpoint holds. */
  double[] numbers() {
    return new double[] {
      steps,
      startLoss,
      startSize,
      startNorm,
      loss,
      logNorm,
      startVariance,
      startRank,
      saidLoss ? 1 : 0,
      saidNorm ? 1 : 0,
      saidCollapse ? 1 : 0
    };
  }

  /** Sets what {@link #numbers} returned. */
  void restore(double[] numbers) {
    steps = (int) numbers[0];
    startLoss = numbers[1];
    startSize = numbers[2];
    startNorm = numbers[3];
    loss = numbers[4];
    logNorm = numbers[5];
    startVariance = numbers[6];
    startRank = numbers[7];
    saidLoss = numbers[8] > 0;
    saidNorm = numbers[9] > 0;
    saidCollapse = numbers[10] > 0;
  }
}
