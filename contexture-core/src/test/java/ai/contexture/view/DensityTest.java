package ai.contexture.view;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.data.ImageShape;
import ai.contexture.input.Interval;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Densities against sums over everything that can be drawn. */
class DensityTest {

  /** Four columns, the second of which has two inputs; values often coincide, also with zero. */
  private static final int[] COLUMNS = {0, 1, 1, 2, 3};

  private static final int G = 4;
  private static final int P = 5;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private double[][] table(int n) {
    RandomGenerator random = random("table");
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      int level = random.nextInt(2);
      rows[i] =
          new double[] {
            random.nextInt(3) - 1, level, 1 - level, random.nextInt(2), random.nextInt(3) * 0.5
          };
    }
    return rows;
  }

  private DensityView fit(ViewFactory factory, double[][] table) {
    return (DensityView) factory.fit(manager.create(table), COLUMNS, Optional.empty());
  }

  /** Whether a and b are equal in each column of a set. */
  private static boolean equal(double[] a, double[] b, int set) {
    for (int j = 0; j < P; j++) {
      if ((set >> COLUMNS[j] & 1) == 1 && a[j] != b[j]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Compares log P⁺(a|x) − log P⁺(a|x′) for all rows and drawn views.
   *
   * @param law P⁺(a|x) for a and x
   */
  private void check(
      DensityView view, double[][] table, BiFunction<double[], double[], Double> law) {
    int n = table.length;
    NDArray x = manager.create(table);
    NDArray a = view.apply(x.repeat(0, 6), random("views"));
    Held held = Held.by(manager);
    NDArray log;
    try (NDManager scope = manager.newSubManager()) {
      NDArray views = a.duplicate();
      views.attach(scope);
      DensityView.Density density = view.density(views);
      log = density.log(x);
      assertThat(log.getManager()).isSameAs(manager);
    }
    held.assertMore(1);
    assertThat(log.getShape()).isEqualTo(new Shape(n, 6L * n));
    assertThat(log.getDataType()).isEqualTo(DataType.FLOAT64);
    double[] actual = log.toDoubleArray();
    double[] values = a.toDoubleArray();
    int finite = 0;
    for (int j = 0; j < 6 * n; j++) {
      double[] one = Arrays.copyOfRange(values, j * P, (j + 1) * P);
      int source = j / 6;
      double expectedSource = law.apply(one, table[source]);
      assertThat(expectedSource).as("own row, %s", reproduce()).isPositive();
      for (int i = 0; i < n; i++) {
        double expected = law.apply(one, table[i]);
        double got = actual[i * 6 * n + j];
        if (expected == 0) {
          assertThat(got).as("row %s, view %s, %s", i, j, reproduce()).isEqualTo(-1.0 / 0);
        } else {
          finite++;
          double difference = got - actual[source * 6 * n + j];
          assertThat(difference - Math.log(expected / expectedSource))
              .as("row %s, view %s, %s", i, j, reproduce())
              .isBetween(-1e-9, 1e-9);
        }
      }
    }
    assertThat(finite).isGreaterThan(6 * n);
  }

  private interface SetLaw {
    double of(int size);
  }

  /** Σ over sets of hidden columns. */
  private static BiFunction<double[], double[], Double> hiding(double[] fill, SetLaw sets) {
    return (a, x) -> {
      double sum = 0;
      for (int set = 0; set < 1 << G; set++) {
        if (equal(a, fill, set) && equal(a, x, ~set)) {
          sum += sets.of(Integer.bitCount(set));
        }
      }
      return sum;
    };
  }

  private static double power(double rate, int k) {
    return Math.pow(rate, k) * Math.pow(1 - rate, G - k);
  }

  @Test
  void maskingAtOneRate() {
    double[][] table = table(20);
    for (double rate : new double[] {0.3, 0, 1}) {
      Masking masking = new Masking(Interval.of(rate), RateSchedule.UNIFORM, Fill.ZERO);
      if (rate < 1) {
        check(fit(masking, table), table, hiding(new double[P], k -> power(rate, k)));
      }
    }
    double[] means = Marginals.means(manager.create(table));
    Masking masking = new Masking(Interval.of(0.4), RateSchedule.UNIFORM, Fill.MEAN);
    check(fit(masking, table), table, hiding(means, k -> power(0.4, k)));
  }

  @Test
  void maskingAtRangesOfRates() {
    double[][] table = table(20);
    Interval range = new Interval(0.1, 0.9);
    for (RateSchedule schedule : RateSchedule.values()) {
      int points = 100_000;
      double[] law = new double[G + 1];
      for (int k = 0; k <= G; k++) {
        for (int i = 0; i < points; i++) {
          double u = (i + 0.5) / points;
          double share = schedule == RateSchedule.UNIFORM ? u : Math.cos(Math.PI * u / 2);
          law[k] += power(0.1 + 0.8 * share, k) / points;
        }
      }
      DensityView view = fit(new Masking(range, schedule, Fill.ZERO), table);
      check(view, table, hiding(new double[P], k -> law[k]));
    }
  }

  @Test
  void cutout() {
    double[][] table = table(20);
    for (int count = 1; count < G; count++) {
      int all = new int[] {1, 4, 6, 4}[count];
      int hidden = count;
      DensityView view = fit(new Cutout(count / 4.0, Fill.ZERO), table);
      check(view, table, hiding(new double[P], k -> k == hidden ? 1.0 / all : 0));
    }
  }

  @Test
  void empiricalMarginals() {
    double[][] table = table(20);
    for (double rate : new double[] {0.6, 0, 1}) {
      BiFunction<double[], double[], Double> law =
          (a, x) -> {
            double product = 1;
            for (int column = 0; column < G; column++) {
              int set = 1 << column;
              double mass = Arrays.stream(table).filter(row -> equal(a, row, set)).count() / 20.0;
              product *= rate * mass + (equal(a, x, set) ? 1 - rate : 0);
            }
            return product;
          };
      DensityView view = fit(new Scarf(rate, Marginal.EMPIRICAL), table);
      check(view, table, law);
      assertThat(view.reachesAll()).isEqualTo(rate > 0);
    }
  }

  /** Numbers that no row has were drawn; the nominal column has levels instead. */
  @Test
  void marginalsWithDensities() {
    double[][] table = table(20);
    double rate = 0.6;
    for (Marginal marginal : new Marginal[] {Marginal.UNIFORM, Marginal.GAUSSIAN}) {
      BiFunction<double[], double[], Double> law =
          (a, x) -> {
            double product = 1;
            for (int column = 0; column < G; column++) {
              int set = 1 << column;
              double mass = Arrays.stream(table).filter(row -> equal(a, row, set)).count() / 20.0;
              double same = equal(a, x, set) ? 1 - rate : 0;
              if (column == 1) {
                product *= rate * (marginal == Marginal.UNIFORM ? 0.5 : mass) + same;
              } else {
                product *= mass > 0 ? same : rate;
              }
            }
            return product;
          };
      check(fit(new Scarf(rate, marginal), table), table, law);
    }
  }

  @Test
  void cutmix() {
    double[][] table = table(20);
    for (double rate : new double[] {0.4, 1}) {
      BiFunction<double[], double[], Double> law =
          (a, x) -> {
            double sum = 0;
            for (double[] z : table) {
              for (int set = 0; set < 1 << G; set++) {
                if (equal(a, z, set) && equal(a, x, ~set)) {
                  sum += power(rate, Integer.bitCount(set)) / table.length;
                }
              }
            }
            return sum;
          };
      check(fit(new Cutmix(rate), table), table, law);
    }
  }

  @Test
  void noise() {
    double[][] table = table(10);
    check(new Noise(0.7), table, (a, x) -> gauss(a, x, 1, 0.49));
    check(new Diffusion(NoiseSchedule.level(0.2)), table, (a, x) -> gauss(a, x, 0.8, 0.2));
    NoiseSchedule schedule = NoiseSchedule.cosine(5);
    check(
        new Diffusion(schedule),
        table,
        (a, x) -> {
          double sum = 0;
          for (int t = 1; t <= 5; t++) {
            sum += gauss(a, x, schedule.alphaBar(t), 1 - schedule.alphaBar(t));
          }
          return sum;
        });
  }

  private static double gauss(double[] a, double[] x, double share, double variance) {
    double square = 0;
    for (int j = 0; j < P; j++) {
      square += Math.pow(a[j] - Math.sqrt(share) * x[j], 2);
    }
    return Math.exp(-square / (2 * variance)) * Math.pow(variance, -P / 2.0);
  }

  @Test
  void onlyExchangeableViewsOfTablesAreKnown() {
    NDArray images = normal(manager, "images", 3, 4);
    ImageShape shape = new ImageShape(1, 2, 2);
    int[] columns = {0, 1, 2, 3};
    assertThat(new Cutout(0.3, Fill.ZERO).fit(images, columns, Optional.of(shape)))
        .isNotInstanceOf(DensityView.class);
    assertThat(
            new Masking(new Interval(0, 1), RateSchedule.UNIFORM, Fill.MARGINAL)
                .fit(images, columns, Optional.empty()))
        .isNotInstanceOf(DensityView.class);
    assertThat(new Crop(Interval.of(1), 1).on(shape)).isNotInstanceOf(DensityView.class);
  }

  @Test
  void gaussLegendreIntegratesPolynomials() {
    for (int n : new int[] {1, 2, 5, 64}) {
      GaussLegendre rule = GaussLegendre.of(n);
      for (int degree = 0; degree < 2 * n; degree++) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += rule.weights()[i] * Math.pow(rule.points()[i], degree);
        }
        assertThat(sum).isBetween(1.0 / (degree + 1) - 1e-13, 1.0 / (degree + 1) + 1e-13);
      }
    }
  }
}
