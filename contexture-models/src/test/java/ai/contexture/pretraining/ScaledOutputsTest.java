package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.FiniteContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.Matrix;
import ai.contexture.data.NominalColumn;
import ai.contexture.data.NumericColumn;
import ai.contexture.data.Table;
import ai.contexture.data.Task;
import ai.contexture.measure.Alignment;
import ai.contexture.representation.Representation;
import ai.contexture.spectrum.RayleighRitz;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.Torch;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a loss sees directions only, so does the representation. */
class ScaledOutputsTest {

  @TempDir private Path folder;

  /** Against the encoder's own outputs, scaled and averaged in plain arrays. */
  @ParameterizedTest
  @CsvSource({
    "supervised-contrastive, true, false",
    "clip, true, false",
    "'mix(0.5: clip, 0.5: supervised-contrastive)', true, false",
    "infonce, true, true",
    "nt-xent, true, true",
    "dcl, true, true",
    "byol, true, true",
    "simsiam, true, true",
    "kise, false, false",
    "'mix(0.5: clip, 0.5: kise)', false, false",
    "spectral-contrastive, false, true",
    "vicreg, false, true",
    "supervised-contrastive(projector=8), false, false",
    "nt-xent(projector=8), false, true",
    "byol(projector=8), false, true",
  })
  void theRepresentationIsWhatTheLossSees(String objective, boolean scaled, boolean averaged)
      throws IOException {
    Table table = Tables.classes().features();
    try (Pretraining job =
            Pretraining.prepare(
                Tables.classes(), Tables.recipe(objective).withSteps(5), Device.cpu());
        NDManager scope = NDManager.newBaseManager()) {
      job.train();
      FiniteContext context = (FiniteContext) job.context();
      NDArray rows = context.points().rows();
      double[][] expected = raw(job, rows);
      if (scaled) {
        for (double[] z : expected) {
          double length = Math.sqrt(Arrays.stream(z).map(v -> v * v).sum());
          Arrays.setAll(z, j -> z[j] / length);
        }
      }
      if (averaged) {
        expected = product(context.law(context.points()).dense(scope), expected);
      }
      Representation made = job.representation();
      assertClose(made.outputs(rows), expected);
      assertClose(job.trainer().outputs(scope), expected);
      assertThat(made.description().get("normalised").getAsBoolean()).isEqualTo(scaled);
      Matrix features = made.embed(table);
      made.save(folder);
      try (Representation loaded = Representation.load(folder)) {
        assertThat(loaded.embed(table)).isEqualTo(features);
      }
    }
  }

  /** What the learned encoder makes of rows. */
  private static double[][] raw(Pretraining job, NDArray rows) {
    try (NDManager scope = rows.getManager().newSubManager()) {
      NDArray inputs = Torch.within(rows, scope);
      NDList outputs =
          Torch.withoutGradient(
              () ->
                  job.trainer()
                      .encoder()
                      .forward(new ParameterStore(scope, false), new NDList(inputs), false));
      return rows(outputs.singletonOrThrow());
    }
  }

  private static double[][] rows(NDArray array) {
    int n = (int) array.getShape().get(0);
    int d = (int) array.getShape().get(1);
    Number[] values = array.toArray();
    double[][] rows = new double[n][d];
    for (int i = 0; i < n * d; i++) {
      rows[i / d][i % d] = values[i].doubleValue();
    }
    return rows;
  }

  private static double[][] product(NDArray law, double[][] psi) {
    double[][] p = rows(law);
    double[][] means = new double[p.length][psi[0].length];
    for (int i = 0; i < p.length; i++) {
      for (int a = 0; a < psi.length; a++) {
        for (int j = 0; j < psi[a].length; j++) {
          means[i][j] += p[i][a] * psi[a][j];
        }
      }
    }
    return means;
  }

  private static void assertClose(NDArray found, double[][] expected) {
    double[][] values = rows(found);
    assertThat(values.length).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < expected[i].length; j++) {
        assertThat(values[i][j]).isEqualTo(expected[i][j], within(2e-6));
      }
    }
  }

  /**
   * Three classes in three directions, each row near or far. The loss gathers the directions of
   * outputs at the corners of a regular simplex, which spans the labels; lengths go on following
   * those of the rows, so that the outputs as they are have another span.
   */
  @Test
  void directionsOfClassesSpanTheLabels() {
    Recipe recipe =
        Tables.recipe("supervised-contrastive")
            .withContext("label")
            .withDimension(2)
            .withOutputs(2)
            .withEncoder("mlp(width=16,depth=1)")
            .withSteps(300);
    try (Pretraining job = Pretraining.prepare(directions(), recipe, Device.cpu());
        NDManager scope = NDManager.newBaseManager()) {
      job.train();
      assertThat(job.alignment().cca()).isGreaterThan(0.99);
      FiniteContext context = (FiniteContext) job.context();
      NDArray outputs = scope.create(raw(job, context.points().rows()));
      RayleighRitz ritz = RayleighRitz.of(outputs, context.operator(), 2);
      double asTheyAre = Alignment.onPretraining(outputs, ritz, job.spectrum(), 2).cca();
      assertThat(asTheyAre).isLessThan(0.7);
    }
  }

  private static Dataset directions() {
    int n = 240;
    RandomGenerator random = Numeric.random("angles");
    double[] x = new double[n];
    double[] y = new double[n];
    String[] classes = new String[n];
    for (int i = 0; i < n; i++) {
      double angle = i % 3 * 2 * Math.PI / 3 + 0.02 * random.nextGaussian();
      double length = i % 2 == 0 ? 0.2 : 3;
      x[i] = length * Math.cos(angle);
      y[i] = length * Math.sin(angle);
      classes[i] = "direction " + i % 3;
    }
    Table table =
        Table.of(
            "directions",
            List.of(
                NumericColumn.of("x", x),
                NumericColumn.of("y", y),
                NominalColumn.of("class", classes)));
    return Dataset.of("directions", table, "class", Task.CLASSIFICATION);
  }
}
