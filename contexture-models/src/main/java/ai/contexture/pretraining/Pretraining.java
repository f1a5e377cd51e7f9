package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.InputException;
import ai.contexture.input.Names;
import ai.contexture.input.Spec;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Compatibility;
import ai.contexture.measure.ContextComplexity;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeScore;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Objectives;
import ai.contexture.objective.Orthonormality;
import ai.contexture.objective.Variable;
import ai.contexture.objective.Whitening;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import ai.contexture.representation.DrawnAverage;
import ai.contexture.representation.Representation;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Devices;
import ai.contexture.torch.Torch;
import ai.contexture.training.DivergedException;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The whole job: a dataset is split and preprocessed, a context is made of its pretraining rows, an
 * encoder is trained on it and compared with the exact answer.
 *
 * <pre>{@code
 * try (Pretraining job = Pretraining.prepare(Dataset.digits(), Recipe.DEFAULT)) {
 *   job.train();
 *   System.out.println(job.alignment());
 *   job.representation().save(Path.of("digits-encoder"));
 * }
 * }</pre>
 */
public final class Pretraining implements AutoCloseable {

  /** d₁ / d where nothing else is asked for: spare outputs guard against dimensional collapse. */
  static final int OUTPUTS_PER_FEATURE = 4;

  /** Samples that order the functions of the result where the operator is not known. */
  private static final int SAMPLES = 1 << 22;

  /** The same for a measure under way, which has to be cheap. */
  private static final int SAMPLES_UNDER_WAY = 1 << 16;

  /** Values of a dual kernel that take the place of one sample. */
  private static final int PAIRS_PER_SAMPLE = 64;

  /** Values of functions that are computed only to know the least loss. */
  private static final long MOST_VALUES = 1 << 23;

  /** The fewest points for each output that the covariance of outputs is estimated from. */
  private static final int POINTS_PER_OUTPUT = 16;

  private final Dataset data;
  private final Recipe recipe;
  private final EncoderFactory encoder;
  private final Objective<?> objective;
  private final Split split;
  private final Preprocessing preprocessing;
  private final SortedMap<String, String> contextFiles;
  private final int contextLabels;
  private final NDManager manager;
  private final Context context;
  private final int outputs;
  private final Trainer<Context> trainer;
  private Spectrum spectrum;
  private ArithmeticException noSpectrum;
  private Representation representation;
  private int projectedAt = -1;
  private NDArray labelledInputs;

  private Pretraining(
      Dataset data,
      Recipe recipe,
      ContextFactory contextFactory,
      Objective<?> objective,
      EncoderFactory encoder,
      Placement placement) {
    this.data = data;
    this.objective = objective;
    split = Evaluation.split(data.rows(), recipe);
    preprocessing = Evaluation.preprocessing(data.select(split.pretrain()), contextFactory, recipe);
    this.encoder = encoder.forGroups(preprocessing.groups());
    int n = split.pretrain().length;
    this.recipe = recipe.withTraining(training(recipe, n));
    if (recipe.dimension() >= n) {
      throw new InputException(
          Text.format(
              "dimension: expected less than the %d pretraining rows, got %d",
              n, recipe.dimension()));
    }
    int[] heldOut = Evaluation.heldOut(data.rows(), recipe);
    outputs = outputs(recipe, objective.orthonormality(), n, heldOut.length);
    contextFiles = ContextFiles.fingerprints(contextFactory);
    contextLabels =
        data.target()
            .filter(target -> contextFactory.usesTarget())
            .map(target -> Evaluation.known(target, split.pretrain()).length)
            .orElse(0);
    manager = NDManager.newBaseManager(placement.device());
    boolean prepared = false;
    try {
      context = fit(contextFactory, placement);
      Objectives.requireFeeds(context, objective);
      requireRitz();
      @SuppressWarnings("unchecked") // requireFeeds made sure of it
      Objective<? super Context> feeds = (Objective<? super Context>) objective;
      trainer =
          new Trainer<>(
              context,
              feeds,
              this.encoder,
              outputs,
              this.recipe.training(),
              heldOut.length == 0 ? null : rows(heldOut, manager),
              placement.helpers().toArray(Device[]::new));
      prepared = true;
    } finally {
      if (!prepared) {
        manager.close();
      }
    }
  }

  /**
   * Fits the context. Where it averages the encoder, a saved representation fits it again to the
   * rows alone, so that it must need no more than these.
   */
  private Context fit(ContextFactory factory, Placement placement) {
    ContextData all =
        Evaluation.contextData(preprocessing, data, split.pretrain(), recipe, placement, manager);
    if (objective.learned() == Variable.INPUT) {
      return factory.fit(all);
    }
    Context fitted;
    try {
      fitted = factory.fit(Representation.data(all.points().rows(), preprocessing, all.seed()));
    } catch (InputException e) {
      Context complete = factory.fit(all);
      if (complete.inductive()) {
        throw new InputException(
            Text.format(
                "objective '%s' embeds a row by averaging over its context, which is made of the"
                    + " encoder's inputs again when the encoder is loaded, and context %s needs"
                    + " more; use kise or svme (%s)",
                objective, complete, e.getMessage()),
            e);
      }
      fitted = complete;
    }
    if (!fitted.inductive()) {
      throw new InputException(
          Text.format(
              "objective '%s' embeds a row by averaging over its context, and context %s only"
                  + " knows its pretraining rows; use kise or svme, whose encoder needs no context"
                  + " to embed",
              objective, fitted));
    }
    return fitted;
  }

  /** Requires that the encoder's functions can be ordered. */
  private void requireRitz() {
    boolean drawn =
        context instanceof SampledContext && objective.encoders().contains(Variable.CONTEXT);
    if (!(context instanceof FiniteContext || context instanceof KernelContext || drawn)) {
      throw new InputException(
          Text.format(
              "objective '%s' trains an encoder of the inputs alone, and context %s gives samples"
                  + " alone, by which the features cannot be put in order; missing is an encoder of"
                  + " the context, as svme, non-contrastive and spectral-contrastive train it, or a"
                  + " context with a dual kernel or an operator, such as knn(k=30)",
              objective, context));
    }
  }

  /** Prepares a training on the first GPU if there is one, else on the CPU. */
  public static Pretraining prepare(Dataset data, Recipe recipe) {
    return prepare(data, recipe, Devices.parse("auto"));
  }

  /**
   * Prepares a training: reads the recipe, splits and preprocesses the data and fits the context.
   *
   * @param device where the arrays live
   * @param helpers devices that take their shares of the encoders' work, see {@link Trainer}
   * @throws InputException if the recipe or the data do not allow it
   */
  public static Pretraining prepare(Dataset data, Recipe recipe, Device device, Device... helpers) {
    return prepare(data, recipe, Placement.on(device, helpers));
  }

  /**
   * Prepares a training on one or several devices, with the encoder's inputs in memory or on disk.
   *
   * @throws InputException if the recipe or the data do not allow it
   */
  public static Pretraining prepare(Dataset data, Recipe recipe, Placement placement) {
    Orthonormality orthonormality =
        recipe.orthonormality().isEmpty()
            ? null
            : Objectives.parseOrthonormality(Spec.parse(recipe.orthonormality()));
    Recipe anywhere = recipe.withContext(Contexts.absolute(recipe.context()));
    return new Pretraining(
        data,
        anywhere,
        Contexts.parse(anywhere.context()),
        Objectives.parse(Spec.parse(recipe.objective()), orthonormality),
        Encoders.parse(Spec.parse(recipe.encoder()), recipe.preprocessing().images()),
        placement);
  }

  /**
   * Prepares a training with a context, objective or encoder of your own.
   *
   * <p>Their texts take the place of the recipe's. A representation with an encoder of your own is
   * loaded by {@link Representation#load(Path, EncoderFactory)}.
   */
  public static Pretraining prepare(
      Dataset data,
      Recipe recipe,
      ContextFactory context,
      Objective<?> objective,
      EncoderFactory encoder,
      Placement placement) {
    Recipe used =
        recipe
            .withContext(Names.of(context))
            .withObjective(Names.of(objective))
            .withOrthonormality(Names.of(objective.orthonormality()))
            .withEncoder(Names.of(encoder));
    return new Pretraining(data, used, context, objective, encoder, placement);
  }

  private static TrainingOptions training(Recipe recipe, int n) {
    TrainingOptions training = recipe.training();
    if (training.batch() > n) {
      throw new InputException(
          Text.format(
              "batch: expected at most the %d pretraining rows, got %d", n, training.batch()));
    }
    if (recipe.epochs() == 0) {
      return training;
    }
    int stepsPerEpoch =
        training.fullBatch() ? 1 : Math.max(1, n / training.batch() / training.accumulate());
    long steps = (long) recipe.epochs() * stepsPerEpoch;
    if (steps > Integer.MAX_VALUE) {
      throw new InputException(
          Text.format(
              "epochs: expected at most %d, of %d steps each, got %d",
              Integer.MAX_VALUE / stepsPerEpoch, stepsPerEpoch, recipe.epochs()));
    }
    return training.withSteps((int) steps);
  }

  /**
   * d₁: four times the features, but no more than half the rows, so that their covariance is known:
   * half a batch where each batch is whitened by itself, and half the held-out rows.
   */
  private static int outputs(Recipe recipe, Orthonormality how, int n, int heldOut) {
    if (recipe.outputs() > 0) {
      return recipe.outputs();
    }
    boolean inverts = how instanceof Whitening whitening && whitening.momentum() == 0;
    int batch = recipe.training().fullBatch() || !inverts ? n : recipe.training().batch();
    int known = heldOut == 0 ? batch : Math.min(batch, heldOut);
    int most = Math.min(OUTPUTS_PER_FEATURE * recipe.dimension(), known / 2);
    return Math.max(recipe.dimension(), most);
  }

  private NDArray rows(int[] selected, NDManager owner) {
    return Evaluation.inputs(preprocessing, data.select(selected), owner);
  }

  /** Returns the recipe, with the number of steps that epochs come to. */
  public Recipe recipe() {
    return recipe;
  }

  /** Returns the dataset. */
  public Dataset data() {
    return data;
  }

  /** Returns which rows are for pretraining, labelled and test. */
  public Split split() {
    return split;
  }

  /** Returns how many rows are held out for early stopping, beside those of the split. */
  public int heldOut() {
    return Evaluation.heldOut(data.rows(), recipe).length;
  }

  /** Returns how columns become inputs, fitted on the pretraining rows. */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /**
   * Returns the fingerprints of the files that the context read besides the data, see {@link
   * ContextFiles#fingerprints}.
   */
  public SortedMap<String, String> contextFiles() {
    return Collections.unmodifiableSortedMap(contextFiles);
  }

  /** Returns the context of the pretraining rows. */
  public Context context() {
    return context;
  }

  /** Returns the number of outputs d₁ of the encoder. */
  public int outputs() {
    return outputs;
  }

  /** Returns the trainer. */
  public Trainer<? extends Context> trainer() {
    return trainer;
  }

  /** Returns whether the best functions that the context allows are known. */
  public boolean isExact() {
    return context instanceof FiniteContext;
  }

  private FiniteContext exact() {
    if (context instanceof FiniteContext finite) {
      return finite;
    }
    throw new InputException("not known: context " + context + " has no exact functions");
  }

  /**
   * Returns the exact spectrum of the context with its first d functions, and with more where these
   * are not determined, see {@link Spectra#leading}; computed at the first call.
   *
   * @throws InputException if the context has no exact functions, see {@link #isExact}
   * @throws ArithmeticException if it cannot be computed
   */
  public Spectrum spectrum() {
    if (noSpectrum != null) {
      throw noSpectrum;
    }
    if (spectrum == null) {
      try {
        spectrum = leading();
      } catch (ArithmeticException e) {
        noSpectrum = e; // which would take as long again
        throw e;
      }
    }
    return spectrum;
  }

  /** With a function for each output where the least loss follows from so many. */
  private Spectrum leading() {
    int all = Math.min(outputs, context.points().size() - 1);
    if (knowsLeast() && (long) all * context.points().size() <= MOST_VALUES) {
      try {
        return Spectra.leading(exact(), all, manager);
      } catch (ArithmeticException e) {
        // the first functions may still be determined
      }
    }
    return Spectra.leading(exact(), recipe.dimension(), manager);
  }

  private boolean knowsLeast() {
    return recipe.training().fullBatch() && objective.least(new double[outputs]).isPresent();
  }

  /**
   * Returns the least loss that any encoder with so many outputs could have, where the objective
   * and the spectrum tell it: on full batches of a context whose functions are known.
   */
  public OptionalDouble leastLoss() {
    Optional<Spectrum> known = knowsLeast() ? knownSpectrum() : Optional.empty();
    if (known.isEmpty() || known.get().eigenvalues().length < outputs) {
      return OptionalDouble.empty();
    }
    return objective.least(known.get().eigenvalues(outputs));
  }

  private Optional<Spectrum> knownSpectrum() {
    try {
      return isExact() ? Optional.of(spectrum()) : Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /**
   * The best ordered functions in the span of the encoder, as trained so far.
   *
   * @param samples how many may be drawn where the operator is not known
   */
  private RayleighRitz ritz(int samples, NDManager scope) {
    int d = recipe.dimension();
    if (context instanceof FiniteContext finite) {
      return RayleighRitz.of(trainer.outputs(scope), finite.operator(), d);
    }
    if (objective.learned() == Variable.INPUT && context instanceof KernelContext kernel) {
      Points some = some((int) Math.sqrt((double) PAIRS_PER_SAMPLE * samples), scope);
      return DrawnRitz.ofKernel(outputs(some, scope), kernel, some, d, scope);
    }
    Seed seed = Seed.of(recipe.training().seed()).derive("ritz");
    DrawnAverage draws = new DrawnAverage((SampledContext) context, recipe.draws(), seed);
    Points some = some(samples / recipe.draws(), scope);
    UnaryOperator<NDArray> psi = rows -> trainer.encode(Variable.CONTEXT, rows, rows.getManager());
    return objective.learned() == Variable.INPUT
        ? DrawnRitz.ofBoth(outputs(some, scope), draws, some, psi, d, scope)
        : DrawnRitz.ofAverage(draws, some, psi, d, scope);
  }

  private NDArray outputs(Points points, NDManager scope) {
    return trainer.encode(Variable.INPUT, points.rows(), scope);
  }

  /** About so many pretraining points, enough for the covariance of the outputs, or all. */
  private Points some(int wanted, NDManager scope) {
    Points all = context.points();
    int most = Math.max(wanted, POINTS_PER_OUTPUT * outputs);
    if (most >= all.size()) {
      return all;
    }
    RandomGenerator random = Seed.of(recipe.training().seed()).derive("ritz points").generator();
    long[] positions =
        Arrays.stream(Draws.distinct(most, all.size(), random)).sorted().asLongStream().toArray();
    return all.select(scope.create(positions));
  }

  /**
   * Trains to the end.
   *
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public void train() {
    train(TrainingListener.NONE);
  }

  /**
   * Trains to the end or until the listener wants to stop, and measures nothing under way.
   *
   * @return whether the training is complete
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public boolean train(TrainingListener listener) {
    return train(listener, Evaluations.none());
  }

  /**
   * Trains to the end or until the listener wants to stop.
   *
   * @param evaluations how often the listener hears of measures under way
   * @return whether the training is complete
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public boolean train(TrainingListener listener, Evaluations evaluations) {
    int steps = recipe.training().steps();
    boolean going = true;
    while (going && !trainer.isComplete()) {
      int before = trainer.finished();
      long start = System.nanoTime();
      going = trainer.train(evaluations.next(before, steps), listener);
      evaluations.trained(secondsSince(start));
      if (trainer.finished() > before && evaluations.due(trainer.finished(), steps)) {
        EvaluationReport report = evaluate();
        evaluations.measured(report.seconds());
        listener.onEvaluation(report);
      }
    }
    return trainer.isComplete();
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Measures the encoder as trained so far, by what is cheap enough to be followed during training.
   *
   * <p>The first call finds the exact spectrum, if there is one; {@link EvaluationReport#seconds}
   * does not count that.
   */
  public EvaluationReport evaluate() {
    FiniteContext finite = isExact() ? exact() : null;
    Spectrum exact = knownSpectrum().orElse(null);
    long start = System.nanoTime();
    int step = trainer.finished();
    try (NDManager scope = manager.newSubManager()) {
      RayleighRitz ritz;
      Double cca = null;
      try {
        if (finite == null) {
          ritz = ritz(SAMPLES_UNDER_WAY, scope);
        } else {
          NDArray raw = trainer.outputs(scope);
          ritz = RayleighRitz.of(raw, finite.operator(), recipe.dimension());
          cca = exact == null ? null : correlation(ritz.project(raw), exact);
        }
      } catch (ArithmeticException e) {
        // constant outputs have no directions
        Double none = exact == null ? null : 0.0;
        return new EvaluationReport(step, secondsSince(start), none, null, 0, null);
      }
      double[] eigenvalues = ritz.eigenvalues();
      double ratioTrace =
          Arrays.stream(eigenvalues, 0, Math.min(recipe.dimension(), eigenvalues.length)).sum();
      Double probe = probeUnderWay(ritz, scope);
      return new EvaluationReport(
          step, secondsSince(start), cca, ratioTrace, ritz.effectiveRank(), probe);
    }
  }

  /** R²_CCA with the exact functions, null where there are none. */
  private Double correlation(NDArray features, Spectrum exact) {
    int d = recipe.dimension();
    return exact.leading(d).existing() == 0
        ? null
        : Alignment.canonicalCorrelation(features, exact, d);
  }

  /** Fits to two thirds of the labelled rows and scores on the others; null where it cannot be. */
  private Double probeUnderWay(RayleighRitz ritz, NDManager scope) {
    Target target = data.target().orElse(null);
    if (target == null) {
      return null;
    }
    int[] known = Evaluation.known(target, split.labelled());
    int fitted = 2 * known.length / 3;
    boolean tells = fitted >= 2 && target.select(Arrays.copyOf(known, fitted)).varies();
    NDArray outputs = tells ? outputsOnLabelled(known, scope) : null;
    if (outputs == null) {
      return null;
    }
    NDArray features = ritz.project(outputs);
    return Evaluation.probe(
            target,
            Arrays.copyOf(known, fitted),
            Arrays.copyOfRange(known, fitted, known.length),
            features.get("0:" + fitted),
            features.get(fitted + ":"),
            true)
        .value();
  }

  /** The outputs on labelled rows, [b, d₁]; null where they would take samples. */
  private NDArray outputsOnLabelled(int[] rows, NDManager scope) {
    if (labelledInputs == null) {
      labelledInputs = rows(rows, manager);
    }
    if (objective.learned() == Variable.INPUT) {
      return trainer.encode(Variable.INPUT, labelledInputs, scope);
    }
    if (context instanceof FiniteContext finite && finite.inductive()) {
      NDArray psi = trainer.encode(Variable.CONTEXT, finite.contexts().rows(), scope);
      Points points = Points.of(labelledInputs).within(scope);
      return Torch.withoutGradient(() -> finite.expectation(points, psi));
    }
    return null;
  }

  /**
   * Returns the alignment with the exact answer on the pretraining rows.
   *
   * @throws InputException if the context has no exact functions, see {@link #isExact}
   */
  public Alignment alignment() {
    try (NDManager scope = manager.newSubManager()) {
      ExpectationOperator operator = exact().operator();
      NDArray raw = trainer.outputs(scope);
      RayleighRitz ritz = RayleighRitz.of(raw, operator, recipe.dimension());
      return Alignment.onPretraining(raw, ritz, spectrum(), recipe.dimension());
    }
  }

  /**
   * Returns the alignment on rows that were not trained on, against the exact functions extended to
   * them by Nyström's formula.
   *
   * @param rows positions in the dataset, more of them than features
   */
  public Alignment alignment(int[] rows) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray inputs = Evaluation.exact(preprocessing, data.select(rows), scope);
      Representation trained = representation();
      return Alignment.onNewRows(
          trained.embed(inputs),
          Points.of(inputs),
          () -> {
            NDArray raw = trainer.outputs(scope);
            return RayleighRitz.of(raw, exact().operator(), recipe.dimension()).project(raw);
          },
          spectrum(),
          recipe.dimension());
    }
  }

  /**
   * Returns how well a linear model on the features predicts the target: fitted on the labelled
   * rows, scored on the test rows, beside the same on the preprocessed columns and the mean
   * predictor.
   *
   * @return nothing where the dataset has no target
   */
  public Optional<ProbeScore> probe() {
    return data.target().map(target -> Evaluation.probe(representation(), data));
  }

  /**
   * Returns how well the target is predicted from the features, from the preprocessed columns, from
   * both and from nothing, see {@link Evaluation#comparison}.
   *
   * @return nothing where the dataset has no target
   */
  public Optional<ProbeComparison> comparison() {
    return data.target().map(target -> Evaluation.comparison(representation(), data));
  }

  /**
   * Returns what is wrong with the context, with the target as a task of it, and with the features
   * as trained so far, as far as that is known.
   */
  public Diagnosis diagnosis() {
    Diagnosis diagnosis = Diagnosis.HEALTHY;
    if (context instanceof KernelContext kernel) {
      Seed seed = Seed.of(recipe.training().seed());
      ContextComplexity complexity = ContextComplexity.of(kernel, seed);
      diagnosis = Diagnosis.association(complexity).and(task(complexity));
    }
    int rank = representation().eigenvalues().length;
    return diagnosis.and(Diagnosis.features(rank, recipe.dimension()));
  }

  /** What is wrong with the target, where it is known for all pretraining rows. */
  private Diagnosis task(ContextComplexity complexity) {
    Target target = data.target().map(all -> all.select(split.pretrain())).orElse(null);
    if (target == null
        || !(context instanceof FiniteContext finite)
        || !target.complete()
        || !target.varies()) {
      return Diagnosis.HEALTHY;
    }
    double squared = Compatibility.exact(finite, target).squared();
    return knownSpectrum()
        .map(exact -> Diagnosis.task(squared, exact.eigenvalues()[0], complexity))
        .orElse(Diagnosis.HEALTHY);
  }

  /** Returns the representation as trained so far; the job owns it. */
  public Representation representation() {
    if (representation == null || projectedAt != trainer.finished()) {
      if (representation != null) {
        representation.close();
      }
      try (NDManager scope = manager.newSubManager()) {
        RayleighRitz projection = attach(ritz(SAMPLES, scope));
        representation =
            Representation.of(
                preprocessing,
                trainer.encoder(),
                encoder.build(outputs, Seed.of(0)),
                objective.normalises(),
                projection,
                objective.learned() == Variable.CONTEXT ? context : null,
                recipe.draws(),
                describe());
        projection.mean().close(); // copied
        projection.rotation().close();
      }
      projectedAt = trainer.finished();
    }
    return representation;
  }

  private RayleighRitz attach(RayleighRitz made) {
    made.mean().attach(manager);
    made.rotation().attach(manager);
    return made;
  }

  private JsonObject describe() {
    JsonObject json = new JsonObject();
    json.addProperty("context", context.toString());
    json.addProperty("objective", objective.toString());
    json.addProperty("encoder", Names.of(encoder));
    json.addProperty("outputs", outputs);
    json.addProperty("stepsFinished", trainer.finished());
    if (contextLabels > 0) {
      json.addProperty(Evaluation.CONTEXT_LABELS, contextLabels);
    }
    json.add("recipe", new Gson().toJsonTree(recipe));
    if (!contextFiles.isEmpty()) {
      json.add(Representation.CONTEXT_FILES, new Gson().toJsonTree(contextFiles));
    }
    JsonObject made = new JsonObject();
    made.addProperty("name", data.name());
    made.addProperty("rows", data.rows());
    made.addProperty("pretrainingRows", split.pretrain().length);
    made.addProperty("fingerprint", data.fingerprint());
    data.target().map(Target::name).ifPresent(name -> made.addProperty("target", name));
    json.add("data", made);
    JsonObject versions = new JsonObject();
    versions.addProperty(
        "contexture",
        Optional.ofNullable(Pretraining.class.getPackage().getImplementationVersion())
            .orElse("development"));
    versions.addProperty("djl", Engine.getDjlVersion());
    versions.addProperty("pytorch", Engine.getInstance().getVersion());
    versions.addProperty("java", Runtime.version().toString());
    json.add("versions", versions);
    return json;
  }

  /** Writes the state of the training, see {@link Trainer#checkpoint(Path)}. */
  public void checkpoint(Path file) throws IOException {
    trainer.checkpoint(file, fingerprint());
  }

  /** Continues from a checkpoint, see {@link Trainer#restore(Path)}. */
  public void restore(Path file) throws IOException {
    trainer.restore(file, fingerprint());
  }

  /** What makes a training this one: data, context and all that the recipe says. */
  private String fingerprint() {
    String all = data.fingerprint() + contextFiles + new Gson().toJson(recipe);
    return Fingerprint.of(all.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return Text.format(
        "%d features of %s by %s with %s, context %s, %d of %d steps",
        recipe.dimension(),
        data.name(),
        objective,
        encoder,
        context,
        trainer.finished(),
        recipe.training().steps());
  }

  @Override
  public void close() {
    if (representation != null) {
      representation.close();
    }
    trainer.close();
    manager.close();
  }
}
