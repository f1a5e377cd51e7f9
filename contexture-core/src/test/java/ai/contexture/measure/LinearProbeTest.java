package ai.contexture.measure;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.testing.Held;
import ai.contexture.torch.LinearAlgebra;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinearProbeTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** The rows of {@link #agreesWithScikitLearn}: 4 columns and a constant one. */
  private NDArray rows(int from, int to) {
    double[] x = new double[(to - from) * 5];
    for (int i = from; i < to; i++) {
      for (int j = 0; j < 4; j++) {
        x[(i - from) * 5 + j] = Math.sin(1.3 * (i + 1) * (j + 1)) + 0.1 * j * (i % 5);
      }
      x[(i - from) * 5 + 4] = 3;
    }
    return manager.create(x, new Shape(to - from, 5));
  }

  /**
   * scikit-learn 1.9.1: {@code make_pipeline(StandardScaler(), RidgeCV(alphas,
   * store_cv_results=True))} with {@code alphas = n * 10.0 ** np.arange(-6, 4.01, .5)}; the
   * leave-one-out error is {@code cv_results_} averaged over rows, for classes summed over targets.
   */
  @Test
  void agreesWithScikitLearn() {
    double[] x = rows(0, 42).toDoubleArray();
    double[] y = new double[42];
    int[] codes = new int[42];
    for (int i = 0; i < 42; i++) {
      double a = x[5 * i];
      y[i] = 2 * a - x[5 * i + 1] * x[5 * i + 2] + Math.cos(5 * i) + 10;
      codes[i] = Math.floorMod((int) Math.floor(a + 0.5 * x[5 * i + 1] + 2), 3);
    }
    double[] trainY = Arrays.copyOf(y, 30);
    double[] testY = Arrays.copyOfRange(y, 30, 42);
    LinearProbe probe = LinearProbe.regression(rows(0, 30), trainY, rows(30, 42), testY);
    assertThat(probe.metric()).isEqualTo(Metric.RMSE);
    assertThat(probe.penalty() / 30).isEqualTo(0.01, within(1e-12));
    assertThat(probe.leaveOneOut()).isEqualTo(0.3449410255818186, within(1e-10));
    assertThat(probe.value()).isEqualTo(0.5538131029649366, within(1e-10));
    assertThat(probe.meanPredictor()).isEqualTo(2.1833971470552753, within(1e-12));

    int[] trainCodes = Arrays.copyOf(codes, 30);
    int[] testCodes = Arrays.copyOfRange(codes, 30, 42);
    LinearProbe classes =
        LinearProbe.classification(rows(0, 30), trainCodes, rows(30, 42), testCodes, 3);
    assertThat(classes.metric()).isEqualTo(Metric.ACCURACY);
    assertThat(classes.penalty() / 30).isEqualTo(Math.sqrt(0.1), within(1e-12));
    assertThat(classes.leaveOneOut()).isEqualTo(0.5607078714648908, within(1e-10));
    assertThat(classes.value()).isEqualTo(7 / 12., within(1e-12));
    assertThat(classes.meanPredictor()).isEqualTo(5 / 12., within(1e-12));
  }

  /** The same with 15 columns sin(1.3 (i + 1)(j + 1)) on 8 training rows. */
  @Test
  void agreesWithScikitLearnWithMoreColumnsThanRows() {
    double[] x = new double[14 * 15];
    double[] y = new double[14];
    for (int i = 0; i < 14; i++) {
      for (int j = 0; j < 15; j++) {
        x[15 * i + j] = Math.sin(1.3 * (i + 1) * (j + 1));
      }
      y[i] = x[15 * i] + 0.5 * x[15 * i + 3] + 0.1 * Math.cos(7 * i);
    }
    NDArray rows = manager.create(x, new Shape(14, 15));
    LinearProbe probe =
        LinearProbe.regression(
            rows.get("0:8"), Arrays.copyOf(y, 8), rows.get("8:14"), Arrays.copyOfRange(y, 8, 14));
    assertThat(probe.penalty() / 8).isEqualTo(1e4, within(1e-6));
    assertThat(probe.leaveOneOut()).isEqualTo(0.5306136197679857, within(1e-10));
    assertThat(probe.value()).isEqualTo(1.0206744398820649, within(1e-10));
  }

  /** Every penalty, every row left out and solved again, with the scales of all rows. */
  @Test
  void leaveOneOutByBruteForce() {
    for (int[] size : new int[][] {{12, 3}, {7, 10}, {6, 6}}) {
      int n = size[0];
      int d = size[1];
      NDArray x = normal(manager, "x" + n, n, d);
      double[] y = normal(manager, "y" + n, n, 1).add(x.get(":, 0:1").mul(2)).toDoubleArray();
      NDArray z = x.sub(x.mean(new int[] {0}, true));
      z = z.div(z.square().mean(new int[] {0}, true).sqrt());
      double least = Double.POSITIVE_INFINITY;
      double best = 0;
      for (int step = 0; step < 21; step++) {
        double alpha = n * Math.pow(10, -6 + step / 2.);
        double error = 0;
        for (int left = 0; left < n; left++) {
          error += Math.pow(y[left] - solve(z, y, alpha, left), 2) / n;
        }
        if (error < least) {
          least = error;
          best = alpha;
        }
      }
      LinearProbe probe = LinearProbe.regression(x, y, x, y);
      assertThat(probe.penalty()).as(reproduce()).isEqualTo(best, within(1e-9 * best));
      assertThat(probe.leaveOneOut()).as(reproduce()).isEqualTo(least, within(1e-7 * least));
      double rmse = 0;
      for (int i = 0; i < n; i++) {
        rmse += Math.pow(y[i] - predict(z, y, best, -1, i), 2) / n;
      }
      assertThat(probe.value()).isEqualTo(Math.sqrt(rmse), within(1e-7));
    }
  }

  /** The penalty of least error on the validation rows, every one of them solved directly. */
  @Test
  void aPenaltyByValidationRows() {
    for (int[] size : new int[][] {{12, 3}, {7, 10}}) {
      int n = size[0];
      int d = size[1];
      NDArray x = normal(manager, "x" + n, 2 * n, d);
      NDArray noise = normal(manager, "y" + n, 2 * n, 1);
      double[] y = noise.add(x.get(":, 0:1").mul(2)).add(3).toDoubleArray();
      NDArray train = x.get("0:" + n);
      NDArray rest = x.get(n + ":");
      double[] trainY = Arrays.copyOf(y, n);
      double[] restY = Arrays.copyOfRange(y, n, 2 * n);
      NDArray mean = train.mean(new int[] {0}, true);
      NDArray deviation = train.sub(mean).square().mean(new int[] {0}, true).sqrt();
      NDArray z = train.sub(mean).div(deviation);
      NDArray zRest = rest.sub(mean).div(deviation);
      double least = Double.POSITIVE_INFINITY;
      double best = 0;
      for (int step = 0; step < 21; step++) {
        double alpha = n * Math.pow(10, -6 + step / 2.);
        double error = 0;
        double[] predicted = predict(z, trainY, alpha, -1, zRest);
        for (int i = 0; i < n; i++) {
          error += Math.pow(restY[i] - predicted[i], 2) / n;
        }
        if (error < least) {
          least = error;
          best = alpha;
        }
      }
      LinearProbe probe = LinearProbe.regression(train, trainY, rest, restY, rest, restY);
      assertThat(probe.penalty()).as(reproduce()).isEqualTo(best, within(1e-9 * best));
      assertThat(probe.value()).as(reproduce()).isEqualTo(Math.sqrt(least), within(1e-7));
      double leftOut = 0;
      for (int left = 0; left < n; left++) {
        leftOut += Math.pow(trainY[left] - solve(z, trainY, best, left), 2) / n;
      }
      assertThat(probe.leaveOneOut()).as(reproduce()).isEqualTo(leftOut, within(1e-7 * leftOut));
    }
  }

  /** Two classes are one number: the same penalty, and the same side of one half. */
  @Test
  void classesWithValidationRows() {
    NDArray x = normal(manager, "classes", 90, 4);
    double[] noise = normal(manager, "noise", 90, 1).toDoubleArray();
    double[] first = x.get(":, 0").toDoubleArray();
    int[] codes = new int[90];
    double[] numbers = new double[90];
    for (int i = 0; i < 90; i++) {
      codes[i] = first[i] + noise[i] > 0 ? 1 : 0;
      numbers[i] = codes[i];
    }
    NDArray[] parts = {x.get("0:30"), x.get("30:60"), x.get("60:90")};
    Held held = Held.by(manager);
    LinearProbe probe =
        LinearProbe.classification(
            parts[0],
            Arrays.copyOf(codes, 30),
            parts[1],
            Arrays.copyOfRange(codes, 30, 60),
            parts[2],
            Arrays.copyOfRange(codes, 60, 90),
            2);
    held.assertNoMore();
    LinearProbe number =
        LinearProbe.regression(
            parts[0],
            Arrays.copyOf(numbers, 30),
            parts[1],
            Arrays.copyOfRange(numbers, 30, 60),
            parts[2],
            Arrays.copyOfRange(numbers, 60, 90));
    assertThat(probe.metric()).isEqualTo(Metric.ACCURACY);
    assertThat(probe.penalty()).as(reproduce()).isEqualTo(number.penalty());
    assertThat(probe.leaveOneOut()).isEqualTo(2 * number.leaveOneOut(), within(1e-10));
    assertThat(number.squaredError())
        .isEqualTo(number.value() * number.value(), within(1e-12))
        .isPositive();
    assertThat(probe.squaredError()).isEqualTo(2 * number.squaredError(), within(1e-10));
    assertThat(probe.value()).as(reproduce()).isBetween(0.4, 1.);
    assertThatThrownBy(
            () ->
                LinearProbe.regression(
                    parts[0],
                    new double[30],
                    parts[1].get(":, 0:3"),
                    new double[30],
                    parts[2],
                    new double[30]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("validX: expected (30, 4), one row a target and at least 1, got (30, 3)");
  }

  @Test
  void aLinearTargetIsFoundInItsUnits() {
    NDArray x = normal(manager, "x", 100, 3).mul(manager.create(new double[] {1e-3, 1, 1e5}));
    double[] y = x.get(":, 0").mul(1e6).add(x.get(":, 2").mul(1e-2)).add(500).toDoubleArray();
    LinearProbe probe =
        LinearProbe.regression(
            x.get("0:60"), Arrays.copyOf(y, 60), x.get("60:100"), Arrays.copyOfRange(y, 60, 100));
    assertThat(probe.value()).isLessThan(1e-4 * probe.meanPredictor());
    assertThat(probe.meanPredictor()).isBetween(500., 3000.);
  }

  @Test
  void aConstantAndARepeatedColumnChangeLittle() {
    NDArray x = normal(manager, "x", 40, 2);
    double[] y = x.get(":, 0").add(normal(manager, "noise", 40, 1).flatten()).toDoubleArray();
    NDArray constant = manager.zeros(new Shape(40, 1), DataType.FLOAT64).add(0.1);
    LinearProbe plain = LinearProbe.regression(x, y, x, y);
    LinearProbe more = LinearProbe.regression(x.concat(constant, 1), y, x.concat(constant, 1), y);
    assertThat(more.value()).isEqualTo(plain.value(), within(1e-12));
    assertThat(more.penalty()).isEqualTo(plain.penalty());
    NDArray repeated = x.concat(x, 1);
    assertThat(LinearProbe.regression(repeated, y, repeated, y).value())
        .isEqualTo(plain.value(), within(0.05));
  }

  /** Standardised features are left as they are by both ways; others only by one. */
  @Test
  void featuresOfKnownScaleStayAsTheyAre() {
    double[] x = {1, -1, 1, -1, 1, -1, 1, -1};
    double[] y = {3, 1, 2, 0, 3, 0, 2, 1};
    NDArray train = manager.create(x, new Shape(8, 1));
    NDArray test = manager.create(new double[] {1, -1}, new Shape(2, 1));
    double[] testY = {2, 1};
    assertThat(LinearProbe.regression(train, y, test, testY, false))
        .isEqualTo(LinearProbe.regression(train, y, test, testY, true));

    // no training row is where the second feature is large
    double[] both = new double[16];
    for (int i = 0; i < 8; i++) {
      both[2 * i] = x[i];
      both[2 * i + 1] = 1e-9 * ((i * 5) % 8 - 3.5);
    }
    NDArray wide = manager.create(both, new Shape(8, 2));
    NDArray far = manager.create(new double[] {1, 5, -1, -5}, new Shape(2, 2));
    assertThat(LinearProbe.regression(wide, y, far, testY, false).value())
        .isEqualTo(LinearProbe.regression(train, y, test, testY, false).value(), within(1e-6));
    assertThat(LinearProbe.regression(wide, y, far, testY, true).value()).isGreaterThan(1e3);
  }

  @Test
  void constantFeaturesGiveTheMean() {
    NDArray x = manager.zeros(new Shape(4, 2), DataType.FLOAT64).add(0.1);
    double[] y = {1, 2, 3, 6};
    LinearProbe probe = LinearProbe.regression(x, y, x, y);
    assertThat(probe.value()).isEqualTo(probe.meanPredictor(), within(1e-14));
    // residuals −2, −1, 0, 3 grow by 4/3 when their row is left out
    assertThat(probe.leaveOneOut()).isEqualTo(14 * 16 / 9. / 4, within(1e-12));
  }

  @Test
  void classesThatAreApartAreFound() {
    RandomGenerator random = random("classes");
    int n = 90;
    int[] codes = new int[n];
    Arrays.setAll(codes, i -> random.nextInt(3));
    double[] x = new double[2 * n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = 10 * Math.cos(2 * codes[i]) + random.nextGaussian();
      x[2 * i + 1] = 10 * Math.sin(2 * codes[i]) + random.nextGaussian();
    }
    NDArray rows = manager.create(x, new Shape(n, 2)).toType(DataType.FLOAT32, false);
    Held held = Held.by(manager);
    LinearProbe probe = LinearProbe.classification(rows, codes, rows, codes, 4);
    held.assertNoMore();
    assertThat(probe.value()).isEqualTo(1);
    assertThat(probe.meanPredictor()).isBetween(0.3, 0.6);
    assertThat(probe.toString()).startsWith("accuracy 1.000 (higher is better), without features");
  }

  @Test
  void scoresNextToTheRawFeatures() {
    double[] zero = {0};
    RowLosses less = RowLosses.ofNumbers(new double[] {1.5}, zero);
    LinearProbe learned = new LinearProbe(less, 3, 1, 2, 2.25);
    LinearProbe raw = new LinearProbe(RowLosses.ofNumbers(new double[] {2}, zero), 3, 1, 2, 4);
    assertThat(ProbeScore.of(learned, raw, 20, 10))
        .isEqualTo(new ProbeScore(Metric.RMSE, 1.5, 2, 3, 20, 10));
    assertThat(ProbeScore.of(learned, raw, 20, 10))
        .hasToString(
            "rmse 1.500 (lower is better), with the raw features 2.000, without features 3.000");
    RowLosses right = RowLosses.ofClasses(new double[] {1, 0}, new int[] {0}, 2);
    LinearProbe other = new LinearProbe(right, 0.2, 1, 1, 0.5);
    assertThatThrownBy(() -> ProbeScore.of(learned, other, 20, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("probes: expected two of the same target");
  }

  @Test
  void baselines() {
    assertThat(LinearProbe.meanPredictor(new double[] {1, 3}, new double[] {2, 5}))
        .isEqualTo(Math.sqrt(4.5), within(1e-14));
    assertThat(LinearProbe.majorityClass(new int[] {2, 1, 1, 2}, new int[] {1, 1, 2, 0}, 3))
        .isEqualTo(0.5);
  }

  @Test
  void refusesWhatDoesNotFit() {
    NDArray x = normal(manager, "x", 4, 2);
    double[] y = {1, 2, 3, 4};
    assertThatThrownBy(() -> LinearProbe.regression(x, new double[3], x, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trainX: expected (3, d), one row a target and at least 2, got (4, 2)");
    assertThatThrownBy(() -> LinearProbe.regression(x, y, x.get(":, 0:1"), y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("testX: expected (4, 2), one row a target and at least 1, got (4, 1)");
    assertThatThrownBy(() -> LinearProbe.regression(x, new double[] {1, 2, Double.NaN, 3}, x, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trainY: expected finite numbers, got NaN at position 2");
    assertThatThrownBy(
            () -> LinearProbe.classification(x, new int[] {0, 1, 2, 0}, x, new int[4], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trainY: expected codes from 0 to 1, got 2 at position 2");
    NDArray nan = x.mul(manager.create(new double[] {1, Double.NaN}));
    assertThatThrownBy(() -> LinearProbe.regression(nan, y, x, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("trainX: expected finite features, got others in column 1");
    assertThatThrownBy(() -> LinearProbe.regression(x, y, nan, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("testX: expected finite features");
  }

  /** The prediction of a row by a direct solve without it. */
  private double solve(NDArray z, double[] y, double alpha, int left) {
    return predict(z, y, alpha, left, left);
  }

  private double predict(NDArray z, double[] y, double alpha, int left, int row) {
    return predict(z, y, alpha, left, z)[row];
  }

  private double[] predict(NDArray z, double[] y, double alpha, int left, NDArray rows) {
    int n = y.length;
    int d = (int) z.getShape().get(1);
    double[] weight = new double[n];
    Arrays.fill(weight, 1);
    if (left >= 0) {
      weight[left] = 0;
    }
    // unknowns: the weights and, without a penalty, the intercept
    NDArray one = manager.ones(new Shape(n, 1), DataType.FLOAT64);
    NDArray a = z.concat(one, 1);
    NDArray w = manager.create(weight, new Shape(n, 1));
    double[] diagonal = new double[(d + 1) * (d + 1)];
    for (int j = 0; j < d; j++) {
      diagonal[j * (d + 1) + j] = alpha;
    }
    NDArray gram =
        a.transpose().matMul(a.mul(w)).add(manager.create(diagonal, new Shape(d + 1, d + 1)));
    NDArray target = manager.create(y, new Shape(n, 1)).mul(w);
    NDArray solution = LinearAlgebra.solve(gram, a.transpose().matMul(target));
    NDArray ones = manager.ones(new Shape(rows.getShape().get(0), 1), DataType.FLOAT64);
    return rows.concat(ones, 1).matMul(solution).toDoubleArray();
  }
}
