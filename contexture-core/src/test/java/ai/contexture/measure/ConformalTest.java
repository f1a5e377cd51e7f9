package ai.contexture.measure;

import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Numeric;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConformalTest {

  private static double[] oneTo(int m) {
    return IntStream.rangeClosed(1, m).mapToDouble(i -> m + 1 - i).toArray();
  }

  /** ⌈(m + 1)(1 − α)⌉, where 10 · 0.9 and 20 · 0.9 are whole numbers. */
  @Test
  void theRankIsThatOfTheTheorem() {
    assertThat(Conformal.quantile(oneTo(9), 0.9)).isEqualTo(9);
    assertThat(Conformal.quantile(oneTo(8), 0.9)).isInfinite();
    assertThat(Conformal.quantile(oneTo(19), 0.9)).isEqualTo(18);
    assertThat(Conformal.quantile(oneTo(20), 0.9)).isEqualTo(19);
    assertThat(Conformal.quantile(oneTo(99), 0.7)).isEqualTo(70);
    assertThat(Conformal.quantile(oneTo(3), 0.5)).isEqualTo(2);
    assertThat(Conformal.quantile(new double[0], 0.5)).isInfinite();
    assertThat(Conformal.fewest(0.9)).isEqualTo(9);
    assertThat(Conformal.fewest(0.95)).isEqualTo(19);
    assertThat(Conformal.fewest(0.5)).isEqualTo(1);
  }

  /** Of 15 losses and another, the other is among the 14 smallest with a probability of 14/16. */
  @Test
  void itHoldsAsOftenAsItSays() {
    RandomGenerator random = random("losses");
    int trials = 20_000;
    int held = 0;
    for (int t = 0; t < trials; t++) {
      double[] losses = random.doubles(15).map(v -> v * v).toArray();
      double other = random.nextDouble();
      held += other * other <= Conformal.quantile(losses, 0.85) ? 1 : 0;
    }
    assertThat(held / (double) trials).as(Numeric.reproduce()).isEqualTo(14 / 16., within(0.01));
  }

  @Test
  void setsOfClassesHoldTheLikeliest() {
    double[] p = {0.2, 0.5, 0.3};
    assertThat(Conformal.classes(p, 0.75)).containsExactly(false, true, true);
    assertThat(Conformal.classes(p, 0.1)).containsExactly(false, true, false);
    assertThat(Conformal.classes(p, Double.POSITIVE_INFINITY)).containsExactly(true, true, true);
  }

  @Test
  void badArguments() {
    assertThatThrownBy(() -> Conformal.quantile(oneTo(3), 1)).hasMessageContaining("level");
    assertThatThrownBy(() -> Conformal.quantile(new double[] {Double.NaN}, 0.5))
        .hasMessageContaining("NaN");
  }
}
