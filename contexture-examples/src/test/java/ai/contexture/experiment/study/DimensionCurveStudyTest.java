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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DimensionCurveStudyTest {

  private static final Study STUDY = new DimensionCurveStudy();

  @TempDir Path folder;

  @Test
  void theBoundHoldsAndIsReachedOnTheDigits() throws IOException {
    QuickStudy quick = QuickStudy.run(STUDY, folder);

    for (CellResult row : quick.rows(r -> true)) {
      double bound = row.number("bound");
      assertThat(row.number("worst")).isCloseTo(bound, within(1e-6));
      assertThat(row.number("worst_network")).isBetween(bound - 1e-6, 1.0);
      assertThat(row.number("drawn")).isBetween(0.0, bound + 1e-9);
      assertThat(row.number("tau_d")).isGreaterThanOrEqualTo(row.number("tau") - 1e-12);
      // 1/(1 − s²) is a part of it, and the other is below 1
      double price = 1 / (1 - row.number("next"));
      assertThat(row.number("tau_d")).isBetween(price, price + 1);
    }
    List<CellResult> one = quick.with("d", 1);
    List<CellResult> many = quick.with("d", 8);
    for (int i = 0; i < one.size(); i++) {
      assertThat(many.get(i).number("bound")).isLessThan(one.get(i).number("bound"));
    }
    CellResult moderate =
        quick.rows(r -> r.text("d").equals("8") && r.text("strength").equals("moderate")).get(0);
    assertThat(moderate.number("error")).isLessThan(0.7 * moderate.number("nothing"));
    // weak contexts lose more with each function
    assertThat(quick.with("strength", "weak").get(0).number("next"))
        .isLessThan(quick.with("strength", "strong").get(0).number("next"));
  }

  /** Σ s_i²u_i² = ρ² and Σ u_i² = 1. */
  @Test
  void tasksAreAsCompatibleAsAsked() {
    double[] eigenvalues = {0.9, 0.5, 0.3, 0.1};
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20; i++) {
      double[] u = DimensionCurveStudy.task(eigenvalues, 0.8, random);
      double compatible = 0;
      for (int j = 0; j < 4; j++) {
        compatible += eigenvalues[j] * u[j] * u[j];
      }
      assertThat(compatible).isCloseTo(0.64, within(1e-12));
      assertThat(Arrays.stream(u).map(v -> v * v).sum()).isCloseTo(1, within(1e-12));
      assertThat(DimensionCurveStudy.beyond(u, 0)).isCloseTo(1, within(1e-12));
      assertThat(DimensionCurveStudy.beyond(u, 2))
          .isCloseTo(u[2] * u[2] + u[3] * u[3], within(1e-12));
      assertThat(DimensionCurveStudy.beyond(u, 9)).isZero();
      // no more than (s_1² − ρ²)/(s_1² − s²_{d+1})
      assertThat(DimensionCurveStudy.beyond(u, 1)).isLessThanOrEqualTo(0.26 / 0.4 + 1e-12);
    }
  }

  @Test
  void tasksMayBeMoreCompatible() {
    double[] u =
        DimensionCurveStudy.task(new double[] {0.9, 0.8, 0.8}, 0.5, new SplittableRandom(1));
    assertThat(u[0]).isZero();
    double[] only = DimensionCurveStudy.task(new double[] {0.9}, 0.5, new SplittableRandom(1));
    assertThat(only).containsExactly(1);
  }

  @Test
  void badOptionsAreRefused() {
    refused(Map.of("compatible", "1.5"), "--compatible: expected more than 0 and at most 1");
    refused(Map.of("kinds", "knm"), "unknown kind 'knm'");
    refused(Map.of("dims", "0"), "--dims");
  }

  private static void refused(Map<String, String> given, String message) {
    Settings settings = Settings.of(STUDY, true, 0, given);
    assertThatThrownBy(() -> STUDY.grid(settings, DatasetFolder.empty(), Device.cpu()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
