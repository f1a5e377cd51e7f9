package ai.contexture.comparison;

import ai.contexture.context.AugmentationContext;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Text;
import ai.contexture.measure.BalancedAccuracy;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.ProbeScore;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.SpectralMethod;
import ai.contexture.spectrum.Spectrum;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Judges contexts by how much a linear model makes of their exact functions, on the same rows and
 * with the same labels for all, beside the same on the columns as they are and on nothing.
 *
 * <p>With a target a linear model is fitted on labelled rows and scored on test rows. Where any of
 * the contexts is made of labels, those of the rows to pretrain on, all others get these labels
 * too: for their linear model. The context sees no other labels. Without a target the model
 * predicts the columns, see {@link ColumnError}. How many functions it gets, up to {@value #MOST},
 * is chosen by its leave-one-out error, never on test rows.
 *
 * <p>A context that knows no rows but its own is made of all rows, those of the test among them,
 * but without their labels.
 */
public final class Comparison {

  /** No linear model gets more functions, unless a number is given. */
  public static final int MOST = 256;

  /** The error on the columns leaves each row out once, and needs others. */
  private static final int LEAST_ROWS = 3;

  /** Fewer functions are taken where the leave-one-out error is this close to the least. */
  private static final double CLOSE = 1.01;

  /**
   * How to judge.
   *
   * @param allRows whether all contexts are made of all rows, without the labels of those that are
   *     not to pretrain on
   * @param beta the price of a dimension in τ
   * @param d0 how many eigenvalues count in τ
   * @param dimension how many functions linear models get; empty to choose
   * @param exact whether a spectrum is computed exactly though that takes long
   */
  public record Options(
      boolean allRows, double beta, int d0, OptionalInt dimension, boolean exact) {}

  private final Dataset data;
  private final Target target;
  private final Message whyUnscored;
  private final Recipe recipe;
  private final Options options;
  private final Device device;
  private final Split split;
  private final boolean labelsAreContexts;
  private final Set<String> keys;
  private final int columns;
  private final LinearProbe onColumns;
  private final LinearProbe onColumnsOfPretrain;

  private Comparison(
      Dataset data,
      boolean labelsAreContexts,
      Set<String> keys,
      Recipe recipe,
      Options options,
      Device device) {
    this.data = data;
    this.keys = keys;
    this.recipe = recipe;
    this.options = options;
    this.device = device;
    split = PreparedData.split(data, recipe);
    this.labelsAreContexts = labelsAreContexts && !split.transductive();
    whyUnscored = LabelledRows.refusal(data, recipe).orElse(null);
    target = whyUnscored == null ? data.target().orElse(null) : null;
    Preprocessing preprocessing =
        Preprocessing.fit(
            data.select(split.pretrain()).features().without(keys), recipe.preprocessing());
    columns = preprocessing.names().size();
    onColumns = target == null ? null : onColumns(preprocessing, labelled(false));
    onColumnsOfPretrain =
        target == null || !labelsAreContexts
            ? onColumns
            : onColumns(preprocessing, labelledInPretraining());
  }

  /**
   * Prepares to judge contexts.
   *
   * @param contexts all that are to be judged, which decides what labels they get
   * @param device where to compute
   * @throws InputException if the rows are too few
   */
  public static Comparison of(
      Dataset data, List<ContextFactory> contexts, Recipe recipe, Options options, Device device) {
    boolean labels = contexts.stream().anyMatch(ContextFactory::usesTarget);
    Dataset joined = PreparedData.joined(data, contexts.toArray(ContextFactory[]::new));
    Set<String> keys = new TreeSet<>();
    contexts.forEach(context -> keys.addAll(context.keys()));
    return new Comparison(joined, labels, keys, recipe, options, device);
  }

  private LinearProbe onColumns(Preprocessing preprocessing, int[] fitted) {
    int[] test = known(split.test());
    try (NDManager scope = NDManager.newBaseManager(device)) {
      Function<int[], NDArray> rows =
          some -> preprocessing.apply(data.features().select(some)).array(scope);
      return Evaluation.probe(
          target, fitted, test, rows.apply(fitted), rows.apply(test), /* standardise= */ true);
    }
  }

  /** Returns the rows that a linear model is fitted on. */
  private int[] labelled(boolean usesTarget) {
    return labelsAreContexts && !usesTarget
        ? IntStream.concat(
                Arrays.stream(known(split.pretrain())), Arrays.stream(known(split.labelled())))
            .toArray()
        : LabelledRows.fitted(target, split, usesTarget);
  }

  private int[] known(int[] rows) {
    return LabelledRows.known(target, rows);
  }

  /** Returns whether linear models predict a target, else the columns. */
  public boolean hasTarget() {
    return target != null;
  }

  /** Returns why the target cannot be predicted, where there is one. */
  public Optional<Message> whyUnscored() {
    return Optional.ofNullable(whyUnscored);
  }

  /** Returns how many columns there are after preprocessing. */
  public int columns() {
    return columns;
  }

  /**
   * Returns the columns by whose values one of the contexts finds rows in another table: none of
   * the contexts has them as inputs.
   */
  public Set<String> keys() {
    return keys;
  }

  /** Returns how many labels each contestant gets. */
  public int labels() {
    return labelled(false).length;
  }

  /**
   * Returns how many labels a pretraining has for its linear model, fewer than {@link #labels}
   * where one of the contexts is made of labels.
   */
  public int labelsOfPretrain() {
    return labelledInPretraining().length;
  }

  private int[] labelledInPretraining() {
    return LabelledRows.fitted(target, split, false);
  }

  /**
   * Returns what a linear model reaches on the columns as they are with {@link #labelsOfPretrain};
   * null without a target.
   */
  public LinearProbe onColumnsOfPretrain() {
    return onColumnsOfPretrain;
  }

  /** Returns how many rows the models are scored on, or with no target fitted and scored. */
  public int scored() {
    return target == null ? split.labelled().length : known(split.test()).length;
  }

  /** Returns what a linear model reaches on the columns as they are; null without a target. */
  public LinearProbe onColumns() {
    return onColumns;
  }

  /**
   * Judges a context.
   *
   * @throws InputException if the context cannot be fitted to the data, has no known spectrum or
   *     nothing to learn
   * @throws ArithmeticException if its spectrum cannot be computed
   */
  public ContextScore judge(ContextFactory factory) {
    if (factory.usesTarget() && split.transductive()) {
      throw new InputException(
          "it is made of the target, and all rows are pretrained on, those that are scored among"
              + " them; expected --split with less than 1 first");
    }
    long start = System.nanoTime();
    int[] all = IntStream.range(0, data.rows()).toArray();
    Target shown = data.target().map(t -> t.knownOnlyIn(split.pretrain())).orElse(null);
    int[] rows = options.allRows ? all : split.pretrain();
    ContextMeasures measures;
    try (ContextFit fitted = ContextFit.of(factory, data, rows, shown, keys, recipe, device)) {
      KernelContext context = known(fitted);
      Spectrum spectrum = spectrum(context, fitted.manager());
      var which = new ContextMeasures.Options(options.allRows, options.beta, options.d0, List.of());
      measures =
          ContextMeasures.of(
              fitted, context, spectrum, data, recipe, which, new ArrayList<>(), start);
      if (options.allRows || context.inductive()) {
        boolean known = options.allRows || split.transductive();
        return score(measures, fitted, spectrum, known, start);
      }
    }
    try (ContextFit fitted = ContextFit.of(factory, data, all, shown, keys, recipe, device)) {
      Spectrum spectrum = spectrum(known(fitted), fitted.manager());
      return score(measures, fitted, spectrum, true, start);
    }
  }

  private static KernelContext known(ContextFit fitted) {
    if (fitted.context() instanceof KernelContext known) {
      return known;
    }
    String estimate =
        fitted.context() instanceof AugmentationContext
            ? "; monte-carlo(" + fitted.context() + ") estimates it"
            : "";
    throw new InputException("it has no known spectrum" + estimate);
  }

  private Spectrum spectrum(KernelContext context, NDManager manager) {
    int most = context.points().size() - 1;
    int judged = Math.min(most, options.dimension.orElse(MOST));
    SpectralMethod method =
        options.exact ? new SpectralMethod.Auto() : Spectra.quick(context, judged);
    boolean sampled = method instanceof SpectralMethod.SubSample;
    int top = sampled ? judged : Math.min(most, Math.max(judged, options.d0));
    Spectrum spectrum = Spectra.of(context, top, method, manager);
    if (spectrum.extendable() == 0) {
      throw new InputException("there is nothing to learn: it tells nothing of the rows");
    }
    return spectrum;
  }

  private ContextScore score(
      ContextMeasures measures,
      ContextFit fitted,
      Spectrum spectrum,
      boolean transductive,
      long start) {
    boolean usesTarget = fitted.factory().usesTarget();
    // a network learns fewer than there are rows to pretrain on
    int learned = Math.min(options.dimension.orElse(MOST), split.pretrain().length - 1);
    int most = Math.min(learned, spectrum.extendable());
    int ownLabels = usesTarget && target != null ? known(split.pretrain()).length : 0;
    try (NDManager scope = fitted.manager().newSubManager()) {
      Function<int[], NDArray> functions = some -> functions(fitted, spectrum, some, most, scope);
      Chosen chosen =
          target == null
              ? byColumns(functions, fitted, most, scope)
              : byTarget(functions, usesTarget, most);
      return new ContextScore(
          measures,
          chosen.dimension,
          chosen.probe,
          chosen.balanced,
          chosen.columnError,
          ownLabels,
          transductive,
          ResultTable.isRough(spectrum)
              ? Arrays.stream(spectrum.errors(), 0, chosen.dimension).max().orElse(0)
              : null,
          chosen.pretrained,
          ContextMeasures.seconds(start));
    }
  }

  private record Chosen(
      int dimension,
      ProbeScore probe,
      BalancedAccuracy balanced,
      ColumnError columnError,
      ContextScore.Pretrained pretrained) {

    Chosen(int dimension, ColumnError columnError) {
      this(dimension, null, null, columnError, null);
    }
  }

  /**
   * The first d functions at rows of the data [b, d]: their values at those that the context was
   * made of, which come first, and their extension to the others.
   */
  private NDArray functions(
      ContextFit fitted, Spectrum spectrum, int[] rows, int d, NDManager scope) {
    int[] places = new int[data.rows()];
    Arrays.fill(places, -1);
    int[] made = fitted.prepared().rows();
    for (int i = 0; i < made.length; i++) {
      places[made[i]] = i;
    }
    long[] own =
        Arrays.stream(rows).map(row -> places[row]).filter(at -> at >= 0).asLongStream().toArray();
    int[] others = Arrays.stream(rows).filter(row -> places[row] < 0).toArray();
    NDArray known = null;
    if (own.length > 0) {
      known = spectrum.functions().get(scope.create(own));
      known.attach(scope);
      known = known.get(":, 0:" + d);
    }
    if (others.length == 0) {
      return known;
    }
    NDArray inputs = fitted.prepared().exactInputs(others, scope);
    NDArray extended = spectrum.extend(Points.of(inputs), d);
    return known == null ? extended : known.concat(extended, 0);
  }

  private Chosen byColumns(
      Function<int[], NDArray> functions, ContextFit fitted, int most, NDManager scope) {
    int rows = split.labelled().length;
    if (rows < LEAST_ROWS) {
      throw new InputException(
          Text.format(
              "expected at least %d labelled rows, whose columns are predicted, got %d; take more"
                  + " rows or a larger --split",
              LEAST_ROWS, rows));
    }
    NDArray inputs = fitted.prepared().exactInputs(split.labelled(), scope);
    NDArray features = functions.apply(split.labelled());
    if (options.dimension.isPresent()) {
      return new Chosen(most, ColumnError.of(features, inputs));
    }
    ColumnError.Least least = ColumnError.least(features, inputs, ColumnError.DEFAULT_NOISE);
    return new Chosen(least.dimension(), least.error());
  }

  private Chosen byTarget(Function<int[], NDArray> functions, boolean usesTarget, int most) {
    NDArray testX = functions.apply(known(split.test()));
    Chosen chosen = byTarget(functions, testX, labelled(usesTarget), onColumns, most);
    if (!labelsAreContexts || usesTarget) {
      return chosen;
    }
    int[] few = labelledInPretraining();
    Chosen pretrained = byTarget(functions, testX, few, onColumnsOfPretrain, most);
    return new Chosen(
        chosen.dimension,
        chosen.probe,
        chosen.balanced,
        null,
        new ContextScore.Pretrained(pretrained.dimension, pretrained.probe));
  }

  private Chosen byTarget(
      Function<int[], NDArray> functions,
      NDArray testX,
      int[] labelled,
      LinearProbe columns,
      int most) {
    int[] test = known(split.test());
    NDArray trainX = functions.apply(labelled);
    int[] dimensions =
        options.dimension.isPresent() ? new int[] {most} : ColumnError.dimensions(most);
    LinearProbe[] probes = new LinearProbe[dimensions.length];
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < probes.length; i++) {
      String first = ":, 0:" + dimensions[i];
      probes[i] =
          Evaluation.probe(
              target,
              labelled,
              test,
              trainX.get(first),
              testX.get(first),
              /* standardise= */ false);
      least = Math.min(least, probes[i].leaveOneOut());
    }
    int chosen = 0;
    while (probes[chosen].leaveOneOut() > CLOSE * least) {
      chosen++;
    }
    ProbeScore score =
        new ProbeScore(
            probes[chosen].metric(),
            probes[chosen].value(),
            columns.value(),
            columns.meanPredictor(),
            labelled.length,
            test.length);
    BalancedAccuracy balanced = probes[chosen].losses().balanced().orElse(null);
    return new Chosen(dimensions[chosen], score, balanced, null, null);
  }
}
