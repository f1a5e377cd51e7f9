package ai.contexture.measure;

import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CorrelationTest {

  private static final double[] X = {1, 2, 4, 8, 3, -1};
  private static final double[] Y = {2, 1, 3, 7, -5, 0};

  /** numpy 2.4.6: {@code corrcoef} and the definition with double-centred distance matrices. */
  @Test
  void agreesWithNumpy() {
    assertThat(Correlation.pearson(X, Y)).isEqualTo(0.5704992399174159, within(1e-14));
    assertThat(Correlation.distance(X, Y)).isEqualTo(0.7958401674235402, within(1e-14));
  }

  /** A parabola: no correlation, but a dependence. */
  @Test
  void aParabola() {
    double[] x = {-3, -2, -1, 0, 1, 2, 3};
    double[] y = Arrays.stream(x).map(v -> v * v).toArray();
    assertThat(Correlation.pearson(x, y)).isEqualTo(0, within(1e-15));
    assertThat(Correlation.distance(x, y)).isEqualTo(0.5053197494397451, within(1e-14));
  }

  @Test
  void unitsDoNotMatter() {
    double[] scaled = Arrays.stream(X).map(v -> 1e6 - 3e-7 * v).toArray();
    double[] huge = Arrays.stream(Y).map(v -> 1e200 * v).toArray();
    assertThat(Correlation.pearson(scaled, huge))
        .isEqualTo(-Correlation.pearson(X, Y), within(1e-3));
    assertThat(Correlation.distance(X, huge)).isEqualTo(Correlation.distance(X, Y), within(1e-14));
    assertThat(Correlation.pearson(X, X)).isEqualTo(1, within(1e-15));
    assertThat(Correlation.distance(X, X)).isEqualTo(1, within(1e-15));
    assertThat(Correlation.distance(Y, X)).isEqualTo(Correlation.distance(X, Y), within(1e-15));
  }

  /** Two numbers: the distances are the same matrix up to scale. */
  @Test
  void twoNumbers() {
    assertThat(Correlation.pearson(new double[] {1, 2}, new double[] {5, 3}))
        .isEqualTo(-1, within(1e-15));
    assertThat(Correlation.distance(new double[] {1, 2}, new double[] {5, 3}))
        .isEqualTo(1, within(1e-15));
  }

  /** Independent normal numbers: Pearson's is about N(0, 1/n), 5 σ; the other of order n^−1/2. */
  @Test
  void independentNumbers() {
    RandomGenerator random = random("independent");
    double[] x = random.doubles(1000).map(v -> random.nextGaussian()).toArray();
    double[] y = random.doubles(1000).map(v -> random.nextGaussian()).toArray();
    assertThat(Correlation.pearson(x, y)).as(reproduce()).isEqualTo(0, within(5 / Math.sqrt(1000)));
    assertThat(Correlation.distance(x, y)).as(reproduce()).isBetween(0., 0.2);
  }

  @Test
  void constantsHaveNone() {
    double[] constant = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    assertThat(Correlation.pearson(X, constant)).isNaN();
    assertThat(Correlation.distance(constant, X)).isNaN();
    assertThatThrownBy(() -> Correlation.pearson(X, new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x, y: expected as many numbers, at least 2, got 6 and 2");
    assertThatThrownBy(() -> Correlation.distance(X, new double[] {1, 2, 3, 4, 5, Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x, y: expected finite numbers, got NaN");
  }
}
