package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.context.TreesContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeScore;
import ai.contexture.measure.RowLosses;
import ai.contexture.random.Seed;
import ai.contexture.representation.Representation;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Measures of a representation, freshly trained or loaded, on a dataset. */
public final class Evaluation {

  /** Trees are fitted to at most so much, rows × columns × (10 + classes): a few seconds. */
  private static final double MOST_FOR_TREES = 5e6;

  /** How many labels a context was made of, in the description of a representation. */
  static final String CONTEXT_LABELS = "contextLabels";

  private Evaluation() {}

  /** A part of a dataset's split. */
  public enum Part {
    /** The rows that context and encoder were made with. */
    PRETRAIN,
    /** The rows that a probe is fitted on. */
    LABELLED,
    /** The rows that only scores are made with. */
    TEST
  }

  /** Returns the rows of a dataset that the context of a representation can be made of. */
  private static Dataset joined(Dataset data, Representation representation) {
    if (representation.contextFiles().isEmpty()) {
      return data;
    }
    ContextFactory context;
    try {
      context = Contexts.parse(recipe(representation).context());
    } catch (InputException e) {
      return data; // a context of somebody's own, which is not known by its name
    }
    return PreparedData.joined(data, context);
  }

  /**
   * Returns the recipe that a representation was made with.
   *
   * @throws InputException if none is written down, or what is written down is none
   */
  public static Recipe recipe(Representation representation) {
    return JsonFields.of(Representation.DESCRIPTION, representation.description())
        .object("recipe")
        .record(Recipe.class, Recipe.OPTIONAL);
  }

  /**
   * Returns how well a representation agrees with the exact functions of its context, which is
   * fitted again to the pretraining rows.
   *
   * <p>On the pretraining rows all measures are known. On other rows the exact functions are
   * extended by Nyström's formula, and the part needs more rows than there are features.
   *
   * @param data the dataset that the representation was pretrained on
   * @param part the rows to measure on
   * @param device where to compute
   * @throws InputException if a file that the context reads has changed since
   */
  public static Alignment alignment(
      Representation representation, Dataset data, Part part, Device device) {
    ContextFiles.requireSame(representation.contextFiles());
    int d = representation.dimension();
    Recipe recipe = recipe(representation);
    ContextFactory factory = Contexts.parse(recipe.context());
    Dataset joined = PreparedData.joined(data, factory);
    Split split = PreparedData.split(joined, recipe);
    boolean nodes = Encoders.readsGraph(recipe.encoder());
    if (part != Part.PRETRAIN && (nodes || split.transductive())) {
      throw new InputException(
          Message.of(
              "context %s was made of all rows, expected those learned from, %s",
              recipe.context(), Setting.SPLIT.to("pretrain")));
    }
    try (NDManager manager = NDManager.newBaseManager(device)) {
      PreparedData prepared = PreparedData.of(joined, recipe, representation.preprocessing());
      ContextData pretrain = prepared.contextData(manager);
      Context fitted = factory.fit(pretrain);
      if (!(fitted instanceof FiniteContext context)) {
        throw new InputException("context " + fitted + " has no exact functions to compare with");
      }
      Spectrum spectrum = Spectra.leading(context, d, manager);
      if (nodes) {
        representation.readGraph(joined.select(prepared.rows()));
      }
      if (part == Part.PRETRAIN) {
        NDArray outputs =
            moved(representation, pretrain.points().rows(), representation::outputs, manager);
        RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), d);
        return Alignment.onPretraining(outputs, ritz, spectrum, d);
      }
      int[] rows = part == Part.TEST ? split.test() : split.labelled();
      NDArray inputs = prepared.exactInputs(rows, manager);
      return Alignment.onNewRows(
          moved(representation, inputs, representation::embed, manager),
          Points.of(inputs),
          () -> moved(representation, pretrain.points().rows(), representation::embed, manager),
          spectrum,
          d);
    }
  }

  /** What a representation makes of rows, computed on its device and given back on theirs. */
  private static NDArray moved(
      Representation representation,
      NDArray rows,
      UnaryOperator<NDArray> network,
      NDManager owner) {
    NDManager there = owner.newSubManager(device(representation));
    NDArray made = network.apply(Torch.onDevice(rows, there.getDevice(), there));
    return Torch.onDevice(made, rows.getDevice(), owner);
  }

  private static Device device(Representation representation) {
    return representation.block().getParameters().get(0).getValue().getArray().getDevice();
  }

  /**
   * Returns how well a linear model on the features predicts the target: fitted on the labelled
   * rows and scored on the test rows whose target is known, beside the same on the preprocessed
   * columns and the mean predictor.
   *
   * @param data a dataset with a target and the columns that the representation needs
   * @throws InputException if there is no target, too few rows have one, or it is the same in all
   *     of them
   */
  public static ProbeScore probe(Representation representation, Dataset data) {
    Dataset joined = joined(data, representation);
    PreparedData prepared =
        PreparedData.of(joined, recipe(representation), representation.preprocessing());
    try (NDManager scope = NDManager.newBaseManager(device(representation))) {
      return probe(
          rows -> features(representation, joined, rows, scope),
          prepared,
          contextLabels(representation) > 0,
          true,
          scope);
    }
  }

  /**
   * Returns the same of the first exact functions of a context, by their extension to the labelled
   * and the test rows.
   *
   * @param spectrum of a context that knows new rows, fitted to the pretraining rows
   * @param d how many functions, of non-zero eigenvalues
   * @param prepared what the context was fitted to
   * @throws InputException if there is no target, too few rows have one, or it is the same in all
   *     of them
   */
  public static ProbeScore probe(Spectrum spectrum, int d, PreparedData prepared) {
    try (NDManager scope = spectrum.functions().getManager().newSubManager()) {
      return probe(
          rows -> spectrum.extend(Points.of(prepared.exactInputs(rows, scope)), d),
          prepared,
          true, // perhaps
          false,
          scope);
    }
  }

  /**
   * Returns how badly a linear model on the first exact functions of a context predicts the inputs'
   * columns of the labelled rows, whose labels are not looked at.
   *
   * @param spectrum of a context that knows new rows, fitted to the pretraining rows
   * @param d how many functions, of non-zero eigenvalues
   * @param prepared what the context was fitted to
   */
  public static ColumnError columnError(Spectrum spectrum, int d, PreparedData prepared) {
    try (NDManager scope = spectrum.functions().getManager().newSubManager()) {
      NDArray columns = prepared.exactInputs(prepared.split().labelled(), scope);
      return ColumnError.of(spectrum.extend(Points.of(columns), d), columns);
    }
  }

  private static ProbeScore probe(
      Function<int[], NDArray> features,
      PreparedData prepared,
      boolean usesTarget,
      boolean standardise,
      NDManager scope) {
    Dataset data = prepared.data();
    LabelledRows known = LabelledRows.of(data, prepared.split(), usesTarget);
    int[] labelled = known.fitted();
    int[] test = known.test();
    Function<int[], NDArray> raw =
        rows -> prepared.preprocessing().apply(data.features().select(rows)).array(scope);
    return ProbeScore.of(
        probe(
            known.target(),
            labelled,
            test,
            features.apply(labelled),
            features.apply(test),
            standardise),
        probe(known.target(), labelled, test, raw.apply(labelled), raw.apply(test), true),
        labelled.length,
        test.length);
  }

  /**
   * Returns how well the target is predicted from the features, from the preprocessed columns, from
   * both, and from nothing, all on the test rows whose target is known.
   *
   * <p>Linear models are fitted on the labelled rows, and so are boosted trees on the columns, see
   * {@link TreesContext#predict}, unless the labelled rows have so many numbers that it would take
   * long. Where the context was made of the target of the pretraining rows, what does not see the
   * features is fitted on those too, so that all have the same labels, see {@link #contextLabels}.
   *
   * @param all a dataset with a target and the columns that the representation needs
   * @throws InputException if there is no target, too few rows have one, or it is the same in all
   *     of them
   */
  public static ProbeComparison comparison(Representation representation, Dataset all) {
    Dataset data = joined(all, representation);
    Recipe recipe = recipe(representation);
    Split split = PreparedData.split(data, recipe);
    boolean usesTarget = contextLabels(representation) > 0;
    LabelledRows rows = LabelledRows.of(data, split, usesTarget);
    Target target = rows.target();
    int[] labelled = rows.fitted();
    int[] test = rows.test();
    int[] more = usesTarget ? LabelledRows.known(target, split.pretrain()) : new int[0];
    int[] fitted = LabelledRows.concat(more, labelled);
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    try (NDManager scope = NDManager.newBaseManager(device(representation))) {
      Preprocessing preprocessing = representation.preprocessing();
      Matrix inputs = preprocessing.apply(data.features().select(fitted));
      Matrix newInputs = preprocessing.apply(data.features().select(test));
      NDArray columns = inputs.array(scope);
      NDArray newColumns = newInputs.array(scope);
      if (target instanceof Target.Classes classes && rows.validation().length > 0) {
        ValidatedProbe probe = new ValidatedProbe(classes, labelled, rows.validation(), test);
        var learned =
            probe.ofFeatures(representation.embed(data), scope, representation.eigenvalues());
        var raw = probe.ofColumns(preprocessing.apply(data.features()), scope);
        losses.put(Predictor.FEATURES, learned.losses());
        losses.put(Predictor.COLUMNS, raw.losses());
        losses.put(Predictor.TOGETHER, probe.ofBoth(learned, raw, scope).losses());
      } else {
        NDArray both = features(representation, data, LabelledRows.concat(labelled, test), scope);
        NDArray features = both.get("0:" + labelled.length);
        NDArray newFeatures = both.get(labelled.length + ":");
        NDArray beside = columns.get((fitted.length - labelled.length) + ":").concat(features, 1);
        NDArray newBeside = newColumns.concat(newFeatures, 1);
        losses.put(
            Predictor.FEATURES,
            probe(target, labelled, test, features, newFeatures, true).losses());
        losses.put(
            Predictor.COLUMNS, probe(target, fitted, test, columns, newColumns, true).losses());
        losses.put(
            Predictor.TOGETHER, probe(target, labelled, test, beside, newBeside, true).losses());
      }
      Target known = target.select(fitted);
      Target tested = target.select(test);
      trees(inputs, known, newInputs, tested).ifPresent(lost -> losses.put(Predictor.TREES, lost));
      losses.put(Predictor.NOTHING, LinearProbe.constantLosses(known, tested));
    }
    Seed seed = Seed.of(recipe.training().seed()).derive("resamples");
    return ProbeComparison.of(losses, labelled.length, fitted.length - labelled.length, seed);
  }

  /** The features of some rows, [b, d]. */
  private static NDArray features(
      Representation representation, Dataset data, int[] rows, NDManager owner) {
    Matrix features =
        representation.readsGraph()
            ? representation.embed(data).select(rows)
            : representation.embed(data.features().select(rows));
    return features.array(owner);
  }

  /** The losses of boosted trees, where they take seconds. */
  private static Optional<RowLosses> trees(
      Matrix rows, Target target, Matrix newRows, Target newTarget) {
    int answers = target instanceof Target.Classes classes ? classes.classes().size() : 1;
    double work = (double) rows.rows() * rows.columns() * (10 + answers);
    if (work == 0 || work > MOST_FOR_TREES) {
      return Optional.empty();
    }
    return Optional.of(RowLosses.of(TreesContext.predict(rows, target, newRows), newTarget));
  }

  /**
   * Returns how many labels the context of a representation was made of, which is none for most
   * contexts.
   */
  public static int contextLabels(Representation representation) {
    JsonElement labels = representation.description().get(CONTEXT_LABELS);
    return labels == null ? 0 : labels.getAsInt();
  }

  /**
   * Returns how well a linear model on features predicts a target.
   *
   * @param target of all rows
   * @param labelled positions of the n rows to fit on, all with known targets
   * @param test positions of the b rows to measure on, all with known targets
   * @param trainX features of the labelled rows [n, d]
   * @param testX features of the test rows [b, d]
   * @param standardise whether to divide features by their deviations among the labelled rows
   */
  public static LinearProbe probe(
      Target target,
      int[] labelled,
      int[] test,
      NDArray trainX,
      NDArray testX,
      boolean standardise) {
    Target trainY = target.select(labelled);
    Target testY = target.select(test);
    if (target instanceof Target.Classes classes) {
      return LinearProbe.classification(
          trainX,
          ((Target.Classes) trainY).codes(),
          testX,
          ((Target.Classes) testY).codes(),
          classes.classes().size(),
          standardise);
    }
    return LinearProbe.regression(
        trainX,
        ((Target.Values) trainY).values(),
        testX,
        ((Target.Values) testY).values(),
        standardise);
  }
}
