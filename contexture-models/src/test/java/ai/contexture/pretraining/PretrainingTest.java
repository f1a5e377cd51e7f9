package ai.contexture.pretraining;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.training.Training.heldElsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Context;
import ai.contexture.context.ContextData;
import ai.contexture.context.ContextFactory;
import ai.contexture.context.Contexts;
import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Split;
import ai.contexture.data.Table;
import ai.contexture.data.Target;
import ai.contexture.encoder.Activation;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Mlp;
import ai.contexture.input.InputException;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Metric;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.ProbeScore;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Objectives;
import ai.contexture.objective.Variable;
import ai.contexture.representation.Representation;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.testing.Narrow;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainingTest {

  @TempDir private Path folder;

  private static Pretraining prepare(Dataset data, Recipe recipe) {
    return Pretraining.prepare(data, recipe, Device.cpu());
  }

  /** All that a context of neighbours feeds, with parts where there must be some. */
  static List<String> objectives() {
    return Objectives.registry().names().stream()
        .filter(name -> !name.equals("diffusion"))
        .map(name -> name.equals("mix") ? "mix(0.7: kise, 0.3: supervised(readout=linear))" : name)
        .map(name -> name.equals("minmax") ? "minmax(kise, svme)" : name)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void theWholeJobOnASmallTable(String objective) throws IOException {
    Dataset data = Tables.classes();
    try (Pretraining job = prepare(data, Tables.recipe(objective))) {
      assertThat(job.train(TrainingListener.NONE)).isTrue();
      assertThat(job.trainer().finishedSteps()).isEqualTo(60);
      Alignment alignment = job.alignment();
      assertThat(alignment.cca()).isBetween(0.3, 1.0).isEqualTo(job.alignment().cca());
      assertThat(job.evaluate().cca()).isCloseTo(alignment.cca(), within(1e-6));
      assertThat(alignment.ratioTrace()).isBetween(0.0, alignment.ratioTraceMax() + 1e-9);
      Alignment onTest = job.alignment(job.split().test());
      assertThat(onTest.cca()).isBetween(0.0, 1.0);
      assertThat(onTest.ratioTrace()).isNull();
      ProbeScore probe = job.probe().orElseThrow();
      assertThat(probe.metric()).isEqualTo(Metric.ACCURACY);
      assertThat(probe.value()).isBetween(0.0, 1.0);

      job.representation().save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(Evaluation.recipe(loaded)).isEqualTo(job.recipe());
        assertThat(Evaluation.probe(loaded, data)).isEqualTo(probe);
        ProbeComparison same = Evaluation.comparison(loaded, data);
        assertThat(same.score(Predictor.FEATURES).value()).isEqualTo(probe.value());
        assertThat(same.score(Predictor.COLUMNS).value()).isEqualTo(probe.rawFeatures());
        assertThat(same.score(Predictor.NOTHING).value()).isEqualTo(probe.meanPredictor());
        assertThat(alignment(loaded, data, Evaluation.Part.PRETRAIN)).isEqualTo(alignment);
        assertThat(alignment(loaded, data, Evaluation.Part.TEST)).isEqualTo(onTest);
        assertThat(alignment(loaded, data, Evaluation.Part.LABELLED))
            .isEqualTo(job.alignment(job.split().labelled()));
      }
    }
  }

  /** Trained in two parts, with what is drawn in between, and loaded again. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "linear | kise",
        "mlp(width=16,depth=2,dropout=0.2,norm=batch) | svme",
        "mlp(width=16,depth=2,dropout=0.2,norm=layer) | non-contrastive",
        "resnet(shape=1x4x4,width=2) | kise",
        "lenet(shape=1x4x4,dropout=0.2) | kise",
        "fttransformer(width=8,depth=1,heads=2,dropout=0.1) | kise",
        "table | kise",
        "table | non-contrastive"
      })
  void everyEncoderTrainsResumesAndLoads(String encoder, String objective) throws IOException {
    Dataset data = encoder.contains("shape") ? Tables.images() : Tables.classes();
    Recipe recipe = Tables.recipe(objective).withEncoder(encoder).withSteps(24);
    recipe = recipe.withTraining(recipe.training().withBatch(40));
    Path file = folder.resolve("checkpoint");
    Matrix expected;
    double before;
    try (Pretraining job = prepare(data, recipe)) {
      before = job.evaluate().cca();
      job.trainer().train(11, TrainingListener.NONE);
      job.checkpoint(file);
      job.train();
      expected = job.representation().embed(data.features());
      assertThat(job.evaluate().cca()).isNotEqualTo(before).isBetween(0.0, 1.0);
      job.representation().save(folder.resolve("saved"));
    }
    try (Pretraining job = prepare(data, recipe)) {
      job.restore(file);
      job.train();
      assertThat(job.representation().embed(data.features())).isEqualTo(expected);
    }
    try (Representation loaded = Representation.load(folder.resolve("saved"))) {
      assertThat(loaded.embed(data.features())).isEqualTo(expected);
    }
  }

  private static Alignment alignment(Representation of, Dataset data, Evaluation.Part part) {
    return Evaluation.alignment(of, data, part, Device.cpu());
  }

  @Test
  void trainingBringsTheEncoderNearTheExactFunctions() {
    Recipe recipe = Tables.recipe("kise").withSteps(250);
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      double before = job.evaluate().cca();
      job.train(TrainingListener.NONE);
      assertThat(job.evaluate().cca()).isGreaterThan(0.95).isGreaterThan(before + 0.05);
    }
  }

  @Test
  void digitsTrainAndAreProbed() {
    Recipe recipe =
        Tables.recipe("kise")
            .withContext("knn(k=20)")
            .withDimension(8)
            .withEncoder("mlp(width=32,depth=1)")
            .withFractions(new Recipe.Fractions(0.15, 0.15, 0.70))
            .withSteps(80);
    try (Pretraining job = prepare(Dataset.digits(), recipe)) {
      assertThat(job.context().points().size()).isEqualTo(269);
      assertThat(job.outputs()).isEqualTo(32);
      job.train(TrainingListener.NONE);
      assertThat(job.alignment().cca()).isGreaterThan(0.8);
      assertThat(job.alignment(job.split().labelled()).cca()).isGreaterThan(0.4);
      ProbeScore probe = job.probe().orElseThrow();
      assertThat(probe.value()).isGreaterThan(0.5).isGreaterThan(2 * probe.meanPredictor());
      Matrix features = job.representation().embed(Dataset.digits().features());
      assertThat(features.rows()).isEqualTo(1797);
      assertThat(features.columns()).isEqualTo(8);
    }
  }

  @Test
  void numbersAreProbedByTheirError() {
    try (Pretraining job = prepare(Tables.values(), Tables.recipe("kise"))) {
      job.train(TrainingListener.NONE);
      ProbeScore probe = job.probe().orElseThrow();
      assertThat(probe.metric()).isEqualTo(Metric.RMSE);
      assertThat(probe.value()).isPositive().isLessThan(probe.meanPredictor());
    }
  }

  /** Whole tables up to four batches, and twice the outputs in a batch. */
  @ParameterizedTest
  @CsvSource({
    "4096, 32, 0, 0",
    "4097, 32, 0, 1024",
    "5000, 256, 0, 0",
    "8193, 256, 0, 2048",
    "5000, 32, 600, 1200",
    "4800, 32, 600, 0"
  })
  void manyRowsAreLearnedInBatches(int rows, int dimension, int outputs, int batch) {
    Recipe recipe = Recipe.DEFAULT.withDimension(dimension).withOutputs(outputs);
    assertThat(recipe.withDefaultBatch(rows).training().batch()).isEqualTo(batch);
  }

  /**
   * Half of 32 features below 1,000 rows, twice as many from 2,000 on, and never beyond outputs.
   */
  @ParameterizedTest
  @CsvSource({"999, 0, 16", "1000, 0, 32", "1999, 0, 32", "2000, 0, 64", "2000, 40, 40"})
  void featuresSuitTheRows(int rows, int outputs, int dimension) {
    Recipe recipe = Recipe.DEFAULT.withOutputs(outputs);
    assertThat(recipe.withDefaultDimension(rows).dimension()).isEqualTo(dimension);
  }

  /** What does not see the features is fitted on the labels too that their context was made of. */
  @ParameterizedTest
  @CsvSource({"label, true", "'mix(label(values=row), knn(k=8))', true", "knn(k=8), false"})
  void allHaveTheSameLabels(String context, boolean ofLabels) throws IOException {
    Dataset data = Tables.classes();
    try (Pretraining job = prepare(data, Tables.recipe("kise").withContext(context).withSteps(2))) {
      job.train(TrainingListener.NONE);
      ProbeComparison probes = job.comparison().orElseThrow();
      int[] pretrain = job.split().pretrain();
      int more = ofLabels ? pretrain.length : 0;
      assertThat(probes.contextLabels()).isEqualTo(more);
      assertThat(probes.fitted()).isEqualTo(job.split().labelled().length);
      assertThat(probes.predictors()).containsExactly(Predictor.values());
      int[] fitted =
          IntStream.concat(
                  Arrays.stream(more == 0 ? new int[0] : pretrain),
                  Arrays.stream(job.split().labelled()))
              .toArray();
      int[] test = job.split().test();
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray x = PreparedData.exactInputs(job.preprocessing(), data.select(fitted), manager);
        NDArray newX = PreparedData.exactInputs(job.preprocessing(), data.select(test), manager);
        Target target = data.target().orElseThrow();
        assertThat(probes.score(Predictor.COLUMNS).value())
            .isEqualTo(Evaluation.probe(target, fitted, test, x, newX, true).value());
      }
      job.representation().save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(Evaluation.contextLabels(loaded)).isEqualTo(more);
        assertThat(Evaluation.comparison(loaded, data)).hasToString(probes.toString());
      }
    }
  }

  @Test
  void withoutATargetThereIsNoProbe() {
    Dataset data = Tables.withoutTarget();
    try (Pretraining job = prepare(data, Tables.recipe("kise").withSteps(2))) {
      job.train(TrainingListener.NONE);
      assertThat(job.probe()).isEmpty();
      assertThat(job.comparison()).isEmpty();
      assertThatThrownBy(() -> Evaluation.probe(job.representation(), data))
          .isInstanceOf(InputException.class)
          .hasMessage("small: a probe needs a target column");
    }
  }

  /** d₁ = 4d, at least d, but at most half the rows, or half a batch that is inverted. */
  @Test
  void outputsByDefault() {
    Recipe recipe = Tables.recipe("kise");
    assertThat(outputs(recipe)).isEqualTo(16);
    assertThat(outputs(recipe.withDimension(20))).isEqualTo(52); // ⌊105 / 2⌋
    assertThat(outputs(recipe.withDimension(60))).isEqualTo(60);
    assertThat(outputs(recipe.withOutputs(7))).isEqualTo(7);
    TrainingOptions batches = recipe.training().withBatch(20);
    assertThat(outputs(recipe.withTraining(batches))).isEqualTo(10);
    Recipe penalty = recipe.withTraining(batches).withOrthonormality("vicreg");
    assertThat(outputs(penalty)).isEqualTo(16);
    assertThat(outputs(penalty.withOrthonormality("whitening(momentum=0.9)"))).isEqualTo(16);
  }

  private static int outputs(Recipe recipe) {
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      return job.outputs();
    }
  }

  /** 105 rows in batches of 20 are 5 steps an epoch. */
  @Test
  void epochsBecomeSteps() {
    Recipe recipe = Tables.recipe("kise").withEpochs(3);
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      assertThat(job.recipe().training().steps()).isEqualTo(3);
    }
    Recipe batches = recipe.withTraining(recipe.training().withBatch(20));
    try (Pretraining job = prepare(Tables.classes(), batches)) {
      assertThat(job.recipe().training().steps()).isEqualTo(15);
    }
  }

  private static void refused(Recipe recipe, String message) {
    try (NDManager manager = NDManager.newBaseManager()) {
      int before = heldElsewhere(manager);
      assertThatThrownBy(() -> prepare(Tables.classes(), recipe))
          .isInstanceOf(InputException.class)
          .hasMessage(message);
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  @Test
  void impossibleRecipesAreRefused() {
    Recipe recipe = Tables.recipe("kise");
    refused(
        recipe.withDimension(105),
        "dimension: expected less than the 105 pretraining rows, got 105");
    refused(
        recipe.withTraining(recipe.training().withBatch(106)),
        "batch: expected at most the 105 pretraining rows, got 106");
    refused(
        recipe.withContext("knn(k=105)"),
        "knn: expected k from 1 to 104 (one less than the 105 pretraining rows), got k=105");
    assertThatThrownBy(() -> prepare(Tables.classes(), recipe.withContext("knm")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("unknown context 'knm'; known: ")
        .hasMessageEndingWith(" (did you mean knn?)");
    assertThatThrownBy(() -> prepare(Tables.classes(), recipe.withObjective("kisse")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("unknown objective 'kisse'; known: ")
        .hasMessageEndingWith(" (did you mean kise?)");
    refused(
        recipe.withEncoder("mlp(width=0)"),
        "mlp: width must be a whole number from 1 to 65536, got '0'");
    refused(
        recipe.withOrthonormality("vicreg(variance=-1)"),
        "vicreg: variance must be a number from 0 to 1000000000, got '-1'");
    assertThatThrownBy(() -> recipe.withOutputs(3))
        .isInstanceOf(InputException.class)
        .hasMessage("outputs: expected at least the 4 features, got 3 outputs");
    assertThatThrownBy(() -> recipe.withDimension(0))
        .isInstanceOf(InputException.class)
        .hasMessage("dimension: expected at least 1, got 0");
    assertThatThrownBy(() -> recipe.withEpochs(-1))
        .isInstanceOf(InputException.class)
        .hasMessage("epochs: expected at least 1, got -1");
  }

  @Test
  void contextsThatCannotFeedAreRefused() {
    Recipe recipe = Tables.recipe("kise");
    Mlp.Options encoder = new Mlp.Options(4, 1, Activation.TANH, true);
    try (NDManager manager = NDManager.newBaseManager()) {
      int before = heldElsewhere(manager);
      assertThatThrownBy(
              () ->
                  Pretraining.prepare(
                      Tables.classes(),
                      recipe,
                      new Parts(PretrainingTest::only, new Kise(), encoder),
                      Placement.on(Device.cpu())))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "objective 'kise' needs the dual kernel, which context only-samples cannot give");
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  /**
   * Samples tell an encoder of the inputs what to learn, but not in which order its functions are.
   */
  @Test
  void anEncoderOfInputsNeedsMoreThanSamples() {
    assertThatThrownBy(
            () ->
                Pretraining.prepare(
                    Tables.classes(),
                    Tables.recipe("laplacian"),
                    new Parts(
                        drawnFrom(ContextFactory.parse("knn(k=8)")),
                        Objective.parse("laplacian"),
                        EncoderFactory.parse("mlp(width=4,depth=1)")),
                    Placement.on(Device.cpu())))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "objective 'laplacian' trains an encoder of the inputs alone, and context knn(k=8)"
                + " gives samples alone, by which the features cannot be put in order; missing is"
                + " an encoder of the context, as svme, non-contrastive and spectral-contrastive"
                + " train it, or a context with a dual kernel or an operator, such as knn(k=30)");
  }

  /** A context of neighbours of which only the samples are known. */
  private static ContextFactory drawnFrom(ContextFactory knn) {
    return data -> {
      SampledContext whole = (SampledContext) knn.fit(data);
      return SampledContext.of("knn(k=8)", whole.points(), whole::sample);
    };
  }

  /** The noise of a diffusion is predicted from samples with their levels. */
  @Test
  void noiseIsPredicted() throws IOException {
    Recipe recipe = Tables.recipe("diffusion").withContext("noise(schedule=cosine, steps=20)");
    Table table = Tables.classes().features();
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      List<Double> losses = new ArrayList<>();
      TrainingListener keep =
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              losses.add(report.loss());
            }
          };
      assertThat(job.train(keep)).isTrue();
      assertThat(losses.get(0)).isGreaterThan(mean(losses.subList(40, 60)));
      Matrix features = job.representation().embed(table);
      job.representation().save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(loaded.embed(table)).isEqualTo(features);
      }
    }
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }

  /** Beside the exact answer of the same context: λ_i within the error of 105·400 draws. */
  @ParameterizedTest
  @ValueSource(strings = {"svme", "non-contrastive", "spectral-contrastive"})
  void samplesAreEnoughToTrainOrderAndEmbed(String name) throws IOException {
    Objective<?> objective = Objective.parse(name);
    Recipe recipe = Tables.recipe(name).withSamples(400).withSteps(150);
    recipe = recipe.withTraining(recipe.training().withBatch(52));
    ContextFactory knn = Contexts.parse("knn(k=8)");
    EncoderFactory encoder = EncoderFactory.parse(recipe.encoder());
    Table table = Tables.classes().features();
    try (Pretraining drawn =
            Pretraining.prepare(
                Tables.classes(),
                recipe,
                new Parts(drawnFrom(knn), objective, encoder),
                Placement.on(Device.cpu()));
        Pretraining whole =
            Pretraining.prepare(
                Tables.classes(),
                recipe,
                new Parts(knn, objective, encoder),
                Placement.on(Device.cpu()))) {
      drawn.train();
      whole.train();
      assertThat(drawn.isExact()).isFalse();
      assertThatThrownBy(drawn::alignment)
          .isInstanceOf(InputException.class)
          .hasMessage("not known: context knn(k=8) has no exact functions");
      double[] estimated = drawn.representation().eigenvalues();
      double[] exact =
          name.equals("svme") ? whole.representation().eigenvalues() : exact(drawn, whole);
      double tolerance = name.equals("svme") ? 0.15 : 0.03;
      assertClose("eigenvalues", estimated, exact, tolerance);
      Matrix features = drawn.representation().embed(table);
      Matrix others = whole.representation().embed(table);
      for (int j = 0; j < 2; j++) {
        assertThat(Math.abs(correlation(features, others, j))).isGreaterThan(0.9);
      }
      assertThat(drawn.probe().orElseThrow().value()).isBetween(0.0, 1.0);
      if (name.equals("svme")) {
        drawn.representation().save(folder);
        try (Representation loaded = Representation.load(folder)) {
          assertThat(loaded.embed(table)).isEqualTo(features);
        }
      }
    }
  }

  /** The eigenvalues of Cov[TΨ] v = λ Cov[Ψ] v by the operator with the two variables exchanged. */
  private static double[] exact(Pretraining drawn, Pretraining whole) {
    FiniteContext context = (FiniteContext) whole.context();
    ExpectationOperator t = context.operator();
    ExpectationOperator exchanged =
        new ExpectationOperator() {
          @Override
          public int inputs() {
            return t.contexts();
          }

          @Override
          public int contexts() {
            return t.inputs();
          }

          @Override
          public NDArray inputWeights() {
            return t.contextWeights();
          }

          @Override
          public NDArray contextWeights() {
            return t.inputWeights();
          }

          @Override
          public NDArray apply(NDArray g) {
            return t.adjoint(g);
          }

          @Override
          public NDArray adjoint(NDArray f) {
            return t.apply(f);
          }
        };
    try (NDManager scope = NDManager.newBaseManager()) {
      NDArray psi = drawn.trainer().encode(Variable.CONTEXT, context.contexts().rows(), scope);
      return Arrays.copyOf(RayleighRitz.of(psi, exchanged, 4).eigenvalues(), 4);
    }
  }

  private static double correlation(Matrix a, Matrix b, int column) {
    double n = a.rows();
    double[] sums = new double[5];
    for (int i = 0; i < n; i++) {
      double x = a.get(i, column);
      double y = b.get(i, column);
      sums[0] += x / n;
      sums[1] += y / n;
      sums[2] += x * x / n;
      sums[3] += y * y / n;
      sums[4] += x * y / n;
    }
    return (sums[4] - sums[0] * sums[1])
        / Math.sqrt((sums[2] - sums[0] * sums[0]) * (sums[3] - sums[1] * sums[1]));
  }

  /** Without a law the encoder is ordered by the dual kernel: on all pairs as by the operator. */
  @Test
  void aKernelOrdersAsTheOperatorDoes() {
    ContextFactory knn = Contexts.parse("knn(k=8)");
    ContextFactory onlyKernel =
        data -> {
          KernelContext whole = (KernelContext) knn.fit(data);
          return new OnlyKernel(whole);
        };
    Recipe recipe = Tables.recipe("kise").withSteps(20);
    recipe = recipe.withTraining(recipe.training().withBatch(52));
    Mlp.Options encoder = new Mlp.Options(8, 1, Activation.TANH, true);
    try (Pretraining kernel =
            Pretraining.prepare(
                Tables.classes(),
                recipe,
                new Parts(onlyKernel, new Kise(), encoder),
                Placement.on(Device.cpu()));
        Pretraining whole =
            Pretraining.prepare(
                Tables.classes(),
                recipe,
                new Parts(knn, new Kise(), encoder),
                Placement.on(Device.cpu()))) {
      kernel.train();
      whole.train();
      assertClose(
          "eigenvalues",
          kernel.representation().eigenvalues(),
          whole.representation().eigenvalues(),
          1e-6);
    }
  }

  private record OnlyKernel(KernelContext whole) implements KernelContext {

    @Override
    public Points points() {
      return whole.points();
    }

    @Override
    public NDArray kernel(Points x, Points y) {
      return whole.kernel(x, y);
    }

    @Override
    public String toString() {
      return "only-kernel";
    }
  }

  @ParameterizedTest
  @CsvSource({"kise, label", "svme, label", "kise, 'conv(knn(k=5), label)'"})
  void contextsOfPretrainingRowsTrainEncodersOfAnyRow(String objective, String context)
      throws IOException {
    Recipe recipe = Tables.recipe(objective).withContext(context).withSteps(10);
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      job.train();
      Matrix features = job.representation().embed(Tables.classes().features());
      job.representation().save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(loaded.embed(Tables.classes().features())).isEqualTo(features);
      }
    }
  }

  @Test
  void averagesOverContextsThatDoNotKnowNewRowsAreRefused() {
    refused(
        Tables.recipe("non-contrastive").withContext("label"),
        "objective 'non-contrastive' embeds a row by averaging over its context, and context label"
            + " only knows its pretraining rows; use kise or svme, whose encoder needs no context"
            + " to embed");
    refused(
        Tables.recipe("spectral-contrastive").withContext("conv(knn(k=5), label)"),
        "objective 'spectral-contrastive' embeds a row by averaging over its context, which is made"
            + " of the encoder's inputs again when the encoder is loaded, and context"
            + " conv(knn(k=5), label) needs more; use kise or svme (label: the data have no target,"
            + " give one)");
  }

  private static Context only(ContextData data) {
    return Narrow.samples(data.points());
  }

  @Test
  void aJobLeavesNothing() {
    try (NDManager manager = NDManager.newBaseManager()) {
      int before = heldElsewhere(manager);
      try (Pretraining job = prepare(Tables.classes(), Tables.recipe("svme").withSteps(5))) {
        job.train(TrainingListener.NONE);
        job.representation();
        int trained = heldElsewhere(manager);
        job.alignment();
        job.alignment();
        job.evaluate();
        int measured = heldElsewhere(manager); // holds the spectrum and the labelled rows, too
        for (int i = 0; i < 3; i++) {
          job.alignment();
          job.alignment(job.split().test());
          job.evaluate().cca();
          job.probe();
          job.representation();
        }
        assertThat(heldElsewhere(manager)).isEqualTo(measured).isLessThan(trained + 5);
      }
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  /** A representation is made anew after more steps, and the old one is let go. */
  @Test
  void representationsFollowTheTraining() {
    try (NDManager manager = NDManager.newBaseManager();
        Pretraining job = prepare(Tables.classes(), Tables.recipe("kise"))) {
      Representation first = job.representation();
      assertThat(job.representation()).isSameAs(first);
      int open = heldElsewhere(manager);
      job.trainer().train(10, TrainingListener.NONE);
      Representation second = job.representation();
      assertThat(second).isNotSameAs(first);
      assertThat(second.description().get("stepsFinished").getAsInt()).isEqualTo(10);
      job.trainer().train(20, TrainingListener.NONE);
      job.representation();
      assertThat(heldElsewhere(manager)).isEqualTo(open);
    }
  }

  @Test
  void aJobContinuesFromItsCheckpoint() throws IOException {
    Recipe recipe = Tables.recipe("kise").withSteps(20);
    Path file = folder.resolve("checkpoint");
    Matrix expected;
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      job.trainer().train(9, TrainingListener.NONE);
      job.checkpoint(file);
      job.train(TrainingListener.NONE);
      expected = job.representation().embed(Tables.classes().features());
    }
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      job.restore(file);
      job.train(TrainingListener.NONE);
      assertThat(job.representation().embed(Tables.classes().features())).isEqualTo(expected);
    }
  }

  /** Else it would spin: no step is left, and the last one never comes. */
  @Test
  void aCheckpointBeyondTheLastStepIsRefused() throws IOException {
    Path file = folder.resolve("checkpoint");
    Recipe recipe = Tables.recipe("kise");
    try (Pretraining job = prepare(Tables.classes(), recipe.withSteps(9))) {
      job.trainer().train(7, TrainingListener.NONE);
      job.trainer().checkpoint(file);
    }
    try (Pretraining job = prepare(Tables.classes(), recipe.withSteps(5))) {
      assertThatThrownBy(() -> job.trainer().restore(file))
          .isInstanceOf(InputException.class)
          .hasMessage(file + ": expected at most the 5 steps of the training, got 7");
      assertThatThrownBy(() -> job.restore(file))
          .isInstanceOf(InputException.class)
          .hasMessage(file + ": a checkpoint of an older version of contexture");
      assertThat(job.trainer().finishedSteps()).isZero();
    }
  }

  /** Of 100 rows so many have a target. */
  private static Target known(int rows) {
    int[] codes = new int[100];
    Arrays.setAll(codes, i -> i < rows ? i % 2 : -1);
    return Target.Classes.of("class", List.of("a", "b"), codes);
  }

  /** Where few rows have a target, those to pretrain on are not left out, and those to test are. */
  @Test
  void fewLabelsAreAllUsed() {
    Split split = PreparedData.split(100, Recipe.DEFAULT);
    Target few = known(49);
    Target half = known(50);
    int[] all = LabelledRows.fitted(few, split, /* usesTarget= */ false);

    assertThat(all)
        .hasSize(49 - LabelledRows.known(few, split.test()).length)
        .containsExactlyInAnyOrder(
            IntStream.concat(
                    Arrays.stream(LabelledRows.known(few, split.pretrain())),
                    Arrays.stream(LabelledRows.known(few, split.labelled())))
                .toArray());
    assertThat(LabelledRows.fitted(few, split, /* usesTarget= */ true))
        .isEqualTo(LabelledRows.known(few, split.labelled()));
    assertThat(LabelledRows.fitted(half, split, /* usesTarget= */ false))
        .isEqualTo(LabelledRows.known(half, split.labelled()));
  }
}
