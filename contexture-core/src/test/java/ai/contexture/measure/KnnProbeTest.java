package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KnnProbeTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray line(double... values) {
    return manager.create(values, new Shape(values.length, 1));
  }

  /** One neighbour misses no validation row, three miss one; test rows then take one. */
  @Test
  void oneNeighbourWhereThatIsBest() {
    NDArray train = line(0, 1, 2, 10, 11, 12, 5);
    int[] classes = {0, 0, 0, 1, 1, 1, 1};
    KnnProbe probe =
        KnnProbe.classification(
            train,
            classes,
            line(0.1, 10.1, 4.4),
            new int[] {0, 1, 1},
            line(1.4, 4, 9),
            new int[] {0, 1, 0},
            2);
    assertThat(probe.k()).isEqualTo(1);
    assertThat(probe.validation()).isEqualTo(1);
    assertThat(probe.value()).isCloseTo(2 / 3., within(1e-15));
    assertThat(probe.metric()).isEqualTo(Metric.ACCURACY);
  }

  /** With two voters of two classes the nearer one wins. */
  @Test
  void theNearerOfTiedClassesWins() {
    NDArray train = line(0, 1);
    KnnProbe probe =
        KnnProbe.classification(
            train, new int[] {1, 0}, line(0.2), new int[] {1}, line(0.3, 0.8), new int[] {1, 0}, 2);
    assertThat(probe.value()).isEqualTo(1);
  }

  @Test
  void numbersAreMeans() {
    NDArray train = line(0, 1, 2, 3);
    double[] y = {0, 2, 0, 2};
    // one neighbour is off by 1 on validation rows whose target is 1, two are right
    KnnProbe probe =
        KnnProbe.regression(
            train, y, line(0.4, 1.6), new double[] {1, 1}, line(2.4), new double[] {4});
    assertThat(probe.k()).isEqualTo(2);
    assertThat(probe.validation()).isZero();
    assertThat(probe.value()).isEqualTo(3);
    assertThat(probe.metric()).isEqualTo(Metric.RMSE);
  }

  /** The scale of a feature makes no difference, and constant features neither. */
  @Test
  void featuresAreStandardised() {
    NDArray x = normal(manager, "x", 60, 2);
    NDArray scaled =
        x.mul(manager.create(new double[] {1000, 0.001}, new Shape(1, 2)))
            .concat(manager.ones(new Shape(60, 1), x.getDataType()), 1);
    int[] y = new int[60];
    double[] first = x.get(":, 0").toDoubleArray();
    for (int i = 0; i < 60; i++) {
      y[i] = first[i] > 0 ? 1 : 0;
    }
    assertThat(probe(scaled, y)).isEqualTo(probe(x, y));
  }

  private static KnnProbe probe(NDArray x, int[] y) {
    return KnnProbe.classification(
        x.get("0:30"),
        Arrays.copyOf(y, 30),
        x.get("30:45"),
        Arrays.copyOfRange(y, 30, 45),
        x.get("45:60"),
        Arrays.copyOfRange(y, 45, 60),
        2);
  }

  @Test
  void nothingIsLeftBehind() {
    NDArray x = normal(manager, "x", 60, 2);
    Held held = Held.by(manager);
    KnnProbe.regression(x, new double[60], x, new double[60], x, new double[60]);
    held.assertNoMore();
  }

  @Test
  void refusals() {
    NDArray x = line(0, 1);
    assertThatThrownBy(
            () -> KnnProbe.classification(x, new int[] {0, 2}, x, new int[2], x, new int[2], 2))
        .hasMessage("trainY: expected codes from 0 to 1, got 2 at position 1");
    assertThatThrownBy(
            () -> KnnProbe.regression(x, new double[3], x, new double[2], x, new double[2]))
        .hasMessage("trainX: expected (3, d), one row a target and at least 1, got (2, 1)");
    assertThatThrownBy(
            () -> KnnProbe.regression(x.div(0), new double[2], x, new double[2], x, new double[2]))
        .hasMessage("trainX: expected finite numbers");
  }

  /** Without validation rows k is the best for training rows that are left out. */
  @Test
  void leavesOutTrainingRows() {
    NDArray train = line(0, 1, 2, 3, 10, 11, 12, 13, 1.4);
    int[] classes = {0, 0, 0, 0, 1, 1, 1, 1, 1};
    KnnProbe probe =
        KnnProbe.classification(train, classes, line(1.5, 11.5, 2.2), new int[] {0, 1, 0}, 2);
    assertThat(probe.k()).isEqualTo(3);
    assertThat(probe.validation()).isEqualTo(8 / 9.);
    assertThat(probe.value()).isEqualTo(1);
    assertThat(probe.losses().rows()).isEqualTo(3);

    double[] numbers = {0, 1, 2, 3, 4, 5, 6, 7};
    KnnProbe regression =
        KnnProbe.regression(line(numbers), numbers, line(3.4), new double[] {3.5});
    assertThat(regression.k()).isEqualTo(2);
    assertThat(regression.validation()).isEqualTo(0.75, within(1e-12));
    assertThat(regression.value()).isEqualTo(0, within(1e-12));
  }
}
