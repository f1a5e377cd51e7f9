package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.measure.RowLosses;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

  /** Predictors that are off by the same on all rows, in the order of {@link Predictor}. */
  private static String numbers(int rows, double... errors) {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    int next = 0;
    for (Predictor predictor : Predictor.values()) {
      double[] all = new double[rows];
      Arrays.fill(all, errors[next++]);
      losses.put(predictor, RowLosses.ofNumbers(all, new double[rows]));
    }
    return Verdict.of(ProbeComparison.of(losses, 30, 0, Seed.of(0)), "price");
  }

  /** Predictors that are right on so many of 100 rows, the first ones. */
  private static String classes(int... right) {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    int next = 0;
    for (Predictor predictor : Predictor.values()) {
      double[] scores = new double[200];
      for (int i = 0; i < 100; i++) {
        scores[2 * i] = i < right[next] ? 1 : -1;
      }
      next++;
      losses.put(predictor, RowLosses.ofClasses(scores, new int[100], 2));
    }
    return Verdict.of(ProbeComparison.of(losses, 30, 0, Seed.of(0)), "kind");
  }

  @Test
  void worse() {
    assertThat(numbers(50, 85, 28, 27, 30, 108))
        .isEqualTo(
            "For 'price' these features are worse than your columns (RMSE 85.00 against 28.00);"
                + " together with them 27.00, better than your columns alone.");
  }

  @Test
  void better() {
    assertThat(classes(91, 60, 60, 70, 10))
        .isEqualTo(
            "For 'kind' these features are better than your columns (accuracy 0.910 against 0.600);"
                + " together with them 0.600, about as good as your columns alone.");
  }

  /** One row of a hundred is none where it is drawn again. */
  @Test
  void aboutAsGood() {
    assertThat(classes(80, 81, 60, 50, 10))
        .contains("are about as good as your columns", "worse than your columns alone");
  }

  @Test
  void treesThatWinAreNamed() {
    assertThat(numbers(50, 85, 28, 27, 20, 108))
        .endsWith(" Boosted trees on your columns do better than these: 20.00.");
  }

  @Test
  void featuresThatTellNothing() {
    assertThat(numbers(50, 108, 28, 27, 30, 108))
        .endsWith(" They tell no more of it than nothing does.");
  }

  /** The first 20 of 100 rows are of the rare class; the last ones are wrong. */
  private static String unbalanced(int... rare) {
    Map<Predictor, RowLosses> losses = new EnumMap<>(Predictor.class);
    int next = 0;
    int[] codes = new int[100];
    Arrays.fill(codes, 0, 20, 1);
    for (Predictor predictor : Predictor.values()) {
      double[] scores = new double[200];
      for (int i = 0; i < 100; i++) {
        scores[2 * i + 1] = i < rare[next] ? 1 : -1;
      }
      next++;
      losses.put(predictor, RowLosses.ofClasses(scores, codes, 2));
    }
    return Verdict.of(ProbeComparison.of(losses, 30, 0, Seed.of(0)), "kind");
  }

  @Test
  void whereOneClassHasMostRowsEachClassCountsTheSame() {
    assertThat(unbalanced(10, 5, 10, 5, 0))
        .contains(
            " 80 % of the rows are of one class; with each class counting the same (balanced"
                + " accuracy) they reach 0.750, your columns 0.625, nothing 0.500.")
        .doesNotContain("no more of it");
  }

  @Test
  void whereNothingTellsAnythingTrainingIsNotWorthIt() {
    assertThat(unbalanced(1, 0, 1, 0, 0))
        .endsWith(
            " They tell no more of it than nothing does. Nor does anything else here: not worth"
                + " training.");
    assertThat(unbalanced(1, 20, 1, 0, 0))
        .contains(" They tell no more of it than nothing does.")
        .doesNotContain("not worth");
  }

  @Test
  void fewRowsTellNothing() {
    assertThat(numbers(19, 85, 28, 27, 20, 108))
        .isEqualTo(
            "19 rows are too few to tell whether these features are better than your columns for"
                + " 'price' (RMSE 85.00 against 28.00; together 27.00).");
  }
}
