package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class FeatureContextTest implements ContextContract.KernelFinite<FeatureContext> {

  @Override
  public FeatureContext context(NDManager manager) {
    return FeatureContext.of(
        "features", Points.all(normal(manager, "points", 40, 3)), FeatureContextTest::omega, 1e-6);
  }

  /** Five features of three numbers, of which the last is the sum of two others. */
  private static NDArray omega(NDArray rows) {
    NDArray x = rows.toType(DataType.FLOAT64, false);
    NDArray features = x.square().concat(x.get(":, 0:1").sin(), 1);
    NDArray sum = features.get(":, 0:1").add(features.get(":, 3:4"));
    NDArray all = features.concat(sum, 1);
    all.attach(rows.getManager());
    return all;
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  @Test
  void asManyEigenvaluesOfOneAsIndependentFeatures() {
    try (NDManager manager = NDManager.newBaseManager()) {
      FeatureContext context = context(manager);
      assertThat(context.rank()).isEqualTo(4);
      double[] expected = new double[39];
      for (int i = 0; i < 4; i++) {
        expected[i] = 1;
      }
      assertClose(Spectra.of(context, 10, manager).eigenvalues(), expected, 1e-12);
    }
  }

  @Test
  void linearFunctionsOfTheFeaturesAreKept() {
    try (NDManager manager = NDManager.newBaseManager()) {
      FeatureContext context = context(manager);
      NDArray f = omega(context.points().rows()).matMul(normal(manager, "w", 5, 2)).add(3);
      assertClose(context.operator().apply(f), f, 1e-11);
      Points x = Points.of(newRows(manager));
      NDArray atNew = omega(x.rows()).matMul(normal(manager, "w", 5, 2)).add(3);
      assertClose(context.expectation(x, f), atNew, 1e-11);
    }
  }

  @Test
  void aCutLeavesSmallDirectionsOut() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {2, 1, -2, 1, 0.2, -1, -0.2, -1}, new Shape(4, 2));
      Points points = Points.all(rows);
      // variances 2.02 and 1
      assertThat(FeatureContext.of("t", points, x -> x.mul(1), 0.4).rank()).isEqualTo(2);
      assertThat(FeatureContext.of("t", points, x -> x.mul(1), 0.6).rank()).isEqualTo(1);
    }
  }

  @Test
  void refusals() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Points points = Points.all(normal(manager, "points", 6, 2));
      assertThatThrownBy(() -> FeatureContext.of("t", points, manager.ones(new Shape(6, 2)), 0))
          .isInstanceOf(InputException.class)
          .hasMessage("t: the features of all pretraining rows are equal");
      assertThatThrownBy(() -> FeatureContext.of("t", points, x -> x.div(0), 0))
          .isInstanceOf(InputException.class)
          .hasMessage("t: the features of a pretraining row are not finite");
      assertThatThrownBy(() -> FeatureContext.of("t", points, x -> x, 1))
          .isInstanceOf(InputException.class)
          .hasMessage("t: expected cut from 0 to below 1, got 1.0");
    }
  }

  /**
   * Ω takes two values at each point: Cov[Ω] is more than Cov[E[Ω|x]], and eigenvalues are below 1.
   */
  @Test
  void stochasticFeaturesAreWhitenedByTheirWholeCovariance() {
    try (NDManager manager = NDManager.newBaseManager()) {
      Points points = Points.all(normal(manager, "points", 4, 1));
      NDArray draws = manager.create(new double[] {3, 1, 1, -1, 1, -1, -1, -3}, new Shape(8, 1));
      FeatureContext context = FeatureContext.of("t", points, draws, 0);
      // means 2, 0, 0, −2 of variance 2; draws of variance 3
      assertClose(
          Spectra.of(context, 3, manager).eigenvalues(), new double[] {2 / 3., 0, 0}, 1e-14);
      assertClose(
          context.kernel(context.points(), context.points()).get(0).toDoubleArray(),
          new double[] {1 + 4 / 3., 1, 1, 1 - 4 / 3.},
          1e-14);
      assertThat(context.contexts().size()).isEqualTo(8);
      NDArray g = draws.mul(2).add(1);
      assertClose(context.operator().apply(g).toDoubleArray(), new double[] {5, 1, 1, -3}, 1e-13);
    }
  }
}
