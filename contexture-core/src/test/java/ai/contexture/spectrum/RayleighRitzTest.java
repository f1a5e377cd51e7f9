package ai.contexture.spectrum;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.KnnContext;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RayleighRitzTest {

  private final NDManager manager = NDManager.newBaseManager();
  private final KnnContext context = KnnContext.of(normal(manager, "points", 200, 2), 7);
  private final ExpectationOperator t = context.operator();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void givesBackMixedExactFunctions() {
    Spectrum spectrum = Spectra.of(context, 6, manager);
    NDArray mixed =
        spectrum
            .functions()
            .matMul(normal(manager, "mixing", 6, 6))
            .add(normal(manager, "c", 1, 6));
    RayleighRitz ritz = RayleighRitz.of(mixed, t, 6);
    assertThat(ritz.dimension()).isEqualTo(6);
    assertThat(ritz.rank()).isEqualTo(6);
    assertClose(ritz.eigenvalues(), spectrum.eigenvalues(6), 1e-8);
    NDArray found = ritz.project(mixed);
    NDArray sign = found.mul(spectrum.functions()).sum(new int[] {0}, true).sign();
    assertClose(found.mul(sign), spectrum.functions(), 1e-8);
  }

  /** With diagonal moments λ_i = b_i / (c_i + ρ), ρ being a share of the mean variance. */
  @Test
  void aRidgeTakesFromWhatVariesLittle() {
    NDArray c = manager.create(new double[] {4, 0, 0, 0, 1, 0, 0, 0, 1}, new Shape(3, 3));
    NDArray b = manager.create(new double[] {3, 0, 0, 0, 0.9, 0, 0, 0, 0.1}, new Shape(3, 3));
    NDArray mean = manager.zeros(new Shape(1, 3), DataType.FLOAT64);
    assertClose(
        RayleighRitz.ofMoments(mean, c, b, 3).eigenvalues(), new double[] {0.9, 0.75, 0.1}, 1e-12);
    RayleighRitz held = RayleighRitz.ofMoments(mean, c, b, 2, 0.5); // ρ = 1
    assertClose(held.eigenvalues(), new double[] {0.6, 0.45, 0.05}, 1e-12);
    assertClose(
        held.rotation().abs(),
        manager.create(new double[] {0.5, 0, 0, 1, 0, 0}, new Shape(3, 2)),
        1e-12);
    assertThat(held.effectiveRank())
        .isCloseTo(RayleighRitz.ofMoments(mean, c, b, 2).effectiveRank(), within(1e-12));
  }

  @Test
  void anyOutputsGiveOrderedFunctionsBelowTheSpectrum() {
    double[] exact = Spectra.of(context, 12, manager).eigenvalues();
    NDArray outputs = normal(manager, "outputs", 200, 12).toType(DataType.FLOAT32, false);
    RayleighRitz ritz = RayleighRitz.of(outputs, t, 5);
    assertThat(ritz.eigenvalues()).hasSize(12);
    for (int i = 0; i < 12; i++) {
      assertThat(ritz.eigenvalues()[i])
          .isBetween(0., (i == 0 ? exact[0] : Math.min(exact[i], ritz.eigenvalues()[i - 1])));
    }
    NDArray f = ritz.project(outputs);
    assertThat(f.getShape()).isEqualTo(new Shape(200, 5));
    assertThat(f.getManager()).isSameAs(manager);
    assertClose(f.mean(new int[] {0}), manager.zeros(new Shape(5), DataType.FLOAT64), 1e-10);
    assertClose(f.transpose().matMul(f).div(200), identity(manager, 5), 1e-10);
    NDArray image = t.apply(t.adjoint(f));
    NDArray energies = f.transpose().matMul(image).div(200);
    NDArray lambda = manager.create(Arrays.copyOf(ritz.eigenvalues(), 5));
    assertClose(energies, identity(manager, 5).mul(lambda), 1e-10);
  }

  @Test
  void dependentOutputsLeaveTheirRank() {
    NDArray outputs = normal(manager, "outputs", 200, 3);
    NDArray dependent =
        NDArrays.concat(new NDList(outputs, outputs.mul(2), outputs.get(":, 0:1").add(5)), 1);
    RayleighRitz ritz = RayleighRitz.of(dependent, t, 7);
    assertThat(ritz.rank()).isEqualTo(3);
    assertThat(ritz.dimension()).isEqualTo(3);
    assertClose(ritz.eigenvalues(), RayleighRitz.of(outputs, t, 3).eigenvalues(), 1e-10);
    NDArray f = ritz.project(dependent);
    assertClose(f.transpose().matMul(f).div(200), identity(manager, 3), 1e-10);
  }

  @Test
  void effectiveRankCountsEqualDirections() {
    NDArray functions = Spectra.of(context, 4, manager).functions();
    assertThat(RayleighRitz.of(functions, t, 4).effectiveRank()).isEqualTo(4, within(1e-8));
    NDArray one = functions.mul(manager.create(new double[] {1, 0, 0, 0}));
    assertThat(RayleighRitz.of(one, t, 4).effectiveRank()).isEqualTo(1, within(1e-8));
  }

  @Test
  void refusesConstants() {
    for (double value : new double[] {0, 0.1, -1e7}) {
      NDArray constant = manager.zeros(new Shape(200, 3), DataType.FLOAT64).add(value);
      assertThatThrownBy(() -> RayleighRitz.of(constant, t, 2))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("constant or not finite");
    }
  }

  @Test
  void refusesWhatIsNotFinite() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] values = normal(manager, "outputs", 200, 3).toDoubleArray();
      values[17] = value;
      NDArray outputs = manager.create(values, new Shape(200, 3));
      assertThatThrownBy(() -> RayleighRitz.of(outputs, t, 2))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("constant or not finite");
    }
  }

  @Test
  void onlyTheResultIsLeft() {
    NDArray outputs = normal(manager, "outputs", 200, 5).toType(DataType.FLOAT32, false);
    Held held = Held.by(manager);
    RayleighRitz ritz = RayleighRitz.of(outputs, t, 4);
    held.assertMore(2);
    ritz.project(outputs).close();
    held.assertMore(2);
  }
}
