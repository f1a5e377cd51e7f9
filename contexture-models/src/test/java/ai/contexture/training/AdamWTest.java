package ai.contexture.training;

import static ai.contexture.training.Training.assertClose;
import static ai.contexture.training.Training.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.torch.FusedAdamW;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.util.Pair;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdamWTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private Pair<String, Parameter> parameter(String name, DataType type, double... values) {
    Parameter parameter = Parameter.builder().setName(name).setType(Parameter.Type.OTHER).build();
    NDArray array = manager.create(values, new Shape(values.length)).toType(type, true);
    parameter.setArray(array.duplicate());
    return new Pair<>(name, parameter);
  }

  private static double[] values(Pair<String, Parameter> pair) {
    return pair.getValue().getArray().toType(DataType.FLOAT64, true).toDoubleArray();
  }

  /** Makes a step with the gradients a and b, and returns their norm. */
  private double step(
      AdamW rule,
      double rate,
      Pair<String, Parameter> first,
      double[] a,
      Pair<String, Parameter> second,
      double[] b) {
    try (NDManager scope = manager.newSubManager();
        GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDArray x = first.getValue().getArray();
      NDArray y = second.getValue().getArray();
      NDArray total =
          scope
              .create(a)
              .toType(x.getDataType(), true)
              .mul(x)
              .sum()
              .add(scope.create(b).toType(y.getDataType(), true).mul(y).sum());
      collector.backward(total);
      NDArray norm = rule.step(rate, scope);
      assertThat(norm.getManager()).isSameAs(scope);
      return norm.toType(DataType.FLOAT64, true).toDoubleArray()[0];
    }
  }

  /** AdamW as it is published, for one vector. */
  private static final class Formula {

    private final double[] theta;
    private final double[] m;
    private final double[] v;
    private int t;

    Formula(double... theta) {
      this.theta = theta.clone();
      m = new double[theta.length];
      v = new double[theta.length];
    }

    void step(double[] gradient, double rate, double decay, double scale) {
      t++;
      for (int i = 0; i < theta.length; i++) {
        double g = gradient[i] * scale;
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        double mean = m[i] / (1 - Math.pow(0.9, t));
        double square = v[i] / (1 - Math.pow(0.999, t));
        theta[i] -= rate * decay * theta[i] + rate * mean / (Math.sqrt(square) + 1e-8);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT64, 0, 0, 1e-13",
    "FLOAT64, 0.3, 0, 1e-13",
    "FLOAT64, 0.3, 1.5, 1e-11",
    "FLOAT32, 0.3, 1.5, 1e-5"
  })
  void followsTheFormula(DataType type, double decay, double clip, double tolerance) {
    Pair<String, Parameter> first = parameter("first", type, 1, -2, 0.5);
    Pair<String, Parameter> second = parameter("second", type, 3, 0);
    AdamW rule =
        new AdamW(manager, List.of(first, second), new FusedAdamW(0.9, 0.999, 1e-8, decay, clip));
    Formula a = new Formula(1, -2, 0.5);
    Formula b = new Formula(3, 0);
    RandomGenerator random = random("gradients");
    int clipped = 0;
    for (int step = 1; step <= 12; step++) {
      double rate = 0.05 / step;
      double[] ga = new double[3];
      double[] gb = new double[2];
      Arrays.setAll(ga, i -> random.nextGaussian());
      Arrays.setAll(gb, i -> random.nextGaussian());
      double norm =
          Math.sqrt(
              Arrays.stream(ga).map(g -> g * g).sum() + Arrays.stream(gb).map(g -> g * g).sum());
      boolean over = clip > 0 && norm > clip;
      clipped += over ? 1 : 0;
      double reported = step(rule, rate, first, ga, second, gb);
      assertClose(
          "norm before clipping", new double[] {reported}, new double[] {norm}, 10 * tolerance);
      a.step(ga, rate, decay, over ? clip / norm : 1);
      b.step(gb, rate, decay, over ? clip / norm : 1);
      assertClose("first", values(first), a.theta, tolerance);
      assertClose("second", values(second), b.theta, tolerance);
    }
    if (clip > 0) {
      assertThat(clipped).isBetween(1, 11);
    }
  }

  /** The first step of Adam is the sign of the gradient: 1 − 0.1·(0.5·1 + 1), −2 + 0.1·(1 + 1). */
  @Test
  void theFirstStepByHand() {
    Pair<String, Parameter> first = parameter("first", DataType.FLOAT64, 1, -2);
    Pair<String, Parameter> second = parameter("second", DataType.FLOAT64, 4);
    AdamW rule =
        new AdamW(manager, List.of(first, second), new FusedAdamW(0.9, 0.999, 1e-8, 0.5, 0));
    double norm = step(rule, 0.1, first, new double[] {3, -4}, second, new double[] {12});
    assertClose("norm", new double[] {norm}, new double[] {13}, 1e-14);
    assertClose("first", values(first), new double[] {0.85, -1.8}, 1e-8);
    assertClose("second", values(second), new double[] {3.7}, 1e-8);
  }

  /** Gradients that were not set to zero would add up over steps. */
  @Test
  void gradientsDoNotAddUp() {
    Pair<String, Parameter> first = parameter("first", DataType.FLOAT64, 0, 0);
    Pair<String, Parameter> second = parameter("second", DataType.FLOAT64, 0);
    AdamW rule = new AdamW(manager, List.of(first, second), new FusedAdamW(0.9, 0.999, 1e-8, 0, 0));
    for (int i = 0; i < 5; i++) {
      double norm = step(rule, 0.1, first, new double[] {3, 0}, second, new double[] {4});
      assertClose("norm", new double[] {norm}, new double[] {5}, 1e-14);
    }
  }

  /** Recorded in-place steps would tie the moments, and the parameters, to a growing graph. */
  @Test
  void stepsAreNotRecorded() {
    Pair<String, Parameter> first = parameter("first", DataType.FLOAT64, 1, 2);
    Pair<String, Parameter> second = parameter("second", DataType.FLOAT64, 3);
    AdamW rule = new AdamW(manager, List.of(first, second), new FusedAdamW(0.9, 0.999, 1e-8, 0, 0));
    int before = manager.getManagedArrays().size();
    step(rule, 0.1, first, new double[] {3, 0}, second, new double[] {4});
    rule.state().forEach((name, array) -> assertThat(array.hasGradient()).as(name).isFalse());
    assertThat(rule.state().keySet())
        .containsExactly(
            "first/mean",
            "first/square",
            "first/steps",
            "second/mean",
            "second/square",
            "second/steps");
    assertThat(first.getValue().getArray().hasGradient()).isTrue();
    assertThat(manager.getManagedArrays()).hasSize(before);
  }

  @Test
  void aParameterWithoutAGradientIsNamed() {
    Pair<String, Parameter> first = parameter("first", DataType.FLOAT64, 1);
    Pair<String, Parameter> second = parameter("second", DataType.FLOAT64, 1);
    AdamW rule = new AdamW(manager, List.of(first, second), new FusedAdamW(0.9, 0.999, 1e-8, 0, 0));
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      collector.backward(first.getValue().getArray().sum());
      assertThatThrownBy(() -> rule.step(0.1, manager))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("parameter second takes no part in the objective: it has no gradient");
    }
  }
}
