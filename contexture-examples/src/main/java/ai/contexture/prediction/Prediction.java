package ai.contexture.prediction;

import ai.contexture.context.ContextFactory;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.measure.Conformal;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.RowLosses;
import ai.contexture.measure.SpectralChoice;
import ai.contexture.measure.SpectralRegression;
import ai.contexture.pretraining.Recipe;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The target of rows, predicted from labels of other rows and from what a context says of all of
 * them, by {@link SpectralRegression}.
 *
 * <p>Its transform and penalty are chosen on validation rows, or by leaving out one label at a
 * time. Where more than {@value PredictionRun#MOST_TO_CHOOSE} rows have a label, so many of them
 * serve to choose.
 *
 * @param rows which rows served what
 * @param context what the context was fitted to be
 * @param choice the transform and the penalty
 * @param checked the rows whose labels these were chosen on, those of {@link
 *     SpectralChoice#checked}
 * @param predicted for the asked rows: numbers [b, 1] or the probabilities of the classes [b, c]
 * @param level the probability that an interval or a set holds what is true
 * @param margin what the intervals of numbers go to both sides, or a class of a set may lack to
 *     certainty; infinite where nothing can be said, NaN where no rows were held out for it
 * @param scores of this and of simpler predictors on those asked rows whose target is known; null
 *     where these are fewer than two
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
public record Prediction(
    PredictionRows rows,
    String context,
    SpectralChoice choice,
    int[] checked,
    Matrix predicted,
    double level,
    double margin,
    PairedScores<Predictor> scores) {

  /** What predicts the target. */
  public enum Predictor {
    /** The context, by its kernel. */
    CONTEXT,
    /** The context, by spreading labels. */
    SPREADING,
    /** A linear model on the preprocessed columns. */
    COLUMNS,
    /** The nearest labelled rows by the preprocessed columns. */
    NEIGHBOURS,
    /** Nothing: always the mean, or the most frequent class. */
    NOTHING
  }

  /**
   * How to predict.
   *
   * @param labels how many labelled rows to use, all where empty
   * @param level the probability that an interval or a set of classes holds what is true; 0 for
   *     neither
   * @param levelAsked whether too few labels for that are an error
   * @param inductive whether the context is made of all rows but those that are asked for, which
   *     are placed by its extension
   */
  public record Options(OptionalInt labels, double level, boolean levelAsked, boolean inductive) {}

  /**
   * Predicts.
   *
   * @param data the rows that the context can be made of
   * @throws InputException if the rows or the context do not allow it
   */
  public static Prediction of(
      Dataset data, ContextFactory factory, Recipe recipe, Options options, Device device) {
    if (factory.usesTarget()) {
      throw new InputException(
          "--context: " + factory + " is made of the target, expected one that does not know it");
    }
    PredictionRows rows = PredictionRows.of(data, recipe, options);
    try (NDManager manager = NDManager.newBaseManager(device)) {
      return new PredictionRun(data, rows, factory, recipe, options, manager).predict();
    }
  }

  /** Returns the number or the likeliest class of an asked row as text. */
  public String text(int row) {
    return rows.target() instanceof Target.Classes classes
        ? classes.classes().get(likeliest(row))
        : Double.toString(predicted.get(row, 0));
  }

  private int likeliest(int row) {
    int best = 0;
    for (int c = 1; c < predicted.columns(); c++) {
      best = predicted.get(row, c) > predicted.get(row, best) ? c : best;
    }
    return best;
  }

  /** Returns whether there are intervals or sets of classes. */
  public boolean hasMargin() {
    return !Double.isNaN(margin);
  }

  /** Returns which classes the one of an asked row is among. */
  public boolean[] among(int row) {
    return Conformal.classes(predicted.row(row), margin);
  }

  /** Returns how many classes a set of the asked rows has on average. */
  public double meanSetSize() {
    int size = 0;
    for (int i = 0; i < predicted.rows(); i++) {
      for (boolean in : among(i)) {
        size += in ? 1 : 0;
      }
    }
    return (double) size / predicted.rows();
  }

  /** Returns the share of the asked rows with a known target whose interval or set holds it. */
  public double covered() {
    int[] scored = rows.scored();
    long held = Arrays.stream(scored).filter(this::holds).count();
    return (double) held / scored.length;
  }

  private boolean holds(int i) {
    int row = rows.asked()[i];
    return rows.target() instanceof Target.Classes classes
        ? among(i)[classes.code(row)]
        : Math.abs(((Target.Values) rows.target()).value(row) - predicted.get(i, 0)) <= margin;
  }

  /** Returns what was lost on the labels that the choice was made on. */
  public RowLosses lossesOfChoice() {
    return RowLosses.of(choice.checked().values(), rows.target().select(checked));
  }
}
