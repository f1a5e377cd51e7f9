package ai.contexture.experiment.study;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Gradient-boosted trees of the library XGBoost [Chen and Guestrin 2016] as a predictor of its own,
 * for what representations are compared with.
 *
 * <p>Depth and number of trees are those of the least error on validation rows, as many as can be
 * tried at a rate of 0.1 with four fifths of rows and columns for each tree; the trees are then
 * fitted again to training and validation rows together.
 *
 * @param error the root mean squared error on the test rows, or the error rate
 * @param depth the depth that was chosen
 * @param rounds the number of trees that was chosen
 */
record BoostedBaseline(double error, int depth, int rounds) {

  private static final List<Integer> DEPTHS = List.of(2, 4, 6);
  private static final int MOST_ROUNDS = 200;

  /** Numbers of trees are tried in such steps. */
  private static final int STEP = 20;

  /**
   * Fits trees and measures them.
   *
   * @param inputs [n, p] of all rows
   * @param train positions of rows to fit to
   * @param valid positions of rows to choose by
   * @param test positions of rows to measure on
   * @throws InputException if the library does not run on this system
   */
  static BoostedBaseline of(
      Matrix inputs, Target target, int[] train, int[] valid, int[] test, long seed) {
    try {
      Eigenproblem problem = new Eigenproblem(inputs, target, seed);
      return problem.solve(train, valid, test);
    } catch (XGBoostError e) {
      throw new IllegalStateException("XGBoost: " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new InputException("XGBoost has no library for this system: " + e.getMessage(), e);
    }
  }

  private record Eigenproblem(Matrix inputs, Target target, long seed) {

    BoostedBaseline solve(int[] train, int[] valid, int[] test) throws XGBoostError {
      int depth = 0;
      int rounds = 0;
      double least = Double.POSITIVE_INFINITY;
      DMatrix fitted = rows(train);
      DMatrix chosenBy = rows(valid);
      for (int tried : DEPTHS) {
        Booster booster = XGBoost.train(fitted, options(tried), MOST_ROUNDS, Map.of(), null, null);
        for (int count = STEP; count <= MOST_ROUNDS; count += STEP) {
          double loss = loss(booster.predict(chosenBy, false, count), valid);
          if (loss < least) {
            least = loss;
            depth = tried;
            rounds = count;
          }
        }
        booster.dispose();
      }
      DMatrix all = rows(IntStream.concat(Arrays.stream(train), Arrays.stream(valid)).toArray());
      DMatrix tested = rows(test);
      Booster booster = XGBoost.train(all, options(depth), rounds, Map.of(), null, null);
      double error = error(booster.predict(tested), test);
      booster.dispose();
      List.of(fitted, chosenBy, all, tested).forEach(DMatrix::dispose);
      return new BoostedBaseline(error, depth, rounds);
    }

    private Map<String, Object> options(int depth) {
      boolean classes = target instanceof Target.Classes;
      return Map.ofEntries(
          Map.entry("objective", classes ? "multi:softprob" : "reg:squarederror"),
          Map.entry("num_class", classes ? ((Target.Classes) target).classes().size() : 1),
          Map.entry("max_depth", depth),
          Map.entry("eta", 0.1),
          Map.entry("subsample", 0.8),
          Map.entry("colsample_bytree", 0.8),
          Map.entry("tree_method", "hist"),
          Map.entry("seed", (int) (seed & Integer.MAX_VALUE)),
          Map.entry("nthread", 1),
          Map.entry("verbosity", 0));
    }

    private DMatrix rows(int[] rows) throws XGBoostError {
      int p = inputs.columns();
      double[] all = inputs.values();
      float[] values = new float[rows.length * p];
      float[] labels = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < p; j++) {
          values[i * p + j] = (float) all[rows[i] * p + j];
        }
        labels[i] =
            target instanceof Target.Classes classes
                ? classes.code(rows[i])
                : (float) ((Target.Values) target).value(rows[i]);
      }
      DMatrix matrix = new DMatrix(values, rows.length, p, Float.NaN);
      matrix.setLabel(labels);
      return matrix;
    }

    /** The mean squared error, or the mean cross-entropy. */
    private double loss(float[][] predictions, int[] rows) {
      double sum = 0;
      for (int i = 0; i < rows.length; i++) {
        sum +=
            target instanceof Target.Classes classes
                ? -Math.log(Math.max(predictions[i][classes.code(rows[i])], Float.MIN_NORMAL))
                : Math.pow(predictions[i][0] - ((Target.Values) target).value(rows[i]), 2);
      }
      return sum / rows.length;
    }

    private double error(float[][] predictions, int[] rows) {
      if (!(target instanceof Target.Classes classes)) {
        return Math.sqrt(loss(predictions, rows));
      }
      int wrong = 0;
      for (int i = 0; i < rows.length; i++) {
        int best = 0;
        for (int c = 1; c < predictions[i].length; c++) {
          best = predictions[i][c] > predictions[i][best] ? c : best;
        }
        wrong += best == classes.code(rows[i]) ? 0 : 1;
      }
      return wrong / (double) rows.length;
    }
  }
}
