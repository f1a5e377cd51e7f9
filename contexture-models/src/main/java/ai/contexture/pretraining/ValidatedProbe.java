package ai.contexture.pretraining;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.measure.LogisticProbe;
import ai.contexture.measure.RowLosses;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Logistic regressions that are fitted on labelled rows, and whose choices are made on validation
 * rows: the penalty, and how features are scaled.
 *
 * <p>Features of a small λ are mostly noise, so that learned ones are tried with the weights λ/(1 −
 * ηλ), the inverse Laplacian of [S], besides weights that are all alike; and so are rows of length
 * 1 besides rows as they are. Columns are tried standardised, as they are and with rows of length
 * 1.
 */
final class ValidatedProbe {

  private static final double[] ETAS = {0, 0.9, 0.99, 0.999};

  private final Target.Classes target;
  private final int[] labelled;
  private final int[] validation;
  private final int[] test;

  /**
   * Creates a probe.
   *
   * @param target the classes of all rows
   * @param labelled positions of the rows to fit on
   * @param validation positions of the rows to choose on
   * @param test positions of the rows to score on
   */
  ValidatedProbe(Target.Classes target, int[] labelled, int[] validation, int[] test) {
    this.target = target;
    this.labelled = labelled.clone();
    this.validation = validation.clone();
    this.test = test.clone();
  }

  /**
   * The best of some ways to scale features.
   *
   * @param scaled the features of all rows
   * @param probe of the highest accuracy on the validation rows, or of equal ones the one of the
   *     least cross-entropy
   */
  record Chosen(Matrix scaled, LogisticProbe probe) {

    /** Which test rows are wrong. */
    RowLosses losses() {
      return probe.losses();
    }

    private boolean betterThan(Chosen other) {
      double accuracy = probe.validationAccuracy();
      double others = other.probe.validationAccuracy();
      return accuracy > others
          || (accuracy == others && probe.validation() < other.probe.validation());
    }
  }

  /** Chooses how to scale learned features, [rows, d], whose estimates of s² are given. */
  Chosen ofFeatures(Matrix features, NDManager owner, double... eigenvalues) {
    int d = features.columns();
    List<Matrix> tried = new ArrayList<>();
    double[] alike = new double[d];
    Arrays.fill(alike, 1);
    for (int i = 0; i <= ETAS.length; i++) {
      double[] weights = i == 0 ? alike : new double[d];
      for (int j = 0; i > 0 && j < Math.min(d, eigenvalues.length); j++) {
        double lambda = Math.max(0, Math.min(1, eigenvalues[j]));
        weights[j] = lambda / (1 - ETAS[i - 1] * lambda);
      }
      Matrix weighted = weighted(features, weights);
      tried.add(weighted);
      tried.add(ofLengthOne(weighted));
    }
    return best(tried, owner);
  }

  /** Chooses how to scale columns, [rows, p]. */
  Chosen ofColumns(Matrix columns, NDManager owner) {
    double[] ones = new double[columns.columns()];
    Arrays.fill(ones, 1);
    return best(
        List.of(
            weighted(columns, ones),
            ofLengthOne(columns),
            weighted(columns, inverseDeviations(columns))),
        owner);
  }

  /** Scores what features and columns tell together, both as they were scaled best. */
  Chosen ofBoth(Chosen features, Chosen columns, NDManager owner) {
    int d = features.scaled().columns();
    int p = columns.scaled().columns();
    double[] both = new double[Math.multiplyExact(features.scaled().rows(), d + p)];
    for (int i = 0; i < features.scaled().rows(); i++) {
      System.arraycopy(features.scaled().values(), i * d, both, i * (d + p), d);
      System.arraycopy(columns.scaled().values(), i * p, both, i * (d + p) + d, p);
    }
    return best(List.of(Matrix.of(features.scaled().rows(), d + p, both)), owner);
  }

  /** Weighs columns and scales all together to a mean square of rows of 1. */
  private static Matrix weighted(Matrix matrix, double... weights) {
    int d = weights.length;
    double[] values = matrix.values().clone();
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] *= weights[i % d];
      squares += values[i] * values[i];
    }
    double scale = squares > 0 ? Math.sqrt(matrix.rows() / squares) : 1;
    Arrays.setAll(values, i -> values[i] * scale);
    return Matrix.of(matrix.rows(), d, values);
  }

  /** Divides rows by their lengths; rows of zeros stay. */
  private static Matrix ofLengthOne(Matrix matrix) {
    int d = matrix.columns();
    double[] values = matrix.values().clone();
    for (int row = 0; row < matrix.rows(); row++) {
      double squares = 0;
      for (int i = row * d; i < (row + 1) * d; i++) {
        squares += values[i] * values[i];
      }
      double scale = squares > 0 ? 1 / Math.sqrt(squares) : 1;
      for (int i = row * d; i < (row + 1) * d; i++) {
        values[i] *= scale;
      }
    }
    return Matrix.of(matrix.rows(), d, values);
  }

  /** One over the deviation of each column among the labelled rows, 0 where it is constant. */
  private double[] inverseDeviations(Matrix columns) {
    double[] weights = new double[columns.columns()];
    for (int j = 0; j < weights.length; j++) {
      int column = j;
      double mean =
          Arrays.stream(labelled).mapToDouble(i -> columns.get(i, column)).average().orElseThrow();
      double variance =
          Arrays.stream(labelled)
              .mapToDouble(i -> Math.pow(columns.get(i, column) - mean, 2))
              .average()
              .orElseThrow();
      weights[j] = variance > 1e-24 * mean * mean ? 1 / Math.sqrt(variance) : 0;
    }
    return weights;
  }

  private Chosen best(List<Matrix> tried, NDManager owner) {
    Chosen best = null;
    for (Matrix scaled : tried) {
      try (NDManager scope = owner.newSubManager()) {
        LogisticProbe probe =
            LogisticProbe.of(
                rows(scaled, labelled, scope),
                codes(labelled),
                rows(scaled, validation, scope),
                codes(validation),
                rows(scaled, test, scope),
                codes(test),
                target.classes().size(),
                false);
        Chosen found = new Chosen(scaled, probe);
        best = best == null || found.betterThan(best) ? found : best;
      }
    }
    return best;
  }

  private static NDArray rows(Matrix matrix, int[] rows, NDManager scope) {
    return matrix.select(rows).array(scope);
  }

  private int[] codes(int[] rows) {
    return Arrays.stream(rows).map(target::code).toArray();
  }
}
