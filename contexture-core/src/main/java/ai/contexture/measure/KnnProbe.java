package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.neighbour.Neighbours;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * A vote of the k nearest training rows, k chosen on validation rows or, without those, by leaving
 * out one training row at a time.
 *
 * <p>Features are standardised by the training rows' mean and standard deviation; constant ones are
 * left out. Numbers are predicted by the mean, classes by the majority; among classes with as many
 * votes the one wins whose nearest voter is nearer.
 *
 * @param metric what it is measured by
 * @param value the metric on the test rows
 * @param k the number of voters
 * @param validation the metric on the validation rows or of training rows that were left out
 * @param losses what it lost on each test row
 */
public record KnnProbe(Metric metric, double value, int k, double validation, RowLosses losses) {

  private static final int[] CANDIDATES = {1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100};

  /**
   * Predicts classes.
   *
   * @param trainX [n, d]
   * @param trainY n codes from 0 to classes − 1
   * @param validX [v, d]
   * @param validY v codes
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit
   */
  public static KnnProbe classification(
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
    return classification(
        Votes.of(trainX, trainY.length, validX, validY.length, testX, testY.length),
        trainY,
        validY,
        testY,
        classes);
  }

  /**
   * Predicts classes with the k that predicts each training row best from the others.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n codes from 0 to classes − 1
   * @param testX [b, d]
   * @param testY b codes
   * @param classes how many classes, at least 2
   * @throws IllegalArgumentException if shapes or codes do not fit
   */
  public static KnnProbe classification(
      NDArray trainX, int[] trainY, NDArray testX, int[] testY, int classes) {
    ProbeData.checkClasses(classes);
    ProbeData.checkCodes("trainY", trainY, classes);
    ProbeData.checkCodes("testY", testY, classes);
    Votes votes = Votes.leaveOneOut(trainX, trainY.length, testX, testY.length);
    return classification(votes, trainY, trainY, testY, classes);
  }

  private static KnnProbe classification(
      Votes votes, int[] trainY, int[] validY, int[] testY, int classes) {
    int best = 0;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int k : votes.candidates()) {
      double score = lost(votes.validation(), k, trainY, validY, classes).value();
      if (score > bestScore) {
        bestScore = score;
        best = k;
      }
    }
    RowLosses losses = lost(votes.test(), best, trainY, testY, classes);
    return new KnnProbe(Metric.ACCURACY, losses.value(), best, bestScore, losses);
  }

  /**
   * Predicts numbers.
   *
   * @param trainX [n, d]
   * @param trainY n targets
   * @param validX [v, d]
   * @param validY v targets
   * @param testX [b, d]
   * @param testY b targets
   * @throws IllegalArgumentException if shapes do not fit or a target is not finite
   */
  public static KnnProbe regression(
      NDArray trainX,
      double[] trainY,
      NDArray validX,
      double[] validY,
      NDArray testX,
      double[] testY) {
    ProbeData.checkFinite("trainY", trainY);
    ProbeData.checkFinite("validY", validY);
    ProbeData.checkFinite("testY", testY);
    return regression(
        Votes.of(trainX, trainY.length, validX, validY.length, testX, testY.length),
        trainY,
        validY,
        testY);
  }

  /**
   * Predicts numbers with the k that predicts each training row best from the others.
   *
   * @param trainX [n, d], n ≥ 2
   * @param trainY n targets
   * @param testX [b, d]
   * @param testY b targets
   * @throws IllegalArgumentException if shapes do not fit or a target is not finite
   */
  public static KnnProbe regression(
      NDArray trainX, double[] trainY, NDArray testX, double[] testY) {
    ProbeData.checkFinite("trainY", trainY);
    ProbeData.checkFinite("testY", testY);
    Votes votes = Votes.leaveOneOut(trainX, trainY.length, testX, testY.length);
    return regression(votes, trainY, trainY, testY);
  }

  private static KnnProbe regression(
      Votes votes, double[] trainY, double[] validY, double[] testY) {
    int best = 0;
    double bestScore = Double.POSITIVE_INFINITY;
    for (int k : votes.candidates()) {
      double score = lost(votes.validation(), k, trainY, validY).value();
      if (score < bestScore) {
        bestScore = score;
        best = k;
      }
    }
    RowLosses losses = lost(votes.test(), best, trainY, testY);
    return new KnnProbe(Metric.RMSE, losses.value(), best, bestScore, losses);
  }

  private static RowLosses lost(
      long[][] neighbours, int k, int[] trainY, int[] targets, int classes) {
    double[] winners = new double[targets.length * classes];
    int[] counts = new int[classes];
    for (int i = 0; i < targets.length; i++) {
      Arrays.fill(counts, 0);
      for (int j = 0; j < k; j++) {
        counts[trainY[(int) neighbours[i][j]]]++;
      }
      int most = Arrays.stream(counts).max().orElseThrow();
      int nearest = 0;
      while (counts[trainY[(int) neighbours[i][nearest]]] < most) {
        nearest++;
      }
      winners[i * classes + trainY[(int) neighbours[i][nearest]]] = 1;
    }
    return RowLosses.ofClasses(winners, targets, classes);
  }

  private static RowLosses lost(long[][] neighbours, int k, double[] trainY, double[] targets) {
    double[] means = new double[targets.length];
    for (int i = 0; i < targets.length; i++) {
      for (int j = 0; j < k; j++) {
        means[i] += trainY[(int) neighbours[i][j]] / k;
      }
    }
    return RowLosses.ofNumbers(means, targets);
  }

  /** The nearest training rows of validation and test rows, nearest first. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Votes(long[][] validation, long[][] test, int[] candidates) {

    static Votes of(NDArray trainX, int n, NDArray validX, int v, NDArray testX, int b) {
      ProbeData.checkRows(trainX, n, 1, testX, b);
      ProbeData.checkRows("validX", validX, v, trainX.getShape().get(1));
      int[] candidates = Arrays.stream(CANDIDATES).filter(k -> k <= n).toArray();
      int most = candidates[candidates.length - 1];
      try (NDManager scope = trainX.getManager().newSubManager()) {
        ProbeData.Standard standard = ProbeData.Standard.of(trainX, scope);
        NDArray train = standard.apply(trainX);
        return new Votes(
            nearest(standard.apply(validX), train, most),
            nearest(standard.apply(testX), train, most),
            candidates);
      }
    }

    /** Training rows vote on each other in the place of validation rows. */
    static Votes leaveOneOut(NDArray trainX, int n, NDArray testX, int b) {
      ProbeData.checkRows(trainX, n, 2, testX, b);
      int[] candidates = Arrays.stream(CANDIDATES).filter(k -> k < n).toArray();
      int most = candidates[candidates.length - 1];
      try (NDManager scope = trainX.getManager().newSubManager()) {
        ProbeData.Standard standard = ProbeData.Standard.of(trainX, scope);
        NDArray train = standard.apply(trainX);
        long[][] others = nearest(train, train, most + 1);
        for (int i = 0; i < n; i++) {
          int self = i;
          others[i] = Arrays.stream(others[i]).filter(j -> j != self).limit(most).toArray();
        }
        return new Votes(others, nearest(standard.apply(testX), train, most), candidates);
      }
    }

    private static long[][] nearest(NDArray queries, NDArray points, int k) {
      long[] flat = Neighbours.search(queries, points, k).index().toLongArray();
      long[][] rows = new long[flat.length / k][];
      Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * k, (i + 1) * k));
      return rows;
    }
  }

  @Override
  public String toString() {
    return Text.format("%s from the %d nearest rows", metric.described(value), k);
  }
}
