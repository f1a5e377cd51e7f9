package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.KnnContext;
import ai.contexture.encoder.Activation;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Mlp;
import ai.contexture.objective.Kise;
import ai.contexture.objective.NonContrastive;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Orthonormality;
import ai.contexture.objective.SpectralContrastive;
import ai.contexture.objective.Svme;
import ai.contexture.objective.VicRegPenalty;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small trainings, and what they leave behind, for the tests of this module. */
public final class Training {

  /** A small network. */
  static final EncoderFactory ENCODER = new Mlp.Options(8, 2, Activation.TANH, true);

  public static final int OUTPUTS = 4;
  static final int POINTS = 24;

  private Training() {}

  /** The objectives, and one with penalties. */
  static List<Objective<? super KnnContext>> objectives() {
    return List.of(
        new Kise(),
        new Kise(new VicRegPenalty()),
        new Svme(),
        new NonContrastive(),
        new SpectralContrastive(Orthonormality.none()));
  }

  public static TrainingOptions options(int steps, int batch) {
    return TrainingOptions.DEFAULT
        .withSteps(steps)
        .withBatch(batch)
        .withLearningRate(1e-2)
        .withWeightDecay(0.01)
        .withSeed(3);
  }

  /** The nearest 5 among normal points, float32. */
  public static KnnContext context(NDManager manager) {
    return context(manager, DataType.FLOAT32);
  }

  /** The nearest 5 among the same points in either type. */
  public static KnnContext context(NDManager manager, DataType type) {
    return KnnContext.of(Numeric.normal32(manager, "points", POINTS, 3).toType(type, true), 5);
  }

  static Trainer<KnnContext> trainer(
      NDManager manager, Objective<? super KnnContext> objective, TrainingOptions options) {
    return new Trainer<>(context(manager), objective, ENCODER, OUTPUTS, options);
  }

  /** Everything that a checkpoint holds, by name. */
  static Map<String, double[]> state(Trainer<?> trainer) throws IOException {
    Path file = Files.createTempFile("state", ".npz");
    try {
      trainer.checkpoint(file);
      return read(file);
    } finally {
      Files.delete(file);
    }
  }

  static Map<String, double[]> read(Path file) throws IOException {
    Map<String, double[]> state = new LinkedHashMap<>();
    try (NDManager manager = NDManager.newBaseManager();
        InputStream stream = Files.newInputStream(file)) {
      for (NDArray array : NDList.decode(manager, stream)) {
        state.put(array.getName(), array.toType(DataType.FLOAT64, true).toDoubleArray());
      }
    }
    return state;
  }

  /** Compares bits. */
  static void assertSame(Map<String, double[]> actual, Map<String, double[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) -> assertThat(Arrays.equals(actual.get(name), values)).as(name).isTrue());
  }

  /** How many arrays and managers a manager holds, those below it included. */
  public static int held(NDManager manager) {
    try {
      Field field = BaseNDManager.class.getDeclaredField("resources");
      field.setAccessible(true);
      int held = 0;
      for (Object resource : ((Map<?, ?>) field.get(manager)).values()) {
        held += resource instanceof NDManager below ? 1 + held(below) : 1;
      }
      return held;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** How many arrays and managers there are in all, but for those of this manager. */
  public static int heldElsewhere(NDManager manager) {
    return held(manager.getParentManager()) - held(manager);
  }
}
