package ai.contexture.measure;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.random;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WorstCaseErrorTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** s_1² = 0.81, (1 − ε)² = 0.49: 1 where s²_{d+1} ≥ 0.49, then 0.32/(0.81 − s²_{d+1}). */
  @Test
  void aCurveByHand() {
    WorstCaseError error = WorstCaseError.of(new double[] {0.81, 0.5, 0.41, 0.01, 0}, 0.3);
    assertClose(error.curve(), new double[] {1, 1, 0.32 / 0.4, 0.32 / 0.8, 0.32 / 0.81}, 1e-14);
    assertThat(error.strongest()).isEqualTo(0.9, within(1e-14));
    assertThat(error.at(3)).isEqualTo(0.4, within(1e-14));
    assertThat(error)
        .hasToString(
            "worst-case error: of every task with ρ ≥ 0.700, the first 3 functions reach all but"
                + " 40.0 % of the variance, the first 4 all but 39.5 %");
  }

  @Test
  void theEndsOfTheDomain() {
    double[] s = {0.81, 0.5, 0};
    // only the first function is so compatible
    assertClose(WorstCaseError.of(s, 0.1).curve(), new double[] {1, 0, 0}, 1e-12);
    // no task is
    WorstCaseError none = WorstCaseError.of(s, 0.05);
    assertClose(none.curve(), new double[3], 0);
    assertThat(none.verdict())
        .isEqualTo("no task has ρ ≥ 0.950: the context's most compatible one has ρ = 0.900");
    // all tasks are
    assertClose(WorstCaseError.of(s, 1).curve(), new double[] {1, 1, 1}, 0);
    // a repeated first function, within rounding
    double[] repeated = {1 - 1e-15, 1 - 3e-15, 0.5};
    assertClose(WorstCaseError.of(repeated, 0).curve(), new double[] {1, 1, 0}, 1e-12);
    assertThat(WorstCaseError.of(new double[] {0.9, 0.8}, 0.5).verdict())
        .isEqualTo(
            "of tasks with ρ ≥ 0.500, some keep more than half of their variance out of reach of"
                + " the first 1 functions");
  }

  /** Two functions and one feature at an angle: the worst task by a fine scan of all angles. */
  @Test
  void oneFeatureOfTwoDimensions() {
    RandomGenerator random = random("angles");
    for (int i = 0; i < 10; i++) {
      JointLaw law = JointLaw.random(manager, 3, 3, 4, random);
      double[] s = law.eigenvalues();
      double angle = Math.PI * random.nextDouble();
      NDArray functions = law.functions();
      NDArray feature =
          functions
              .get(":, 0:1")
              .mul(Math.cos(angle))
              .add(functions.get(":, 1:2").mul(Math.sin(angle)));
      double least = s[1] + (s[0] - s[1]) * random.nextDouble();
      double worst = 0;
      for (double t = 0; t < Math.PI; t += 1e-5) {
        if (s[0] * Math.pow(Math.cos(t), 2) + s[1] * Math.pow(Math.sin(t), 2) >= least) {
          worst = Math.max(worst, Math.pow(Math.sin(t - angle), 2));
        }
      }
      double found = WorstCaseError.ofEncoder(feature.add(5), law, 1 - Math.sqrt(least));
      assertThat(found).as(reproduce()).isEqualTo(worst, within(3e-5));
    }
  }

  /** Theorem 16 on random joint laws: exact functions meet it, in any basis and with an offset. */
  @Test
  void exactFunctionsMeetTheTheorem() {
    RandomGenerator random = random("laws");
    for (int i = 0; i < 20; i++) {
      JointLaw law = JointLaw.random(manager, 20, 15, 1 + 5 * random.nextDouble(), random);
      double[] s = law.eigenvalues();
      int d = 1 + random.nextInt(6);
      double epsilon = 1 - Math.sqrt(s[0]) * random.nextDouble();
      NDArray map = normal(manager, "map " + i, d, d);
      NDArray outputs = law.functions().get(":, 0:" + d).matMul(map).add(3);
      double expected = WorstCaseError.of(s, epsilon).at(d);
      assertThat(WorstCaseError.ofEncoder(outputs, law, epsilon))
          .as(reproduce())
          .isEqualTo(expected, within(1e-8));
      double tight = 1 - Math.sqrt(s[0] - 0.1 * (s[0] - s[d]));
      assertThat(WorstCaseError.ofEncoder(outputs, law, tight))
          .as(reproduce())
          .isEqualTo(0.1, within(1e-8));
    }
  }

  @Test
  void noEncoderBeatsTheTheorem() {
    noEncoderBeatsTheTheorem(1, 14, 10);
  }

  @Test
  @Tag("slow")
  void noneOfAThousandEncodersBeatsTheTheorem() {
    noEncoderBeatsTheTheorem(10, 40, 30);
  }

  /** 100 random encoders a law, from pure noise to nearly exact ones. */
  private void noEncoderBeatsTheTheorem(int laws, int n, int m) {
    RandomGenerator random = random("encoders");
    int beaten = 0;
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < laws; i++) {
      JointLaw law = JointLaw.random(manager, n, m, 1 + 5 * random.nextDouble(), random);
      double[] s = law.eigenvalues();
      for (int j = 0; j < 100; j++) {
        try (NDManager scope = manager.newSubManager()) {
          int d = 1 + random.nextInt(5);
          double[] values = new double[n * d];
          Arrays.setAll(values, k -> random.nextGaussian());
          NDArray outputs = scope.create(values, new Shape(n, d));
          if (j % 3 > 0) {
            NDArray exact = law.functions().get(":, 0:" + d);
            exact.attach(scope);
            outputs = outputs.mul(Math.pow(10, -4 * random.nextDouble())).add(exact);
          }
          double epsilon = 1 - Math.sqrt(s[0] * (1 - 0.9 * random.nextDouble()));
          double least = WorstCaseError.of(s, epsilon).at(d);
          double error = WorstCaseError.ofEncoder(outputs, law, epsilon);
          beaten += error < least - 1e-9 ? 1 : 0;
          nearest = Math.min(nearest, error - least);
          assertThat(error).isBetween(0., 1.);
        }
      }
    }
    assertThat(beaten).as(reproduce()).isZero();
    assertThat(nearest).isLessThan(1e-3);
  }

  /** The error of features is met by a task: no task that is drawn at random has a larger one. */
  @Test
  void noTaskIsWorse() {
    RandomGenerator random = random("tasks");
    JointLaw law = JointLaw.random(manager, 6, 5, 4, random);
    double[] s = law.eigenvalues();
    NDArray outputs = normal(manager, "outputs", 6, 2).add(law.functions().get(":, 0:2").mul(2));
    double least = 0.5 * (s[0] + s[1]);
    double error = WorstCaseError.ofEncoder(outputs, law, 1 - Math.sqrt(least));
    NDArray p = law.inputWeights().reshape(-1, 1);
    NDArray basis = Alignment.whitened(outputs, p);
    NDArray tasks = normal(manager, "tasks", 4, 200_000);
    NDArray scale = manager.create(new double[] {1, 0.5, 0.3, 0.2}, new Shape(4, 1));
    tasks = tasks.mul(scale);
    NDArray f = law.functions().matMul(tasks.div(tasks.square().sum(new int[] {0}, true).sqrt()));
    double[] rho =
        law.adjoint(f)
            .square()
            .mul(law.contextWeights().reshape(-1, 1))
            .sum(new int[] {0})
            .toDoubleArray();
    double[] reached =
        basis.transpose().matMul(f.mul(p)).square().sum(new int[] {0}).toDoubleArray();
    double worst = 0;
    for (int i = 0; i < rho.length; i++) {
      worst = rho[i] >= least ? Math.max(worst, 1 - reached[i]) : worst;
    }
    assertThat(worst).as(reproduce()).isLessThanOrEqualTo(error + 1e-9);
    assertThat(worst).as(reproduce()).isGreaterThan(error - 0.05);
  }

  @Test
  void onPointsOfAContext() {
    KnnContext knn = KnnContext.of(normal(manager, "points", 50, 2), 6);
    NDArray outputs = knn.points().rows();
    Held held = Held.by(manager);
    double tight = WorstCaseError.ofEncoder(outputs, knn.operator(), 0.1);
    double wide = WorstCaseError.ofEncoder(outputs, knn.operator(), 0.3);
    held.assertNoMore();
    assertThat(tight).isBetween(0.01, wide);
    assertThat(wide).isLessThanOrEqualTo(1);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    double[] s = {0.5};
    assertThatThrownBy(() -> WorstCaseError.of(s, 1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon: expected 0 to 1, got 1.5");
    assertThatThrownBy(() -> WorstCaseError.of(new double[0], 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eigenvalues: expected at least one, got none");
    assertThatThrownBy(() -> WorstCaseError.of(s, 0.5).at(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("d: expected 0 to 0, got 1");
    JointLaw law = JointLaw.random(manager, 6, 5, 4, random("law"));
    NDArray few = manager.ones(new Shape(5, 1), DataType.FLOAT64);
    assertThatThrownBy(() -> WorstCaseError.ofEncoder(few, law, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputs: expected (6, d), one row a point, got (5, 1)");
    NDArray constant = manager.ones(new Shape(6, 1), DataType.FLOAT64);
    assertThatThrownBy(() -> WorstCaseError.ofEncoder(constant, law, 1))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("the features are constant");
  }
}
