package ai.contexture.measure;

import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Matrix;
import ai.contexture.testing.Numeric;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SoftmaxTest {

  /** Where classes are drawn with probabilities exp(3·score), the scale is 3. */
  @Test
  void findsTheScale() {
    RandomGenerator random = random("scores");
    int m = 4000;
    double[] scores = random.doubles(3L * m).toArray();
    int[] codes = new int[m];
    Softmax truth = new Softmax(3);
    Matrix matrix = Matrix.of(m, 3, scores);
    for (int i = 0; i < m; i++) {
      double[] p = truth.probabilities(matrix.row(i));
      double draw = random.nextDouble();
      codes[i] = draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2;
    }
    assertThat(Softmax.of(matrix, codes).scale()).as(Numeric.reproduce()).isEqualTo(3, within(0.3));
  }

  /** Five labels that are all right: each is 6/7 by ε = 1/(5 + 2). */
  @Test
  void fewLabelsDoNotMakeCertain() {
    Matrix scores = Matrix.of(5, 2, new double[] {1, 0, 0, 1, 1, 0, 1, 0, 0, 1});
    Softmax found = Softmax.of(scores, new int[] {0, 1, 0, 0, 1});
    assertThat(found.probabilities(new double[] {1, 0})[0]).isEqualTo(6 / 7., within(1e-9));
    assertThat(Arrays.stream(found.probabilities(new double[] {900, 0, -900})).sum())
        .isEqualTo(1, within(1e-12));
  }

  /** Scores that say the opposite are worth nothing. */
  @Test
  void wrongScoresSayNothing() {
    Matrix scores = Matrix.of(3, 2, new double[] {0, 1, 1, 0, 0, 1});
    assertThat(Softmax.of(scores, new int[] {0, 1, 0}).scale()).isEqualTo(0, within(1e-9));
  }
}
