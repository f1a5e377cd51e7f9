package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UsefulnessTest {

  @Test
  void aSpectrumByHand() {
    // sums 0.8, 1.2, 1.25 of 1.25; gaps 1 − 0.4, 1 − 0.05, 1 − 0
    Usefulness usefulness = Usefulness.of(new double[] {0.8, 0.4, 0.05});
    assertClose(usefulness.curve(), new double[] {1 / 0.6 + 0.64, 1 / 0.95 + 0.96, 2}, 1e-14);
    assertThat(usefulness.tau()).isEqualTo(2, within(1e-14));
    assertThat(usefulness.dimension()).isEqualTo(3);
    assertThat(usefulness.d0()).isEqualTo(3);
    assertThat(usefulness.tells()).isFalse();
    assertThat(usefulness.verdict()).startsWith("cannot tell: τ = 2.000 is at its bound 2.000");
  }

  @Test
  void aGapIsFound() {
    Usefulness usefulness = Usefulness.of(new double[] {0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
    assertThat(usefulness.dimension()).isEqualTo(2);
    assertThat(usefulness.tau()).isEqualTo(1 / 0.9 + 1.8 / 2.4, within(1e-14));
    assertThat(usefulness.tells()).isTrue();
    assertThat(usefulness)
        .hasToString(
            "usefulness: τ = 1.861 (lower is better, between 1 and 2.00), best with the first 2 of"
                + " 8 functions");
  }

  @Test
  void whatLiesBeyondD0CountsAsZero() {
    Usefulness usefulness = Usefulness.of(new double[] {0.5, 0.5, 0.5, 0.5}, 2, 2);
    assertClose(usefulness.curve(), new double[] {2 + 1, 1 + 2}, 1e-14);
    assertThat(usefulness.d0()).isEqualTo(2);
    assertThat(usefulness.tau()).isEqualTo(3, within(1e-14));
  }

  @Test
  void d0IsAtMost512AndTheRank() {
    double[] eigenvalues = new double[600];
    Arrays.fill(eigenvalues, 0.5);
    assertThat(Usefulness.of(eigenvalues).d0()).isEqualTo(512);
    assertThat(Usefulness.of(new double[] {0.5, 0.2, 0, 0}).d0()).isEqualTo(2);
    assertThat(Usefulness.of(new double[] {0.5, 0.2, 0, 0}, 1, 4).d0()).isEqualTo(2);
  }

  @Test
  void infiniteWhereTheNextEigenvalueIsOne() {
    Usefulness usefulness = Usefulness.of(new double[] {1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1});
    assertThat(usefulness.curve()[0]).isInfinite();
    assertThat(usefulness.dimension()).isEqualTo(2);
    assertThat(usefulness.tau()).isEqualTo(1 / 0.9 + 2 / 2.6, within(1e-14));
    Usefulness all = Usefulness.of(new double[] {1, 1, 1});
    assertThat(all.tau()).isEqualTo(2);
    assertThat(all.dimension()).isEqualTo(3);
    assertThat(all.verdict())
        .isEqualTo(
            "cannot tell: τ = 2.000 is at its bound 2.000, every eigenvalue is 1, the association"
                + " is as strong as can be");
  }

  @Test
  void aContextWithoutFunctionsSaysSo() {
    for (double[] eigenvalues : new double[][] {{}, {0}, {0, 0, -1e-10}}) {
      Usefulness usefulness = Usefulness.of(eigenvalues);
      assertThat(usefulness.tau()).isEqualTo(2);
      assertThat(usefulness.dimension()).isZero();
      assertThat(usefulness.curve()).isEmpty();
      assertThat(usefulness.verdict())
          .isEqualTo("nothing to learn: the context tells nothing of the input");
    }
  }

  @Test
  void refusesWhatIsNoSpectrum() {
    assertThatThrownBy(() -> Usefulness.of(new double[] {0.5, Double.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eigenvalues: expected s_1², s_2², … in [0, 1], got NaN at position 2");
    assertThatThrownBy(() -> Usefulness.of(new double[] {1.1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Usefulness.of(new double[] {0.2, 0.5}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "eigenvalues: expected them in descending order, got 0.5 after 0.2 at position 2");
    assertThatThrownBy(() -> Usefulness.of(new double[] {0.5}, Double.NaN, 3))
        .hasMessage("beta: expected a positive number, got NaN");
    assertThatThrownBy(() -> Usefulness.of(new double[] {0.5}, 1, 0))
        .hasMessage("d0: expected at least 1, got 0");
  }
}
