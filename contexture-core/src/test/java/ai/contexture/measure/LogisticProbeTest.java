package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogisticProbeTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** The same problem, solved by scikit-learn 1.7 with C = 1/(α n). */
  @Test
  void theMinimumIsScikitLearns() {
    double[] x = {-2, 1, -1, 0, 0, 2, 1, 1, 2, -1, 0.5, -2, 3, 0, -3, -1, 1, 3, -1, -2};
    int[] y = {0, 0, 1, 1, 2, 2, 2, 0, 1, 0};
    double[] w = LogisticProbe.fit(manager.create(x, new Shape(10, 2)), y, 3, 0.1);
    assertClose(
        w,
        new double[] {
          -1.02116387,
          0.20171695,
          0.81944692,
          -0.20976988,
          0.85666697,
          -0.64689708,
          0.36845855,
          -0.09941622,
          -0.26904233
        },
        1e-7);
  }

  /** Without features the classes' shares are the best. */
  @Test
  void offsetsAreTheLogarithmsOfShares() {
    int[] y = {0, 0, 0, 1};
    double[] w = LogisticProbe.fit(manager.zeros(new Shape(4, 1), DataType.FLOAT64), y, 2, 1);
    assertThat(w[2] - w[3]).isCloseTo(Math.log(3), within(1e-7));
    assertThat(w[0]).isZero();
  }

  @Test
  void classesOnALineAreFound() {
    int n = 400;
    NDArray x = normal(manager, "x", 3 * n, 3);
    double[] values = x.toDoubleArray();
    RandomGenerator random = random("noise");
    int[] y = new int[3 * n];
    double bayes = 0;
    for (int i = 0; i < y.length; i++) {
      double p = 1 / (1 + Math.exp(-3 * values[3 * i] + 2 * values[3 * i + 1]));
      y[i] = random.nextDouble() < p ? 1 : 0;
      if (i >= 2 * n) {
        bayes -= Math.log(y[i] == 1 ? p : 1 - p) / n;
      }
    }
    LogisticProbe probe =
        LogisticProbe.of(
            x.get("0:" + n),
            Arrays.copyOf(y, n),
            x.get(n + ":" + 2 * n),
            Arrays.copyOfRange(y, n, 2 * n),
            x.get(2 * n + ":"),
            Arrays.copyOfRange(y, 2 * n, 3 * n),
            2);
    assertThat(probe.gradient()).isLessThan(1e-8);
    // three parameters fitted to 400 rows: an excess of about 3/(2·400) nats
    assertThat(probe.crossEntropy()).as(reproduce()).isBetween(bayes - 0.05, bayes + 0.05);
    assertThat(probe.value()).as(reproduce()).isGreaterThan(0.75);
  }

  /** Of more features than rows the search is among what the rows span, where the minimum is. */
  @Test
  void manyFeaturesHaveTheMinimumOfThoseThatVary() {
    NDArray x = normal(manager, "x", 60, 6);
    int[] y = new int[60];
    double[] values = x.toDoubleArray();
    for (int i = 0; i < y.length; i++) {
      y[i] = values[6 * i] + values[6 * i + 1] > 0.3 ? 2 : values[6 * i + 2] > 0 ? 1 : 0;
    }
    NDArray turn = LinearAlgebra.orthonormalise(normal(manager, "turn", 40, 6)).transpose();
    NDArray wide = x.matMul(turn); // 40 features of the same inner products
    LogisticProbe[] probes = new LogisticProbe[2];
    for (int i = 0; i < 2; i++) {
      NDArray all = i == 0 ? x : wide;
      probes[i] =
          LogisticProbe.of(
              all.get("0:20"),
              Arrays.copyOf(y, 20),
              all.get("20:40"),
              Arrays.copyOfRange(y, 20, 40),
              all.get("40:"),
              Arrays.copyOfRange(y, 40, 60),
              3,
              false);
    }
    assertThat(probes[1].penalty()).isEqualTo(probes[0].penalty());
    assertThat(probes[1].crossEntropy()).isCloseTo(probes[0].crossEntropy(), within(1e-6));
    assertThat(probes[1].losses()).isEqualTo(probes[0].losses());
    assertThat(probes[0].value()).isEqualTo(probes[0].losses().value()).isGreaterThan(0.5);
  }

  @Test
  void nothingIsLeftBehind() {
    NDArray x = normal(manager, "x", 20, 2);
    int[] y = new int[20];
    y[3] = 1;
    Held held = Held.by(manager);
    LogisticProbe.of(x, y, x, y, x, y, 2);
    held.assertNoMore();
  }

  @Test
  void refusals() {
    NDArray x = manager.zeros(new Shape(2, 1));
    int[] y = {0, 1};
    assertThatThrownBy(() -> LogisticProbe.of(x, y, x, y, x, y, 1))
        .hasMessage("classes: expected at least 2, got 1");
    assertThatThrownBy(() -> LogisticProbe.of(x, y, x, y, x, new int[] {0, -1}, 2))
        .hasMessage("testY: expected codes from 0 to 1, got -1 at position 1");
  }
}
