package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A multinomial logistic regression, its penalty chosen on validation rows.
 *
 * <p>It minimises the mean cross-entropy + α‖W‖²/2 over W [d, classes] and offsets, which have no
 * penalty. Features are standardised by the training rows' mean and standard deviation, where
 * constant ones are left out, or only centred. α runs from 10 down to 10⁻⁶ in whole decades, each
 * start being the minimum before; the highest accuracy on the validation rows wins, and of equal
 * ones the least cross-entropy.
 *
 * @param value the accuracy on the test rows, between 0 and 1, higher is better
 * @param crossEntropy the mean cross-entropy on the test rows, in nats
 * @param penalty the chosen α
 * @param validation the mean cross-entropy on the validation rows
 * @param validationAccuracy the accuracy on the validation rows
 * @param gradient the largest part of the gradient where the search ended, 0 being the minimum
 * @param losses which test rows it gets wrong
 */
public record LogisticProbe(
    double value,
    double crossEntropy,
    double penalty,
    double validation,
    double validationAccuracy,
    double gradient,
    RowLosses losses) {

  private static final double STRONGEST = 10;
  private static final int PENALTIES = 8;

  /** Directions of smaller shares of the largest square are rounding. */
  private static final double ROUNDING = 1e-15;

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
    return of(trainX, trainY, validX, validY, testX, testY, classes, true);
  }

  /**
   * Fits a probe on features that are standardised or only centred, and measures it.
   *
   * @param trainX [n, d]
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d]
   * @param validY v codes
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @param standardise whether to divide features by their deviations among the training rows
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LogisticProbe of(
      NDArray trainX,
      int[] trainY,
      NDArray validX,
      int[] validY,
      NDArray testX,
      int[] testY,
      int classes,
      boolean standardise) {
    ProbeData.checkClasses(classes);
    ProbeData.checkCodes("trainY", trainY, classes);
    ProbeData.checkCodes("validY", validY, classes);
    ProbeData.checkCodes("testY", testY, classes);
    ProbeData.checkRows(trainX, trainY.length, 1, testX, testY.length);
    ProbeData.checkRows("validX", validX, validY.length, trainX.getShape().get(1));
    try (NDManager scope = trainX.getManager().newSubManager()) {
      ProbeData.Standard standard = ProbeData.Standard.of(trainX, scope);
      ProbeData.Standard used = standardise ? standard : standard.centring();
      return fit(
          Rows.of(used.apply(trainX), trainY, classes),
          Rows.of(used.apply(validX), validY, classes),
          Rows.of(used.apply(testX), testY, classes));
    }
  }

  private static LogisticProbe fit(Rows all, Rows allValid, Rows allTest) {
    try (NDManager scope = all.x().getManager().newSubManager()) {
      NDArray basis = all.span(scope);
      Rows train = all.within(basis, scope);
      Rows valid = allValid.within(basis, scope);
      Rows test = allTest.within(basis, scope);
      double[] w = new double[train.parameters()];
      double[] best = null;
      double bestPenalty = 0;
      double bestValidation = Double.POSITIVE_INFINITY;
      double bestAccuracy = -1;
      double bestGradient = 0;
      for (int i = 0; i < PENALTIES; i++) {
        double penalty = STRONGEST * Math.pow(10, -i);
        double gradient = Lbfgs.minimise((at, slopes) -> train.loss(at, penalty, slopes), w);
        double validation = valid.loss(w, 0, null);
        double accuracy = valid.losses(w).value();
        if (accuracy > bestAccuracy || (accuracy == bestAccuracy && validation < bestValidation)) {
          best = w.clone();
          bestPenalty = penalty;
          bestValidation = validation;
          bestAccuracy = accuracy;
          bestGradient = gradient;
        }
      }
      RowLosses losses = test.losses(best);
      return new LogisticProbe(
          losses.value(),
          test.loss(best, 0, null),
          bestPenalty,
          bestValidation,
          bestAccuracy,
          bestGradient,
          losses);
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

    /**
     * An orthonormal basis [d, r] of what the rows span, null where it is as large as they are
     * wide: the best W lies within it, since all else costs and changes nothing.
     */
    NDArray span(NDManager scope) {
      int n = y.length;
      if (features() <= n) {
        return null;
      }
      NDArray own = Torch.within(x, scope);
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(own.matMul(own.transpose()));
      double[] values = eigen.values().toDoubleArray();
      double largest = values[n - 1];
      int zero = 0;
      while (zero < n - 1 && values[zero] <= n * ROUNDING * largest) {
        zero++;
      }
      NDArray vectors = eigen.vectors().get(":, " + zero + ":");
      double[] inverse = new double[n - zero];
      for (int i = 0; i < inverse.length; i++) {
        inverse[i] = values[zero + i] > 0 ? 1 / Math.sqrt(values[zero + i]) : 0;
      }
      return own.transpose().matMul(vectors).mul(scope.create(inverse));
    }

    /** The same rows by their coordinates in a basis, which may be null for their own. */
    Rows within(NDArray basis, NDManager scope) {
      if (basis == null) {
        return this;
      }
      return new Rows(Torch.within(x, scope).matMul(basis), oneHot, y, classes);
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

    RowLosses losses(double[] w) {
      try (NDManager step = x.getManager().newSubManager()) {
        return RowLosses.ofClasses(scores(w, step).toDoubleArray(), y, classes);
      }
    }
  }

  @Override
  public String toString() {
    return Text.format("accuracy %.4g (higher is better), cross-entropy %.4g", value, crossEntropy);
  }
}
