package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.QuickStudy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskSpectrumStudyTest {

  @TempDir Path folder;

  @Test
  void theDigitsLieInTheFirstFunctions() throws IOException {
    QuickStudy quick = QuickStudy.run(new TaskSpectrumStudy(), folder);

    for (CellResult row : quick.rows(r -> true)) {
      double[] cosines = TaskSpectrumReport.numbers(row.text("cosines"));
      double[] eigenvalues = TaskSpectrumReport.numbers(row.text("eigenvalues"));
      assertThat(cosines).hasSize(120);
      double all = 0;
      double few = 0;
      double told = 0;
      for (int i = 0; i < 120; i++) {
        all += cosines[i] * cosines[i];
        few += i < 10 ? cosines[i] * cosines[i] : 0;
        told += eigenvalues[i] * cosines[i] * cosines[i];
      }
      assertThat(all).isBetween(0.5, 1.001);
      assertThat(row.number("first_10")).isCloseTo(few, within(1e-4));
      // ρ² by the operator is that of these functions and of what is beyond them
      double squared = Math.pow(row.number("rho"), 2);
      assertThat(squared).isBetween(told - 1e-4, told + (1 - all) * eigenvalues[119] + 1e-4);
      assertThat(row.number("rho")).isBetween(row.number("rho_chance"), row.number("rho_most"));
      assertThat(row.number("chance")).isCloseTo(1 / 349., within(1e-9));
    }
    // ten digits are nine directions, which neighbours tell almost without error
    CellResult knn = quick.with("context", "knn(k=10)").get(0);
    assertThat(knn.number("first_10")).isGreaterThan(0.5);
    assertThat(knn.number("rho")).isGreaterThan(0.85);
  }

  @Test
  void numbersAreWrittenAndRead() {
    double[] numbers = {0.25, 1.5e-7, 1};
    assertThat(TaskSpectrumReport.numbers(TaskSpectrumStudy.text(numbers)))
        .containsExactly(numbers, within(1e-12));
  }

  @Test
  void shownFunctionsGrowApart() {
    int[] shown = TaskSpectrumStudy.spaced(500);
    assertThat(Arrays.copyOf(shown, 6)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(shown).isSorted().doesNotHaveDuplicates().hasSizeBetween(25, 45);
    assertThat(shown[shown.length - 1]).isEqualTo(500);
    assertThat(TaskSpectrumStudy.spaced(1)).containsExactly(1);
  }
}
