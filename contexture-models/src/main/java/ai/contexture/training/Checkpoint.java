package ai.contexture.training;

import ai.contexture.data.AtomicFile;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a checkpoint holds beside the arrays of a training.
 *
 * @param step how many steps are finished
 * @param monitor the {@link TrainingMonitor#numbers}
 * @param validation the {@link Validation#numbers}, null without one
 */
record Checkpoint(int step, double[] monitor, double[] validation) {

  /** The name of the number of finished steps. */
  private static final String STEP = "step";

  /** The name of what says whose it is. */
  private static final String OWNER = "owner";

  /** The name of the numbers of the monitor of the training. */
  private static final String WATCH = "watch";

  /** The name of the numbers of the validation, whose best weights are arrays. */
  private static final String VALIDATION = "validation";

  /**
   * Writes a checkpoint beside its place and moves it there, so that it is never half-written.
   *
   * @param owner whose it is, in ASCII, empty for nobody's
   * @param arrays of the training, by name
   */
  void write(Path file, String owner, Map<String, NDArray> arrays, NDManager manager)
      throws IOException {
    NDList state = new NDList();
    try (NDManager scope = manager.newSubManager()) {
      for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
        NDArray copy = entry.getValue().stopGradient();
        copy.attach(scope);
        add(state, entry.getKey(), copy);
      }
      add(state, STEP, scope.create(step));
      if (!owner.isEmpty()) {
        byte[] text = owner.getBytes(StandardCharsets.US_ASCII);
        add(
            state,
            OWNER,
            scope.create(ByteBuffer.wrap(text), new Shape(text.length), DataType.INT8));
      }
      add(state, WATCH, scope.create(monitor));
      if (validation != null) {
        add(state, VALIDATION, scope.create(validation));
      }
      AtomicFile.write(file, stream -> state.encode(stream, NDList.Encoding.NPZ));
    }
  }

  private static void add(NDList state, String name, NDArray array) {
    array.setName(name);
    state.add(array);
  }

  /**
   * Sets the arrays of a training to those of a checkpoint, all or none.
   *
   * @param owner whose it must be, empty for anybody's
   * @param arrays by the same names, of the same shapes and types
   * @param steps of the training, at most so many are finished
   * @param validated whether there are numbers of a validation
   * @throws InputException if the file is damaged, or belongs to another training or owner
   */
  static Checkpoint read(
      Path file,
      String owner,
      Map<String, NDArray> arrays,
      int steps,
      boolean validated,
      NDManager manager)
      throws IOException {
    try (NDManager scope = manager.newSubManager();
        CheckpointFile saved = CheckpointFile.open(file)) {
      if (!owner.isEmpty()) {
        requireOwner(file, saved, owner, scope);
      }
      Map<String, NDArray> values = new LinkedHashMap<>();
      for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
        NDArray array = entry.getValue();
        values.put(
            entry.getKey(),
            saved.read(entry.getKey(), array.getDataType(), array.getShape(), scope));
      }
      int step = saved.read(STEP, DataType.INT32, new Shape(), scope).toIntArray()[0];
      if (step < 0 || step > steps) {
        throw new InputException(
            Text.format(
                "%s: expected at most the %d steps of the training, got %d", file, steps, step));
      }
      double[] monitor = numbers(saved, WATCH, TrainingMonitor.NUMBERS, scope);
      double[] validation =
          validated ? numbers(saved, VALIDATION, Validation.NUMBERS, scope) : null;
      arrays.forEach((name, array) -> Torch.copy(values.get(name), array));
      return new Checkpoint(step, monitor, validation);
    } catch (IllegalArgumentException | IllegalStateException e) {
      if (e instanceof InputException) {
        throw e;
      }
      throw new InputException(file + ": not a readable checkpoint: " + e.getMessage(), e);
    }
  }

  private static double[] numbers(CheckpointFile saved, String name, int length, NDManager scope)
      throws IOException {
    return saved.read(name, DataType.FLOAT64, new Shape(length), scope).toDoubleArray();
  }

  private static void requireOwner(Path file, CheckpointFile saved, String owner, NDManager scope)
      throws IOException {
    if (!saved.has(OWNER)) {
      throw new InputException(file + ": a checkpoint of an older version of contexture");
    }
    byte[] expected = owner.getBytes(StandardCharsets.US_ASCII);
    if (saved.differs(OWNER, expected.length)
        || !Arrays.equals(
            saved.read(OWNER, DataType.INT8, new Shape(expected.length), scope).toByteArray(),
            expected)) {
      throw new InputException(file + ": a checkpoint of another run, with other data or options");
    }
  }
}
