package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.spectrum.Spectra;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompatibilityTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** f = 5 + 3μ_1 + 4μ_3: ρ² = (9 s_1² + 16 s_3²)/25. */
  @Test
  void combinationsOfFunctions() {
    JointLaw law = JointLaw.random(manager, 14, 9, 3, random("law"));
    double[] s = law.eigenvalues();
    NDArray f = law.functions().get(":, 0").mul(3).add(law.functions().get(":, 2").mul(4)).add(5);
    Matrix target = Matrix.of(14, 1, f.toDoubleArray());
    double expected = (9 * s[0] + 16 * s[2]) / 25;
    Compatibility all = Compatibility.of(law.functions(), s, law.inputWeights(), target);
    assertThat(all.squared()).as(reproduce()).isEqualTo(expected, within(1e-12));
    assertThat(all.covered()).isEqualTo(1, within(1e-12));
    assertThat(all.rho()).isEqualTo(Math.sqrt(expected), within(1e-12));
    assertThat(Compatibility.exact(law, target).squared()).isEqualTo(expected, within(1e-12));
    Compatibility two =
        Compatibility.of(
            law.functions().get(":, 0:2"), Arrays.copyOf(s, 2), law.inputWeights(), target);
    assertThat(two.squared()).isEqualTo(9 * s[0] / 25, within(1e-12));
    assertThat(two.covered()).isEqualTo(9 / 25., within(1e-12));
  }

  /** ‖T*f̃‖²/‖f̃‖² from the joint law, with plain sums; targets outside of the span as well. */
  @Test
  void theOperatorAgainstPlainSums() {
    int n = 12;
    JointLaw law = JointLaw.random(manager, n, 5, 2, random("law"));
    double[] p = law.inputWeights().toDoubleArray();
    double[] k = law.kernel().toDoubleArray();
    double[] y = normal(manager, "targets", n, 3).toDoubleArray();
    double top = 0;
    double bottom = 0;
    for (int c = 0; c < 3; c++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += p[i] * y[3 * i + c];
      }
      for (int i = 0; i < n; i++) {
        bottom += p[i] * Math.pow(y[3 * i + c] - mean, 2);
        for (int j = 0; j < n; j++) {
          top += p[i] * p[j] * k[i * n + j] * (y[3 * i + c] - mean) * (y[3 * j + c] - mean);
        }
      }
    }
    Matrix targets = Matrix.of(n, 3, y);
    Held held = Held.by(manager);
    Compatibility exact = Compatibility.exact(law, targets);
    Compatibility found =
        Compatibility.of(law.functions(), law.eigenvalues(), law.inputWeights(), targets);
    held.assertNoMore();
    assertThat(exact.squared()).as(reproduce()).isEqualTo(top / bottom, within(1e-12));
    assertThat(found.squared()).as(reproduce()).isEqualTo(top / bottom, within(1e-12));
    assertThat(found.covered()).isLessThan(1);
  }

  @Test
  void aLabelIsCompatibleWithItself() {
    int[] codes = {0, 0, 0, 1, 1, 2, 2, 2, 2, 2};
    JointLaw law = JointLaw.label(manager, codes, 3);
    Target same = Target.Classes.of("class", List.of("a", "b", "c"), codes);
    assertThat(Compatibility.exact(law, Targets.of(same)).squared()).isEqualTo(1, within(1e-12));
    // half of each class: no class tells them apart, as far as halves are even
    Target half = Target.Classes.of("half", List.of("l", "r"), 0, 1, 0, 0, 1, 0, 1, 0, 1, 1);
    // class means of the indicator of r: 1/3, 1/2, 3/5 around 1/2
    double expected = (3 / 36. + 0 + 5 / 100.) / 10 / 0.25;
    Compatibility compatibility = Compatibility.exact(law, Targets.of(half));
    assertThat(compatibility.squared()).isEqualTo(expected, within(1e-12));
    assertThat(compatibility)
        .hasToString(
            "compatibility: ρ = 0.231 (1: the context tells the target, 0: it says nothing of it);"
                + " the functions hold 100.0 % of the target's variance");
  }

  @Test
  void ofASpectrum() {
    NDArray rows = normal(manager, "points", 120, 2);
    KnnContext knn = KnnContext.of(rows, 8);
    RandomGenerator random = random("noise");
    double[] y = rows.get(":, 0").toDoubleArray();
    Arrays.setAll(y, i -> y[i] + 0.3 * random.nextGaussian());
    Target target = Target.Values.of("y", y);
    double exact = Compatibility.exact(knn, target).squared();
    Spectrum all = Spectra.of(knn, 119, manager);
    assertThat(Compatibility.of(all, target).squared())
        .as(reproduce())
        .isEqualTo(exact, within(1e-9));
    Spectrum some = Spectra.of(knn, 10, manager);
    Compatibility lower = Compatibility.of(some, target);
    assertThat(lower.squared()).isLessThan(exact);
    assertThat(lower.squared() + some.eigenvalues()[9] * (1 - lower.covered()))
        .isGreaterThan(exact);
  }

  @Test
  void refusesWhatDoesNotFit() {
    JointLaw law = JointLaw.random(manager, 6, 4, 1, random("law"));
    Matrix constant = Matrix.of(6, 1, new double[] {0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
    assertThatThrownBy(() -> Compatibility.exact(law, constant))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: expected at least two different values, got the same in every row");
    assertThatThrownBy(() -> Compatibility.exact(law, Matrix.of(5, 1, new double[5])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: expected (6, c), one row a point, got (5, 1)");
    Matrix nan = Matrix.of(6, 1, new double[] {1, 2, Double.NaN, 4, 5, 6});
    assertThatThrownBy(() -> Compatibility.exact(law, nan))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targets: expected finite numbers, got NaN");
    assertThatThrownBy(
            () -> Compatibility.of(law.functions(), new double[2], law.inputWeights(), constant))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "functions: expected (6, 2), one row a weight and one column an eigenvalue, got (6, 3)");
    Target unknown = Target.Values.of("y", 1, Double.NaN, 2);
    assertThatThrownBy(() -> Targets.of(unknown))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("y: expected a value in every row, got none in row 1");
  }
}
