package ai.contexture.measure;

import static ai.contexture.testing.Numeric.identity;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static ai.contexture.testing.Numeric.seed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.contexture.testing.Narrow;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KernelDeviationTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray uniform(int n) {
    return manager.ones(new Shape(n), DataType.FLOAT64).div(n);
  }

  @Test
  void theEndsOfTheRange() {
    int n = 7;
    NDArray independent = manager.ones(new Shape(n, n), DataType.FLOAT64);
    assertThat(KernelDeviation.of(independent, uniform(n)).value()).isZero();
    // A = X: k is n on the diagonal
    NDArray itself = identity(manager, n).mul(n);
    assertThat(KernelDeviation.of(itself, uniform(n)).value())
        .isEqualTo(2 * (1 - 1. / n), within(1e-14));
  }

  /** k = 1[y = y′]/π_y: Σ_c π_c²(1/π_c − 1) + 1 − Σ_c π_c² = 2(1 − Σ_c π_c²). */
  @Test
  void theContextOfALabel() {
    JointLaw law = JointLaw.label(manager, new int[] {0, 0, 0, 1, 1, 2, 2, 2, 2, 2}, 3);
    KernelDeviation deviation = KernelDeviation.of(law.kernel(), law.inputWeights());
    assertThat(deviation.value()).isEqualTo(2 * (1 - .09 - .04 - .25), within(1e-14));
    assertThat(deviation)
        .hasToString(
            "kernel deviation: 1.24 (0: the context tells nothing of the input; near 2: inputs"
                + " share no contexts)");
  }

  @Test
  void unequalWeightsByHand() {
    // |k − 1| is 1 and 1/3 on the diagonal, 1/2 beside it; P_X is (1/4, 3/4)
    NDArray kernel = manager.create(new double[] {2, 0.5, 0.5, 4 / 3.}, new Shape(2, 2));
    NDArray weights = manager.create(new double[] {0.25, 0.75});
    assertThat(KernelDeviation.of(kernel, weights).value())
        .isEqualTo(1 / 16. + 2 * 3 / 32. + 9 / 16. / 3, within(1e-15));
  }

  @Test
  void aContextIsItsKernelMatrix() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 90, 2), 7);
    NDArray matrix = knn.kernel(knn.points(), knn.points());
    KernelDeviation expected = KernelDeviation.of(matrix, uniform(90));
    Held held = Held.by(manager);
    KernelDeviation finite = KernelDeviation.of(knn, seed());
    KernelDeviation kernelOnly = KernelDeviation.of(Narrow.kernel(knn), seed());
    held.assertNoMore();
    assertThat(finite.value()).isEqualTo(expected.value(), within(1e-12));
    assertThat(kernelOnly.value()).isEqualTo(expected.value(), within(1e-12));
    assertThat(finite.standardError()).isZero();
    assertThat(finite.sampled()).isEqualTo(90);
  }

  /** 400 estimates from 12 points each: their mean and spread by 5 σ, and the stated errors. */
  @Test
  void drawnPointsGiveAnUnbiasedEstimateAndItsError() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 60, 2), 6);
    double exact = KernelDeviation.of(knn, seed()).value();
    int repeats = 400;
    double sum = 0;
    double squares = 0;
    double stated = 0;
    for (int i = 0; i < repeats; i++) {
      Seed seed = seed().derive("deviation").derive(i);
      KernelDeviation deviation = KernelDeviation.of(knn, 12, seed);
      assertThat(deviation.sampled()).isEqualTo(12);
      assertThat(deviation.points()).isEqualTo(60);
      sum += deviation.value();
      squares += Math.pow(deviation.value() - exact, 2);
      stated += Math.pow(deviation.standardError(), 2);
    }
    double sigma = Math.sqrt(squares / repeats);
    assertThat(sum / repeats)
        .as(reproduce())
        .isEqualTo(exact, within(5 * sigma / Math.sqrt(repeats)));
    // a variance from 400 values has a relative error of about √(2/400) = 0.07
    assertThat(stated / squares).as(reproduce()).isBetween(0.65, 1.5);
    assertThat(KernelDeviation.of(knn, 12, seed())).isEqualTo(KernelDeviation.of(knn, 12, seed()));
  }

  @Test
  void pointsAreDrawnByTheirWeights() {
    double[] weights = {0, 0.5, 0, 0.3, 0.2, 0};
    int[] counts = new int[6];
    int draws = 20_000;
    for (int drawn : Kernels.draw(weights, draws, random("draws"))) {
      counts[drawn]++;
    }
    for (int i = 0; i < 6; i++) {
      double sigma = Math.sqrt(weights[i] * (1 - weights[i]) / draws);
      assertThat(counts[i] / (double) draws)
          .as(reproduce())
          .isEqualTo(weights[i], within(5 * sigma));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    NDArray kernel = identity(manager, 3);
    assertThatThrownBy(() -> KernelDeviation.of(kernel, uniform(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel: expected (2, 2), one weight a point, got (3, 3)");
    assertThatThrownBy(() -> KernelDeviation.of(kernel, uniform(3).mul(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weights: expected probabilities of the points, [n], got (3) of sum 2.00000");
    assertThatThrownBy(() -> KernelDeviation.of(kernel.mul(Double.NaN), uniform(3)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the kernel is not finite");
    KnnContext knn = KnnContext.of(normal(manager, "points", 9, 2), 3);
    assertThatThrownBy(() -> KernelDeviation.of(knn, 1, seed()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("most: expected at least 2 points, got 1");
  }
}
