package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskSpectrumTest {

  private static final double CLOSE = 1e-12;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** f = 7 − 3μ_1 + 4μ_3: cosines 3/5, 0, 4/5. */
  @Test
  void combinationsOfFunctions() {
    JointLaw law = JointLaw.random(manager, 14, 9, 3, random("law"));
    NDArray f = law.functions().get(":, 0").mul(-3).add(law.functions().get(":, 2").mul(4)).add(7);
    int before = manager.getManagedArrays().size();

    TaskSpectrum found =
        TaskSpectrum.of(
            law.functions().get(":, 0:4"), law.inputWeights(), Matrix.of(14, 1, f.toDoubleArray()));

    assertThat(found.cosines())
        .as(reproduce())
        .containsExactly(new double[] {0.6, 0, 0.8, 0}, within(1e-7));
    assertThat(found.shares()).containsExactly(new double[] {0.36, 0, 0.64, 0}, within(CLOSE));
    assertThat(found.cumulative()).containsExactly(new double[] {0.36, 0.36, 1, 1}, within(CLOSE));
    assertThat(manager.getManagedArrays()).hasSizeLessThanOrEqualTo(before + 1); // the slice
  }

  /** By all functions the shares sum to 1, and Σ s_i² share_i is ρ² by the operator. */
  @Test
  void allFunctionsHoldAllOfATarget() {
    JointLaw law = JointLaw.random(manager, 12, 15, 3, random("law"));
    Matrix targets = Matrix.of(12, 2, normal(manager, "targets", 12, 2).toDoubleArray());

    double[] shares = TaskSpectrum.of(law.functions(), law.inputWeights(), targets).shares();

    assertThat(Arrays.stream(shares).sum()).as(reproduce()).isCloseTo(1, within(CLOSE));
    double[] s = law.eigenvalues();
    double squared = IntStream.range(0, s.length).mapToDouble(i -> s[i] * shares[i]).sum();
    assertThat(squared)
        .as(reproduce())
        .isCloseTo(Compatibility.exact(law, targets).squared(), within(CLOSE));
  }

  /** Two functions of four points; the indicators of a class have cosine 1 with the first. */
  @Test
  void classes() {
    NDArray functions = manager.create(new double[][] {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}});
    NDArray weights = manager.create(new double[] {0.25, 0.25, 0.25, 0.25});
    Target.Classes halves = Target.Classes.of("y", List.of("a", "b"), new int[] {0, 0, 1, 1});
    Target.Classes quarter = Target.Classes.of("y", List.of("a", "b"), new int[] {0, 1, 1, 1});

    assertThat(TaskSpectrum.of(functions, weights, Targets.of(halves)).shares())
        .containsExactly(new double[] {1, 0}, within(CLOSE));
    assertThat(TaskSpectrum.of(functions, weights, Targets.of(quarter)).shares())
        .containsExactly(new double[] {1 / 3., 1 / 3.}, within(CLOSE));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    NDArray weights = manager.create(new double[] {0.5, 0.5});
    assertThatThrownBy(
            () -> TaskSpectrum.of(manager.eye(3), weights, Matrix.of(2, 1, new double[] {1, 2})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("functions: expected (2, d)");
    assertThatThrownBy(
            () -> TaskSpectrum.of(manager.eye(2), weights, Matrix.of(2, 1, new double[] {3, 3})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two different values");
  }
}
