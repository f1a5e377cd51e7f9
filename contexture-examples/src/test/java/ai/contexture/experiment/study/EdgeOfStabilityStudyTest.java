package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.QuickStudy;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.input.InputException;
import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeOfStabilityStudyTest {

  private static final Study STUDY = new EdgeOfStabilityStudy();

  @TempDir Path folder;

  @Test
  void smallStepsFallAndLargeOnesOscillateOnTheDigits() throws IOException {
    QuickStudy quick = QuickStudy.run(STUDY, folder);

    for (CellResult row : quick.rows(r -> true)) {
      assertThat(row.number("diverged")).isZero();
      assertThat(row.number("cca")).isBetween(row.number("cca_least"), row.number("cca_most"));
      assertThat(row.number("cca_most")).isLessThanOrEqualTo(1);
      assertThat(row.number("turn")).isBetween(0.0, 1.0);
      assertThat(row.number("loss")).isGreaterThanOrEqualTo(row.number("loss_least"));
      // Σ (1 − λ_i) is a part of the dimension
      assertThat(row.number("loss")).isBetween(0.0, 6.0);
    }
    CellResult small = quick.with("rate", "0.1").get(0);
    CellResult large = quick.with("rate", "30").get(0);
    assertThat(small.number("rises")).isLessThan(0.05);
    assertThat(large.number("rises")).isGreaterThan(small.number("rises"));
    assertThat(small.number("sharpness")).isPositive();
    assertThat(small.number("edge")).isCloseTo(small.number("sharpness") * 0.05, within(1e-9));
    assertThat(small.number("cca")).isGreaterThan(0.2);
  }

  /** The last four of the losses, 2 4 1 5, rise twice of three times, by 4 at most. */
  @Test
  void theSecondHalfOfALossIsMeasured() {
    EdgeOfStabilityStudy.Path path = new EdgeOfStabilityStudy.Path(8, 0.5);
    for (double loss : new double[] {9, 3, 9, 3, 2, 4, 1, 5}) {
      path.loss(loss);
    }

    Map<String, String> values = path.measures().values();

    assertThat(Double.parseDouble(values.get("rises"))).isCloseTo(2 / 3., within(1e-9));
    assertThat(Double.parseDouble(values.get("jump"))).isEqualTo(4);
    assertThat(Double.parseDouble(values.get("loss"))).isEqualTo(5);
    assertThat(Double.parseDouble(values.get("loss_least"))).isEqualTo(1);
    assertThat(values.get("cca")).isEmpty();
  }

  @Test
  void badOptionsAreRefused() {
    refused(Map.of("sgd", "0.1,0"), "--sgd: expected step sizes above 0, got '0'");
    refused(Map.of("steps", "39"), "--steps: expected at least 40, got 39");
    refused(Map.of("ways", "whitenin"), "unknown orthonormality 'whitenin'");
  }

  private static void refused(Map<String, String> given, String message) {
    Settings settings = Settings.of(STUDY, true, 0, given);
    assertThatThrownBy(() -> STUDY.grid(settings, DatasetFolder.empty(), Device.cpu()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
