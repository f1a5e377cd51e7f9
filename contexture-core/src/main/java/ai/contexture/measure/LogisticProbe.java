package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A multinomial logistic regression on standardised features, its penalty chosen on validation
 * rows.
 *
 * <p>It minimises the mean cross-entropy + α‖W‖²/2 over W [d, classes] and offsets, which have no
 * penalty. Features are standardised by the training rows' mean and standard deviation; constant
 * ones are left out. α runs from 10 down to 10⁻⁶ in whole decades, each start being the minimum
 * before; the least cross-entropy on the validation rows wins.
 *
 * @param value the accuracy on the test rows, between 0 and 1, higher is better
 * @param crossEntropy the mean cross-entropy on the test rows, in nats
 * @param penalty the chosen α
 * @param validation the mean cross-entropy on the validation rows
 * @param gradient the largest part of the gradient where the search ended, 0 being the minimum
 */
public record LogisticProbe(
    double value, double crossEntropy, double penalty, double validation, double gradient) {

  private static final double STRONGEST = 10;
  private static final int PENALTIES = 8;

  /**
   * Fits a probe and measures it.
   *
   * @param trainX [n, d]
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d]
   * @param validY v codes
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LogisticProbe of(
      NDArray trainX,
      int[] trainY,
      NDArray validX,
      int[] validY,
      NDArray testX,
      int[] testY,
      int classes) {
    ProbeData.checkClasses(classes);
    ProbeData.checkCodes("trainY", trainY, classes);
    ProbeData.checkCodes("validY", validY, classes);
    ProbeData.checkCodes("testY", testY, classes);
    ProbeData.checkRows(trainX, trainY.length, 1, testX, testY.length);
    ProbeData.checkRows("validX", validX, validY.length, trainX.getShape().get(1));
    try (NDManager scope = trainX.getManager().newSubManager()) {
      ProbeData.Standard standard = ProbeData.Standard.of(trainX, scope);
      Rows train = Rows.of(standard.apply(trainX), trainY, classes);
      Rows valid = Rows.of(standard.apply(validX), validY, classes);
      Rows test = Rows.of(standard.apply(testX), testY, classes);
      double[] w = new double[train.parameters()];
      double[] best = null;
      double bestPenalty = 0;
      double bestValidation = Double.POSITIVE_INFINITY;
      double bestGradient = 0;
      for (int i = 0; i < PENALTIES; i++) {
        double penalty = STRONGEST * Math.pow(10, -i);
        double gradient = Lbfgs.minimise((at, slopes) -> train.loss(at, penalty, slopes), w);
        double validation = valid.loss(w, 0, null);
        if (validation < bestValidation) {
          best = w.clone();
          bestPenalty = penalty;
          bestValidation = validation;
          bestGradient = gradient;
        }
      }
      return new LogisticProbe(
          test.accuracy(best), test.loss(best, 0, null), bestPenalty, bestValidation, bestGradient);
    }
  }

  /**
   * Returns the parameters that minimise the loss with one penalty, for tests.
   *
   * @return W [d, classes] row by row, then the offsets
   */
  static double[] fit(NDArray x, int[] y, int classes, double penalty) {
    try (NDManager scope = x.getManager().newSubManager()) {
      NDArray own = Torch.within(x, scope);
      Rows rows = Rows.of(own, y, classes);
      double[] w = new double[rows.parameters()];
      Lbfgs.minimise((at, slopes) -> rows.loss(at, penalty, slopes), w);
      return w;
    }
  }

  /** Features float64 [n, d], one-hot classes float64 [n, c], and their codes. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Rows(NDArray x, NDArray oneHot, int[] y, int classes) {

    static Rows of(NDArray x, int[] y, int classes) {
      double[] oneHot = ProbeData.oneHot(y, classes);
      return new Rows(x, x.getManager().create(oneHot, new Shape(y.length, classes)), y, classes);
    }

    int features() {
      return Math.toIntExact(x.getShape().get(1));
    }

    int parameters() {
      return (features() + 1) * classes;
    }

    /** The scores [n, c]. */
    private NDArray scores(double[] w, NDManager step) {
      NDArray all = step.create(w, new Shape(features() + 1, classes));
      NDArray matrix = all.get("0:" + features());
      NDArray offsets = all.get(features() + ":");
      NDArray product = x.matMul(matrix);
      product.attach(step);
      return product.add(offsets);
    }

    /** The loss; the gradient is written where one is wanted. */
    double loss(double[] w, double penalty, double[] gradient) {
      try (NDManager step = x.getManager().newSubManager()) {
        int n = y.length;
        NDArray logarithms = scores(w, step).logSoftmax(1);
        double loss = -logarithms.mul(oneHot).sum().toDoubleArray()[0] / n;
        int weights = features() * classes;
        for (int i = 0; i < weights; i++) {
          loss += penalty / 2 * w[i] * w[i];
        }
        if (gradient != null) {
          NDArray errors = logarithms.exp().sub(oneHot).div(n);
          NDArray turned = x.transpose();
          turned.attach(step);
          double[] own = turned.matMul(errors).toDoubleArray();
          double[] offsets = errors.sum(new int[] {0}).toDoubleArray();
          for (int i = 0; i < weights; i++) {
            gradient[i] = own[i] + penalty * w[i];
          }
          System.arraycopy(offsets, 0, gradient, weights, classes);
        }
        return loss;
      }
    }

    double accuracy(double[] w) {
      try (NDManager step = x.getManager().newSubManager()) {
        long[] predicted = scores(w, step).argMax(1).toLongArray();
        int right = 0;
        for (int i = 0; i < y.length; i++) {
          right += predicted[i] == y[i] ? 1 : 0;
        }
        return (double) right / y.length;
      }
    }
  }

  @Override
  public String toString() {
    return Text.format("accuracy %.4g (higher is better), cross-entropy %.4g", value, crossEntropy);
  }
}
