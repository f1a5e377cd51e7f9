package ai.contexture.training;

import static ai.contexture.training.Training.assertSame;
import static ai.contexture.training.Training.heldElsewhere;
import static ai.contexture.training.Training.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.objective.Variable;
import ai.contexture.optimiser.Schedule;
import ai.contexture.pretraining.Parts;
import ai.contexture.pretraining.Placement;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.pretraining.Tables;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyStoppingTest {

  private static final Dataset DATA = Tables.classes();

  @TempDir private Path folder;

  private static final class Heard implements TrainingListener {

    private final List<ValidationReport> reports = new ArrayList<>();
    private int lastStep;

    @Override
    public void onStep(StepReport report) {
      lastStep = report.step();
    }

    @Override
    public void onValidation(ValidationReport report) {
      assertThat(report.step()).as("comes after the step").isEqualTo(lastStep);
      reports.add(report);
    }
  }

  /** 105 rows, of which 21 are held out. */
  private static Recipe recipe(String objective, EarlyStopping stopping) {
    Recipe recipe = Tables.recipe(objective).withSteps(400);
    TrainingOptions training = recipe.training().withStopping(stopping);
    return recipe.withTraining(training.withSchedule(Schedule.parse("constant")));
  }

  private static Pretraining prepare(Recipe recipe) {
    return Pretraining.prepare(DATA, recipe, Device.cpu());
  }

  @Test
  void heldOutRowsAreInNoOtherPart() {
    try (Pretraining job = prepare(recipe("kise", new EarlyStopping(0.2, 5, 3)))) {
      int[] heldOut = PreparedData.heldOut(DATA, job.recipe());
      assertThat(heldOut).hasSize(21);
      assertThat(job.heldOut()).isEqualTo(21);
      assertThat(job.split().pretrain()).hasSize(84);
      assertThat(job.context().points().size()).isEqualTo(84);
      Set<Integer> all = new HashSet<>();
      for (int[] part :
          List.of(heldOut, job.split().pretrain(), job.split().labelled(), job.split().test())) {
        Arrays.stream(part).forEach(all::add);
      }
      assertThat(all).hasSize(DATA.rows());
      assertThat(job.outputs()).isEqualTo(10);
    }
  }

  /** A training of so many steps, as it was before, makes the same functions. */
  @ParameterizedTest
  @CsvSource({"kise, 0", "svme, 0", "kise, 0.9"})
  void theBestWeightsAreKept(String objective, double average) {
    Recipe recipe = recipe(objective, new EarlyStopping(0.2, 5, 4));
    recipe = recipe.withTraining(recipe.training().withAverage(average).withLearningRate(0.03));
    Heard heard = new Heard();
    ValidationReport last;
    Matrix features;
    try (Pretraining job = prepare(recipe)) {
      assertThat(job.train(heard)).isTrue();
      last = heard.reports.get(heard.reports.size() - 1);
      assertThat(job.trainer().finishedSteps()).isEqualTo(last.step()).isLessThan(400);
      assertThat(job.trainer().validated()).contains(last);
      features = job.representation().embed(DATA.features());
      assertThat(job.train(TrainingListener.NONE)).isTrue();
      assertThat(job.trainer().finishedSteps()).as("nothing is left").isEqualTo(last.step());
    }
    assertThat(heard.reports)
        .extracting(ValidationReport::step)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, last.step() / 5).map(i -> 5 * i).boxed().toList());
    ValidationReport best =
        heard.reports.stream().min(Comparator.comparing(ValidationReport::loss)).orElseThrow();
    assertThat(last.bestStep()).isEqualTo(best.step());
    assertThat(last.bestLoss()).isEqualTo(best.loss());
    assertThat(last.step()).isEqualTo(best.step() + 4 * 5);
    assertThat(heard.reports).filteredOn(ValidationReport::stops).containsExactly(last);
    try (Pretraining job = prepare(recipe)) {
      job.trainer().train(best.step(), TrainingListener.NONE);
      assertThat(job.representation().embed(DATA.features())).isEqualTo(features);
      job.trainer().train(last.step() - 1, TrainingListener.NONE);
      assertThat(job.representation().embed(DATA.features())).isNotEqualTo(features);
    }
  }

  /** What is drawn and kept during a look, such as running moments, is its own. */
  @ParameterizedTest
  @ValueSource(strings = {"kise", "svme", "byol"})
  void lookingDoesNotChangeTheTraining(String objective) throws IOException {
    List<Map<String, double[]>> states = new ArrayList<>();
    for (int every : new int[] {1, 100}) {
      Recipe recipe =
          recipe(objective, new EarlyStopping(0.2, every, 1000))
              .withOrthonormality(objective.equals("byol") ? "" : "whitening(momentum=0.9)")
              .withEncoder("mlp(width=16,depth=2,dropout=0.2,norm=batch)");
      recipe = recipe.withTraining(recipe.training().withBatch(21));
      try (Pretraining job = prepare(recipe)) {
        job.trainer().train(30, TrainingListener.NONE);
        Map<String, double[]> state = new TreeMap<>(state(job.trainer()));
        state.keySet().removeIf(name -> name.startsWith("best") || name.equals("validation"));
        states.add(state);
      }
    }
    assertSame(states.get(0), states.get(1));
  }

  @Test
  void aCheckpointRemembersTheBest() throws IOException {
    Recipe recipe = recipe("kise", new EarlyStopping(0.2, 5, 4));
    recipe = recipe.withTraining(recipe.training().withLearningRate(0.03));
    Path file = folder.resolve("checkpoint");
    Heard whole = new Heard();
    Map<String, double[]> expected;
    try (Pretraining job = prepare(recipe)) {
      job.train(whole);
      expected = state(job.trainer());
    }
    int end = whole.reports.get(whole.reports.size() - 1).step();
    for (int stop : new int[] {end - 7, end}) {
      try (Pretraining job = prepare(recipe)) {
        job.trainer().train(stop, TrainingListener.NONE);
        job.checkpoint(file);
      }
      Heard rest = new Heard();
      try (Pretraining job = prepare(recipe)) {
        job.restore(file);
        assertThat(job.trainer().isComplete()).isEqualTo(stop == end);
        job.train(rest);
        assertThat(job.trainer().finishedSteps()).isEqualTo(end);
        assertSame(state(job.trainer()), expected);
      }
      assertThat(rest.reports)
          .isEqualTo(whole.reports.stream().filter(report -> report.step() > stop).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void theValueIsThatOfTheHeldOutRows(int batch) {
    Recipe recipe = recipe("kise", new EarlyStopping(0.4, 3, 3)).withOutputs(4);
    recipe = recipe.withTraining(recipe.training().withBatch(batch));
    Heard heard = new Heard();
    try (Pretraining job =
            Pretraining.prepare(
                DATA,
                recipe,
                new Parts(
                    Contexts.parse(recipe.context()),
                    new MeanSquare(),
                    EncoderFactory.parse(recipe.encoder())),
                Placement.on(Device.cpu()));
        NDManager scope = NDManager.newBaseManager()) {
      job.trainer().train(3, heard);
      int[] rows = PreparedData.heldOut(DATA, job.recipe());
      assertThat(rows).hasSize(42);
      NDArray inputs = PreparedData.inputs(job.preprocessing(), DATA.select(rows), scope);
      NDArray outputs = job.trainer().encode(Variable.INPUT, inputs, scope);
      double mean = outputs.toType(DataType.FLOAT64, true).square().mean().toDoubleArray()[0];
      assertThat(heard.reports).hasSize(1);
      assertThat(heard.reports.get(0).loss()).isCloseTo(mean, within(1e-6 * mean));
    }
  }

  @Test
  void arraysStayConstant() {
    try (NDManager manager = NDManager.newBaseManager();
        Pretraining job = prepare(recipe("svme", new EarlyStopping(0.2, 2, 1000)))) {
      job.trainer().train(20, TrainingListener.NONE);
      int before = heldElsewhere(manager);
      job.trainer().train(100, TrainingListener.NONE);
      assertThat(heldElsewhere(manager)).isEqualTo(before);
    }
  }

  private static void refused(Recipe recipe, String message) {
    assertThatThrownBy(() -> prepare(recipe))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("early stopping: ");
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    EarlyStopping stopping = new EarlyStopping(0.2, 0, 10);
    refused(
        recipe("kise", stopping).withContext("label"),
        "context label only knows the rows it was fitted to, so that the objective has no value on"
            + " held-out ones; train without it");
    refused(
        recipe("kise", stopping).withOutputs(12),
        "expected at least 24 rows to validate on, twice the 12 outputs of the encoder, got 21;"
            + " hold out more of the rows or ask for fewer outputs");
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> new EarlyStopping(1, 0, 3))
        .hasMessage("hold-out: expected from 0 to less than 1, got 1.0");
    assertThatThrownBy(() -> new EarlyStopping(Double.NaN, 0, 3))
        .isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new EarlyStopping(0.1, -1, 3)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new EarlyStopping(0.1, 0, 0))
        .hasMessage("patience: expected at least 1, got 0");
    assertThat(new EarlyStopping(0.1, 0, 3).every(375)).isEqualTo(8);
    assertThat(new EarlyStopping(0.1, 4, 3).every(375)).isEqualTo(4);
  }
}
