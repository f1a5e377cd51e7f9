package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnErrorTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray random(long seed, int n, int d) {
    RandomGenerator random = Seed.of(seed).generator();
    double[] values = new double[n * d];
    Arrays.setAll(values, i -> random.nextGaussian());
    return manager.create(values, new Shape(n, d));
  }

  /** Weights with which ridge regression on some rows predicts another, by its normal equations. */
  private double[] weights(NDArray x, int left, double alpha) {
    int n = Math.toIntExact(x.getShape().get(0));
    int d = Math.toIntExact(x.getShape().get(1));
    long[] others = IntStream.range(0, n).filter(i -> i != left).asLongStream().toArray();
    NDArray seen = x.get(manager.create(others));
    NDArray mean = Torch.columnMeans(seen);
    NDArray centred = seen.sub(mean);
    NDArray normal = centred.transpose().matMul(centred).add(manager.eye(d).mul(alpha));
    NDArray at = x.get(left + ":" + (left + 1)).sub(mean);
    double[] of =
        centred
            .matMul(LinearAlgebra.solve(normal, at.transpose()))
            .add(1.0 / others.length)
            .toDoubleArray();
    double[] weights = new double[n];
    IntStream.range(0, others.length).forEach(k -> weights[(int) others[k]] = of[k]);
    return weights;
  }

  /** Each row left out and the regression fitted again, for every penalty. */
  private double byFitting(NDArray features, double[] column, double noise) {
    int n = column.length;
    double mean = Arrays.stream(column).average().orElseThrow();
    double variance =
        Arrays.stream(column).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] z = Arrays.stream(column).map(v -> (v - mean) / Math.sqrt(variance)).toArray();
    double least = Double.POSITIVE_INFINITY;
    for (int step = 0; step <= 21; step++) {
      double alpha = step == 21 ? 1e12 : n * Math.pow(10, -6 + step / 2.0);
      double error = 0;
      for (int i = 0; i < n; i++) {
        double[] w = weights(features, i, alpha);
        double missed = z[i] - IntStream.range(0, n).mapToDouble(j -> w[j] * z[j]).sum();
        double spread = 1 + Arrays.stream(w).map(v -> v * v).sum();
        error += (missed * missed + noise * spread) / (1 + noise) / n;
      }
      least = Math.min(least, error);
    }
    return least;
  }

  @Test
  void rowsLeftOutOneByOne() {
    NDArray features = random(1, 9, 3);
    NDArray columns = random(2, 9, 2).add(features.get(":, 0:2"));
    for (double noise : new double[] {0, ColumnError.DEFAULT_NOISE, 4}) {
      double expected =
          (byFitting(features, columns.get(":, 0").toDoubleArray(), noise)
                  + byFitting(features, columns.get(":, 1").toDoubleArray(), noise))
              / 2;

      ColumnError found = ColumnError.of(features, columns, noise);

      assertThat(found.value()).isCloseTo(expected, within(1e-6));
      assertThat(found.columns()).isEqualTo(2);
      assertThat(found.rows()).isEqualTo(9);
    }
  }

  @Test
  void featuresThatTellNothingOrAll() {
    NDArray columns = random(3, 10, 4);
    double factor = 10 / 9.0;
    ColumnError nothing =
        ColumnError.of(manager.ones(new Shape(10, 2), DataType.FLOAT64), columns, 0);
    assertThat(nothing.value()).isCloseTo(factor * factor, within(1e-12));
    assertThat(ColumnError.of(manager.ones(new Shape(10, 2), DataType.FLOAT64), columns, 3).value())
        .isCloseTo((factor * factor + 3 * factor) / 4, within(1e-12));
    assertThat(ColumnError.of(columns.mul(2).add(1), columns, 0).value())
        .isCloseTo(0, within(1e-8));
  }

  /** As many features as rows: without a penalty each row decides its own prediction. */
  @Test
  void moreFeaturesThanRowsTellNoMoreThanTheMean() {
    NDArray features = random(4, 12, 30);
    NDArray columns = random(5, 12, 3);
    double most = Math.pow(12 / 11.0, 2);

    assertThat(ColumnError.of(features, columns, 0).value()).isBetween(0.3, most + 1e-12);
    assertThat(ColumnError.of(features, columns, 2).value())
        .isGreaterThan(1)
        .isLessThanOrEqualTo((most + 2 * 12 / 11.0) / 3 + 1e-12);
  }

  @Test
  void scalesAndConstantColumnsDoNotCount() {
    NDArray features = random(6, 14, 2);
    NDArray columns = random(7, 14, 3).add(features.get(":, 0:1"));
    double value = ColumnError.of(features, columns, 1).value();

    ColumnError found =
        ColumnError.of(
            features,
            columns.mul(1e3).add(5).concat(manager.ones(new Shape(14, 1), DataType.FLOAT64), 1),
            1);

    assertThat(found.value()).isCloseTo(value, within(1e-9));
    assertThat(found.columns()).isEqualTo(3);
    assertThat(found.verdict()).contains("over 3 columns of 14 rows");
  }

  /** The third feature tells the only column, those after it are noise. */
  @Test
  void theLeastErrorIsThatOfTheFeaturesThatTell() {
    NDArray features = random(11, 40, 12);
    NDArray column = features.get(":, 2:3").duplicate();
    Held held = Held.by(manager);

    ColumnError.Least least = ColumnError.least(features, column, 1);

    held.assertNoMore();
    assertThat(least.dimension()).isEqualTo(3);
    assertThat(least.error()).isEqualTo(ColumnError.of(features.get(":, 0:3"), column, 1));
    for (int d : ColumnError.dimensions(12)) {
      assertThat(ColumnError.of(features.get(":, 0:" + d), column, 1).value())
          .isGreaterThanOrEqualTo(least.error().value());
    }
  }

  @Test
  void severalNoisesAtOnceGiveTheSameAsOneAtATime() {
    NDArray features = random(12, 20, 24);
    NDArray columns = random(13, 20, 3).add(features.get(":, 1:4"));
    List<Double> noises = List.of(0.0, 0.3, 1.0, 4.0);

    List<ColumnError.Least> found = ColumnError.least(features, columns, noises);

    assertThat(found).hasSize(4);
    for (int k = 0; k < 4; k++) {
      double noise = noises.get(k);
      int d = found.get(k).dimension();
      assertThat(found.get(k)).isEqualTo(ColumnError.least(features, columns, noise));
      assertThat(found.get(k).error())
          .isEqualTo(ColumnError.of(features.get(":, 0:" + d), columns, noise));
    }
    assertThat(found.stream().map(ColumnError.Least::dimension).distinct().count())
        .isGreaterThan(1);
    assertThatThrownBy(() -> ColumnError.least(features, columns, List.of(1.0, -1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noise: expected a number from 0, got -1.0");
  }

  @Test
  void numbersOfFeatures() {
    assertThat(ColumnError.dimensions(1)).containsExactly(1);
    assertThat(ColumnError.dimensions(5)).containsExactly(1, 2, 3, 4, 5);
    assertThat(ColumnError.dimensions(26)).containsExactly(1, 2, 3, 4, 6, 8, 12, 16, 24, 26);
    assertThatThrownBy(() -> ColumnError.dimensions(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("features: expected at least 1, got 0");
  }

  @Test
  void badArguments() {
    NDArray two = random(8, 5, 2);
    assertThatThrownBy(() -> ColumnError.of(two, random(8, 4, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "features, columns: expected (n, d) and (n, p) with n of at least 3, got (5, 2) and"
                + " (4, 2)");
    assertThatThrownBy(() -> ColumnError.of(two, two, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noise: expected a number from 0, got -1.0");
    assertThatThrownBy(() -> ColumnError.of(two, two.mul(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("columns: expected some that vary, got constant ones");
    assertThatThrownBy(() -> ColumnError.of(two.div(0), two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("features: expected finite numbers");
  }

  @Test
  void nothingIsLeftBehind() {
    NDArray features = random(9, 6, 2);
    Held held = Held.by(manager);
    ColumnError.of(features, features);
    held.assertNoMore();
  }
}
