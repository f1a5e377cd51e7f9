package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.DatasetFolder;
import ai.contexture.experiment.QuickStudy;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.Study;
import ai.contexture.input.InputException;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Numeric;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EigenvalueEstimationStudyTest {

  private static final Study STUDY = new EigenvalueEstimationStudy();

  @TempDir Path folder;

  @Test
  void aFewRowsGiveTheSpectrumOfTheDigits() throws IOException {
    QuickStudy quick = QuickStudy.run(STUDY, folder);

    for (CellResult row : quick.with("method", "sub-sample")) {
      double error = row.number("error");
      assertThat(error).isBetween(1e-6, 0.06);
      assertThat(row.number("gram_error")).isGreaterThan(2 * error);
      // what is stated counts functions that so few rows may miss, too
      assertThat(row.number("stated")).isBetween(error, 0.3);
      assertThat(row.number("tau")).isCloseTo(row.number("tau_exact"), within(0.1));
    }
    double few = quick.rows(r -> r.number("rows") == 100).get(0).number("error");
    double many = quick.rows(r -> r.number("rows") == 400).get(0).number("error");
    assertThat(many).isLessThan(few);
    // functions within a network are no stronger than the best
    for (CellResult row : quick.rows(r -> r.number("rows") == r.number("of"))) {
      assertThat(row.number("error")).isBetween(0.01, 1.0);
    }
  }

  /** With all rows it is Rayleigh–Ritz, and the exact functions have their own eigenvalues. */
  @Test
  void encodersFromAllRows() {
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context = KnnContext.of(Numeric.normal(manager, "rows", 40, 3), 7);
      int[] all = IntStream.range(0, 40).toArray();
      NDArray random = Numeric.normal(manager, "outputs", 40, 6);
      Spectrum spectrum = Spectra.of(context, 5, manager);

      double[] found = EigenvalueEstimationStudy.postHoc(random, context, all);

      assertThat(found)
          .containsExactly(RayleighRitz.of(random, context.operator(), 6).eigenvalues(), close());
      assertThat(EigenvalueEstimationStudy.postHoc(spectrum.functions(), context, all))
          .containsExactly(spectrum.eigenvalues(5), close());
    }
  }

  /** λ of one output from m rows: Σ_ij k(x_i, x_j) φ̃_i φ̃_j / (m Σ_i φ̃_i²). */
  @Test
  void encodersFromSomeRows() {
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context = KnnContext.of(Numeric.normal(manager, "rows", 40, 3), 7);
      NDArray output = Numeric.normal(manager, "output", 40, 1);
      int[] rows = {31, 4, 17, 22, 5};
      double[] phi = IntStream.of(rows).mapToDouble(i -> output.getDouble(i, 0)).toArray();
      double mean = IntStream.range(0, 5).mapToDouble(i -> phi[i] / 5).sum();
      double[] kernel = context.kernel(context.points(), context.points()).toDoubleArray();
      double above = 0;
      double below = 0;
      for (int i = 0; i < 5; i++) {
        below += Math.pow(phi[i] - mean, 2);
        for (int j = 0; j < 5; j++) {
          above += kernel[40 * rows[i] + rows[j]] * (phi[i] - mean) * (phi[j] - mean);
        }
      }

      assertThat(EigenvalueEstimationStudy.postHoc(output, context, rows))
          .containsExactly(new double[] {above / (5 * below)}, close());
    }
  }

  private static org.assertj.core.data.Offset<Double> close() {
    return within(1e-9);
  }

  @Test
  void errorsAreMeansOfDistances() {
    assertThat(EigenvalueEstimationStudy.error(new double[] {1, 0.5}, new double[] {0.5, 0.75}))
        .isEqualTo(0.375);
  }

  @Test
  void tooFewRowsOrOutputsAreRefused() {
    assertThatThrownBy(() -> grid(Map.of("rows", "32")))
        .isInstanceOf(InputException.class)
        .hasMessage("--rows: expected more than --d0 32, got 32");
    assertThatThrownBy(() -> grid(Map.of("outputs", "31")))
        .isInstanceOf(InputException.class)
        .hasMessage("--outputs: expected at least --d0 32, got 31");
  }

  private static void grid(Map<String, String> given) {
    STUDY.grid(Settings.of(STUDY, true, 0, given), DatasetFolder.empty(), Device.cpu()).close();
  }
}
