package ai.contexture.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.SharedData;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The spectrum of a real table against numbers that another program found. */
class AbaloneSpectrumTest {

  /**
   * s_i² of all 4,177 rows, 30 neighbours: from a dense SVD by scipy 1.17.1 of P⁺ built row by row
   * in numpy, with ties between neighbours broken by position.
   */
  private static final int[] POSITIONS = {1, 2, 32, 64, 128};

  private static final double[] EXPECTED = {
    0.9998338021761066,
    0.999434280260589,
    0.7005048239385884,
    0.48456582079494115,
    0.2638231565228794
  };

  @Test
  void agreesWithAnIndependentDecomposition() {
    Dataset abalone = Dataset.read(SharedData.folder().resolve("abalone.csv.gz"), "target");
    Matrix inputs =
        Preprocessing.fit(abalone.features(), Preprocessing.Options.DEFAULT)
            .apply(abalone.features());
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context =
          KnnContext.of(
              manager.create(inputs.values(), new Shape(inputs.rows(), inputs.columns())), 30);
      Spectrum spectrum = Spectra.of(context, 128, new SpectralMethod.Krylov(), manager);
      double[] eigenvalues = spectrum.eigenvalues();
      for (int i = 0; i < POSITIONS.length; i++) {
        assertThat(eigenvalues[POSITIONS[i] - 1]).isCloseTo(EXPECTED[i], within(1e-8));
      }
      assertThat(Arrays.stream(spectrum.residuals()).max().orElseThrow()).isLessThan(1e-8);
    }
  }
}
