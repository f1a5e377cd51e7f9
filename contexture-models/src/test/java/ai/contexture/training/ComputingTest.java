package ai.contexture.training;

import static ai.contexture.testing.Numeric.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.KnnContext;
import ai.contexture.data.Dataset;
import ai.contexture.data.ImageShape;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.objective.Kise;
import ai.contexture.optimiser.Sgd;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import ai.contexture.testing.Numeric;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where and how precisely networks compute; the devices are all the CPU under several names. */
class ComputingTest {

  /** The parameters after some steps. */
  private static Map<String, double[]> trained(
      String encoder, TrainingOptions options, int helpers) {
    Device[] devices = new Device[helpers];
    Arrays.fill(devices, Device.cpu());
    try (NDManager manager = NDManager.newBaseManager();
        Trainer<KnnContext> trainer =
            new Trainer<>(
                images(manager),
                new Kise(),
                EncoderFactory.parse(encoder).forImages(new ImageShape(1, 4, 4)),
                Training.OUTPUTS,
                options,
                null,
                devices)) {
      trainer.train(options.steps(), new TrainingListener() {});
      Map<String, double[]> values = new LinkedHashMap<>();
      for (Pair<String, Parameter> pair : trainer.encoder().getParameters()) {
        NDArray array = pair.getValue().getArray();
        if (!array.getDataType().isFloating()) {
          continue;
        }
        assertThat(array.getDataType()).isEqualTo(DataType.FLOAT32);
        try (NDArray doubles = array.toType(DataType.FLOAT64, true)) {
          values.put(pair.getKey(), doubles.toDoubleArray());
        }
      }
      return values;
    }
  }

  /** Rows of 16 numbers that may be images of 4 × 4. */
  private static KnnContext images(NDManager manager) {
    return KnnContext.of(Numeric.normal32(manager, "images", 48, 16), 5);
  }

  /** Sums over rows in another order: equal within rounding, and the same bits each time. */
  @ParameterizedTest
  @CsvSource({
    "'mlp(width=16,depth=2)', 1",
    "'mlp(width=16,depth=2)', 2",
    "'mlp(width=16,depth=2,norm=layer)', 1",
    "'resnet(width=4,depth=1,norm=layer)', 2",
    "linear, 46"
  })
  void devicesShareTheRows(String encoder, int helpers) {
    TrainingOptions options =
        Training.options(4, 0).withOptimiser(new Sgd(0.9)).withLearningRate(1e-3);
    Map<String, double[]> alone = trained(encoder, options, 0);
    Map<String, double[]> shared = trained(encoder, options, helpers);
    Map<String, double[]> again = trained(encoder, options, helpers);
    assertThat(shared.keySet()).isEqualTo(alone.keySet());
    shared.forEach((name, values) -> assertClose(name, values, alone.get(name), 2e-5));
    shared.forEach((name, values) -> assertThat(again.get(name)).isEqualTo(values));
  }

  /** The mean over equal shares is that over all, whichever device saw which. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void runningMeansAreThoseOfAllShares(int helpers) {
    TrainingOptions options =
        Training.options(1, 0).withOptimiser(new Sgd(0.9)).withLearningRate(1e-12);
    String encoder = "mlp(width=16,depth=1,norm=batch)";
    String mean = "norm1_mean";
    double[] alone = trained(encoder, options, 0).get(mean);
    assertThat(alone).doesNotContain(0);
    assertClose(mean, trained(encoder, options, helpers).get(mean), alone, 1e-6);
  }

  /** Products of numbers with 8 bits: near the same path, but not the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "linear",
        "mlp(width=16,depth=2)",
        "mlp(width=16,depth=2,norm=batch,dropout=0.1)",
        "lenet",
        "resnet(width=4,depth=1)",
        "fttransformer(width=8,depth=1,heads=2)"
      })
  void roundedProductsTrainTheSameWay(String encoder) {
    TrainingOptions options =
        Training.options(4, 0).withOptimiser(new Sgd(0.9)).withLearningRate(1e-3);
    Map<String, double[]> exact = trained(encoder, options, 0);
    Map<String, double[]> start = trained(encoder, options.withLearningRate(1e-12), 0);
    TrainingOptions rounding = options.withPrecision(Precision.BFLOAT16);
    Map<String, double[]> rounded = trained(encoder, rounding, 0);
    Map<String, double[]> shared = trained(encoder, rounding, 1);
    double gone = 0;
    double apart = 0;
    double between = 0;
    for (String name : exact.keySet()) {
      for (int i = 0; i < exact.get(name).length; i++) {
        gone += Math.pow(exact.get(name)[i] - start.get(name)[i], 2);
        apart += Math.pow(exact.get(name)[i] - rounded.get(name)[i], 2);
        between += Math.pow(shared.get(name)[i] - rounded.get(name)[i], 2);
      }
    }
    assertThat(apart).isPositive();
    assertThat(Math.sqrt(apart / gone)).isLessThan(0.2);
    assertThat(between).as("on two devices").isNotNaN();
  }

  /** A whole job comes as close to the exact answer as it does with 24 bits. */
  @Test
  void aJobWithRoundedProducts() {
    Recipe recipe =
        Recipe.DEFAULT.withEncoder("mlp(width=64,depth=2)").withDimension(8).withSteps(60);
    double exact = cca(recipe);
    double rounded = cca(recipe.withTraining(recipe.training().withPrecision(Precision.BFLOAT16)));
    assertThat(exact).isGreaterThan(0.7);
    assertThat(rounded).isEqualTo(exact, within(0.02)).isNotEqualTo(exact);
  }

  private static double cca(Recipe recipe) {
    try (Pretraining job =
        Pretraining.prepare(Dataset.digits(), recipe, Device.cpu(), Device.cpu())) {
      job.train();
      return job.alignment().cca();
    }
  }
}
