package ai.contexture.objective;

import static ai.contexture.objective.Cases.doubles;
import static ai.contexture.objective.Cases.gradient;
import static ai.contexture.objective.Cases.knn;
import static ai.contexture.objective.Cases.value;
import static ai.contexture.objective.Cases.weighted;
import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.MarkovContext;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients that are written out are those of the losses that are recorded. */
class LossWithGradientTest {

  private static final int POINTS = 9;
  private static final int OUTPUTS = 4;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private static VicReg vicreg(int samples) {
    return new VicReg(2, 3, 5, samples, Projector.none());
  }

  /** Outputs of deviations below 1 and above, so that the hinge counts for some of them. */
  @ParameterizedTest
  @CsvSource({"2, 0.5", "3, 0.5", "4, 1", "2, 3"})
  void valuesAndGradientsAreThoseOfTheLoss(int samples, double size) {
    MarkovContext context = knn(manager, POINTS, 4);
    NDArray table = normal(manager, "table", 2 * POINTS, OUTPUTS).mul(size);
    var objective = vicreg(samples);
    List<NDArray> terms =
        List.copyOf(
            objective.loss(Cases.step(context, table, random("views"), 0)).terms().values());
    double[] expected =
        gradient(at -> objective.loss(Cases.step(context, at, random("views"), 0)).total(), table);

    NDArray variable = table.duplicate();
    variable.setRequiresGradient(true);
    LossWithGradient written =
        Torch.withGradient(
            () ->
                objective
                    .lossWithGradient(Cases.step(context, variable, random("views"), 0))
                    .orElseThrow());
    assertThat(written.names()).containsExactly("invariance", "variance", "covariance");
    double[] values = doubles(written.terms());
    for (int i = 0; i < values.length; i++) {
      double of = value(terms.get(i));
      assertClose(written.names().get(i), values[i], of, 1e-12 * Math.max(1, of));
    }
    Torch.Gradients pulled =
        Torch.pullback(written.outputs(), written.gradient(), List.of(variable));
    assertClose("gradient", doubles(pulled.gradients().get(0)), expected, 1e-12);
  }

  @Test
  void nothingIsWrittenWhereMeansAreExactOrPointsWeighDifferently() {
    MarkovContext context = knn(manager, POINTS, 4);
    NDArray table = normal(manager, "table", 2 * POINTS, OUTPUTS);
    assertThat(vicreg(0).lossWithGradient(Cases.step(context, table, random("views"), 0)))
        .isEmpty();
    MarkovContext weighted = weighted(manager, POINTS, POINTS);
    assertThat(vicreg(2).lossWithGradient(Cases.step(weighted, table, random("views"), 0)))
        .isEmpty();
    assertThat(new Kise().lossWithGradient(Cases.step(context, table, random("views"), 0)))
        .isEmpty();
  }
}
