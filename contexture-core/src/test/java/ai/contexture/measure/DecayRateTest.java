package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DecayRateTest {

  @Test
  void exactExponentials() {
    for (double lambda : new double[] {1e-6, 0.003, 0.2, 1, 5, 20}) {
      for (int k : new int[] {1, 10, 500}) {
        double[] s = new double[k];
        Arrays.setAll(s, i -> Math.exp(-lambda * (i + 1)));
        assertThat(DecayRate.of(s)).isEqualTo(lambda, within(1e-7 * lambda));
      }
    }
  }

  /**
   * scipy 1.17.1: {@code curve_fit(lambda i, l: np.exp(-l * i), i, s, p0=[.1], ftol=1e-15,
   * xtol=1e-15, gtol=1e-15)} with {@code i = np.arange(1, len(s) + 1)}.
   */
  @Test
  void agreesWithScipy() {
    double[] power = new double[20];
    Arrays.setAll(power, i -> 1 / (i + 2.));
    double[] slow = new double[50];
    Arrays.setAll(slow, i -> 1 - 0.1 * i / 49);
    double[] plateau = new double[203];
    Arrays.fill(plateau, 0.06);
    Arrays.fill(plateau, 0, 3, 1);
    assertThat(DecayRate.of(power)).isEqualTo(0.4430389717287217, within(1e-7));
    assertThat(DecayRate.of(new double[] {.95, .9, .9, .5, .2, .05, .01}))
        .isEqualTo(0.20396952294132778, within(1e-7));
    assertThat(DecayRate.of(slow)).isEqualTo(0.0020572313595350927, within(1e-9));
    assertThat(DecayRate.of(new double[] {0.3})).isEqualTo(1.2039728043259361, within(1e-7));
    assertThat(DecayRate.of(plateau)).isEqualTo(0.237386779, within(1e-7));
  }

  /** The error has two valleys; a search that goes downhill from 1 stays in the worse one. */
  @Test
  void findsTheDeeperOfTwoValleys() {
    double[] s = new double[2000];
    Arrays.fill(s, 0.2);
    Arrays.fill(s, 0, 2, 1);
    double found = DecayRate.of(s);
    for (double lambda = 1e-5; lambda < 10; lambda *= 1.01) {
      assertThat(error(s, found)).isLessThanOrEqualTo(error(s, lambda));
    }
  }

  @Test
  void theEndsOfTheRange() {
    assertThat(DecayRate.of(new double[] {1, 1, 1})).isZero();
    assertThat(DecayRate.of(new double[] {0, 0})).isInfinite();
    assertThat(DecayRate.of(new double[] {1e-12, 0})).isGreaterThan(15);
    assertThatThrownBy(() -> DecayRate.of(new double[] {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eigenvalues: expected at least one, got none");
    assertThatThrownBy(() -> DecayRate.of(new double[] {Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double error(double[] s, double lambda) {
    double error = 0;
    for (int i = 0; i < s.length; i++) {
      error += Math.pow(s[i] - Math.exp(-lambda * (i + 1)), 2);
    }
    return error;
  }
}
