package ai.contexture.pretraining;

import ai.contexture.context.Points;
import ai.contexture.data.Dataset;
import ai.contexture.data.FileErrors;
import ai.contexture.data.NpyFile;
import ai.contexture.data.Preprocessing;
import ai.contexture.input.InputException;
import ai.contexture.training.Trainer;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a training computes and where the encoder's inputs are. It does not change what is learned.
 *
 * @param device of the context and the parameters
 * @param helpers devices that take their shares of the encoders' work, see {@link Trainer}
 * @param disk the folder of a file that holds the inputs, or nothing where they are in the memory
 *     of the device
 */
public record Placement(Device device, List<Device> helpers, Optional<Path> disk) {

  /** Copies the list, and requires the CPU where the inputs are on disk. */
  public Placement {
    helpers = List.copyOf(helpers);
    if (disk.isPresent() && device.isGpu()) {
      throw new InputException(
          "rows on disk: expected the CPU, got " + device + "; a GPU reads none from disk yet");
    }
  }

  /** Returns a placement with all in memory. */
  public static Placement on(Device device, Device... helpers) {
    return new Placement(device, List.of(helpers), Optional.empty());
  }

  /**
   * Returns this placement with the encoder's inputs in a file, from which the system reads the
   * rows of each batch and gives their memory up when it is short of it.
   *
   * <p>The file takes 4 bytes for each input of each row. It is deleted as soon as it is open,
   * where the system allows that, so that nothing of it is left however the program ends.
   *
   * @param folder where the file is made, itself made if it is not there
   */
  public Placement withRowsOnDisk(Path folder) {
    return new Placement(device, helpers, Optional.of(folder));
  }

  /**
   * Returns the encoder's inputs float32 [n, p] of all rows, which belong to the owner; of pictures
   * in memory the bytes that become these.
   */
  Points points(Preprocessing preprocessing, Dataset rows, NDManager owner) {
    if (disk.isPresent()) {
      return Points.all(mapped(preprocessing, rows, owner));
    }
    return preprocessing
        .bytes(rows.features())
        .map(bytes -> Points.all(bytes, owner))
        .orElseGet(() -> Points.all(PreparedData.inputs(preprocessing, rows, owner)));
  }

  private NDArray mapped(Preprocessing preprocessing, Dataset rows, NDManager owner) {
    try {
      Path file = Files.createTempFile(Files.createDirectories(disk.get()), ".rows-", ".npy");
      try {
        write(preprocessing, rows, file);
        return NpyFile.map(file, owner);
      } finally {
        if (!file.toFile().delete()) {
          file.toFile().deleteOnExit();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Preprocessing preprocessing, Dataset rows, Path file)
      throws IOException {
    int width = preprocessing.names().size();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(NpyFile.header("<f4", rows.rows(), width));
      PreparedData.inBlocks(preprocessing, rows, (start, inputs) -> write(inputs, out));
    } catch (UncheckedIOException e) {
      throw FileErrors.of(file, e.getCause());
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
  }

  private static void write(double[] inputs, OutputStream out) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * inputs.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double input : inputs) {
      bytes.putFloat((float) input);
    }
    try {
      out.write(bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
