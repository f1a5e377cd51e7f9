package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.context.Points;
import ai.contexture.context.SampledContext;
import ai.contexture.data.NpyFile;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.objective.Svme;
import ai.contexture.objective.VicRegPenalty;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on rows that stay on disk. */
class MappedRowsTest {

  private static final int ROWS = 4000;
  private static final int COLUMNS = 8;

  @TempDir Path folder;

  /** Rows, to which noise is added that comes from the generator of the step. */
  private static SampledContext context(Points points) {
    return SampledContext.of(
        "noisy",
        points,
        (x, views, random) -> {
          NDArray rows = x.rows().repeat(0, views);
          float[] noise = new float[Math.toIntExact(rows.getShape().size())];
          for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (0.1 * random.nextGaussian());
          }
          return Points.of(rows.add(rows.getManager().create(noise, rows.getShape())));
        });
  }

  private static float[] trained(NDArray rows) {
    TrainingOptions options = Training.options(20, 64);
    try (Trainer<SampledContext> trainer =
        new Trainer<>(
            context(Points.all(rows)),
            new Svme(new VicRegPenalty()),
            EncoderFactory.parse("mlp(width=16,depth=1)"),
            Training.OUTPUTS,
            options)) {
      trainer.train(options.steps(), new TrainingListener() {});
      return trainer.outputs(rows.getManager()).toFloatArray();
    }
  }

  @Test
  void rowsOnDiskTrainLikeThoseInMemory() throws IOException {
    RandomGenerator random = Numeric.random("rows");
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Path file = folder.resolve("rows.npy");
    byte[] header = NpyFile.header("<f4", ROWS, COLUMNS);
    ByteBuffer bytes = ByteBuffer.allocate(header.length + Float.BYTES * values.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).put(header).asFloatBuffer().put(values);
    Files.write(file, bytes.array());
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray mapped = NpyFile.map(file, manager);
      NDArray inMemory = manager.create(values, new Shape(ROWS, COLUMNS));
      assertThat(mapped.toFloatArray()).isEqualTo(values);
      assertThat(trained(mapped)).isEqualTo(trained(inMemory)).hasSize(ROWS * Training.OUTPUTS);
    }
  }
}
