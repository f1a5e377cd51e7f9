package ai.contexture.training;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.context.Points;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.input.InputException;
import ai.contexture.objective.Head;
import ai.contexture.objective.Loss;
import ai.contexture.objective.Variable;
import ai.contexture.optimiser.AdamW;
import ai.contexture.optimiser.Muon;
import ai.contexture.optimiser.Optimiser;
import ai.contexture.optimiser.Sgd;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.contexture.torch.OrthogonalMomentum;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimiserTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray vector(DataType type, double... values) {
    return manager.create(values).toType(type, true).duplicate();
  }

  private static List<Optimiser.Weight> trained(NDArray first, NDArray second) {
    return List.of(
        new Optimiser.Weight("first/theta", first, false),
        new Optimiser.Weight("second/theta", second, false));
  }

  /** Makes a step with the gradients a and b, and returns their norm. */
  private double step(
      List<Optimiser.Weight> trained,
      Optimiser.OptimiserState optimiserState,
      double factor,
      double clip,
      double[] a,
      double[] b) {
    try (NDManager scope = manager.newSubManager()) {
      Gradients gradients = new Gradients(trained);
      NDArray x = trained.get(0).array();
      NDArray y = trained.get(1).array();
      Loss loss =
          Torch.withGradient(
              () -> Loss.of("first", product(a, x, scope)).plus("second", product(b, y, scope)));
      Gradients.Sums sums = gradients.add(null, loss, List.of(), 1, scope);
      NDArray numbers = gradients.step(sums, optimiserState, factor, clip);
      assertThat(numbers.getManager()).isSameAs(scope);
      return numbers.toDoubleArray()[2];
    }
  }

  private static NDArray product(double[] values, NDArray x, NDManager scope) {
    return scope.create(values, x.getShape()).toType(x.getDataType(), true).mul(x).sum();
  }

  /** A rule as it is published, for one vector. */
  private abstract static class Formula {

    final double[] theta;
    final double[] m;
    final double[] v;
    int t;

    Formula(double... theta) {
      this.theta = theta.clone();
      m = new double[theta.length];
      v = new double[theta.length];
    }

    final void step(double[] gradient, double rate, double decay, double scale) {
      t++;
      for (int i = 0; i < theta.length; i++) {
        double change = change(i, gradient[i] * scale);
        theta[i] -= rate * decay * theta[i] + rate * change;
      }
    }

    abstract double change(int i, double g);
  }

  private static Formula formula(Optimiser optimiser, double... theta) {
    if (optimiser instanceof Sgd sgd) {
      return new Formula(theta) {
        @Override
        double change(int i, double g) {
          m[i] = sgd.momentum() * m[i] + g;
          return m[i];
        }
      };
    }
    AdamW adam = optimiser instanceof AdamW given ? given : AdamW.DEFAULT;
    return new Formula(theta) {
      @Override
      double change(int i, double g) {
        m[i] = adam.beta1() * m[i] + (1 - adam.beta1()) * g;
        v[i] = adam.beta2() * v[i] + (1 - adam.beta2()) * g * g;
        double mean = m[i] / (1 - Math.pow(adam.beta1(), t));
        double square = v[i] / (1 - Math.pow(adam.beta2(), t));
        return mean / (Math.sqrt(square) + 1e-8);
      }
    };
  }

  /** Vectors are no matrices, so that Muon is AdamW here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adamw | FLOAT64 | 0 | 0 | 1e-13",
        "adamw | FLOAT64 | 0.3 | 0 | 1e-13",
        "adamw | FLOAT64 | 0.3 | 1.5 | 1e-11",
        "adamw(beta1=0.5,beta2=0.9) | FLOAT64 | 0.3 | 1.5 | 1e-11",
        "adamw | FLOAT32 | 0.3 | 1.5 | 1e-5",
        "sgd | FLOAT64 | 0 | 0 | 1e-13",
        "sgd(momentum=0.5) | FLOAT64 | 0.3 | 1.5 | 1e-11",
        "sgd(momentum=0) | FLOAT32 | 0.3 | 1.5 | 1e-5",
        "muon | FLOAT64 | 0.3 | 1.5 | 1e-11"
      })
  void followsTheFormula(String text, DataType type, double decay, double clip, double tolerance) {
    Optimiser optimiser = Optimiser.parse(text);
    NDArray first = vector(type, 1, -2, 0.5);
    NDArray second = vector(type, 3, 0);
    List<Optimiser.Weight> trained = trained(first, second);
    Optimiser.OptimiserState optimiserState = optimiser.start(trained, 0.05, decay, manager);
    Formula a = formula(optimiser, 1, -2, 0.5);
    Formula b = formula(optimiser, 3, 0);
    RandomGenerator random = random("gradients");
    int clipped = 0;
    for (int step = 1; step <= 12; step++) {
      double[] ga = new double[3];
      double[] gb = new double[2];
      Arrays.setAll(ga, i -> random.nextGaussian());
      Arrays.setAll(gb, i -> random.nextGaussian());
      double norm =
          Math.sqrt(
              Arrays.stream(ga).map(g -> g * g).sum() + Arrays.stream(gb).map(g -> g * g).sum());
      boolean over = clip > 0 && norm > clip;
      clipped += over ? 1 : 0;
      double reported = step(trained, optimiserState, 1.0 / step, clip, ga, gb);
      assertClose(
          "norm before clipping", new double[] {reported}, new double[] {norm}, 10 * tolerance);
      a.step(ga, 0.05 / step, decay, over ? clip / norm : 1);
      b.step(gb, 0.05 / step, decay, over ? clip / norm : 1);
      assertClose("first", doubles(first), a.theta, tolerance);
      assertClose("second", doubles(second), b.theta, tolerance);
    }
    if (clip > 0) {
      assertThat(clipped).isBetween(1, 11);
    }
  }

  private static double[] doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, true).toDoubleArray();
  }

  /** The first step of Adam is the sign of the gradient: 1 − 0.1·(0.5·1 + 1), −2 + 0.1·(1 + 1). */
  @Test
  void theFirstStepOfAdamByHand() {
    NDArray first = vector(DataType.FLOAT64, 1, -2);
    NDArray second = vector(DataType.FLOAT64, 4);
    List<Optimiser.Weight> trained = trained(first, second);
    Optimiser.OptimiserState optimiserState = AdamW.DEFAULT.start(trained, 0.2, 0.5, manager);
    double norm = step(trained, optimiserState, 0.5, 0, new double[] {3, -4}, new double[] {12});
    assertClose("norm", new double[] {norm}, new double[] {13}, 1e-14);
    assertClose("first", doubles(first), new double[] {0.85, -1.8}, 1e-8);
    assertClose("second", doubles(second), new double[] {3.7}, 1e-8);
  }

  /** Gradients that were not set to zero would add up over steps. */
  @ParameterizedTest
  @ValueSource(strings = {"adamw", "sgd", "muon"})
  void gradientsDoNotAddUp(String text) {
    List<Optimiser.Weight> trained =
        trained(vector(DataType.FLOAT64, 0, 0), vector(DataType.FLOAT64, 0));
    Optimiser.OptimiserState optimiserState = Optimiser.parse(text).start(trained, 0.1, 0, manager);
    for (int i = 0; i < 5; i++) {
      double norm = step(trained, optimiserState, 1, 0, new double[] {3, 0}, new double[] {4});
      assertClose("norm", new double[] {norm}, new double[] {5}, 1e-14);
    }
  }

  /** Recorded in-place steps would tie the momenta, and the parameters, to a growing graph. */
  @ParameterizedTest
  @CsvSource({"adamw, mean square", "sgd, velocity", "muon, mean square"})
  void stepsAreNotRecorded(String text, String state) {
    NDArray theta = vector(DataType.FLOAT64, 1, 2);
    List<Optimiser.Weight> trained = trained(theta, vector(DataType.FLOAT64, 3));
    Optimiser.OptimiserState optimiserState = Optimiser.parse(text).start(trained, 0.1, 0, manager);
    Held held = Held.by(manager);
    step(trained, optimiserState, 1, 0, new double[] {3, 0}, new double[] {4});
    optimiserState
        .state()
        .forEach((name, array) -> assertThat(array.hasGradient()).as(name).isFalse());
    List<String> parts = List.of(state.split(" "));
    int steps = text.equals("sgd") ? 0 : 1; // AdamW counts them
    assertThat(optimiserState.state()).hasSize(2 * parts.size() + steps);
    for (String part : parts) {
      assertThat(optimiserState.state())
          .containsKeys("first/theta/" + part, "second/theta/" + part);
    }
    assertThat(theta.hasGradient()).isTrue();
    held.assertNoMore();
  }

  /** DJL's own trainer refuses a first gradient that sums to zero. */
  @ParameterizedTest
  @ValueSource(strings = {"adamw", "sgd", "muon"})
  void aFirstGradientOfZeroIsAStep(String text) {
    NDArray theta = vector(DataType.FLOAT64, 1, 2);
    List<Optimiser.Weight> trained = trained(theta, vector(DataType.FLOAT64, 3));
    Optimiser.OptimiserState optimiserState = Optimiser.parse(text).start(trained, 0.1, 0, manager);
    double norm = step(trained, optimiserState, 1, 10, new double[] {0, 0}, new double[] {0});
    assertClose("norm", new double[] {norm}, new double[] {0}, 0);
    assertClose("theta", doubles(theta), new double[] {1, 2}, 0);
    assertClose(
        "the next norm",
        new double[] {step(trained, optimiserState, 1, 0, new double[] {3, -3}, new double[] {0})},
        new double[] {Math.sqrt(18)},
        1e-14);
    assertThat(doubles(theta)[0]).isNotNaN().isLessThan(1);
  }

  @Test
  void aParameterWithoutAGradientIsNamed() {
    List<Optimiser.Weight> trained =
        trained(vector(DataType.FLOAT64, 1), vector(DataType.FLOAT64, 1));
    Optimiser.OptimiserState optimiserState = AdamW.DEFAULT.start(trained, 0.1, 0, manager);
    Gradients gradients = new Gradients(trained);
    try (NDManager scope = manager.newSubManager()) {
      Loss loss = Torch.withGradient(() -> Loss.of("first", trained.get(0).array().sum()));
      Gradients.Sums sums = gradients.add(null, loss, List.of(), 1, scope);
      assertThatThrownBy(() -> gradients.step(sums, optimiserState, 1, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("parameter second/theta takes no part in the objective: it has no gradient");
    }
  }

  /** The first matrix of an encoder meets the inputs; biases, scales and heads' biases are none. */
  @Test
  void matricesAreThoseBehindTheFirst() {
    Map<Variable, Points> rows = new EnumMap<>(Variable.class);
    rows.put(Variable.INPUT, Points.all(manager.zeros(new Shape(7, 16))));
    rows.put(Variable.CONTEXT, Points.all(manager.zeros(new Shape(7, 16))));
    List<Head> heads = List.of(new Head("decoder", List.of(4, 3, 2), false, 0));
    EncoderFactory resNet = EncoderFactory.parse("resnet(shape=1x4x4,width=2)");
    ObjectiveNetworks networks =
        new ObjectiveNetworks(
            rows, resNet, 4, heads, Seed.of(1), Precision.FLOAT32, List.of(), manager);
    Map<String, Boolean> matrices = new LinkedHashMap<>();
    networks.weights().forEach(weight -> matrices.put(weight.name(), weight.matrix()));
    assertThat(matrices.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey))
        .hasSize(2 * 9 + 2)
        .contains("phi/stage1_block1_first_weight", "psi/output_weight", "decoder/weight1")
        .doesNotContain("phi/stem_weight", "psi/stem_weight", "phi/output_bias")
        .doesNotContain("decoder/bias1", "phi/stem_norm_gamma");
    assertThat(networks.arrays()).containsKeys("phi/stem_norm_mean", "psi/stem_norm_variance");
    assertThat(matrices).doesNotContainKeys("phi/stem_norm_mean", "psi/stem_norm_variance");
  }

  /** Two matrices of one shape and one of another by Muon's own rate, the vector by AdamW. */
  @Test
  void muonSplitsTheWeights() {
    RandomGenerator random = random("muon");
    int[][] shapes = {{3, 4}, {3, 4}, {5}, {2, 3}};
    List<Optimiser.Weight> weights =
        Arrays.stream(shapes)
            .map(
                shape ->
                    new Optimiser.Weight(
                        "w" + Arrays.hashCode(shape) + random.nextInt(),
                        normal(random, shape),
                        shape.length == 2))
            .toList();
    NDArray[] expected =
        weights.stream().map(weight -> weight.array().duplicate()).toArray(NDArray[]::new);
    NDArray[] velocities =
        weights.stream()
            .map(weight -> manager.zeros(weight.array().getShape(), DataType.FLOAT64))
            .toArray(NDArray[]::new);
    Optimiser.OptimiserState optimiserState = new Muon(0.2, 0.8).start(weights, 0.01, 0.1, manager);
    Formula vector = formula(AdamW.DEFAULT, expected[2].toDoubleArray());
    for (double factor : new double[] {1, 0.5}) {
      List<NDArray> gradients = Arrays.stream(shapes).map(shape -> normal(random, shape)).toList();
      optimiserState.step(gradients, factor);
      for (int i : new int[] {0, 1, 3}) {
        new OrthogonalMomentum(0.8, 0.1)
            .step(
                List.of(expected[i]),
                List.of(gradients.get(i)),
                List.of(velocities[i]),
                0.2 * factor);
        assertClose("matrix", doubles(weights.get(i).array()), doubles(expected[i]), 1e-12);
      }
      vector.step(gradients.get(2).toDoubleArray(), 0.01 * factor, 0.1, 1);
      assertClose("vector", doubles(weights.get(2).array()), vector.theta, 1e-13);
    }
    assertThat(optimiserState.state()).hasSize(3 + 3);
  }

  private NDArray normal(RandomGenerator random, int... shape) {
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(values, i -> random.nextGaussian());
    long[] sizes = Arrays.stream(shape).asLongStream().toArray();
    return manager.create(values, new Shape(sizes)).duplicate();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adamw | adamw",
        "adamw(beta1=0.8) | adamw(beta1=0.8,beta2=0.999)",
        "sgd | sgd(momentum=0.9)",
        "sgd(momentum=0.5) | sgd(momentum=0.5)",
        "muon | muon(rate=0.02,momentum=0.95)",
        "muon(rate=0.03) | muon(rate=0.03,momentum=0.95)",
        "muon(bfloat16=true) | muon(rate=0.02,momentum=0.95,bfloat16=true)"
      })
  void theTextOfAnOptimiserParsesBack(String given, String text) {
    Optimiser parsed = Optimiser.parse(given);
    assertThat(parsed).hasToString(text).isEqualTo(Optimiser.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adam | unknown optimiser 'adam'; known: adamw, muon, sgd (did you mean adamw?)",
        "adamw(beta1=1) | adamw: expected beta1 and beta2 from 0 to less than 1, got beta1=1.0,"
            + " beta2=0.999",
        "sgd(momentum=1) | sgd: expected a momentum from 0 to less than 1, got momentum=1.0",
        "sgd(momentum=2) | sgd: momentum must be a number from 0 to 1, got '2'",
        "muon(rate=0) | muon: rate must be a number greater than 0 and at most 1000, got '0'",
        "muon(momentum=1) | muon: expected a momentum from 0 to less than 1, got momentum=1.0",
        "sgd(nesterov=true) | sgd: unknown option 'nesterov'; known: momentum"
      })
  void impossibleOptimisersAreRefused(String text, String message) {
    assertThatThrownBy(() -> Optimiser.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }
}
