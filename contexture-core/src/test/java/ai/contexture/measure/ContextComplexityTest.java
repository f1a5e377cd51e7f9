package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static ai.contexture.testing.Numeric.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.spectrum.Spectra;
import ai.contexture.testing.Held;
import ai.contexture.testing.Narrow;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextComplexityTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** k(x, x) = 1/π_y: at most 1/0.2, on average the number of classes. */
  @Test
  void theContextOfALabel() {
    JointLaw law = JointLaw.label(manager, new int[] {0, 0, 0, 1, 1, 2, 2, 2, 2, 2}, 3);
    ContextComplexity complexity = complexity(law);
    assertThat(complexity.kappaSquared()).isEqualTo(5, within(1e-12));
    assertThat(complexity.mean()).isEqualTo(3, within(1e-12));
    assertThat(complexity)
        .hasToString(
            "context complexity: κ² = 5.000, on average 3.000 (1: the context tells nothing of the"
                + " input; the larger, the more labelled rows a task needs)");
  }

  @Test
  void theMeanIsTheTrace() {
    for (int i = 0; i < 20; i++) {
      JointLaw law = JointLaw.random(manager, 12, 9, 2, random("law " + i));
      double trace = 1 + Arrays.stream(law.eigenvalues()).sum();
      assertThat(complexity(law).mean()).as(reproduce()).isEqualTo(trace, within(1e-12));
      assertThat(complexity(law).kappaSquared()).isGreaterThanOrEqualTo(trace);
    }
  }

  @Test
  void aContextIsTheDiagonalOfItsKernel() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 90, 2), 7);
    double[] kernel = knn.kernel(knn.points(), knn.points()).toDoubleArray();
    double largest = 0;
    for (int i = 0; i < 90; i++) {
      largest = Math.max(largest, kernel[i * 91]);
    }
    Held held = Held.by(manager);
    ContextComplexity complexity = ContextComplexity.of(knn, seed());
    held.assertNoMore();
    assertThat(complexity.kappaSquared()).isEqualTo(largest, within(1e-12));
    double trace = 1 + Arrays.stream(Spectra.of(knn, 5, manager).eigenvalues()).sum();
    assertThat(complexity.mean()).as(reproduce()).isEqualTo(trace, within(1e-9));
    ContextComplexity some = ContextComplexity.of(knn, 30, seed());
    assertThat(some.sampled()).isEqualTo(30);
    assertThat(some.points()).isEqualTo(90);
    assertThat(some.kappaSquared()).isBetween(some.mean(), largest);
    assertThat(ContextComplexity.of(Narrow.kernel(knn), seed())).isEqualTo(complexity);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> ContextComplexity.of(new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("diagonal: expected at least 1 value and as many weights, got 2 and 3");
    assertThatThrownBy(() -> ContextComplexity.of(new double[] {Double.NaN}, new double[] {1}))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the kernel is not finite");
    KnnContext knn = KnnContext.of(normal(manager, "points", 9, 2), 3);
    assertThatThrownBy(() -> ContextComplexity.of(knn, 0, seed()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("most: expected at least 1 point, got 0");
  }

  private static ContextComplexity complexity(JointLaw law) {
    double[] kernel = law.kernel().toDoubleArray();
    double[] diagonal = new double[law.inputs()];
    Arrays.setAll(diagonal, i -> kernel[i * (law.inputs() + 1)]);
    return ContextComplexity.of(diagonal, law.inputWeights().toDoubleArray());
  }
}
