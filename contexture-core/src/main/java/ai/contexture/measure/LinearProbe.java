package ai.contexture.measure;

import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/**
 * A ridge regression on standardised features, its penalty chosen by exact leave-one-out error or
 * by the squared error on validation rows.
 *
 * <p>It minimises Σ_i ‖y_i − b − W x_i‖² + α‖W‖²; b has no penalty. Features are standardised by
 * the training rows' mean and standard deviation; constant ones are left out. α runs over n·10⁻⁶ …
 * n·10⁴ in half decades. Classes are one-hot targets, and the largest score wins.
 *
 * @param losses what it lost on each test row
 * @param meanPredictor the metric of the training targets' mean or of their most frequent class
 * @param penalty the chosen α
 * @param leaveOneOut the training rows' mean squared error at α, each row left out once; for
 *     classes summed over the one-hot targets
 * @param squaredError the test rows' mean squared error; for classes summed over the one-hot
 *     targets
 */
public record LinearProbe(
    RowLosses losses,
    double meanPredictor,
    double penalty,
    double leaveOneOut,
    double squaredError) {

  /**
   * Fits a probe to numbers and measures it by its root mean squared error.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n targets
   * @param testX [b, d], b ≥ 1
   * @param testY b targets
   * @throws IllegalArgumentException if shapes do not fit or a value is not finite
   */
  public static LinearProbe regression(
      NDArray trainX, double[] trainY, NDArray testX, double[] testY) {
    return regression(trainX, trainY, testX, testY, true);
  }

  /**
   * Fits a probe to numbers as {@link #regression(NDArray, double[], NDArray, double[])} does.
   *
   * @param standardise whether to divide features by their deviations among the training rows;
   *     false for features whose deviation is known to be about 1, since the training rows may miss
   *     where a feature is large
   */
  public static LinearProbe regression(
      NDArray trainX, double[] trainY, NDArray testX, double[] testY, boolean standardise) {
    ProbeData.checkRows(trainX, trainY.length, 2, testX, testY.length);
    ProbeData.checkFinite("trainY", trainY);
    ProbeData.checkFinite("testY", testY);
    return ofNumbers(Ridge.fit(trainX, trainY, 1, null, null, testX, standardise), trainY, testY);
  }

  /**
   * Fits a probe to numbers, its penalty chosen on validation rows, and measures it by its root
   * mean squared error.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n targets
   * @param validX [v, d], v ≥ 1; the probe is not fitted to these rows
   * @param validY v targets
   * @param testX [b, d], b ≥ 1
   * @param testY b targets
   * @throws IllegalArgumentException if shapes do not fit or a value is not finite
   */
  public static LinearProbe regression(
      NDArray trainX,
      double[] trainY,
      NDArray validX,
      double[] validY,
      NDArray testX,
      double[] testY) {
    ProbeData.checkRows(trainX, trainY.length, 2, testX, testY.length);
    ProbeData.checkRows("validX", validX, validY.length, trainX.getShape().get(1));
    ProbeData.checkFinite("trainY", trainY);
    ProbeData.checkFinite("validY", validY);
    ProbeData.checkFinite("testY", testY);
    return ofNumbers(Ridge.fit(trainX, trainY, 1, validX, validY, testX, true), trainY, testY);
  }

  private static LinearProbe ofNumbers(Ridge ridge, double[] trainY, double[] testY) {
    RowLosses losses = RowLosses.ofNumbers(ridge.predictions(), testY);
    return new LinearProbe(
        losses,
        meanPredictor(trainY, testY),
        ridge.penalty(),
        ridge.leaveOneOut(),
        losses.value() * losses.value());
  }

  /**
   * Fits a probe to classes and measures it by its accuracy.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n codes from 0 to classes − 1
   * @param testX [b, d], b ≥ 1
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LinearProbe classification(
      NDArray trainX, int[] trainY, NDArray testX, int[] testY, int classes) {
    return classification(trainX, trainY, testX, testY, classes, true);
  }

  /**
   * Fits a probe to classes as {@link #classification(NDArray, int[], NDArray, int[], int)} does.
   *
   * @param standardise whether to divide features by their deviations among the training rows;
   *     false for features whose deviation is known to be about 1, since the training rows may miss
   *     where a feature is large
   */
  public static LinearProbe classification(
      NDArray trainX, int[] trainY, NDArray testX, int[] testY, int classes, boolean standardise) {
    ProbeData.checkRows(trainX, trainY.length, 2, testX, testY.length);
    double majority = majorityClass(trainY, testY, classes);
    Ridge ridge =
        Ridge.fit(
            trainX, ProbeData.oneHot(trainY, classes), classes, null, null, testX, standardise);
    return ofClasses(ridge, majority, testY, classes);
  }

  /**
   * Fits a probe to classes, its penalty chosen by the squared error of the scores on validation
   * rows, and measures it by its accuracy.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d], v ≥ 1; the probe is not fitted to these rows
   * @param validY v codes
   * @param testX [b, d], b ≥ 1
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit or a value is not finite
   */
  public static LinearProbe classification(
      NDArray trainX,
      int[] trainY,
      NDArray validX,
      int[] validY,
      NDArray testX,
      int[] testY,
      int classes) {
    ProbeData.checkRows(trainX, trainY.length, 2, testX, testY.length);
    ProbeData.checkRows("validX", validX, validY.length, trainX.getShape().get(1));
    double majority = majorityClass(trainY, testY, classes);
    ProbeData.checkCodes("validY", validY, classes);
    Ridge ridge =
        Ridge.fit(
            trainX,
            ProbeData.oneHot(trainY, classes),
            classes,
            validX,
            ProbeData.oneHot(validY, classes),
            testX,
            true);
    return ofClasses(ridge, majority, testY, classes);
  }

  private static LinearProbe ofClasses(Ridge ridge, double majority, int[] testY, int classes) {
    double root =
        RowLosses.ofNumbers(ridge.predictions(), ProbeData.oneHot(testY, classes)).value();
    return new LinearProbe(
        RowLosses.ofClasses(ridge.predictions(), testY, classes),
        majority,
        ridge.penalty(),
        ridge.leaveOneOut(),
        root * root * classes);
  }

  /**
   * Returns the metric on the test rows: the root mean squared error, in the target's units and
   * lower is better, or the accuracy, between 0 and 1 and higher is better.
   */
  public double value() {
    return losses.value();
  }

  /** Returns what it is measured by. */
  public Metric metric() {
    return losses.metric();
  }

  /** Returns R² = 1 − e²/e₀², with e₀ the root mean squared error of the mean. */
  public static double explained(double error, double ofMean) {
    double ratio = error / ofMean;
    return 1 - ratio * ratio;
  }

  /** Returns the root mean squared error on the test targets of the training targets' mean. */
  public static double meanPredictor(double[] trainY, double[] testY) {
    return meanLosses(trainY, testY).value();
  }

  /** Returns the losses on the test targets of the training targets' mean. */
  public static RowLosses meanLosses(double[] trainY, double[] testY) {
    ProbeData.checkFinite("trainY", trainY);
    ProbeData.checkFinite("testY", testY);
    double[] prediction = new double[testY.length];
    Arrays.fill(prediction, Arrays.stream(trainY).average().orElseThrow());
    return RowLosses.ofNumbers(prediction, testY);
  }

  /**
   * Returns the accuracy on the test codes of the most frequent training code, the lowest of equal
   * ones.
   */
  public static double majorityClass(int[] trainY, int[] testY, int classes) {
    return majorityLosses(trainY, testY, classes).value();
  }

  /**
   * Returns the losses on the test codes of the most frequent training code, the lowest of equal
   * ones.
   */
  public static RowLosses majorityLosses(int[] trainY, int[] testY, int classes) {
    ProbeData.checkClasses(classes);
    ProbeData.checkCodes("trainY", trainY, classes);
    ProbeData.checkCodes("testY", testY, classes);
    double[] counts = new double[classes];
    for (int code : trainY) {
      counts[code]++;
    }
    double[] scores = new double[testY.length * classes];
    for (int i = 0; i < testY.length; i++) {
      System.arraycopy(counts, 0, scores, i * classes, classes);
    }
    return RowLosses.ofClasses(scores, testY, classes);
  }

  /**
   * Returns the losses on a test target of what knows no features: the mean of the training target,
   * or its most frequent class.
   */
  public static RowLosses constantLosses(Target train, Target test) {
    return train instanceof Target.Classes classes
        ? majorityLosses(classes.codes(), ((Target.Classes) test).codes(), classes.classes().size())
        : meanLosses(((Target.Values) train).values(), ((Target.Values) test).values());
  }

  @Override
  public String toString() {
    return Text.format("%s, without features %.4g", metric().described(value()), meanPredictor);
  }
}
