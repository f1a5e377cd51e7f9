package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ContextData;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KnnContext;
import ai.contexture.data.Target;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.QuickStudy;
import ai.contexture.measure.Alignment;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedBalancedStudyTest {

  private static final double CLOSE = 1e-9;

  @TempDir Path folder;

  @Test
  void networksFindTheClassesOfTheDigits() throws IOException {
    QuickStudy quick = QuickStudy.run(new SupervisedBalancedStudy(), folder);

    for (CellResult row : quick.rows(r -> true)) {
      assertThat(row.number("classes")).isEqualTo(10);
      assertThat(row.number("pca_agrees")).isCloseTo(1, within(1e-6));
      assertThat(row.number("pca_error")).isLessThan(1e-6);
      assertThat(row.number("cca")).as(row.text("method")).isBetween(0.3, 1.0);
      assertThat(row.number("cca_new")).isBetween(0.2, 1.0);
      // s² = 1 for each: what the features hold of the context is their alignment with it
      assertThat(row.number("ratio_trace")).isCloseTo(row.number("cca"), within(1e-4));
      assertThat(row.number("accuracy")).isGreaterThan(row.number("accuracy_nothing") + 0.2);
    }
    for (String name : List.of("balanced", "pulled together", "plain")) {
      CellResult exact = quick.with("method", name + ", exact").get(0);
      CellResult penalties = quick.with("method", name + ", VICReg").get(0);
      assertThat(exact.number("cca")).isGreaterThan(penalties.number("cca"));
    }
    // with the best readout both are the same loss but for a constant
    assertThat(quick.with("method", "balanced, exact").get(0).number("cca"))
        .isCloseTo(
            quick.with("method", "pulled together, exact").get(0).number("cca"), within(1e-3));
  }

  /**
   * The kernel 1[y = y′]/P(y) of three classes: two eigenvalues 1, functions of the class alone.
   */
  @Test
  void kernelPcaOfLabels() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Target target = Target.Classes.of("y", List.of("a", "b", "c"), 0, 1, 1, 2, 2, 2);
      NDArray rows = Numeric.normal(manager, "rows", 6, 2);
      FiniteContext label =
          (FiniteContext) Contexts.parse("label").fit(ContextData.of(rows).withTarget(target));

      var pca = SupervisedBalancedStudy.Pca.of(label, 3, manager);

      assertThat(pca.eigenvalues()).containsExactly(new double[] {1, 1, 0}, within(CLOSE));
      double[] first = pca.functions().get(":, 0").toDoubleArray();
      assertThat(first[1]).isCloseTo(first[2], within(CLOSE));
      assertThat(first[3]).isCloseTo(first[5], within(CLOSE));
      assertThat(pca.functions().get(":, 0:2").square().mean(new int[] {0}).toDoubleArray())
          .containsExactly(new double[] {1, 1}, within(CLOSE));
      assertThat(pca.functions().get(":, 0:2").mean(new int[] {0}).toDoubleArray())
          .containsExactly(new double[] {0, 0}, within(CLOSE));
    }
  }

  @Test
  void kernelPcaIsTheSpectrum() {
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context = KnnContext.of(Numeric.normal(manager, "rows", 40, 3), 6);
      Spectrum spectrum = Spectra.of(context, 5, manager);

      var pca = SupervisedBalancedStudy.Pca.of(context, 5, manager);

      assertThat(pca.eigenvalues()).containsExactly(spectrum.eigenvalues(5), within(CLOSE));
      assertThat(Alignment.canonicalCorrelation(pca.functions(), spectrum.functions()))
          .isCloseTo(1, within(CLOSE));
    }
  }
}
