package ai.contexture.optimiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import ai.contexture.training.EarlyStopping;
import ai.contexture.training.Precision;
import ai.contexture.training.TrainingOptions;
import com.google.gson.Gson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  /** One cycle: 1/25 → 1 within 0.05, of which 0.52 is the middle; then 1 → 1/250,000. */
  @ParameterizedTest
  @CsvSource({
    "constant, 0, 1",
    "constant, 0.5, 1",
    "constant, 1, 1",
    "constant(warm-up=0.2), 0, 0.04",
    "constant(warm-up=0.2), 0.1, 0.52",
    "constant(warm-up=0.2), 0.2, 1",
    "cosine, 0, 1",
    "cosine, 0.25, 0.8535533905932737",
    "cosine, 0.5, 0.5",
    "cosine, 1, 0",
    "cosine(warm-up=0.2), 0.6, 0.5",
    "linear, 0, 1",
    "linear, 0.25, 0.75",
    "linear, 1, 0",
    "linear(warm-up=0.05), 0.025, 0.52",
    "linear(warm-up=0.2), 0.4, 0.75",
    "one-cycle, 0, 0.04",
    "one-cycle, 0.025, 0.52",
    "one-cycle, 0.05, 1",
    "one-cycle, 0.525, 0.500002",
    "one-cycle, 1, 0.000004",
    "one-cycle(warm-up=0.3), 0.15, 0.52"
  })
  void factors(String schedule, double progress, double expected) {
    assertThat(Schedule.parse(schedule).factor(progress)).isCloseTo(expected, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-cycle", "linear(warm-up=0.05)", "cosine(warm-up=0.05)"})
  void schedulesAreContinuousAndNeverNegative(String text) {
    Schedule schedule = Schedule.parse(text);
    double before = schedule.factor(0);
    for (int i = 1; i <= 10_000; i++) {
      double factor = schedule.factor(i / 10_000.0);
      assertThat(factor).isBetween(0.0, 1.0).isCloseTo(before, within(4e-3));
      before = factor;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one-cycle | one-cycle",
        "one-cycle(warm-up=0.05) | one-cycle",
        "cosine | cosine",
        "linear(warm-up=0.1) | linear(warm-up=0.1)",
        "one-cycle(warm-up=0) | one-cycle(warm-up=0.0)"
      })
  void theTextOfAScheduleParsesBack(String given, String text) {
    Schedule parsed = Schedule.parse(given);
    assertThat(parsed).hasToString(text).isEqualTo(Schedule.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cosin | unknown schedule 'cosin'; known: constant, cosine, linear, one-cycle (did you mean"
            + " cosine?)",
        "linear(warm-up=1) | linear: expected a warm-up from 0 to less than 1, got warm-up=1.0",
        "linear(warm-up=-1) | linear: warm-up must be a number from 0 to 1, got '-1'",
        "linear(warmup=0.1) | linear: unknown option 'warmup'; known: warm-up (did you mean"
            + " warm-up?)"
      })
  void impossibleSchedulesAreRefused(String text, String message) {
    refused(() -> Schedule.parse(text), message);
  }

  @Test
  void impossibleOptionsAreRefused() {
    TrainingOptions defaults = TrainingOptions.DEFAULT;
    refused(() -> defaults.withSteps(-1), "steps: expected at least 0, got -1");
    refused(() -> defaults.withBatch(1), "batch: expected at least 2, or full, got 1");
    refused(() -> defaults.withBatch(-1), "batch: expected at least 2, or full, got -1");
    refused(() -> defaults.withLearningRate(0), "learning rate: expected above 0, got 0.0");
    refused(
        () -> defaults.withLearningRate(Double.NaN), "learning rate: expected above 0, got NaN");
    refused(() -> defaults.withWeightDecay(-1), "weight decay: expected at least 0, got -1.0");
    refused(() -> defaults.withClip(-1), "clip: expected at least 0, got -1.0");
    refused(() -> defaults.withAccumulate(0), "accumulate: expected from 1 to 10000, got 0");
    refused(
        () -> defaults.withAccumulate(Integer.MAX_VALUE),
        "accumulate: expected from 1 to 10000, got 2147483647");
    refused(
        () -> defaults.withSteps(Integer.MAX_VALUE).withAccumulate(2),
        "accumulate: expected at most 1 for 2147483647 steps, got 2");
    refused(() -> defaults.withAverage(1), "average: expected from 0 to less than 1, got 1.0");
    refused(() -> defaults.withClip(Double.NaN), "clip: expected at least 0, got NaN");
    assertThat(defaults.withBatch(8).withSteps(3).withSeed(5))
        .isEqualTo(
            new TrainingOptions(
                3,
                8,
                1,
                AdamW.DEFAULT,
                1e-3,
                Schedule.ONE_CYCLE,
                0,
                10,
                0,
                Precision.FLOAT32,
                EarlyStopping.NEVER,
                5));
    assertThat(defaults.fullBatch()).isTrue();
    assertThat(defaults.withBatch(8).fullBatch()).isFalse();
  }

  @Test
  void anOptimiserComesWithItsUsualRate() {
    TrainingOptions options = TrainingOptions.DEFAULT.withOptimiser(Muon.DEFAULT);
    assertThat(options.learningRate()).isEqualTo(3e-3);
    assertThat(options.withLearningRate(1).withOptimiser(AdamW.DEFAULT))
        .isEqualTo(TrainingOptions.DEFAULT);
  }

  @Test
  void optionsAreWrittenAsTheirTexts() {
    TrainingOptions options =
        TrainingOptions.DEFAULT
            .withOptimiser(new Muon(0.03, 0.9))
            .withSchedule(Schedule.parse("linear(warm-up=0.05)"));
    String json = new Gson().toJson(options);
    assertThat(json)
        .contains("\"optimiser\":\"muon(rate\\u003d0.03,momentum\\u003d0.9)\"")
        .contains("\"schedule\":\"linear(warm-up\\u003d0.05)\"");
    assertThat(new Gson().fromJson(json, TrainingOptions.class)).isEqualTo(options);
  }

  private static void refused(Runnable made, String message) {
    assertThatThrownBy(made::run).isInstanceOf(InputException.class).hasMessage(message);
  }
}
