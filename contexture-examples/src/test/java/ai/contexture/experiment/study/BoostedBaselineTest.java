package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.random.Seed;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

@EnabledOnOs(architectures = {"amd64", "x86_64"}) // XGBoost brings no other library
class BoostedBaselineTest {

  private static final int N = 400;

  private static final int[] TRAIN = IntStream.range(0, 200).toArray();
  private static final int[] VALID = IntStream.range(200, 300).toArray();
  private static final int[] TEST = IntStream.range(300, N).toArray();

  private static final Matrix INPUTS = inputs();

  private static Matrix inputs() {
    RandomGenerator random = Seed.of(4).generator();
    return Matrix.of(N, 3, random.doubles(3L * N, -1, 1).toArray());
  }

  /** A checkerboard, of which no linear model knows anything. */
  private static int square(int row) {
    return INPUTS.get(row, 0) > 0 == INPUTS.get(row, 1) > 0 ? 1 : 0;
  }

  @Test
  void findsWhatNoLinearModelDoes() {
    int[] codes = IntStream.range(0, N).map(BoostedBaselineTest::square).toArray();
    Target classes = Target.Classes.of("y", List.of("no", "yes"), codes);

    BoostedBaseline found = BoostedBaseline.of(INPUTS, classes, TRAIN, VALID, TEST, 1);

    assertThat(found.error()).isLessThan(0.1);
    assertThat(found.depth()).isIn(2, 4, 6);
    assertThat(found.rounds()).isPositive();
  }

  @Test
  void numbers() {
    double[] y = IntStream.range(0, N).mapToDouble(row -> 10 + 4 * square(row)).toArray();

    BoostedBaseline found =
        BoostedBaseline.of(INPUTS, Target.Values.of("y", y), TRAIN, VALID, TEST, 1);

    assertThat(found.error()).isLessThan(0.8); // the best constant has 2
  }

  /** Noise is best predicted by few trees, and no better than by its mean. */
  @Test
  void noiseIsNotLearned() {
    RandomGenerator random = Seed.of(5).generator();
    double[] y = IntStream.range(0, N).mapToDouble(row -> random.nextGaussian()).toArray();

    BoostedBaseline found =
        BoostedBaseline.of(INPUTS, Target.Values.of("y", y), TRAIN, VALID, TEST, 1);

    assertThat(found.rounds()).isLessThan(100);
    assertThat(found.error()).isBetween(0.8, 1.4);
  }

  @Test
  void targetsOfTestRowsChangeTheErrorOnly() {
    double[] y = IntStream.range(0, N).mapToDouble(row -> INPUTS.get(row, 2)).toArray();
    double[] other = y.clone();
    for (int row : TEST) {
      other[row] = y[row] + 100;
    }

    BoostedBaseline found =
        BoostedBaseline.of(INPUTS, Target.Values.of("y", y), TRAIN, VALID, TEST, 1);
    BoostedBaseline same =
        BoostedBaseline.of(INPUTS, Target.Values.of("y", other), TRAIN, VALID, TEST, 1);

    assertThat(same.depth()).isEqualTo(found.depth());
    assertThat(same.rounds()).isEqualTo(found.rounds());
    assertThat(same.error()).isBetween(99.0, 101.0);
  }
}
