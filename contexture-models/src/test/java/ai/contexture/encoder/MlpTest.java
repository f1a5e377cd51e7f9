package ai.contexture.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.contexture.torch.Torch;
import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MlpTest {

  private static final Seed SEED = Seed.of(7);

  private final NDManager manager = NDManager.newBaseManager();
  private final ParameterStore store = new ParameterStore(manager, false);

  @AfterEach
  void close() {
    manager.close();
  }

  private Block initialised(EncoderFactory factory, int inputs, int outputs, DataType type) {
    Block block = factory.build(outputs, SEED);
    block.initialize(manager, type, new Shape(1, inputs));
    return block;
  }

  private double[] forward(Block block, NDArray rows) {
    NDArray out = block.forward(store, new NDList(rows), false).singletonOrThrow();
    return out.toType(DataType.FLOAT64, true).toDoubleArray();
  }

  private static void set(Block block, String name, double... values) {
    NDArray array = block.getParameters().get(name).getArray();
    assertThat(array.size()).isEqualTo(values.length);
    NDArray wanted = array.getManager().create(values, array.getShape());
    Torch.copy(wanted, array);
  }

  private static Map<String, Shape> shapes(Block block) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      shapes.put(pair.getKey(), pair.getValue().getArray().getShape());
    }
    return shapes;
  }

  @Test
  void parametersAreNamedAndShapedByTheirLayer() {
    Block mlp = initialised(new Mlp.Options(6, 2, Activation.TANH, true), 4, 3, DataType.FLOAT32);
    Map<String, Shape> expected = new LinkedHashMap<>();
    expected.put("hidden1_weight", new Shape(6, 4));
    expected.put("hidden1_bias", new Shape(6));
    expected.put("hidden2_weight", new Shape(6, 6));
    expected.put("hidden2_bias", new Shape(6));
    expected.put("output_weight", new Shape(3, 6));
    expected.put("output_bias", new Shape(3));
    assertThat(shapes(mlp)).containsExactlyEntriesOf(expected);
    NDArray rows = manager.zeros(new Shape(5, 4));
    NDArray out = mlp.forward(store, new NDList(rows), false).singletonOrThrow();
    assertThat(out.getShape()).isEqualTo(new Shape(5, 3));
    assertThat(mlp.getOutputShapes(new Shape[] {rows.getShape()})).containsExactly(new Shape(5, 3));
  }

  /**
   * x = (1, −1). W₁x + b₁ = (1 − 2 + ½, 3 + 1 − ½) = (−½, 3½), h₁ = (0, 3½). W₂h₁ + b₂ = (3½ − 1,
   * 3½) = h₂ without skip connections, (2½, 7) with them. Output h₂₁ − h₂₂ + 10.
   */
  @ParameterizedTest
  @CsvSource({"false, 9", "true, 5.5"})
  void twoHiddenLayersByHand(boolean skip, double expected) {
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT64}) {
      Block mlp = initialised(new Mlp.Options(2, 2, Activation.RELU, skip), 2, 1, type);
      set(mlp, "hidden1_weight", 1, 2, 3, -1);
      set(mlp, "hidden1_bias", 0.5, -0.5);
      set(mlp, "hidden2_weight", 2, 1, -1, 1);
      set(mlp, "hidden2_bias", -1, 0);
      set(mlp, "output_weight", 1, -1);
      set(mlp, "output_bias", 10);
      NDArray rows = manager.create(new double[] {1, -1}, new Shape(1, 2)).toType(type, true);
      assertThat(forward(mlp, rows)).containsExactly(expected);
    }
  }

  /** x·Φ(x) with the integral of the density by Simpson's rule. */
  private static double gelu(double x) {
    int intervals = 2000;
    double h = x / intervals;
    double sum = 0;
    for (int i = 0; i <= intervals; i++) {
      double weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-(i * h) * (i * h) / 2);
    }
    return x * (0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI));
  }

  private static DoubleUnaryOperator function(Activation activation) {
    return switch (activation) {
      case TANH -> Math::tanh;
      case RELU -> x -> Math.max(0, x);
      case GELU -> MlpTest::gelu;
    };
  }

  @Test
  void geluIsTheExactOne() {
    assertThat(gelu(1)).isCloseTo(0.8413447460685429, within(1e-13));
    assertThat(gelu(-0.5)).isCloseTo(-0.5 * 0.3085375387259869, within(1e-13));
  }

  /** One input, one neuron a layer: out = 3h₂ − 1 with h₁ = σ(x/2 + 0.1), h₂ = σ(−2h₁ + 0.3). */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivationWithAndWithoutSkipConnections(Activation activation) {
    DoubleUnaryOperator sigma = function(activation);
    for (boolean skip : new boolean[] {true, false}) {
      Block mlp = initialised(new Mlp.Options(1, 2, activation, skip), 1, 1, DataType.FLOAT64);
      set(mlp, "hidden1_weight", 0.5);
      set(mlp, "hidden1_bias", 0.1);
      set(mlp, "hidden2_weight", -2);
      set(mlp, "hidden2_bias", 0.3);
      set(mlp, "output_weight", 3);
      set(mlp, "output_bias", -1);
      double[] x = {2, -3, 0, 0.25};
      double[] out = forward(mlp, manager.create(x, new Shape(4, 1)));
      for (int i = 0; i < x.length; i++) {
        double h1 = sigma.applyAsDouble(x[i] / 2 + 0.1);
        double h2 = sigma.applyAsDouble(-2 * h1 + 0.3) + (skip ? h1 : 0);
        assertThat(out[i]).as("x = %s, skip %s", x[i], skip).isCloseTo(3 * h2 - 1, within(1e-12));
      }
    }
  }

  @Test
  void aSeedGivesItsParametersWhateverElseIsInitialised() {
    Mlp.Options options = new Mlp.Options(16, 2, Activation.TANH, true);
    Map<String, float[]> first = values(initialised(options, 5, 3, DataType.FLOAT32));
    initialised(options, 9, 2, DataType.FLOAT32);
    Map<String, float[]> again = values(initialised(options, 5, 3, DataType.FLOAT32));
    Block otherSeed = options.build(3, Seed.of(8));
    otherSeed.initialize(manager, DataType.FLOAT32, new Shape(1, 5));
    Map<String, float[]> other = values(otherSeed);
    assertThat(again.keySet()).isEqualTo(first.keySet());
    first.forEach(
        (name, values) -> {
          assertThat(again.get(name)).as(name).isEqualTo(values);
          assertThat(other.get(name)).as(name).doesNotContain(values);
        });
    assertThat(first.get("hidden1_bias")).isNotEqualTo(first.get("hidden2_bias"));
  }

  private static Map<String, float[]> values(Block block) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Pair<String, Parameter> pair : block.getParameters()) {
      values.put(pair.getKey(), pair.getValue().getArray().toFloatArray());
    }
    return values;
  }

  /**
   * Uniform in ±b has mean 0 with standard error b/√(3n), and mean square b²/3 with standard error
   * b²·√(4/45)/√n; 5σ.
   */
  @Test
  void parametersStartUniformlyWithinOneOverTheRootOfTheInputs() {
    Block mlp = initialised(new Mlp.Options(64, 2, Activation.TANH, true), 9, 40, DataType.FLOAT64);
    Map<String, Integer> inputs =
        Map.of("hidden1_weight", 9, "hidden2_weight", 64, "output_weight", 64, "hidden1_bias", 9);
    inputs.forEach(
        (name, fanIn) -> {
          double[] values = mlp.getParameters().get(name).getArray().toDoubleArray();
          double bound = 1 / Math.sqrt(fanIn);
          double n = values.length;
          double mean = 0;
          double square = 0;
          double largest = 0;
          for (double v : values) {
            mean += v / n;
            square += v * v / n;
            largest = Math.max(largest, Math.abs(v));
          }
          assertThat(largest).as(name).isBetween(bound * (1 - 20 / n), bound);
          assertThat(mean).as(name).isCloseTo(0, within(5 * bound / Math.sqrt(3 * n)));
          assertThat(square)
              .as(name)
              .isCloseTo(
                  bound * bound / 3,
                  within(5 * bound * bound * Math.sqrt(4.0 / 45) / Math.sqrt(n)));
        });
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void gradientsAreSlopes(Activation activation) {
    Block mlp = initialised(new Mlp.Options(3, 3, activation, true), 2, 2, DataType.FLOAT64);
    NDArray rows =
        manager.create(new double[] {0.3, -1.2, 0.8, 0.5, -0.7, 1.1}, new Shape(3, 2)).duplicate();
    Map<String, double[]> gradients = new LinkedHashMap<>();
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      for (Pair<String, Parameter> pair : mlp.getParameters()) {
        pair.getValue().getArray().setRequiresGradient(true);
      }
      collector.backward(score(mlp, rows));
      for (Pair<String, Parameter> pair : mlp.getParameters()) {
        gradients.put(pair.getKey(), pair.getValue().getArray().getGradient().toDoubleArray());
      }
    }
    for (Pair<String, Parameter> pair : mlp.getParameters()) {
      double[] analytic = gradients.get(pair.getKey());
      NDArray array = pair.getValue().getArray();
      double[] at = array.duplicate().toDoubleArray();
      for (int i = 0; i < at.length; i++) {
        double[] moved = at.clone();
        double h = 1e-5;
        moved[i] = at[i] + h;
        set(mlp, pair.getKey(), moved);
        double up = score(mlp, rows).getDouble();
        moved[i] = at[i] - h;
        set(mlp, pair.getKey(), moved);
        double down = score(mlp, rows).getDouble();
        assertThat(analytic[i])
            .as(pair.getKey() + " " + i)
            .isCloseTo((up - down) / (2 * h), within(1e-8));
      }
      set(mlp, pair.getKey(), at);
    }
  }

  private NDArray score(Block mlp, NDArray rows) {
    NDArray out = mlp.forward(store, new NDList(rows), true).singletonOrThrow();
    return out.mul(manager.create(new double[] {1, -2, 3, 4, 0.5, -1}, new Shape(3, 2))).sum();
  }

  @Test
  void savedParametersComeBack() throws IOException, MalformedModelException {
    Mlp.Options options = new Mlp.Options(5, 2, Activation.GELU, true);
    Block mlp = initialised(options, 3, 2, DataType.FLOAT32);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    mlp.saveParameters(new DataOutputStream(bytes));
    Block loaded = options.build(2, Seed.of(99));
    loaded.loadParameters(
        manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    values(mlp).forEach((name, v) -> assertThat(values(loaded).get(name)).as(name).isEqualTo(v));
    NDArray rows = manager.create(new float[] {1, 2, 3, -1, 0, 1}, new Shape(2, 3));
    assertThat(forward(loaded, rows)).isEqualTo(forward(mlp, rows));
  }

  @Test
  void initialisingLeavesNothingButParameters() {
    Held held = Held.by(manager);
    initialised(new Mlp.Options(5, 2, Activation.TANH, true), 3, 2, DataType.FLOAT32);
    initialised(new Mlp.Options(5, 2, Activation.TANH, true), 3, 2, DataType.FLOAT64);
    held.assertMore(12);
  }

  private static EncoderFactory parse(String text) {
    return EncoderFactory.parse(text);
  }

  @Test
  void encodersByName() {
    assertThat(parse("mlp")).isEqualTo(new Mlp.Options(512, 3, Activation.TANH, true));
    assertThat(parse("mlp(width=8,depth=2,activation=gelu,skip=false)"))
        .isEqualTo(new Mlp.Options(8, 2, Activation.GELU, false));
    for (Activation activation : Activation.values()) {
      String name = activation.name().toLowerCase(Locale.ROOT);
      assertThat(parse("mlp(activation=" + name + ")"))
          .isEqualTo(new Mlp.Options(512, 3, activation, true));
    }
  }

  @Test
  void theTextOfAnEncoderParsesBack() {
    Mlp.Options options = new Mlp.Options(8, 2, Activation.RELU, false);
    assertThat(options.toString()).isEqualTo("mlp(width=8,depth=2,activation=relu,skip=false)");
    assertThat(parse(options.toString())).isEqualTo(options);
    assertThat(options.build(3, SEED)).hasToString(options.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mpl | unknown encoder 'mpl'; known: fttransformer, gcn, lenet, linear, mlp, resnet, sgc, table, vit (did you"
            + " mean mlp?)",
        "mlp(width=0) | mlp: width must be a whole number from 1 to 65536, got '0'",
        "mlp(depth=1.5) | mlp: depth must be a whole number from 1 to 1000, got '1.5'",
        "mlp(activation=sine) | mlp: unknown activation 'sine'; known: tanh, relu, gelu",
        "mlp(skip=yes) | mlp: skip must be true or false, got 'yes'",
        "mlp(wide=3) | mlp: unknown option 'wide'; known: width, depth, activation, skip,"
            + " dropout, norm"
      })
  void impossibleEncodersAreRefused(String text, String message) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void sizesBelowOneAreRefused() {
    assertThatThrownBy(() -> new Mlp.Options(0, 3, Activation.TANH, true))
        .isInstanceOf(InputException.class)
        .hasMessage("mlp: expected width and depth of at least 1, got width=0, depth=3");
  }
}
