package ai.contexture.view;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.data.ImageShape;
import ai.contexture.input.InputException;
import ai.contexture.input.Interval;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Masking, SCARF, cutmix and cutout against their laws. */
class CorruptionTest {

  /** Bounds of 5 σ, of some hundred in all: a false alarm in 10⁴ seeds. */
  private static final double SIGMAS = 5;

  private static final int DRAWS = 4000;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private View fit(ViewFactory factory, NDArray rows, int... columns) {
    return factory.fit(rows, columns, Optional.empty());
  }

  private static int[] each(int p) {
    return IntStream.range(0, p).toArray();
  }

  /** The same row so many times. */
  private NDArray repeated(int times, double... row) {
    return manager.create(row, new Shape(1, row.length)).repeat(0, times);
  }

  private static Masking masking(Interval rate, Fill fill) {
    return new Masking(rate, RateSchedule.UNIFORM, fill);
  }

  static List<ViewFactory> withoutEffect() {
    return List.of(
        masking(Interval.of(0), Fill.ZERO),
        masking(Interval.of(0), Fill.MARGINAL),
        new Scarf(0, Marginal.EMPIRICAL),
        new Scarf(0, Marginal.BIMODAL),
        new Cutmix(0));
  }

  @ParameterizedTest
  @MethodSource("withoutEffect")
  void atRateZeroTheRowsComeBack(ViewFactory factory) {
    View view = fit(factory, normal(manager, "pretraining", 5, 4), 0, 1, 1, 2);
    NDArray rows = normal(manager, "rows", 7, 4);
    assertClose(view.apply(rows, random("view")), rows, 0);
    NDArray narrow = rows.toType(DataType.FLOAT32, true);
    assertClose(view.apply(narrow, random("view")), narrow, 0);
  }

  @Test
  void atRateOneEverythingIsHidden() {
    NDArray pretraining = manager.create(new double[] {1, 2, 3, 6}, new Shape(2, 2));
    NDArray rows = normal(manager, "rows", 3, 2);
    assertClose(
        fit(masking(Interval.of(1), Fill.ZERO), pretraining, 0, 1).apply(rows, random("view")),
        rows.zerosLike(),
        0);
    assertClose(
        fit(masking(Interval.of(1), Fill.MEAN), pretraining, 0, 1).apply(rows, random("view")),
        repeated(3, 2, 4),
        0);
    assertClose(
        fit(new Cutout(1, Fill.MEAN), pretraining, 0, 1).apply(rows, random("view")),
        repeated(3, 2, 4),
        0);
  }

  @Test
  void columnsAreMaskedIndependentlyAtTheRate() {
    View view = fit(masking(Interval.of(0.3), Fill.ZERO), normal(manager, "p", 5, 3), each(3));
    double[] views = view.apply(repeated(DRAWS, 1, 1, 1), random("view")).toDoubleArray();
    Map<Integer, Integer> counts = patterns(views, 3);
    assertThat(counts).hasSize(8);
    counts.forEach(
        (pattern, count) -> {
          int kept = Integer.bitCount(pattern);
          assertFrequency(count, DRAWS, Math.pow(0.7, kept) * Math.pow(0.3, 3 - kept));
        });
  }

  /** Which of p inputs are not zero, as bits, and how often. */
  private static Map<Integer, Integer> patterns(double[] values, int p) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < values.length; i += p) {
      int pattern = 0;
      for (int j = 0; j < p; j++) {
        pattern |= (values[i + j] != 0 ? 1 : 0) << j;
      }
      counts.merge(pattern, 1, Integer::sum);
    }
    return counts;
  }

  private static void assertFrequency(int count, int n, double probability) {
    assertThat(Math.abs(count - n * probability))
        .as("%d of %d at %s; %s", count, n, probability, reproduce())
        .isLessThanOrEqualTo(SIGMAS * Math.sqrt(n * probability * (1 - probability)));
  }

  @Test
  void theInputsOfAColumnAreMaskedTogether() {
    NDArray pretraining = normal(manager, "p", 5, 5);
    View view = fit(masking(Interval.of(0.5), Fill.ZERO), pretraining, 7, 3, 7, 3, 9);
    double[] views = view.apply(repeated(400, 1, 1, 1, 1, 1), random("view")).toDoubleArray();
    assertThat(patterns(views, 5).keySet())
        .containsExactlyInAnyOrder(0, 0b00101, 0b01010, 0b01111, 0b10000, 0b10101, 0b11010, 31);
  }

  @Test
  void theChannelsOfAPixelAreMaskedTogether() {
    ImageShape shape = new ImageShape(2, 1, 2);
    View view =
        masking(Interval.of(0.5), Fill.ZERO)
            .fit(normal(manager, "p", 5, 4), each(4), Optional.of(shape));
    double[] views = view.apply(repeated(200, 1, 1, 1, 1), random("view")).toDoubleArray();
    assertThat(patterns(views, 4).keySet()).containsExactlyInAnyOrder(0, 0b0101, 0b1010, 15);
  }

  /** The number of masked columns has the moments of a binomial with a random rate. */
  @Test
  void rowsDrawTheirRates() {
    int p = 50;
    Interval range = new Interval(0.2, 0.8);
    // E r and Var r for r = 0.2 + 0.6 s: s uniform; s = cos(πu/2)
    double cosineVariance = 0.36 * (0.5 - 4 / (Math.PI * Math.PI));
    Map<RateSchedule, double[]> moments =
        Map.of(
            RateSchedule.UNIFORM, new double[] {0.5, 0.36 / 12},
            RateSchedule.COSINE, new double[] {0.2 + 0.6 * 2 / Math.PI, cosineVariance});
    for (RateSchedule schedule : RateSchedule.values()) {
      View view = fit(new Masking(range, schedule, Fill.ZERO), normal(manager, "p", 2, p), each(p));
      double[] ones = new double[p];
      Arrays.fill(ones, 1);
      double[] masked =
          view.apply(repeated(DRAWS, ones), random("view"))
              .sum(new int[] {1})
              .mul(-1)
              .add(p)
              .toDoubleArray();
      double mean = moments.get(schedule)[0];
      double variance = moments.get(schedule)[1];
      // Var = E Var(·|r) + Var E(·|r)
      double expected = p * (mean - mean * mean - variance) + p * p * variance;
      double average = Arrays.stream(masked).average().orElseThrow();
      double spread =
          Arrays.stream(masked).map(m -> (m - p * mean) * (m - p * mean)).average().orElseThrow();
      assertThat(Math.abs(average - p * mean))
          .as("%s, %s", schedule, reproduce())
          .isLessThan(SIGMAS * Math.sqrt(expected / DRAWS));
      // the kurtosis of these laws is below the normal law's, whose variance has deviation √(2/n)
      assertThat(Math.abs(spread / expected - 1))
          .as("%s, %s", schedule, reproduce())
          .isLessThan(SIGMAS * Math.sqrt(2.0 / DRAWS));
    }
  }

  @Test
  void meansAreThoseOfThePretrainingRows() {
    NDArray pretraining = manager.create(new float[] {1, 0, 1, 2, 4, 9}, new Shape(3, 2));
    View view = fit(masking(Interval.of(1), Fill.MEAN), pretraining, 0, 1);
    NDArray rows = normal(manager, "rows", 2, 2);
    double[] means = {2, 11 / 3.0};
    assertClose(view.apply(rows, random("view")), repeated(2, means), 1e-15);
  }

  @Test
  void scarfReplacesByTheEmpiricalMarginal() {
    // column a is 10, 20, 20, 40; the nominal column b is (1, 0), (0, 1), (0, 1), (0, 1)
    NDArray pretraining =
        manager.create(new double[] {10, 1, 0, 20, 0, 1, 20, 0, 1, 40, 0, 1}, new Shape(4, 3));
    double rate = 0.6;
    for (ViewFactory factory :
        new ViewFactory[] {
          new Scarf(rate, Marginal.EMPIRICAL), masking(Interval.of(rate), Fill.MARGINAL)
        }) {
      View view = fit(factory, pretraining, 0, 1, 1);
      double[] views = view.apply(repeated(DRAWS, 0, 5, 5), random("view")).toDoubleArray();
      Map<String, Integer> counts = new TreeMap<>();
      for (int i = 0; i < views.length; i += 3) {
        counts.merge(
            (int) views[i] + " " + (int) views[i + 1] + (int) views[i + 2], 1, Integer::sum);
      }
      Map<String, Double> first = Map.of("0", 0.4, "10", 0.15, "20", 0.3, "40", 0.15);
      Map<String, Double> second = Map.of("55", 0.4, "10", 0.15, "01", 0.45);
      assertThat(counts).hasSize(12);
      counts.forEach(
          (pair, count) -> {
            String[] both = pair.split(" ", -1);
            assertFrequency(count, DRAWS, first.get(both[0]) * second.get(both[1]));
          });
    }
  }

  /** Mean, variance and the law's distribution function at the quarters of the range. */
  @Test
  void scarfReplacesByDensitiesOnTheRange() {
    // the range is −1 to 7
    NDArray pretraining = manager.create(new double[] {-1, 7, 0}, new Shape(3, 1));
    double normalQuarter = 0.5 * erfc(1 / Math.sqrt(2)); // Φ(−1)
    double bimodalQuarter = 0.5 * (1 - 0.5 * erfc(2 / Math.sqrt(2)));
    Map<Marginal, double[]> laws =
        Map.of(
            Marginal.UNIFORM, new double[] {3, 64 / 12.0, 0.25},
            Marginal.GAUSSIAN, new double[] {3, 4, normalQuarter},
            Marginal.BIMODAL, new double[] {3, 16 + 1, bimodalQuarter});
    int n = 20_000;
    laws.forEach(
        (marginal, law) -> {
          View view = fit(new Scarf(1, marginal), pretraining, 0);
          double[] drawn = view.apply(repeated(n, 99), random("view")).toDoubleArray();
          double mean = Arrays.stream(drawn).average().orElseThrow();
          double variance =
              Arrays.stream(drawn).map(v -> (v - 3) * (v - 3)).average().orElseThrow();
          assertThat(Math.abs(mean - law[0]))
              .as("%s, %s", marginal, reproduce())
              .isLessThan(SIGMAS * Math.sqrt(law[1] / n));
          // fourth moments are at most the normal law's, 3 Var²
          assertThat(Math.abs(variance / law[1] - 1))
              .as("%s, %s", marginal, reproduce())
              .isLessThan(SIGMAS * Math.sqrt(2.0 / n));
          int below = (int) Arrays.stream(drawn).filter(v -> v < 1).count();
          assertFrequency(below, n, law[2]);
        });
  }

  /** The complementary error function, by its continued fraction (x > 0.5). */
  private static double erfc(double x) {
    double fraction = x;
    for (int k = 200; k >= 1; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }

  @Test
  void columnsOfNamesHaveNoRange() {
    // three rows of one level, one of the other
    NDArray pretraining =
        manager.create(new double[] {1, 0, 5, 1, 0, 6, 1, 0, 7, 0, 1, 8}, new Shape(4, 3));
    Map<Marginal, Double> firstLevel =
        Map.of(
            Marginal.EMPIRICAL, 0.75,
            Marginal.UNIFORM, 0.5,
            Marginal.GAUSSIAN, 0.75,
            Marginal.BIMODAL, 0.75);
    firstLevel.forEach(
        (marginal, probability) -> {
          View view = fit(new Scarf(1, marginal), pretraining, 0, 0, 1);
          double[] views = view.apply(repeated(DRAWS, 9, 9, 9), random("view")).toDoubleArray();
          int first = 0;
          for (int i = 0; i < views.length; i += 3) {
            assertThat(views[i] + views[i + 1]).isEqualTo(1);
            first += (int) views[i];
          }
          assertFrequency(first, DRAWS, probability);
        });
  }

  @Test
  void cutmixTakesAllFromOneRow() {
    NDArray pretraining = manager.create(new double[] {1, 1, 1, 2, 2, 2}, new Shape(2, 3));
    double rate = 0.4;
    View view = fit(new Cutmix(rate), pretraining, each(3));
    double[] views = view.apply(repeated(DRAWS, 0, 0, 0), random("view")).toDoubleArray();
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < views.length; i += 3) {
      counts.merge("" + (int) views[i] + (int) views[i + 1] + (int) views[i + 2], 1, Integer::sum);
    }
    assertThat(counts).hasSize(15);
    counts.forEach(
        (text, count) -> {
          int replaced = (int) text.chars().filter(c -> c != '0').count();
          assertThat(text).matches("[01]*|[02]*");
          double subset = Math.pow(rate, replaced) * Math.pow(1 - rate, 3 - replaced);
          assertFrequency(count, DRAWS, replaced == 0 ? subset : subset / 2);
        });
  }

  @Test
  void cutoutHidesAFixedNumberOfColumns() {
    View view = fit(new Cutout(0.5, Fill.ZERO), normal(manager, "p", 2, 5), 0, 1, 2, 3, 3);
    double[] views = view.apply(repeated(DRAWS, 1, 1, 1, 1, 1), random("view")).toDoubleArray();
    Map<Integer, Integer> counts = patterns(views, 5);
    assertThat(counts).hasSize(6); // two of four columns
    counts.forEach(
        (pattern, count) -> {
          assertThat((pattern >> 3 & 1) == (pattern >> 4 & 1)).isTrue();
          assertThat(Integer.bitCount(pattern & 0b1111)).isEqualTo(2);
          assertFrequency(count, DRAWS, 1 / 6.0);
        });
    View least = fit(new Cutout(0.01, Fill.ZERO), normal(manager, "p", 2, 3), each(3));
    assertThat(least.apply(repeated(9, 1, 1, 1), random("view")).sum(new int[] {1}).toDoubleArray())
        .containsOnly(2);
  }

  @Test
  void cutoutHidesASquareOfAnImage() {
    ImageShape shape = new ImageShape(1, 4, 5);
    NDArray pretraining = normal(manager, "p", 2, 20);
    // area 9 of 20: a square of side 3 about one of 20 pixels
    View view = new Cutout(0.45, Fill.ZERO).fit(pretraining, each(20), Optional.of(shape));
    double[] ones = new double[20];
    Arrays.fill(ones, 1);
    double[] views = view.apply(repeated(DRAWS, ones), random("view")).toDoubleArray();
    Map<Integer, Integer> counts = patterns(views, 20);
    assertThat(counts).hasSize(20);
    counts.forEach((pattern, count) -> assertFrequency(count, DRAWS, 1 / 20.0));
    int corner = 0b11111_11111_11100_11100;
    int inside = 0b11111_10001_10001_10001;
    assertThat(counts).containsKeys(corner, inside);
  }

  @Test
  void optionsAreChecked() {
    String range = "rate must be a number from 0 to 1, or a range such as 0.1..0.9,";
    assertRefused(() -> masking(Interval.of(1.5), Fill.ZERO), "masking: " + range + " got '1.5'");
    assertRefused(
        () -> new Scarf(-1, Marginal.UNIFORM),
        "scarf: rate must be a number from 0 to 1, got '-1.0'");
    assertRefused(() -> new Cutmix(2), "cutmix: rate must be a number from 0 to 1, got '2.0'");
    assertRefused(
        () -> new Cutout(0, Fill.ZERO),
        "cutout: size must be greater than 0 and at most 1, got '0.0'");
    assertRefused(
        () -> new Cutout(0.1, Fill.MARGINAL), "cutout: fill must be zero or mean, got 'marginal'");
    assertRefused(
        () -> new Interval(2, 1),
        "expected a range from a least to a greatest number, such as 0.1..0.9, got 2..1");
  }

  @Test
  void rowsAreChecked() {
    NDArray rows = manager.create(new double[] {1, 2, Double.NaN, 4}, new Shape(2, 2));
    assertRefused(
        () -> fit(masking(Interval.of(1), Fill.MEAN), rows, 0, 1),
        "pretraining rows: expected finite numbers, got NaN in row 1, input 0");
    assertRefused(
        () -> fit(new Scarf(1, Marginal.UNIFORM), rows, 0, 1),
        "pretraining rows: expected finite numbers, got NaN in row 1, input 0");
    assertThatThrownBy(() -> fit(new Cutmix(1), rows, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("columns: expected the column of each of 2 inputs, got 1");
    View view = fit(new Cutmix(1), rows, 0, 1);
    assertThatThrownBy(() -> view.apply(normal(manager, "rows", 2, 3), random("view")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows: expected [b, p=2], got (2, 3)");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }
}
