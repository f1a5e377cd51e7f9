package ai.contexture.pretraining;

import ai.contexture.context.Context;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.DistanceShares;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.Split;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeScore;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;
import ai.contexture.random.Seed;
import ai.contexture.representation.Representation;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Devices;
import ai.contexture.torch.Handover;
import ai.contexture.training.DivergedException;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.Trainer;
import ai.contexture.training.TrainingListener;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;

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

  private final PreparedData data;
  private final Recipe recipe;
  private final EncoderFactory encoder;
  private final Objective<?> objective;
  private final SortedMap<String, String> contextFiles;
  private final NDManager manager;
  private final Context context;
  private final int outputs;
  private final Trainer<Context> trainer;
  private final ExactAnswer answer;
  private final FeatureOrder order;
  private final EvaluationUnderWay underWay;
  private final RunDescription description;
  private Representation representation;
  private int projectedAt = -1;

  private Pretraining(Dataset all, Recipe given, Parts parts, Placement placement) {
    ContextFactory contextFactory = parts.context();
    objective = parts.objective();
    Dataset dataset = PreparedData.joined(all, contextFactory);
    data = PreparedData.of(dataset, given, contextFactory);
    NodesOfGraph.require(parts.encoder(), data, parts.context(), parts.objective(), placement);
    EncoderFactory network =
        parts.encoder().readsGraph()
            ? parts.encoder().forGraph(data.graphInputs(parts.context().graphView()))
            : parts.encoder().forGroups(data.preprocessing().groups());
    encoder = data.preprocessing().options().images().map(network::forImages).orElse(network);
    int[] rows = data.rows();
    recipe = given.withStepsFor(rows.length);
    if (recipe.dimension() >= rows.length) {
      throw new InputException(
          Text.format(
              "dimension: expected less than the %d pretraining rows, got %d",
              rows.length, recipe.dimension()));
    }
    int[] heldOut = PreparedData.heldOut(dataset, recipe);
    outputs = recipe.outputsFor(objective.orthonormality(), rows.length, heldOut.length);
    contextFiles = ContextFiles.fingerprints(contextFactory);
    int contextLabels =
        dataset
            .target()
            .filter(target -> contextFactory.usesTarget())
            .map(target -> LabelledRows.known(target, rows).length)
            .orElse(0);
    manager = NDManager.newBaseManager(placement.device());
    context =
        Handover.of(
            manager,
            owner -> {
              Context fitted =
                  EmbeddableContext.fit(contextFactory, objective, data, placement, owner);
              objective.requireSupported(fitted);
              FeatureOrder.require(fitted, objective);
              return fitted;
            });
    @SuppressWarnings("unchecked") // requireSupported made sure of it
    Objective<? super Context> feeds = (Objective<? super Context>) objective;
    trainer =
        Handover.of(
            manager,
            owner ->
                new Trainer<>(
                    context,
                    feeds,
                    encoder,
                    outputs,
                    recipe.training(),
                    heldOut.length == 0 ? null : data.inputs(heldOut, owner),
                    placement.helpers().toArray(Device[]::new)));
    answer = new ExactAnswer(context, objective, recipe, outputs, manager);
    order = new FeatureOrder(trainer, objective, recipe, outputs);
    underWay = new EvaluationUnderWay(data, recipe, objective, trainer, answer, order, manager);
    description =
        new RunDescription(
            data, recipe, context, objective, encoder, outputs, contextLabels, contextFiles);
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
    Recipe anywhere = recipe.absolute();
    return new Pretraining(data, anywhere, anywhere.parts(), placement);
  }

  /**
   * Prepares a training with a context, objective or encoder of your own.
   *
   * <p>The texts of the parts take the place of the recipe's. A representation with an encoder of
   * your own is loaded by {@link Representation#load(Path, EncoderFactory)}.
   *
   * @param parts those of the recipe, {@link Recipe#parts}, or others
   * @throws InputException if the recipe or the data do not allow it
   */
  public static Pretraining prepare(Dataset data, Recipe recipe, Parts parts, Placement placement) {
    return new Pretraining(data, recipe.naming(parts), parts, placement);
  }

  /** Returns the recipe, with the number of steps that epochs come to. */
  public Recipe recipe() {
    return recipe;
  }

  /** Returns the dataset, without the rows that the context cannot be made of. */
  public Dataset data() {
    return data.data();
  }

  /** Returns the dataset as it was prepared: its split, and its columns as inputs. */
  public PreparedData prepared() {
    return data;
  }

  /** Returns which rows are for pretraining, labelled and test. */
  public Split split() {
    return data.split();
  }

  /** Returns how many rows are held out for early stopping, beside those of the split. */
  public int heldOut() {
    return PreparedData.heldOut(data.data(), recipe).length;
  }

  /** Returns how columns become inputs, fitted on the pretraining rows. */
  public Preprocessing preprocessing() {
    return data.preprocessing();
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

  /**
   * Returns the column that makes up most of the distance between the pretraining rows, if one
   * does.
   */
  public Optional<DistanceShares.Dominant> dominant() {
    return data.dominant();
  }

  /** Returns the trainer. */
  public Trainer<? extends Context> trainer() {
    return trainer;
  }

  /** Returns whether the best functions that the context allows are known. */
  public boolean isExact() {
    return answer.exists();
  }

  /**
   * Returns the exact spectrum of the context with its first d functions, and with more where these
   * are not determined, see {@link Spectra#leading}; computed at the first call.
   *
   * @throws InputException if the context has no exact functions, see {@link #isExact}
   * @throws ArithmeticException if it cannot be computed
   */
  public Spectrum spectrum() {
    return answer.spectrum();
  }

  /**
   * Returns the least loss that any encoder with so many outputs could have, where the objective
   * and the spectrum tell it: on full batches of a context whose functions are known.
   */
  public OptionalDouble leastLoss() {
    return answer.leastLoss();
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
    return train(listener, EvaluationSchedule.none());
  }

  /**
   * Trains to the end or until the listener wants to stop.
   *
   * @param evaluations how often the listener hears of measures under way
   * @return whether the training is complete
   * @throws DivergedException if a number is not finite, naming the step and the term
   */
  public boolean train(TrainingListener listener, EvaluationSchedule evaluations) {
    int steps = recipe.training().steps();
    boolean going = true;
    while (going && !trainer.isComplete()) {
      int before = trainer.finishedSteps();
      long start = System.nanoTime();
      going = trainer.train(evaluations.next(before, steps), listener);
      evaluations.trained(secondsSince(start));
      if (trainer.finishedSteps() > before && evaluations.due(trainer.finishedSteps(), steps)) {
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
    return underWay.evaluate();
  }

  /**
   * Returns the alignment with the exact answer on the pretraining rows.
   *
   * @throws InputException if the context has no exact functions, see {@link #isExact}
   */
  public Alignment alignment() {
    try (NDManager scope = manager.newSubManager()) {
      ExpectationOperator operator = answer.context().operator();
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
      NDArray inputs = data.exactInputs(rows, scope);
      Representation trained = representation();
      return Alignment.onNewRows(
          trained.embed(inputs),
          Points.of(inputs),
          () -> {
            NDArray raw = trainer.outputs(scope);
            return RayleighRitz.of(raw, answer.context().operator(), recipe.dimension())
                .project(raw);
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
    return data.data().target().map(target -> Evaluation.probe(representation(), data.data()));
  }

  /**
   * Returns how well the target is predicted from the features, from the preprocessed columns, from
   * both and from nothing, see {@link Evaluation#comparison}.
   *
   * @return nothing where the dataset has no target
   */
  public Optional<ProbeComparison> comparison() {
    return data.data().target().map(target -> Evaluation.comparison(representation(), data.data()));
  }

  /**
   * Returns what is wrong with the context, with the target as a task of it, and with the features
   * as trained so far, as far as that is known.
   */
  public Diagnosis diagnosis() {
    int rank = representation().eigenvalues().length;
    return RunDiagnosis.of(context, data, answer).and(Diagnosis.features(rank, recipe.dimension()));
  }

  /**
   * Returns how many of the pretraining rows the features are put in order by: all of them where
   * the operator of the context is known or they are few, else some that the seed chooses.
   */
  public int orderingRows() {
    return order.rows(FeatureOrder.Effort.RESULT);
  }

  /** Returns the representation as trained so far; the job owns it. */
  public Representation representation() {
    if (representation == null || projectedAt != trainer.finishedSteps()) {
      if (representation != null) {
        representation.close();
      }
      try (NDManager scope = manager.newSubManager()) {
        RayleighRitz projection = attach(order.of(FeatureOrder.Effort.RESULT, scope));
        representation =
            Representation.of(
                data.preprocessing(),
                trainer.encoder(),
                encoder.build(outputs, Seed.of(0)),
                objective.normalises(),
                projection,
                objective.learned() == Variable.CONTEXT
                        && !FeatureOrder.readsViewsOnly(context, objective)
                    ? context
                    : null,
                recipe.samples(),
                description.json(trainer.finishedSteps()));
        projection.mean().close(); // copied
        projection.rotation().close();
      }
      projectedAt = trainer.finishedSteps();
    }
    return representation;
  }

  private RayleighRitz attach(RayleighRitz made) {
    made.mean().attach(manager);
    made.rotation().attach(manager);
    return made;
  }

  /** Writes the state of the training, see {@link Trainer#checkpoint(Path)}. */
  public void checkpoint(Path file) throws IOException {
    trainer.checkpoint(file, description.fingerprint());
  }

  /** Continues from a checkpoint, see {@link Trainer#restore(Path)}. */
  public void restore(Path file) throws IOException {
    trainer.restore(file, description.fingerprint());
  }

  @Override
  public String toString() {
    return Text.format(
        "%d features of %s by %s with %s, context %s, %d of %d steps",
        recipe.dimension(),
        data.data().name(),
        objective,
        encoder,
        context,
        trainer.finishedSteps(),
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
