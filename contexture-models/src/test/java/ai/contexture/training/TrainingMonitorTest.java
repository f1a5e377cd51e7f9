package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.measure.Diagnosis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TrainingMonitorTest {

  private final List<String> heard = new ArrayList<>();
  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void onWarning(int step, Diagnosis.Finding finding) {
          heard.add(step + ": " + finding);
        }
      };

  private TrainingMonitor monitor(int steps, IntToDoubleFunction loss, IntToDoubleFunction norm) {
    TrainingMonitor monitor = new TrainingMonitor(32, false);
    for (int step = 1; step <= steps; step++) {
      double value = loss.applyAsDouble(step);
      Map<String, Double> terms = Map.of("a", value + 3, "b", -3.0);
      monitor.step(new StepReport(step, value, terms, norm.applyAsDouble(step), 0.1), listener);
    }
    return monitor;
  }

  @Test
  void aSoundTrainingIsSilent() {
    monitor(500, step -> 10.0 / step - 0.2 * Math.sin(step), step -> 1 + Math.abs(Math.sin(step)));
    monitor(500, step -> -0.01 * step, step -> 1e-3 * step);
    monitor(500, step -> step == 77 ? 400 : 1, step -> step == 99 ? 1e9 : 2); // one spike each
    assertThat(heard).isEmpty();
  }

  /** Loss 2^(step/10) from 1.4 on, terms of 4.4 and 3: said when the mean is above 1.5 + 75. */
  @Test
  void aRisingLossIsSaidOnce() {
    monitor(200, step -> Math.pow(2, step / 10.0), step -> 1);
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0))
        .matches(
            "\\d+: training diverged: the loss is 7\\d\\.\\d and was 1\\.\\d+ at the start; .*")
        .contains("a lower learning rate may help");
    assertThat(Integer.parseInt(heard.get(0).replaceFirst(":.*", ""))).isBetween(65, 80);
  }

  @Test
  void anExplodingGradientIsSaidOnce() {
    monitor(200, step -> 1, step -> step < 50 ? 2 : 1e4);
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0))
        .contains(
            "training diverged: the gradient has the norm 2.", "had at most 2.00 at the start");
  }

  @Test
  void fewDimensionsAreSaidOnce() {
    TrainingMonitor monitor = new TrainingMonitor(32, true);
    monitor.outputs(0, 1, 14, listener);
    monitor.outputs(10, 1e-9, 8, listener);
    assertThat(heard).isEmpty();
    monitor.outputs(20, 1, 2.94, listener);
    monitor.outputs(40, 1, 1.2, listener);
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0))
        .startsWith(
            "20: dimension collapsed: the encoder's 32 outputs use 2.9 dimensions after 20 steps")
        .contains("used 14.0 at the start", "whitening");
  }

  @Test
  void fewDimensionsFromTheStartAreNoCollapse() {
    TrainingMonitor monitor = new TrainingMonitor(32, false);
    monitor.outputs(0, 1, 2, listener);
    monitor.outputs(10, 1, 1.6, listener);
    TrainingMonitor narrow = new TrainingMonitor(2, false);
    narrow.outputs(0, 1, 2, listener);
    narrow.outputs(10, 1, 1.1, listener);
    assertThat(heard).isEmpty();
  }

  @Test
  void outputsThatNoLongerVaryAreSaidOnce() {
    TrainingMonitor monitor = new TrainingMonitor(32, false);
    monitor.outputs(0, 0.09, 14, listener);
    monitor.outputs(10, 0.01, 14, listener);
    assertThat(heard).isEmpty();
    monitor.outputs(20, 0.004, 14, listener);
    monitor.outputs(40, 0.001, 14, listener);
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0))
        .contains(
            "collapsed: the encoder's outputs vary by 0.063 after 20 steps (standard deviation)")
        .contains("varied by 0.30 at the start");
  }

  /** Large outputs that an objective brings to variance 1 have not collapsed. */
  @Test
  void smallerOutputsOfVarianceOneAreNoCollapse() {
    TrainingMonitor monitor = new TrainingMonitor(32, false);
    monitor.outputs(0, 1000, 14, listener);
    monitor.outputs(10, 0.9, 14, listener);
    assertThat(heard).isEmpty();
  }

  @Test
  void aRestoredWatchRemembers() {
    TrainingMonitor before = monitor(30, step -> 1, step -> 1);
    before.outputs(0, 1, 14, listener);
    before.outputs(10, 1e-4, 14, listener);
    assertThat(before.numbers()).hasSize(TrainingMonitor.NUMBERS);
    TrainingMonitor after = new TrainingMonitor(32, false);
    after.restore(before.numbers());
    assertThat(after.numbers()).isEqualTo(before.numbers());
    after.outputs(20, 1e-5, 14, listener);
    assertThat(heard).hasSize(1);
  }

  @Test
  void outputsAreLookedAtEverMoreSeldom() {
    List<Integer> looks = new ArrayList<>();
    for (int step = 0; step <= 1000; step++) {
      if (TrainingMonitor.looksAt(step)) {
        looks.add(step);
      }
    }
    assertThat(looks).containsExactly(0, 10, 20, 40, 80, 160, 320, 640);
  }
}
