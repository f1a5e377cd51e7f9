package ai.contexture.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparisons of DJL's test utilities pass where a number is not one; those here must not. */
class NumericTest {

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.1})
  void onlyNumbersNearTheExpectedOnesPass(double actual) {
    Numeric.assertClose(new double[] {0, 1.05}, new double[] {0, 1}, 0.06);
    assertThatThrownBy(
            () -> Numeric.assertClose(new double[] {0, actual}, new double[] {0, 1}, 0.06))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("at 1: expected 1.0");
    assertThatThrownBy(
            () -> Numeric.assertClose(new double[] {0, 1}, new double[] {0, actual}, 0.06))
        .isInstanceOf(AssertionError.class);
  }
}
