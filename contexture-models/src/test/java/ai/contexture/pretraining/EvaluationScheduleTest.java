package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationScheduleTest {

  /** The steps that are measured, where steps and measures take a known time. */
  private static List<Integer> measured(
      EvaluationSchedule evaluations, int steps, double step, double cost) {
    List<Integer> measured = new ArrayList<>();
    int finished = 0;
    while (finished < steps) {
      int next = evaluations.next(finished, steps);
      assertThat(next).isBetween(finished + 1, steps);
      evaluations.trained((next - finished) * step);
      finished = next;
      if (evaluations.due(finished, steps)) {
        measured.add(finished);
        evaluations.measured(cost);
      }
    }
    return measured;
  }

  @Test
  void everyKSteps() {
    assertThat(measured(EvaluationSchedule.every(7), 30, 1, 100)).containsExactly(7, 14, 21, 28);
    assertThat(measured(EvaluationSchedule.every(1), 3, 1, 1)).containsExactly(1, 2, 3);
    assertThat(measured(EvaluationSchedule.none(), 30, 1, 0)).isEmpty();
    assertThatThrownBy(() -> EvaluationSchedule.every(0))
        .isInstanceOf(InputException.class)
        .hasMessage("steps between two evaluations: expected at least 1, got 0");
  }

  /** A measure as long as 5 steps may be made every 50 steps, but for the first. */
  @Test
  void sparingMeasuresTakeATenthOfTheTime() {
    EvaluationSchedule evaluations = EvaluationSchedule.sparing();
    assertThat(measured(evaluations, 500, 1, 5))
        .containsExactly(10, 100, 150, 200, 250, 300, 350, 400, 450, 500);
    assertThat(evaluations.seconds()).isEqualTo(50);
  }

  @Test
  void thereAreAtMostFiftySparingMeasures() {
    assertThat(measured(EvaluationSchedule.sparing(), 1000, 1, 0)).hasSize(50).endsWith(980, 1000);
    assertThat(measured(EvaluationSchedule.sparing(), 7, 1, 0))
        .containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void aDearMeasureIsMadeOnce() {
    assertThat(measured(EvaluationSchedule.sparing(), 1000, 0.001, 100)).containsExactly(20);
  }
}
