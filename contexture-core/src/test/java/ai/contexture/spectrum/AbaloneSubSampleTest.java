package ai.contexture.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.Preprocessing;
import ai.contexture.data.SharedData;
import ai.contexture.measure.Usefulness;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The spectrum of a real table from 600 of its 4,177 rows. */
@Tag("slow")
class AbaloneSubSampleTest {

  /** The published mean error of the top 256 eigenvalues is 0.088 [C, table 2]. */
  @Test
  void aSeventhOfTheRowsGivesTheSpectrum() {
    Dataset abalone = Dataset.read(SharedData.folder().resolve("abalone.csv.gz"), "target");
    Matrix inputs =
        Preprocessing.fit(abalone.features(), Preprocessing.Options.DEFAULT)
            .apply(abalone.features());
    try (NDManager manager = NDManager.newBaseManager()) {
      KnnContext context =
          KnnContext.of(
              manager.create(inputs.values(), new Shape(inputs.rows(), inputs.columns())), 60);
      double[] exact = Spectra.of(context, 512, manager).eigenvalues(512);
      double tau = Usefulness.of(exact).tau();
      for (int seed = 0; seed < 4; seed++) {
        SpectralMethod method = new SpectralMethod.SubSample(600, Seed.of(seed));
        Spectrum spectrum = Spectra.of(context, 256, method, manager);
        double error = 0;
        double stated = 0;
        for (int i = 0; i < 256; i++) {
          error += Math.abs(spectrum.eigenvalues()[i] - exact[i]) / 256;
          stated += spectrum.errors()[i] / 256;
        }
        assertThat(error).as("seed %d", seed).isLessThan(0.02);
        assertThat(stated).as("seed %d", seed).isBetween(error, 0.05);
        assertThat(Usefulness.of(spectrum.eigenvalues(512)).tau())
            .as("seed %d", seed)
            .isCloseTo(tau, within(0.05));
      }
    }
  }
}
