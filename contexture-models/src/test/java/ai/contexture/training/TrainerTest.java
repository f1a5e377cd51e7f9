package ai.contexture.training;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.training.Training.assertSame;
import static ai.contexture.training.Training.context;
import static ai.contexture.training.Training.held;
import static ai.contexture.training.Training.heldElsewhere;
import static ai.contexture.training.Training.options;
import static ai.contexture.training.Training.state;
import static ai.contexture.training.Training.trainer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Context;
import ai.contexture.context.KnnContext;
import ai.contexture.encoder.Activation;
import ai.contexture.encoder.Mlp;
import ai.contexture.input.InputException;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Loss;
import ai.contexture.objective.Need;
import ai.contexture.objective.NonContrastive;
import ai.contexture.objective.Objective;
import ai.contexture.objective.SpectralContrastive;
import ai.contexture.objective.Step;
import ai.contexture.objective.Svme;
import ai.contexture.objective.Variable;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Schedule;
import ai.contexture.optimiser.Sgd;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

  private static final int STEPS = 24;

  private final NDManager manager = NDManager.newBaseManager();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    manager.close();
  }

  /** One objective, on all points or on a batch of them. */
  record Case(Objective<? super KnnContext> objective, int batch) {}

  static List<Case> cases() {
    return Training.objectives().stream()
        .flatMap(objective -> List.of(new Case(objective, 0), new Case(objective, 9)).stream())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "muon"})
  void everyOptimiserContinuesBitForBit(String text) throws IOException {
    TrainingOptions options = options(STEPS, 9).withOptimiser(Optimiser.parse(text));
    Map<String, double[]> uninterrupted;
    Path file = folder.resolve("at13.npz");
    try (var trainer = trainer(manager, new Svme(), options)) {
      Map<String, double[]> start = state(trainer);
      trainer.train(13, TrainingListener.NONE);
      trainer.checkpoint(file);
      trainer.train(STEPS, TrainingListener.NONE);
      uninterrupted = state(trainer);
      uninterrupted.forEach(
          (name, values) -> {
            if (!name.contains("output_bias")) {
              assertThat(values).as(name).isNotEqualTo(start.get(name));
            }
          });
    }
    try (var trainer = trainer(manager, new Svme(), options)) {
      trainer.train(3, TrainingListener.NONE);
      trainer.restore(file);
      trainer.train(STEPS, TrainingListener.NONE);
      assertSame(state(trainer), uninterrupted);
    }
    Path other = checkpoint(new Svme(), 8);
    try (var trainer = trainer(manager, new Svme(), options)) {
      assertThatThrownBy(() -> trainer.restore(other))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("/velocity of shape")
          .hasMessageEndingWith("got none");
    }
  }

  /** Hears reports and questions, and stops after a number of steps. */
  private static final class Heard implements TrainingListener {

    private final int stopAt;
    private final List<StepReport> reports = new ArrayList<>();
    private final List<Integer> asked = new ArrayList<>();

    Heard(int stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void onStep(StepReport report) {
      reports.add(report);
    }

    @Override
    public boolean shouldContinue(int step) {
      asked.add(step);
      return step < stopAt;
    }

    List<Integer> steps() {
      return reports.stream().map(StepReport::step).toList();
    }
  }

  private static List<Integer> range(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private Map<String, double[]> trained(Case of, int steps) throws IOException {
    try (var trainer = trainer(manager, of.objective(), options(STEPS, of.batch()))) {
      assertThat(trainer.train(steps, TrainingListener.NONE)).isTrue();
      return state(trainer);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aSeedGivesTheSameBits(Case of) throws IOException {
    Map<String, double[]> first = trained(of, STEPS);
    assertSame(trained(of, STEPS), first);
    TrainingOptions other = options(STEPS, of.batch()).withSeed(4);
    try (var trainer = trainer(manager, of.objective(), other)) {
      trainer.train(STEPS, TrainingListener.NONE);
      assertThat(state(trainer).values()).doesNotContain(first.values().iterator().next());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aCheckpointContinuesBitForBit(Case of) throws IOException {
    Map<String, double[]> uninterrupted = trained(of, STEPS);
    Path file = folder.resolve("at13.npz");
    try (var trainer = trainer(manager, of.objective(), options(STEPS, of.batch()))) {
      trainer.train(13, TrainingListener.NONE);
      trainer.checkpoint(file);
    }
    try (var trainer = trainer(manager, of.objective(), options(STEPS, of.batch()))) {
      trainer.train(3, TrainingListener.NONE); // what it did before must not matter
      trainer.restore(file);
      assertThat(trainer.finishedSteps()).isEqualTo(13);
      trainer.train(STEPS, TrainingListener.NONE);
      assertSame(state(trainer), uninterrupted);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyParameterIsTrained(Case of) throws IOException {
    try (var trainer = trainer(manager, of.objective(), options(STEPS, of.batch()))) {
      Map<String, double[]> before = state(trainer);
      trainer.train(2, TrainingListener.NONE);
      Map<String, double[]> after = state(trainer);
      assertThat(after.keySet()).isEqualTo(before.keySet());
      after.forEach(
          (name, values) -> {
            // whitening and centring leave no gradient in the last bias
            if (!name.contains("output_bias")) {
              assertThat(values).as(name).isNotEqualTo(before.get(name));
            }
          });
      int encoders = of.objective().encoders().size();
      // and the steps of the optimiser, the step and the watch
      assertThat(after).hasSize(encoders * 6 * 3 + 3);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void arraysStayConstantOverSteps(Case of) {
    try (var trainer = trainer(manager, of.objective(), options(320, of.batch()))) {
      trainer.train(20, TrainingListener.NONE);
      int own = held(manager);
      int elsewhere = heldElsewhere(manager);
      trainer.train(320, TrainingListener.NONE);
      assertThat(trainer.finishedSteps()).isEqualTo(320);
      assertThat(held(manager)).isEqualTo(own);
      assertThat(heldElsewhere(manager)).isEqualTo(elsewhere);
    }
  }

  @Test
  void closingLeavesNothing() throws IOException {
    KnnContext context = context(manager);
    leavesNothing(context); // operators are loaded when they are first used, and stay
    int elsewhere = heldElsewhere(manager);
    leavesNothing(context);
    assertThat(heldElsewhere(manager)).isEqualTo(elsewhere);
  }

  private void leavesNothing(KnnContext context) throws IOException {
    int before = held(manager);
    for (Objective<? super KnnContext> objective : Training.objectives()) {
      try (Trainer<KnnContext> trainer =
          new Trainer<>(context, objective, Training.ENCODER, 4, options(STEPS, 9))) {
        trainer.train(12, TrainingListener.NONE);
        trainer.checkpoint(folder.resolve("state"));
        trainer.restore(folder.resolve("state"));
        int open = held(manager);
        trainer.outputs(manager).close();
        assertThat(held(manager)).as("after outputs").isEqualTo(open);
      }
      assertThat(held(manager)).as(objective.toString()).isEqualTo(before);
    }
  }

  /**
   * Gradient mode is per thread. A step that the engine records corrupts memory, so a training in a
   * thread of its own, where the mode is on, must make the same bits.
   */
  @Test
  void anotherThreadMakesTheSameBits() throws Exception {
    Case of = new Case(new Kise(), 9);
    Map<String, double[]> here = trained(of, STEPS);
    List<Map<String, double[]>> there = new ArrayList<>();
    boolean[] mode = new boolean[1];
    Thread thread =
        new Thread(
            () -> {
              mode[0] = JniUtils.isGradMode();
              try {
                there.add(trained(of, STEPS));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    thread.start();
    thread.join();
    assertThat(mode[0]).isTrue();
    assertThat(there).hasSize(1);
    assertSame(there.get(0), here);
  }

  /** Weights and terms of two batches of all points, by an objective that draws nothing. */
  @Test
  void equalBatchesAccumulateToOne() throws IOException {
    Map<String, double[]> expected = trained(new Case(new Kise(), 0), 4);
    try (var trainer = trainer(manager, new Kise(), options(STEPS, 0).withAccumulate(2))) {
      trainer.train(4, TrainingListener.NONE);
      state(trainer).forEach((name, values) -> assertClose(name, values, expected.get(name), 1e-5));
    }
  }

  @Test
  void accumulatedGradientsAreThoseOfTheMean() throws IOException {
    TrainingOptions sgd =
        options(STEPS, 0).withOptimiser(new Sgd(0)).withWeightDecay(0).withClip(0);
    Heard whole = new Heard(1);
    Heard parts = new Heard(1);
    Map<String, double[]> expected;
    try (var trainer = trainer(manager, new MeanSquare(), sgd)) {
      trainer.train(1, whole);
      expected = state(trainer);
    }
    // an epoch of 24 points in two batches of 12
    try (var trainer = trainer(manager, new MeanSquare(), sgd.withBatch(12).withAccumulate(2))) {
      trainer.train(1, parts);
      state(trainer).forEach((name, values) -> assertClose(name, values, expected.get(name), 1e-6));
      assertThat(parts.reports.get(0).terms().get("square"))
          .isCloseTo(whole.reports.get(0).terms().get("square"), within(1e-6));
    }
  }

  /** θ̄_t = m_t θ̄_{t−1} + (1 − m_t) θ_t with m_t = min(m, t / (t + 9)). */
  @Test
  void averagedEncodersTakeTheirPlace() throws IOException {
    TrainingOptions options = options(STEPS, 9).withAverage(0.3);
    Path file = folder.resolve("averaged");
    Map<String, double[]> uninterrupted;
    try (var trainer = trainer(manager, new Kise(), options)) {
      String name = "phi/hidden1_weight";
      double[] mean = state(trainer).get("smoothed/" + name);
      assertThat(mean).isEqualTo(state(trainer).get(name));
      for (int t = 1; t <= 6; t++) {
        trainer.train(t, TrainingListener.NONE);
        double[] now = state(trainer).get(name);
        double kept = Math.min(0.3, t / (t + 9.0));
        for (int i = 0; i < mean.length; i++) {
          mean[i] = kept * mean[i] + (1 - kept) * now[i];
        }
        assertClose("average", state(trainer).get("smoothed/" + name), mean, 1e-6);
      }
      double[] used =
          trainer
              .encoder()
              .getParameters()
              .get("hidden1_weight")
              .getArray()
              .toType(DataType.FLOAT64, true)
              .toDoubleArray();
      assertThat(used).isEqualTo(state(trainer).get("smoothed/" + name));
      trainer.checkpoint(file);
      trainer.train(STEPS, TrainingListener.NONE);
      uninterrupted = state(trainer);
    }
    try (var trainer = trainer(manager, new Kise(), options)) {
      trainer.restore(file);
      trainer.train(STEPS, TrainingListener.NONE);
      assertSame(state(trainer), uninterrupted);
    }
  }

  @Test
  void reportsComeInOrderAndOnce() {
    Heard heard = new Heard(Integer.MAX_VALUE);
    try (var trainer = trainer(manager, new Svme(), options(STEPS, 0))) {
      assertThat(trainer.train(STEPS, heard)).isTrue();
      assertThat(trainer.finishedSteps()).isEqualTo(STEPS);
    }
    assertThat(heard.steps()).isEqualTo(range(1, STEPS));
    assertThat(heard.asked).isEqualTo(range(0, STEPS));
    for (StepReport report : heard.reports) {
      assertThat(report.terms().keySet()).containsExactly("norm", "association", "prediction");
      double sum = report.terms().values().stream().mapToDouble(Double::doubleValue).sum();
      assertThat(report.loss()).isCloseTo(sum, within(1e-12));
      double progress = (report.step() - 1.0) / STEPS;
      assertThat(report.learningRate()).isEqualTo(1e-2 * Schedule.ONE_CYCLE.factor(progress));
      assertThat(report.gradientNorm()).isPositive().isFinite();
    }
  }

  @Test
  void aListenerStopsAndTrainingResumes() throws IOException {
    Map<String, double[]> uninterrupted = trained(new Case(new Kise(), 9), STEPS);
    Heard stops = new Heard(5);
    Heard resumes = new Heard(Integer.MAX_VALUE);
    try (var trainer = trainer(manager, new Kise(), options(STEPS, 9))) {
      assertThat(trainer.train(STEPS, stops)).isFalse();
      assertThat(trainer.finishedSteps()).isEqualTo(5);
      assertThat(stops.steps()).isEqualTo(range(1, 5));
      assertThat(trainer.train(17, resumes)).isTrue();
      assertThat(trainer.finishedSteps()).isEqualTo(17);
      assertThat(trainer.train(STEPS + 100, resumes)).isTrue();
      assertThat(trainer.finishedSteps()).isEqualTo(STEPS);
      assertThat(resumes.steps()).isEqualTo(range(6, STEPS));
      assertSame(state(trainer), uninterrupted);
    }
  }

  @Test
  void lossesFall() {
    for (Objective<? super KnnContext> objective : Training.objectives()) {
      Heard heard = new Heard(Integer.MAX_VALUE);
      try (var trainer = trainer(manager, objective, options(150, 0))) {
        trainer.train(150, heard);
      }
      assertThat(meanLoss(heard.reports.subList(130, 150)))
          .as(objective.toString())
          .isLessThan(meanLoss(heard.reports.subList(0, 20)));
    }
  }

  private static double meanLoss(List<StepReport> reports) {
    return reports.stream().mapToDouble(StepReport::loss).average().orElseThrow();
  }

  /** Gives a number that is not finite, or a failure, at one step. */
  private static final class Bad implements Objective<Context> {

    private final int at;
    private final boolean fails;
    private int calls;

    Bad(int at, boolean fails) {
      this.at = at;
      this.fails = fails;
    }

    @Override
    public String name() {
      return "bad";
    }

    @Override
    public Need<Context> needs() {
      return Need.ANY;
    }

    @Override
    public Set<Variable> encoders() {
      return EnumSet.of(Variable.INPUT);
    }

    @Override
    public Loss loss(Step<? extends Context> step) {
      NDArray z = step.phi();
      calls++;
      if (calls == at && fails) {
        throw new ArithmeticException("no factor");
      }
      NDArray bad = Torch.times(z.sum(), calls == at ? Double.NaN : 1);
      return Loss.of("good", z.square().mean()).plus("bad", bad);
    }
  }

  @Test
  void aTermThatIsNotFiniteIsNamed() {
    Heard heard = new Heard(Integer.MAX_VALUE);
    try (var trainer = trainer(manager, new Bad(7, false), options(STEPS, 0))) {
      assertThatThrownBy(() -> trainer.train(STEPS, heard))
          .isInstanceOf(DivergedException.class)
          .hasMessage(
              "training stopped at step 7: the term 'bad' is NaN; a lower learning rate than 0.01"
                  + " may help");
    }
    assertThat(heard.steps()).isEqualTo(range(1, 6));
  }

  @Test
  void aStepThatFailsIsNamedAfterTheReportsBeforeIt() {
    int before = held(manager);
    Heard heard = new Heard(Integer.MAX_VALUE);
    try (var trainer = trainer(manager, new Bad(7, true), options(STEPS, 0))) {
      assertThatThrownBy(() -> trainer.train(STEPS, heard))
          .isInstanceOf(DivergedException.class)
          .hasMessage(
              "training stopped at step 7: no factor; a lower learning rate than 0.01 may help")
          .hasCauseInstanceOf(ArithmeticException.class);
      assertThat(trainer.finishedSteps()).isEqualTo(6);
    }
    assertThat(heard.steps()).isEqualTo(range(1, 6));
    assertThat(held(manager)).isGreaterThan(before);
  }

  /** At a rate of 1000 the network is far off at once, but tanh keeps its numbers finite. */
  @Test
  void afterAFailureAnotherTrainingWorks() throws IOException {
    Map<String, double[]> expected = trained(new Case(new Kise(), 0), STEPS);
    try (var trainer = trainer(manager, new Bad(3, true), options(STEPS, 0))) {
      assertThatThrownBy(() -> trainer.train(STEPS, TrainingListener.NONE))
          .isInstanceOf(DivergedException.class);
      assertSame(trained(new Case(new Kise(), 0), STEPS), expected);
    }
  }

  @Test
  void tooLargeABatchIsRefused() {
    assertThatThrownBy(() -> trainer(manager, new Kise(), options(STEPS, 25)))
        .isInstanceOf(InputException.class)
        .hasMessage("batch: expected at most 24 (the pretraining rows), got 25");
  }

  @Test
  void outputsOfAnEncoderOnInputs() {
    try (var trainer = trainer(manager, new Kise(), options(STEPS, 0))) {
      trainer.train(3, TrainingListener.NONE);
      NDArray rows = trainer.context().points().rows();
      NDArray direct =
          trainer
              .encoder()
              .forward(new ParameterStore(manager, false), new NDList(rows), false)
              .singletonOrThrow();
      NDArray outputs = trainer.outputs(manager);
      assertThat(outputs.getShape()).isEqualTo(new Shape(Training.POINTS, Training.OUTPUTS));
      assertThat(outputs.getManager()).isSameAs(manager);
      assertThat(outputs.hasGradient()).isFalse();
      assertThat(outputs.toFloatArray()).isEqualTo(direct.toFloatArray());
    }
  }

  /** TΨ by the operator's own rows: the mean of Ψ over the 5 neighbours. */
  @Test
  void outputsOfAnEncoderOnContextsAreItsAverages() {
    for (Objective<? super KnnContext> objective :
        List.<Objective<? super KnnContext>>of(new NonContrastive(), new SpectralContrastive())) {
      try (var trainer = trainer(manager, objective, options(STEPS, 0))) {
        trainer.train(3, TrainingListener.NONE);
        KnnContext context = trainer.context();
        double[] psi =
            trainer
                .encoder()
                .forward(
                    new ParameterStore(manager, false),
                    new NDList(context.contexts().rows()),
                    false)
                .singletonOrThrow()
                .toType(DataType.FLOAT64, true)
                .toDoubleArray();
        long[] near = context.neighbours().toLongArray();
        double[] expected = new double[psi.length];
        for (int i = 0; i < near.length; i++) {
          for (int j = 0; j < Training.OUTPUTS; j++) {
            expected[i / 5 * Training.OUTPUTS + j] += psi[(int) near[i] * Training.OUTPUTS + j] / 5;
          }
        }
        NDArray outputs = trainer.outputs(manager);
        assertThat(outputs.getManager()).isSameAs(manager);
        assertClose("TΨ", outputs.toType(DataType.FLOAT64, true).toDoubleArray(), expected, 1e-6);
      }
    }
  }

  private Path checkpoint(Objective<? super KnnContext> objective, int width) throws IOException {
    Path file = folder.resolve("other-" + width);
    KnnContext context = context(manager);
    Mlp.Options encoder = new Mlp.Options(width, 2, Activation.TANH, true);
    try (Trainer<KnnContext> trainer =
        new Trainer<>(context, objective, encoder, Training.OUTPUTS, options(STEPS, 0))) {
      trainer.train(2, TrainingListener.NONE);
      trainer.checkpoint(file);
    }
    return file;
  }

  @Test
  void checkpointsOfOtherTrainingsAreRefused() throws IOException {
    assertRefused(checkpoint(new Kise(), 9), "expected phi/");
    assertRefused(checkpoint(new NonContrastive(), 8), "expected phi/");
  }

  @Test
  void damagedCheckpointsAreRefused() throws IOException {
    Path whole = checkpoint(new Kise(), 8);
    byte[] bytes = Files.readAllBytes(whole);
    for (int length : new int[] {0, 1, 10, 100, bytes.length / 2, bytes.length / 2 + 77}) {
      Path cut = folder.resolve("cut-" + length);
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertRefused(cut, "");
    }
    Path text = folder.resolve("text");
    Files.writeString(text, "not a checkpoint\n".repeat(20));
    assertRefused(text, "");
    for (String missing : new String[] {"step", "phi/hidden1_weight/mean", "phi/output_bias"}) {
      Path without = folder.resolve("without-" + missing.replace('/', '-'));
      rewrite(whole, without, missing);
      assertRefused(without, "");
    }
  }

  /** Headers that promise more or other than is expected, which DJL would take memory for. */
  @Test
  void checkpointsWhoseArraysLieAreRefused() throws IOException {
    Path whole = checkpoint(new Kise(), 8);
    String bias = "phi/output_bias";
    for (String[] lie :
        new String[][] {
          {"'shape': (", "'shape': (99999999999, 99999999999, ", "expected " + bias + " of shape"},
          {"'shape': (", "'shape': (-", bias + ": expected a shape"},
          {"'descr': '<f4'", "'descr': '<f8'", bias + ": expected numbers of type <f4 in C order"},
          {"False", "True ", bias + ": expected numbers of type <f4 in C order"},
          {"NUMPY", "numpy", bias + ": expected an array as numpy.save writes it"},
          {"{'descr'", "{'other'", bias + ": expected a type"},
        }) {
      Path changed = folder.resolve("changed");
      rewrite(whole, changed, bias, lie[0], lie[1]);
      assertRefused(changed, lie[2]);
    }
    Path longer = folder.resolve("longer");
    rewrite(whole, longer, bias, "\n", "\n" + "0".repeat(4 << 20));
    assertRefused(longer, bias + ": expected ");
  }

  /** Copies a checkpoint with the first of such bytes of one of its arrays replaced by others. */
  private static void rewrite(Path from, Path to, String name, String before, String after)
      throws IOException {
    try (ZipFile whole = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : Collections.list(whole.entries())) {
        byte[] bytes = whole.getInputStream(entry).readAllBytes();
        if (entry.getName().equals(name + ".npy")) {
          String text = new String(bytes, StandardCharsets.ISO_8859_1);
          assertThat(text).contains(before);
          int at = text.indexOf(before);
          String changed = text.substring(0, at) + after + text.substring(at + before.length());
          bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(bytes);
        out.closeEntry();
      }
    }
  }

  /** A bit of a parameter that is not the one that was written. */
  @Test
  void aFlippedBitIsFound() throws IOException {
    Path whole = checkpoint(new Kise(), 8);
    byte[] bytes = Files.readAllBytes(whole);
    for (int at = 0; at < bytes.length; at += bytes.length / 40) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 4;
      Path file = Files.write(folder.resolve("flipped"), flipped);
      try (var trainer = trainer(manager, new Kise(), options(STEPS, 0))) {
        trainer.restore(file);
        flipped[at] ^= 4; // where nothing looks: names and times that stand twice
        Files.write(file, flipped);
        Map<String, double[]> got = state(trainer);
        trainer.restore(file);
        assertSame(state(trainer), got);
      } catch (InputException e) {
        assertThat(e).hasMessageStartingWith(file + ": ").hasMessageNotContaining("\n");
      }
    }
  }

  private void rewrite(Path from, Path to, String without) throws IOException {
    try (NDManager scope = NDManager.newBaseManager();
        var in = Files.newInputStream(from);
        OutputStream out = Files.newOutputStream(to)) {
      NDList kept = new NDList();
      for (NDArray array : NDList.decode(scope, in)) {
        if (!array.getName().equals(without)) {
          kept.add(array);
        }
      }
      kept.encode(out, NDList.Encoding.NPZ);
    }
  }

  /** A training that refused a checkpoint goes on as if it had not seen it. */
  private void assertRefused(Path file, String message) throws IOException {
    try (var trainer = trainer(manager, new Kise(), options(STEPS, 0))) {
      trainer.train(1, TrainingListener.NONE);
      Map<String, double[]> before = state(trainer);
      assertThatThrownBy(() -> trainer.restore(file))
          .as(file.getFileName().toString())
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": " + message)
          .hasMessageNotContaining("\n");
      assertSame(state(trainer), before);
      assertThat(trainer.finishedSteps()).isEqualTo(1);
    }
  }
}
