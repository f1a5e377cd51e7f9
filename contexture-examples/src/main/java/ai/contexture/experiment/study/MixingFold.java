package ai.contexture.experiment.study;

import ai.contexture.context.Context;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.Points;
import ai.contexture.context.TreesContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.Text;
import ai.contexture.measure.LinearProbe;
import ai.contexture.pretraining.Evaluation;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One fold of one dataset, on which contexts and their mixtures become features and are judged.
 *
 * <p>Most rows to learn from make contexts and encoders. A linear model is fitted to the features
 * of the others, whose labels no context has seen, and its penalty and the number of functions are
 * chosen by their leave-one-out error. The test rows take part in nothing but the last measurement.
 * What was found of a context is kept for all mixtures that take it.
 */
final class MixingFold implements AutoCloseable {

  /** The most functions of a context. */
  static final int DIMENSION = 16;

  /** The numbers of functions to choose from. */
  private static final List<Integer> DIMENSIONS = List.of(4, 8, DIMENSION);

  /** The rows to learn from: those for contexts, and two parts of those for the linear model. */
  private static final Recipe.Fractions FRACTIONS = new Recipe.Fractions(0.7, 0.2, 0.1);

  private static final String ENCODER = "mlp(width=64,depth=2)";

  /** Encoders that see labels learn them by heart if they are trained for longer. */
  private static final int LABEL_SHARE = 3;

  /** A target of numbers has so many classes of like size. */
  private static final int CLASSES = 10;

  /** The context of the labels. */
  static final String LABEL = "label";

  /** The context of boosted trees, as many as the fold was made with. */
  static final String TREES = "trees";

  private static final int TREE_DEPTH = 4;

  /** On so many rows the weights of the worst case are found. */
  private static final int WEIGHT_ROWS = 150;

  private final Dataset data;
  private final int[] test;
  private final int[] train;
  private final int[] made;
  private final int[] labelled;
  private final Recipe recipe;
  private final int rounds;
  private final Device device;
  private final NDManager manager;
  private final Map<String, NDArray> features = new HashMap<>();

  /**
   * Prepares a fold.
   *
   * @param steps of each training without labels
   * @param rounds the number of trees of the context of boosted trees
   * @param seed of the split, the first weights and the samples
   */
  MixingFold(
      Dataset data, CrossValidation.Fold fold, int steps, int rounds, long seed, Device device) {
    this.data = data;
    this.rounds = rounds;
    this.device = device;
    test = fold.test();
    train = fold.train();
    recipe =
        Recipe.DEFAULT
            .withEncoder(ENCODER)
            .withFractions(FRACTIONS)
            .withSteps(steps)
            .withSeed(seed);
    Split split = PreparedData.split(train.length, recipe);
    made = at(train, split.pretrain());
    labelled =
        IntStream.concat(Arrays.stream(split.labelled()), Arrays.stream(split.test()))
            .map(i -> train[i])
            .toArray();
    manager = NDManager.newBaseManager(device);
  }

  private static int[] at(int[] rows, int[] positions) {
    return Arrays.stream(positions).map(i -> rows[i]).toArray();
  }

  /** Returns the error of a linear model on the columns themselves, with all rows to learn from. */
  double columns() {
    try (NDManager scope = manager.newSubManager()) {
      return error(probe(inputs().array(scope), train, true, scope));
    }
  }

  /** Returns what boosted trees do by themselves, with all rows to learn from. */
  BoostedBaseline boosting() {
    Target target = data.target().orElseThrow();
    return BoostedBaseline.of(inputs(), target, made, labelled, test, recipe.training().seed());
  }

  /** The columns as they go into a model that has all rows to learn from. */
  private Matrix inputs() {
    return Preprocessing.fit(data.select(train).features(), recipe.preprocessing())
        .apply(data.features());
  }

  /**
   * What a linear model does.
   *
   * @param error the root mean squared error on the test rows, or the error rate
   * @param functions how many it gets
   */
  record Score(double error, int functions) {}

  /**
   * Returns what a linear model does on the functions of all contexts together.
   *
   * <p>A function counts as much as its context ties it, s_i μ_i, so that the penalty of the linear
   * model is that of the kernel ∑ s_i² μ_i(x)μ_i(x′).
   *
   * @param contexts at least one, as on the command line, of which {@code minmax} finds its weights
   *     on some of the rows
   */
  Score features(List<String> contexts) {
    LinearProbe best = null;
    int functions = 0;
    for (int d : DIMENSIONS) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray all = null;
        for (String context : contexts) {
          NDArray found = features.computeIfAbsent(context, this::found);
          NDArray first = found.get(":, 0:" + Math.min(d, found.getShape().get(1)));
          first.attach(scope);
          all = all == null ? first : all.concat(first, 1);
        }
        LinearProbe probe = probe(all, labelled, false, scope);
        if (best == null || probe.leaveOneOut() < best.leaveOneOut()) {
          best = probe;
          functions = Math.toIntExact(all.getShape().get(1));
        }
      }
    }
    return new Score(error(best), functions);
  }

  /** Functions times their s_i on all rows, float64 [rows, d]; what else was made is closed. */
  private NDArray found(String context) {
    try (NDManager scope = NDManager.newBaseManager(device)) {
      NDArray found = context.equals(TREES) ? trees(scope) : trained(context, scope);
      return manager.create(found.toDoubleArray(), found.getShape());
    }
  }

  private NDArray trees(NDManager scope) {
    TreesContext.Options options =
        new TreesContext.Options(rounds, TREE_DEPTH, TreesContext.Options.DEFAULT.rate());
    PreparedData prepared = PreparedData.of(data, made, recipe, options);
    TreesContext context = options.fit(prepared.contextData(scope));
    Spectrum spectrum = Spectra.of(context, Math.min(DIMENSION, made.length - 1), scope);
    int d = spectrum.extendable();
    Points rows = Points.of(PreparedData.exactInputs(prepared.preprocessing(), data, scope));
    return scaled(spectrum.extend(rows, d), spectrum.eigenvalues(d), scope);
  }

  private NDArray trained(String text, NDManager scope) {
    Dataset rows = withClasses(data, made).select(train);
    Recipe own = recipe(text, rows);
    try (Pretraining job = Pretraining.prepare(rows, own, device)) {
      job.train();
      NDArray inputs = PreparedData.inputs(job.preprocessing(), data, scope);
      return scaled(job.representation().embed(inputs), job.representation().eigenvalues(), scope);
    }
  }

  private static NDArray scaled(NDArray functions, double[] eigenvalues, NDManager scope) {
    int d = Math.toIntExact(functions.getShape().get(1));
    double[] s = Arrays.stream(eigenvalues, 0, d).map(v -> Math.sqrt(Math.max(0, v))).toArray();
    return functions.mul(scope.create(s));
  }

  /** How an encoder learns a context. */
  private Recipe recipe(String text, Dataset rows) {
    int most = classes(rows).size() - 1; // that many functions tell all classes
    if (text.equals(LABEL)) {
      return recipe
          .withContext(text)
          .withDimension(Math.min(DIMENSION, most))
          .withSteps(steps(true));
    }
    String written = text.startsWith("minmax") ? weighted(text, rows, most) : text;
    return recipe
        .withContext(written)
        .withObjective("svme(samples=1)")
        .withDimension(DIMENSION)
        .withSteps(steps(text.contains(LABEL)));
  }

  private int steps(boolean labels) {
    int steps = recipe.training().steps();
    return labels ? Math.max(1, steps / LABEL_SHARE) : steps;
  }

  private static List<String> classes(Dataset rows) {
    return ((Target.Classes) rows.target().orElseThrow()).classes();
  }

  /** The combination of two contexts with the weights that {@code minmax} finds on some rows. */
  private String weighted(String text, Dataset rows, int most) {
    List<Spec.Part> parts = Spec.parse(text).parts();
    String view = parts.get(0).spec().toString();
    String label = parts.get(1).spec().toString();
    int[] some = PreparedData.split(rows.rows(), recipe).pretrain();
    some = Arrays.copyOf(some, Math.min(some.length, WEIGHT_ROWS));
    ContextFactory factory =
        Contexts.parse(
            Text.format(
                "minmax(monte-carlo(%s, samples=2), %s, dim=%d, rounds=100)",
                view, label, Math.min(DIMENSION, most)));
    try (NDManager scope = NDManager.newBaseManager(device)) {
      Context fitted = factory.fit(PreparedData.of(rows, some, recipe, factory).contextData(scope));
      double[] weights = Spec.weights("minmax", Spec.parse(fitted.toString()).parts());
      return Text.format(
          "mix(%s: %s, %s: %s)", Numbers.text(weights[0]), view, Numbers.text(weights[1]), label);
    }
  }

  /**
   * Returns a dataset with classes of like numbers where its target holds numbers.
   *
   * @param some the rows among which classes have the same size
   */
  static Dataset withClasses(Dataset data, int[] some) {
    if (!(data.target().orElseThrow() instanceof Target.Values target)) {
      return data;
    }
    double[] sorted = Arrays.stream(target.select(some).values()).sorted().toArray();
    double[] bounds =
        IntStream.range(1, CLASSES)
            .mapToDouble(c -> sorted[(int) ((long) c * sorted.length / CLASSES)])
            .filter(bound -> bound > sorted[0])
            .distinct()
            .toArray();
    if (bounds.length == 0) {
      throw new InputException(data.name() + ": expected a target that varies");
    }
    int[] codes =
        Arrays.stream(target.values())
            .mapToInt(v -> (int) Arrays.stream(bounds).filter(bound -> v >= bound).count())
            .toArray();
    List<String> names =
        IntStream.rangeClosed(0, bounds.length).mapToObj(Integer::toString).toList();
    Target classes = Target.Classes.of(target.name(), names, codes);
    return new Dataset(data.name(), data.features(), Optional.of(classes));
  }

  /** Fits to some rows, by leave-one-out error, and scores on the test rows. */
  private LinearProbe probe(NDArray all, int[] fitted, boolean standardise, NDManager scope) {
    return Evaluation.probe(
        data.target().orElseThrow(),
        fitted,
        test,
        rows(all, fitted, scope),
        rows(all, test, scope),
        standardise);
  }

  private static NDArray rows(NDArray all, int[] rows, NDManager scope) {
    NDArray some = all.get(scope.create(rows));
    some.attach(scope);
    return some;
  }

  private static double error(LinearProbe probe) {
    return probe.metric().error(probe.value());
  }

  /** Returns how many arrays it holds. */
  int arrays() {
    return manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    manager.close();
  }
}
