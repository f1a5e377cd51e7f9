package ai.contexture.prediction;

import ai.contexture.context.AugmentationContext;
import ai.contexture.context.Context;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.measure.Conformal;
import ai.contexture.measure.KnnProbe;
import ai.contexture.measure.LabelSpreading;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.PairedScores;
import ai.contexture.measure.RowLosses;
import ai.contexture.measure.Softmax;
import ai.contexture.measure.SpectralChoice;
import ai.contexture.measure.SpectralRegression;
import ai.contexture.measure.SpectralTransform;
import ai.contexture.prediction.Prediction.Predictor;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A prediction under way, whose context is made of all rows or of those that are not asked for. */
final class PredictionRun {

  /** More labels than these take long to choose on. */
  static final int MOST_TO_CHOOSE = 2000;

  /** On so many points all functions are computed. */
  private static final int ALL_FUNCTIONS = 2000;

  /** On more points the transform and the penalty are chosen with so many functions. */
  private static final int LEADING = 256;

  /** What label spreading passes on. */
  private static final double ETA = 0.9;

  private final Dataset data;
  private final PredictionRows rows;
  private final Target target;
  private final Seed seed;
  private final double level;
  private final NDManager manager;
  private final PreparedData prepared;
  private final KernelContext context;

  /** The place of each row among the context's points, −1 if it is none of them. */
  private final int[] places;

  PredictionRun(
      Dataset data,
      PredictionRows rows,
      ContextFactory factory,
      Recipe recipe,
      Prediction.Options options,
      NDManager manager) {
    this.data = data;
    this.level = options.level();
    this.rows = rows;
    this.target = rows.target();
    this.seed = Seed.of(recipe.training().seed());
    this.manager = manager;
    this.places = new int[data.rows()];
    if (options.inductive()) {
      Arrays.stream(rows.asked()).forEach(row -> places[row] = -1);
    }
    int[] made = IntStream.range(0, places.length).filter(row -> places[row] == 0).toArray();
    for (int i = 0; i < made.length; i++) {
      places[made[i]] = i;
    }
    Dataset unlabelled =
        new Dataset(data.name(), data.features(), Optional.empty(), data.graph(), data.split());
    this.prepared = PreparedData.of(unlabelled, made, recipe, factory);
    this.context = known(factory.fit(prepared.contextData(manager)));
    if (options.inductive() && !context.inductive()) {
      throw new InputException(
          "--inductive: context " + context + " knows no rows but its own, expected it without");
    }
  }

  private static KernelContext known(Context fitted) {
    if (fitted instanceof KernelContext kernel) {
      return kernel;
    }
    String estimate =
        fitted instanceof AugmentationContext ? "; monte-carlo(" + fitted + ") estimates it" : "";
    throw new InputException("--context: " + fitted + " has no known spectrum" + estimate);
  }

  Prediction predict() {
    int n = context.points().size();
    int top = n <= ALL_FUNCTIONS ? n - 1 : LEADING;
    Spectrum spectrum = Spectra.of(context, top, Spectra.quick(context, top), manager);
    if (spectrum.extendable() == 0) {
      throw new InputException("--context: " + context + " tells nothing of the rows");
    }
    int[] choosing = some(rows.fitted());
    boolean validated = rows.validation().length > 0;
    int[] checked = validated ? some(rows.validation()) : choosing;
    SpectralChoice choice =
        validated
            ? SpectralChoice.onValidation(
                spectrum,
                places(choosing),
                target.select(choosing),
                places(checked),
                target.select(checked),
                SpectralTransform.USUAL)
            : SpectralChoice.byLeaveOneOut(
                spectrum, places(choosing), target.select(choosing), SpectralTransform.USUAL);
    SpectralRegression fit =
        SpectralRegression.of(
            spectrum,
            choice.transform(),
            choice.penalty(),
            places(rows.fitted()),
            target.select(rows.fitted()),
            manager);
    Function<int[], Matrix> predictor = predictor(fit, choice, checked);
    Matrix predicted = predictor.apply(rows.asked());
    double margin =
        rows.held().length == 0
            ? Double.NaN
            : Conformal.quantile(lacking(predictor.apply(rows.held())), level);
    return new Prediction(
        rows, context.toString(), choice, checked, predicted, level, margin, scores(predicted));
  }

  /** At most so many of some rows, in order. */
  private int[] some(int[] of) {
    if (of.length <= MOST_TO_CHOOSE) {
      return of;
    }
    int[] drawn = Draws.distinct(MOST_TO_CHOOSE, of.length, seed.derive("choose").generator());
    return Arrays.stream(drawn).sorted().map(i -> of[i]).toArray();
  }

  private int[] places(int[] some) {
    return Arrays.stream(some).map(row -> places[row]).toArray();
  }

  /** Numbers, or the probabilities of classes, of any rows. */
  private Function<int[], Matrix> predictor(
      SpectralRegression fit, SpectralChoice choice, int[] checked) {
    Matrix values = matrix(fit.values());
    Function<int[], Matrix> scores = some -> at(some, values, x -> matrix(fit.at(x)));
    if (!(target instanceof Target.Classes classes)) {
      return scores;
    }
    Softmax softmax = Softmax.of(choice.checked(), classes.select(checked).codes());
    return some -> {
      Matrix of = scores.apply(some);
      double[] probabilities =
          IntStream.range(0, some.length)
              .mapToObj(i -> softmax.probabilities(of.row(i)))
              .flatMapToDouble(Arrays::stream)
              .toArray();
      return Matrix.of(some.length, of.columns(), probabilities);
    };
  }

  /** What is known at the context's points, or follows by its extension. */
  private Matrix at(int[] some, Matrix values, Function<Points, Matrix> extension) {
    int[] others = Arrays.stream(some).filter(row -> places[row] < 0).toArray();
    if (others.length == 0) {
      return values.select(places(some));
    }
    Matrix extended;
    try (NDManager scope = manager.newSubManager()) {
      extended = extension.apply(Points.of(prepared.exactInputs(others, scope)));
    }
    double[] all = new double[some.length * values.columns()];
    int next = 0;
    for (int i = 0; i < some.length; i++) {
      double[] row = places[some[i]] < 0 ? extended.row(next++) : values.row(places[some[i]]);
      System.arraycopy(row, 0, all, i * row.length, row.length);
    }
    return Matrix.of(some.length, values.columns(), all);
  }

  private static Matrix matrix(NDArray array) {
    int columns = Math.toIntExact(array.getShape().get(1));
    return Matrix.of(Math.toIntExact(array.getShape().get(0)), columns, array.toDoubleArray());
  }

  /** How far numbers of the held-out rows are off, or what their classes lack to certainty. */
  private double[] lacking(Matrix predicted) {
    double[] lacking = new double[rows.held().length];
    for (int i = 0; i < lacking.length; i++) {
      int row = rows.held()[i];
      lacking[i] =
          target instanceof Target.Classes classes
              ? 1 - predicted.get(i, classes.code(row))
              : Math.abs(((Target.Values) target).value(row) - predicted.get(i, 0));
    }
    return lacking;
  }

  private PairedScores<Predictor> scores(Matrix predicted) {
    int[] scored = rows.scored();
    if (scored.length < 2) {
      return null;
    }
    int[] test = Arrays.stream(scored).map(i -> rows.asked()[i]).toArray();
    int[] labelled =
        IntStream.concat(Arrays.stream(rows.fitted()), Arrays.stream(rows.held()))
            .sorted()
            .toArray();
    Target known = target.select(labelled);
    Target truth = target.select(test);
    Map<Predictor, RowLosses> losses = new LinkedHashMap<>();
    losses.put(Predictor.CONTEXT, RowLosses.of(predicted.select(scored).values(), truth));
    if (context instanceof FiniteContext finite) {
      LabelSpreading spread = LabelSpreading.of(finite, ETA, places(labelled), known, manager);
      losses.put(
          Predictor.SPREADING, RowLosses.of(at(test, spread.values(), spread::at).values(), truth));
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = columns(labelled, scope);
      NDArray testX = columns(test, scope);
      losses.put(
          Predictor.COLUMNS,
          Evaluation.probe(target, labelled, test, x, testX, /* standardise= */ true).losses());
      losses.put(Predictor.NEIGHBOURS, neighbours(x, known, testX, truth).losses());
    }
    losses.put(Predictor.NOTHING, LinearProbe.constantLosses(known, truth));
    return PairedScores.of(losses, seed.derive("resamples"));
  }

  private static KnnProbe neighbours(NDArray x, Target known, NDArray testX, Target truth) {
    return known instanceof Target.Classes classes
        ? KnnProbe.classification(
            x, classes.codes(), testX, ((Target.Classes) truth).codes(), classes.classes().size())
        : KnnProbe.regression(
            x, ((Target.Values) known).values(), testX, ((Target.Values) truth).values());
  }

  private NDArray columns(int[] some, NDManager scope) {
    return prepared.preprocessing().apply(data.features().select(some)).array(scope);
  }
}
