package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

  /** One cycle: 1/25 → 1 within 0.05, of which 0.52 is the middle; then 1 → 1/250,000. */
  @ParameterizedTest
  @CsvSource({
    "CONSTANT, 0, 1",
    "CONSTANT, 0.5, 1",
    "CONSTANT, 1, 1",
    "COSINE, 0, 1",
    "COSINE, 0.25, 0.8535533905932737",
    "COSINE, 0.5, 0.5",
    "COSINE, 1, 0",
    "ONE_CYCLE, 0, 0.04",
    "ONE_CYCLE, 0.025, 0.52",
    "ONE_CYCLE, 0.05, 1",
    "ONE_CYCLE, 0.525, 0.500002",
    "ONE_CYCLE, 1, 0.000004"
  })
  void factors(Schedule schedule, double progress, double expected) {
    assertThat(schedule.factor(progress)).isCloseTo(expected, within(1e-15));
  }

  @Test
  void oneCycleIsContinuousAndNeverNegative() {
    double before = Schedule.ONE_CYCLE.factor(0);
    for (int i = 1; i <= 10_000; i++) {
      double factor = Schedule.ONE_CYCLE.factor(i / 10_000.0);
      assertThat(factor).isBetween(0.0, 1.0).isCloseTo(before, within(4e-3));
      before = factor;
    }
  }

  @Test
  void impossibleOptionsAreRefused() {
    TrainingOptions usual = TrainingOptions.DEFAULT;
    refused(() -> usual.withSteps(0), "steps: expected at least 1, got 0");
    refused(() -> usual.withBatch(1), "batch: expected at least 2, or full, got 1");
    refused(() -> usual.withBatch(-1), "batch: expected at least 2, or full, got -1");
    refused(() -> options(0, 0, 0), "learning rate: expected above 0, got 0.0");
    refused(() -> options(Double.NaN, 0, 0), "learning rate: expected above 0, got NaN");
    refused(() -> options(1, -1, 0), "weight decay: expected at least 0, got -1.0");
    refused(() -> options(1, 0, -1), "clip: expected at least 0, got -1.0");
    refused(() -> options(1, 0, Double.NaN), "clip: expected at least 0, got NaN");
    assertThat(usual.withBatch(8).withSteps(3).withSeed(5))
        .isEqualTo(new TrainingOptions(3, 8, 1e-3, Schedule.ONE_CYCLE, 0, 10, 5));
    assertThat(usual.fullBatch()).isTrue();
    assertThat(usual.withBatch(8).fullBatch()).isFalse();
  }

  private static TrainingOptions options(double rate, double decay, double clip) {
    return new TrainingOptions(10, 0, rate, Schedule.CONSTANT, decay, clip, 0);
  }

  private static void refused(Runnable made, String message) {
    assertThatThrownBy(made::run).isInstanceOf(InputException.class).hasMessage(message);
  }
}
