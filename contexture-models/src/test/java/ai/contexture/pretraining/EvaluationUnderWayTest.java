package ai.contexture.pretraining;

import static ai.contexture.training.Training.heldElsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Target;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.measure.Alignment;
import ai.contexture.measure.Diagnosis;
import ai.contexture.measure.LinearProbe;
import ai.contexture.optimiser.Schedule;
import ai.contexture.optimiser.Sgd;
import ai.contexture.torch.Torch;
import ai.contexture.training.DivergedException;
import ai.contexture.training.EvaluationReport;
import ai.contexture.training.MeanSquare;
import ai.contexture.training.StepReport;
import ai.contexture.training.Trainer;
import ai.contexture.training.Training;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Measures of a training under way, and warnings while it is young. */
class EvaluationUnderWayTest {

  private static Pretraining prepare(Dataset data, Recipe recipe) {
    return Pretraining.prepare(data, recipe, Device.cpu());
  }

  private static final class Heard implements TrainingListener {

    private final List<String> order = new ArrayList<>();
    private final List<EvaluationReport> reports = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int warnedAt;

    @Override
    public void onStep(StepReport report) {
      order.add("step " + report.step());
    }

    @Override
    public void onEvaluation(EvaluationReport report) {
      order.add("measured " + report.step());
      reports.add(report);
    }

    @Override
    public void onWarning(int step, Diagnosis.Finding finding) {
      warnings.add(finding.toString());
      warnedAt = step;
    }
  }

  @Test
  void measuresComeAfterTheirStep() {
    Heard heard = new Heard();
    try (Pretraining job = prepare(Tables.classes(), Tables.recipe("kise").withSteps(7))) {
      assertThat(job.train(heard, EvaluationSchedule.every(3))).isTrue();
    }
    assertThat(heard.order)
        .containsExactly(
            "step 1",
            "step 2",
            "step 3",
            "measured 3",
            "step 4",
            "step 5",
            "step 6",
            "measured 6",
            "step 7");
    assertThat(heard.reports).extracting(EvaluationReport::seconds).allMatch(s -> s > 0 && s < 60);
  }

  /** Against the measures of a finished training and a probe made by hand. */
  @ParameterizedTest
  @CsvSource({
    "kise, class",
    "kise, value",
    "non-contrastive, class",
    "spectral-contrastive, value"
  })
  void measuresAreThoseOfTheResult(String objective, String target) {
    Dataset data = target.equals("class") ? Tables.classes() : Tables.values();
    try (Pretraining job = prepare(data, Tables.recipe(objective).withSteps(20));
        NDManager scope = NDManager.newBaseManager()) {
      job.train();
      EvaluationReport report = job.evaluate();
      Alignment alignment = job.alignment();
      assertThat(report.step()).isEqualTo(20);
      assertThat(report.cca()).isCloseTo(alignment.cca(), within(1e-6));
      assertThat(report.ratioTrace()).isCloseTo(alignment.ratioTrace(), within(1e-9));
      assertThat(report.effectiveRank()).isCloseTo(alignment.effectiveRank(), within(1e-9));

      int[] labelled = job.split().labelled();
      assertThat(labelled).hasSize(22);
      int[] fitted = Arrays.copyOf(labelled, 14);
      int[] scored = Arrays.copyOfRange(labelled, 14, 22);
      NDArray x = features(job, data, fitted, scope);
      NDArray y = features(job, data, scored, scope);
      Target known = data.target().orElseThrow();
      LinearProbe probe =
          known instanceof Target.Classes classes
              ? LinearProbe.classification(
                  x,
                  ((Target.Classes) known.select(fitted)).codes(),
                  y,
                  ((Target.Classes) known.select(scored)).codes(),
                  classes.classes().size())
              : LinearProbe.regression(
                  x,
                  ((Target.Values) known.select(fitted)).values(),
                  y,
                  ((Target.Values) known.select(scored)).values());
      assertThat(report.probe()).isCloseTo(probe.value(), within(1e-5 * probe.value()));
    }
  }

  private static NDArray features(Pretraining job, Dataset data, int[] rows, NDManager scope) {
    return job.representation()
        .embed(PreparedData.inputs(job.preprocessing(), data.select(rows), scope));
  }

  @Test
  void whatIsNotKnownIsNull() {
    Recipe sampled = Tables.recipe("svme").withContext("scarf").withSteps(3);
    try (Pretraining job = prepare(Tables.withoutTarget(), sampled)) {
      job.train();
      EvaluationReport report = job.evaluate();
      assertThat(report.cca()).isNull();
      assertThat(report.probe()).isNull();
      assertThat(report.ratioTrace()).isPositive();
      assertThat(report.effectiveRank()).isBetween(1.0, 16.0);
    }
  }

  @Test
  void constantOutputsAreMeasured() {
    try (Pretraining job = prepare(Tables.classes(), Tables.recipe("kise"))) {
      job.trainer().encoder().getParameters().forEach(pair -> zero(pair.getValue().getArray()));
      EvaluationReport report = job.evaluate();
      assertThat(report.cca()).isZero();
      assertThat(report.effectiveRank()).isZero();
      assertThat(report.ratioTrace()).isNull();
      assertThat(report.probe()).isNull();
    }
  }

  private static void zero(NDArray array) {
    try (NDArray zeros = array.zerosLike()) {
      Torch.copy(zeros, array);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kise", "non-contrastive"})
  void measuringLeavesNothing(String objective) {
    try (NDManager manager = NDManager.newBaseManager();
        Pretraining job = prepare(Tables.classes(), Tables.recipe(objective))) {
      job.evaluate();
      int held = heldElsewhere(manager);
      for (int i = 0; i < 5; i++) {
        job.evaluate();
      }
      assertThat(heldElsewhere(manager)).isEqualTo(held);
    }
  }

  /** Without a constraint the objective is least at constant features. */
  @ParameterizedTest
  @ValueSource(strings = {"kise", "svme", "non-contrastive"})
  void aCollapseIsSaidWhileTheTrainingIsYoung(String objective) {
    Heard heard = new Heard();
    Recipe recipe =
        Recipe.DEFAULT
            .withObjective(objective)
            .withOrthonormality("none")
            .withEncoder("mlp(width=64,depth=2)")
            .withDimension(8)
            .withSteps(320);
    recipe = recipe.withTraining(recipe.training().withBatch(128).withLearningRate(1e-2));
    try (Pretraining job = prepare(Dataset.digits(), recipe)) {
      job.trainer().train(80, heard);
    }
    assertThat(heard.warnings).hasSize(1);
    assertThat(heard.warnings.get(0))
        .startsWith("dimension collapsed: ")
        .contains("(standard deviation) and varied by 0.", "whitening keeps them apart");
    assertThat(heard.warnedAt).isLessThanOrEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({
    "kise, whitening",
    "kise, vicreg",
    "kise, frobenius",
    "svme, whitening",
    "non-contrastive, whitening",
    "spectral-contrastive, ''"
  })
  void aSoundTrainingIsNotWarnedOf(String objective, String orthonormality) {
    Heard heard = new Heard();
    Recipe recipe = Tables.recipe(objective).withOrthonormality(orthonormality).withSteps(320);
    try (Pretraining job = prepare(Tables.classes(), recipe)) {
      job.train(heard);
    }
    assertThat(heard.warnings).isEmpty();
  }

  /** Gradient descent on a quadratic function with steps that are twice too long. */
  @Test
  void aDivergenceIsSaidBeforeTheNumbersAreInfinite() {
    Heard heard = new Heard();
    TrainingOptions options =
        Training.options(200, 0)
            .withOptimiser(new Sgd(0))
            .withLearningRate(6)
            .withWeightDecay(0)
            .withClip(0)
            .withSchedule(Schedule.parse("constant"));
    try (NDManager manager = NDManager.newBaseManager();
        Trainer<KnnContext> trainer =
            new Trainer<>(
                Training.context(manager),
                new MeanSquare(),
                EncoderFactory.parse("linear"),
                Training.OUTPUTS,
                options)) {
      assertThatThrownBy(() -> trainer.train(200, heard)).isInstanceOf(DivergedException.class);
    }
    assertThat(heard.warnings).hasSizeBetween(1, 2);
    assertThat(heard.warnings.get(0))
        .startsWith("training diverged: the loss is ")
        .endsWith("at the start; a lower learning rate may help");
  }
}
