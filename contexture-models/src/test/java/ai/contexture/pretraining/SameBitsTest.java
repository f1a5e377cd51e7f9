package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.data.Dataset;
import ai.contexture.measure.Alignment;
import ai.contexture.representation.Representation;
import ai.contexture.training.StepReport;
import ai.contexture.training.TrainingListener;
import ai.contexture.training.TrainingOptions;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes with the same seed make the same bits on one processor with one number of threads.
 * On another kind of processor, or with another number of threads, sums are added in another order:
 * losses agree, and the features span the same, up to rounding.
 */
class SameBitsTest {

  private static final int DIMENSION = 4;

  /** Relative; of float32, whose rounding the steps make larger. */
  private static final double LOSS = 1e-4;

  /** What is missing of a squared canonical correlation of 1. */
  private static final double SPAN = 1e-6;

  /**
   * An exact search and a self-adjoint operator on all rows; random views in batches; convolutions.
   * Without batch moments: a bias before them has no gradient but rounding, which AdamW turns into
   * whole steps that the running moments follow late.
   */
  private static final List<Recipe> RECIPES =
      List.of(
          recipe("knn(k=30)", "kise", "mlp(width=64,depth=2)", 0),
          recipe("scarf(rate=0.6)", "spectral-contrastive", "mlp(width=64,depth=2)", 256),
          recipe("knn(k=8)", "kise", "resnet(shape=1x4x4,width=4,norm=layer)", 64));

  @TempDir Path folder;

  private static Recipe recipe(String context, String objective, String encoder, int batch) {
    return Recipe.DEFAULT
        .withContext(context)
        .withObjective(objective)
        .withEncoder(encoder)
        .withDimension(DIMENSION)
        .withOutputs(DIMENSION)
        .withTraining(TrainingOptions.DEFAULT.withSteps(30).withBatch(batch));
  }

  private static Dataset data(Recipe recipe) {
    return recipe.encoder().contains("shape") ? Tables.images() : Dataset.digits();
  }

  /** Trains by each recipe in a process of its own, and writes what comes out into a folder. */
  static final class Trainings {

    private Trainings() {}

    public static void main(String[] arguments) throws IOException {
      for (int i = 0; i < RECIPES.size(); i++) {
        Path out = Path.of(arguments[0], Integer.toString(i));
        try (Pretraining job =
                Pretraining.prepare(data(RECIPES.get(i)), RECIPES.get(i), Device.cpu());
            DataOutputStream losses = stream(out.resolve("losses"));
            DataOutputStream features = stream(out.resolve("features"))) {
          job.train(
              new TrainingListener() {
                @Override
                public void onStep(StepReport report) {
                  write(losses, report.loss());
                }
              });
          Representation representation = job.representation();
          representation.save(out);
          write(features, representation.embed(job.data().features()).values());
        }
      }
    }

    private static DataOutputStream stream(Path file) throws IOException {
      Files.createDirectories(file.getParent());
      return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    private static void write(DataOutputStream out, double... values) {
      try {
        for (double value : values) {
          out.writeDouble(value);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void twoProcessesMakeTheSameBitsAndOtherProcessorsTheSameSpan() throws Exception {
    Path first = trained("first", Map.of("OMP_NUM_THREADS", "2"));
    Path again = trained("again", Map.of("OMP_NUM_THREADS", "2"));
    Path other =
        trained(
            "other",
            Map.of(
                "OMP_NUM_THREADS", "1",
                "ATEN_CPU_CAPABILITY", "default",
                "ONEDNN_MAX_CPU_ISA", "SSE41",
                "MKL_CBWR", "COMPATIBLE"));
    for (int i = 0; i < RECIPES.size(); i++) {
      String of = Integer.toString(i);
      for (String file : List.of("losses", "features", Representation.PARAMETERS)) {
        assertThat(again.resolve(of).resolve(file))
            .as("%s of %s", file, RECIPES.get(i))
            .hasSameBinaryContentAs(first.resolve(of).resolve(file));
      }
      double[] losses = numbers(first.resolve(of).resolve("losses"));
      double[] others = numbers(other.resolve(of).resolve("losses"));
      for (int step = 0; step < losses.length; step++) {
        assertThat(others[step])
            .as("loss of step %d of %s", step + 1, RECIPES.get(i))
            .isCloseTo(losses[step], within(LOSS * Math.abs(losses[step])));
      }
      assertThat(common(other.resolve(of), first.resolve(of)))
          .as("span of %s", RECIPES.get(i))
          .isGreaterThan(1 - SPAN);
    }
  }

  /** The mean squared canonical correlation of both features of all rows. */
  private static double common(Path one, Path other) throws IOException {
    try (NDManager manager = NDManager.newBaseManager()) {
      return Alignment.canonicalCorrelation(features(manager, one), features(manager, other));
    }
  }

  private static NDArray features(NDManager manager, Path of) throws IOException {
    double[] values = numbers(of.resolve("features"));
    return manager.create(values, new Shape(values.length / DIMENSION, DIMENSION));
  }

  private static double[] numbers(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      double[] values = new double[(int) (Files.size(file) / Double.BYTES)];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readDouble();
      }
      return values;
    }
  }

  private Path trained(String name, Map<String, String> environment) throws Exception {
    Path out = Files.createDirectory(folder.resolve(name));
    Path messages = folder.resolve(name + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.pytorch.graph_optimizer=false",
                "-cp",
                System.getProperty("java.class.path"),
                Trainings.class.getName(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    assertThat(code).as(Files.readString(messages)).isZero();
    return out;
  }
}
