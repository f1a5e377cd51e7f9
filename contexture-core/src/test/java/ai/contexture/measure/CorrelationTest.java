package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.torch.Numeric;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CorrelationTest {

  private static final double[] X = {1, 2, 3, 4, 5};
  private static final double[] Y = {1, 4, 9, 16, 20};

  /** Numbers of numpy, from the definitions. */
  @Test
  void literals() {
    assertThat(Correlation.pearson(X, Y)).isCloseTo(0.9920947376656812, within(1e-14));
    assertThat(Correlation.distance(X, Y)).isCloseTo(0.9927858229737536, within(1e-14));
    double[] s = {-2, -1, 0, 1, 2};
    double[] squares = {4, 1, 0, 1, 4};
    assertThat(Correlation.pearson(s, squares)).isCloseTo(0, within(1e-15));
    assertThat(Correlation.distance(s, squares)).isCloseTo(0.5159234568589329, within(1e-14));
  }

  @Test
  void linearFunctionsCorrelateFully() {
    double[] up = Arrays.stream(X).map(x -> 3 * x - 7).toArray();
    double[] down = Arrays.stream(X).map(x -> 2 - x).toArray();
    assertThat(Correlation.pearson(X, up)).isCloseTo(1, within(1e-15));
    assertThat(Correlation.pearson(X, down)).isCloseTo(-1, within(1e-15));
    assertThat(Correlation.distance(X, up)).isCloseTo(1, within(1e-15));
    assertThat(Correlation.distance(X, down)).isCloseTo(1, within(1e-15));
  }

  /** The expected squared distance covariance of independent series is of order 1/n. */
  @Test
  void independentSeriesHardlyCorrelate() {
    RandomGenerator random = Numeric.random("series");
    double[] x = random.doubles(2000).toArray();
    double[] y = random.doubles(2000).toArray();
    assertThat(Correlation.distance(x, y)).as(Numeric.reproduce()).isLessThan(0.12);
    assertThat(Math.abs(Correlation.pearson(x, y)))
        .as(Numeric.reproduce())
        .isLessThan(6 / Math.sqrt(2000));
  }

  @Test
  void constantsHaveNone() {
    double[] constant = {2, 2, 2, 2, 2};
    assertThat(Correlation.pearson(X, constant)).isNaN();
    assertThat(Correlation.distance(constant, X)).isNaN();
  }

  @Test
  void refusals() {
    assertThatThrownBy(() -> Correlation.pearson(X, new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x and y: expected as many numbers and at least 2, got 5 and 1");
    assertThatThrownBy(() -> Correlation.distance(new double[] {1, Double.NaN}, new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at position 1");
  }
}
