package ai.contexture.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.measure.PairedScores.Score;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ProbeComparisonTest {

  /** Losses of predictions that are off by an error each. */
  private static RowLosses numbers(int rows, IntToDoubleFunction error) {
    double[] errors = new double[rows];
    Arrays.setAll(errors, error);
    return RowLosses.ofNumbers(errors, new double[rows]);
  }

  /** Losses of two classes, of which those rows are right. */
  private static RowLosses classes(int rows, IntToDoubleFunction right) {
    double[] scores = new double[2 * rows];
    for (int i = 0; i < rows; i++) {
      scores[2 * i] = right.applyAsDouble(i);
    }
    return RowLosses.ofClasses(scores, new int[rows], 2);
  }

  private static ProbeComparison compare(RowLosses features, RowLosses columns) {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    losses.put(Predictor.FEATURES, features);
    losses.put(Predictor.COLUMNS, columns);
    return ProbeComparison.of(losses, 30, 5, Seed.of(3));
  }

  @Test
  void lossesAreTheMetric() {
    assertThat(RowLosses.ofNumbers(new double[] {1, 5}, new double[] {1, 2}).value())
        .isEqualTo(Math.sqrt(4.5), within(1e-15));
    RowLosses classes =
        RowLosses.ofClasses(new double[] {1, 2, 2, 1, 0, 0}, new int[] {1, 1, 1}, 2);
    assertThat(classes.value()).isEqualTo(1 / 3.0);
    assertThat(classes.loss(0)).isZero();
    assertThat(classes.loss(2)).as("the first of equal ones").isEqualTo(1);
    assertThatThrownBy(() -> RowLosses.ofNumbers(new double[2], new double[3]))
        .hasMessage("predictions: expected 3 numbers, got 2");
  }

  /** Of 400 rows half are right, so that the standard error is 0.025. */
  @Test
  void theIntervalOfAnAccuracyIsThatOfItsBinomial() {
    RowLosses half = classes(400, i -> i % 2 == 0 ? 1 : -1);
    Score score = compare(half, half).score(Predictor.FEATURES);
    assertThat(score.value()).isEqualTo(0.5);
    assertThat(score.low()).isEqualTo(0.5 - 1.96 * 0.025, within(0.008));
    assertThat(score.high()).isEqualTo(0.5 + 1.96 * 0.025, within(0.008));
  }

  /** Errors of both that are large on the same rows hide no difference that is there on each. */
  @Test
  void aDifferenceIsPaired() {
    RandomGenerator random = Seed.of(1).generator();
    double[] shared = random.doubles(100, 1, 30).toArray();
    RowLosses less = numbers(100, i -> shared[i]);
    RowLosses more = numbers(100, i -> shared[i] + 0.2);

    ProbeComparison probes = compare(less, more);

    assertThat(probes.score(Predictor.FEATURES).high())
        .isGreaterThan(probes.score(Predictor.COLUMNS).low() + 1);
    assertThat(probes.better(Predictor.FEATURES, Predictor.COLUMNS)).isTrue();
    assertThat(probes.better(Predictor.COLUMNS, Predictor.FEATURES)).isFalse();
    assertThat(probes.difference(Predictor.COLUMNS, Predictor.FEATURES).value())
        .isEqualTo(more.value() - less.value());
  }

  @Test
  void noiseIsNoDifference() {
    RandomGenerator random = Seed.of(2).generator();
    double[] one = random.doubles(60, -1, 1).toArray();
    double[] other = random.doubles(60, -1, 1).toArray();
    ProbeComparison probes = compare(numbers(60, i -> one[i]), numbers(60, i -> other[i]));
    assertThat(probes.better(Predictor.FEATURES, Predictor.COLUMNS)).isFalse();
    assertThat(probes.better(Predictor.COLUMNS, Predictor.FEATURES)).isFalse();
    RowLosses same = classes(60, i -> 1);
    assertThat(compare(same, same).better(Predictor.FEATURES, Predictor.COLUMNS)).isFalse();
  }

  @Test
  void accuracyIsBetterWhereItIsHigher() {
    RowLosses most = classes(80, i -> i < 70 ? 1 : -1);
    RowLosses few = classes(80, i -> i < 30 ? 1 : -1);
    ProbeComparison probes = compare(few, most);
    assertThat(probes.better(Predictor.COLUMNS, Predictor.FEATURES)).isTrue();
    assertThat(probes.explained(Predictor.COLUMNS)).isEmpty();
    assertThat(probes.fitted()).isEqualTo(30);
    assertThat(probes.contextLabels()).isEqualTo(5);
    assertThat(probes.scored()).isEqualTo(80);
  }

  /** Nineteen rows of nineteen would tell, were they not so few. */
  @Test
  void fewRowsTellNothing() {
    for (int rows : new int[] {19, 20}) {
      ProbeComparison probes = compare(classes(rows, i -> 1), classes(rows, i -> -1));
      assertThat(probes.better(Predictor.FEATURES, Predictor.COLUMNS)).isEqualTo(rows == 20);
    }
  }

  @Test
  void theSameSeedDrawsTheSameRows() {
    RowLosses losses = numbers(50, i -> i);
    assertThat(compare(losses, losses).score(Predictor.FEATURES))
        .isEqualTo(compare(losses, losses).score(Predictor.FEATURES));
  }

  @Test
  void whatIsExplainedIsWhatNothingMisses() {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    losses.put(Predictor.FEATURES, numbers(4, i -> 1));
    losses.put(Predictor.NOTHING, numbers(4, i -> 2));
    ProbeComparison probes = ProbeComparison.of(losses, 2, 0, Seed.of(0));
    assertThat(probes.explained(Predictor.FEATURES)).contains(0.75);
    assertThat(probes.explained(Predictor.NOTHING)).contains(0.0);
    assertThat(probes).hasToString("rmse: FEATURES 1.000, NOTHING 2.000");
  }

  @Test
  void refusesWhatIsNotOfTheSameRows() {
    assertThatThrownBy(() -> compare(numbers(3, i -> 1), numbers(4, i -> 1)))
        .hasMessageStartingWith("losses: expected all of the same rows");
    assertThatThrownBy(() -> compare(numbers(3, i -> 1), classes(3, i -> 1)))
        .hasMessageStartingWith("losses: expected all of the same rows");
    assertThatThrownBy(() -> ProbeComparison.of(Map.of(), 1, 0, Seed.of(0)))
        .hasMessage("losses: expected those of a predictor, got none");
  }

  /** Of 8 rows of class 0 one is wrong, of 2 of class 1 one, and class 2 has none. */
  @Test
  void balancedAccuracyIsTheMeanOfTheRecalls() {
    int[] codes = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1};
    double[] scores = new double[30];
    for (int i = 0; i < 10; i++) {
      scores[3 * i + (i == 0 ? 2 : i == 9 ? 1 : 0)] = 1;
    }
    BalancedAccuracy balanced = RowLosses.ofClasses(scores, codes, 3).balanced().orElseThrow();
    assertThat(balanced.value()).isCloseTo((7.0 / 8 + 1.0 / 2) / 2, within(1e-15));
    assertThat(balanced.largest()).isEqualTo(0.8);
    assertThat(balanced.ofNothing()).isEqualTo(0.5);
    double first = 3.0 / 12 * 9 / 12 / 12;
    double second = 3.0 / 6 * 3 / 6 / 6;
    assertThat(balanced.deviation()).isCloseTo(Math.sqrt(first + second) / 2, within(1e-15));
    int[] even = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1};
    assertThat(RowLosses.ofClasses(scores, even, 3).balanced()).as("70 % are not most").isEmpty();
    assertThat(RowLosses.ofNumbers(new double[10], new double[10]).balanced()).isEmpty();
  }
}
