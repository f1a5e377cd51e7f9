package ai.contexture.training;

import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.context.SampledContext;
import ai.contexture.encoder.Activation;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.ExplicitGradient;
import ai.contexture.encoder.Mlp;
import ai.contexture.objective.Head;
import ai.contexture.objective.Kise;
import ai.contexture.objective.Loss;
import ai.contexture.objective.Need;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Projector;
import ai.contexture.objective.SpectralContrastive;
import ai.contexture.objective.Step;
import ai.contexture.objective.Variable;
import ai.contexture.objective.VicReg;
import ai.contexture.objective.Whitening;
import ai.contexture.optimiser.Sgd;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where gradients are written out, a training makes the numbers of one that is recorded. */
class ExplicitGradientTest {

  private static final int STEPS = 12;
  private static final int ACCUMULATED = 2;
  private static final int OUTPUTS = 4;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** The same objective, as a user would write it. */
  private record Recorded(VicReg of) implements Objective<SampledContext> {

    @Override
    public String name() {
      return "recorded";
    }

    @Override
    public Need<SampledContext> needs() {
      return of.needs();
    }

    @Override
    public Set<Variable> encoders() {
      return of.encoders();
    }

    @Override
    public List<Head> heads(SampledContext context, int outputs) {
      return of.heads(context, outputs);
    }

    @Override
    public Loss loss(Step<? extends SampledContext> step) {
      return of.loss(step);
    }
  }

  /** The same encoder, which shows nothing but that it is a block. */
  private static EncoderFactory plain(EncoderFactory of) {
    return (outputs, seed) -> {
      Block block = of.build(outputs, seed);
      return (Block)
          Proxy.newProxyInstance(
              Block.class.getClassLoader(),
              new Class<?>[] {Block.class},
              (proxy, method, arguments) -> {
                try {
                  return method.invoke(block, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    };
  }

  /**
   * Objectives with their condition, the most by which they enlarge an error of their outputs: the
   * sum of VICReg's weights; the d outputs whose products make a square; of whitening with ridge ε
   * at most 1 + d/ε, which in float32 would leave no digit of ε = 10⁻⁵.
   */
  static Stream<Arguments> cases() {
    var plain = new VicReg(25, 25, 1, 2, Projector.none());
    var projected = new VicReg(25, 25, 1, 3, new Projector(List.of(6)));
    return Stream.concat(
        Stream.of(DataType.FLOAT32, DataType.FLOAT64)
            .flatMap(
                type ->
                    Stream.of(
                        Arguments.of(type, plain, 51),
                        Arguments.of(type, projected, 51),
                        Arguments.of(type, new SpectralContrastive(), OUTPUTS))),
        Stream.of(
            Arguments.of(DataType.FLOAT32, new Kise(new Whitening(1, 1)), 1 + OUTPUTS),
            Arguments.of(
                DataType.FLOAT64, new Kise(new Whitening(1e-3, 1e-5)), 1 + OUTPUTS / 1e-5)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theNumbersAreThoseOfARecordedTraining(
      DataType type, Objective<? super KnnContext> objective, double condition) throws Exception {
    EncoderFactory encoder = new Mlp.Options(8, 3, Activation.TANH, true);
    assertThat(encoder.build(2, Seed.of(0))).isInstanceOf(ExplicitGradient.class);
    // The two ways add in another order, so that each batch's gradients differ by rounding.
    double rounding = type == DataType.FLOAT64 ? Math.ulp(1.0) / 2 : Math.ulp(1f) / 2;
    double tolerance = STEPS * ACCUMULATED * condition * rounding;
    Map<String, double[]> expected = trained(type, objective, plain(encoder));
    compare(trained(type, objective, encoder), expected, tolerance);
    if (objective instanceof VicReg written) {
      compare(trained(type, new Recorded(written), encoder), expected, tolerance);
      compare(trained(type, new Recorded(written), plain(encoder)), expected, tolerance);
    }
  }

  /** Compares numbers up to 1, and the digits of those above. */
  private static void compare(
      Map<String, double[]> actual, Map<String, double[]> expected, double tolerance) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            double size = Math.max(1, Math.abs(values[i]));
            assertClose(
                name,
                new double[] {actual.get(name)[i] / size},
                new double[] {values[i] / size},
                tolerance);
          }
        });
  }

  /** The parameters, and the losses and norms of the gradients of all steps. */
  private Map<String, double[]> trained(
      DataType type, Objective<? super KnnContext> objective, EncoderFactory encoder)
      throws Exception {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    // AdamW would blow the rounding of a bias without a gradient up to whole steps
    TrainingOptions options =
        Training.options(STEPS, 9).withAccumulate(ACCUMULATED).withOptimiser(Sgd.DEFAULT);
    try (Trainer<KnnContext> trainer =
        new Trainer<>(Training.context(manager, type), objective, encoder, OUTPUTS, options)) {
      trainer.train(
          STEPS,
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              numbers.put(
                  "step " + report.step(), new double[] {report.loss(), report.gradientNorm()});
            }
          });
      Training.state(trainer).forEach(numbers::put);
    }
    return numbers;
  }
}
