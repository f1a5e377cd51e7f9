package ai.contexture.context;

import ai.contexture.data.PixelBytes;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;

/**
 * Rows of pictures on a device as bytes, from which some rows become inputs when they are needed.
 *
 * <p>A row takes a quarter of the memory that its inputs would take, which are the same to the bit.
 */
final class ByteRows {

  /** Rows that are brought to the device at once. */
  private static final int ROWS_AT_ONCE = 4_096;

  /** uint8 [n, p]. */
  private final NDArray bytes;

  /** What the bytes of each channel become, float32 [c·256]. */
  private final NDArray inputs;

  /** Where the inputs of each channel begin, int64 [1, c, 1]. */
  private final NDArray channels;

  private ByteRows(NDArray bytes, NDArray inputs, NDArray channels) {
    this.bytes = bytes;
    this.inputs = inputs;
    this.channels = channels;
  }

  /** Returns the pictures on the device of a manager, to which they belong. */
  static ByteRows of(PixelBytes pixels, NDManager owner) {
    int n = pixels.pictures().length;
    int p = pixels.pictures()[0].length;
    NDArray all = owner.create(new Shape(n, p), DataType.UINT8);
    for (int start = 0; start < n; start += ROWS_AT_ONCE) {
      int end = Math.min(n, start + ROWS_AT_ONCE);
      ByteBuffer block = ByteBuffer.allocateDirect((end - start) * p);
      for (int i = start; i < end; i++) {
        block.put(pixels.pictures()[i]);
      }
      block.rewind();
      try (NDArray some = owner.create(block, new Shape(end - start, p), DataType.UINT8);
          NDArray place = all.get(start + ":" + end)) {
        Torch.copy(some, place);
      }
    }
    int c = pixels.inputs().length;
    float[] values = new float[c * PixelBytes.VALUES];
    long[] begins = new long[c];
    for (int channel = 0; channel < c; channel++) {
      begins[channel] = (long) channel * PixelBytes.VALUES;
      System.arraycopy(
          pixels.inputs()[channel], 0, values, channel * PixelBytes.VALUES, PixelBytes.VALUES);
    }
    try (NDArray shared = owner.create(values);
        NDArray sharedBegins = owner.create(begins, new Shape(1, c, 1))) {
      return new ByteRows(all, shared.duplicate(), sharedBegins.duplicate());
    }
  }

  /** [n, p]. */
  Shape shape() {
    return bytes.getShape();
  }

  NDManager manager() {
    return bytes.getManager();
  }

  /** Returns the same for use by another manager. */
  ByteRows within(NDManager manager) {
    return new ByteRows(Torch.within(bytes, manager), inputs, channels);
  }

  /** Hands the arrays to another manager. */
  void attach(NDManager manager) {
    bytes.attach(manager);
    inputs.attach(manager);
    channels.attach(manager);
  }

  /**
   * Returns the inputs of some rows.
   *
   * @param positions int64 [b], whose manager owns the result
   * @return float32 [b, p]
   */
  NDArray get(NDArray positions) {
    NDManager owner = positions.getManager();
    try (NDManager scope = owner.newSubManager()) {
      return inputs(Torch.within(bytes, scope).get(positions), scope, owner);
    }
  }

  /** Returns the inputs of all rows, float32 [n, p], which belong to the manager of the bytes. */
  NDArray all() {
    NDManager owner = bytes.getManager();
    Shape shape = bytes.getShape();
    NDArray all = owner.create(shape, DataType.FLOAT32);
    int n = Math.toIntExact(shape.get(0));
    for (int start = 0; start < n; start += ROWS_AT_ONCE) {
      String block = start + ":" + Math.min(n, start + ROWS_AT_ONCE);
      try (NDManager scope = owner.newSubManager();
          NDArray place = all.get(block)) {
        Torch.copy(inputs(Torch.within(bytes, scope).get(block), scope, scope), place);
      }
    }
    return all;
  }

  private NDArray inputs(NDArray some, NDManager scope, NDManager owner) {
    some.attach(scope);
    NDArray index =
        some.toType(DataType.INT64, false)
            .reshape(some.getShape().get(0), channels.getShape().get(1), -1)
            .add(channels);
    NDArray made = Torch.within(inputs, scope).get(index.flatten()).reshape(some.getShape());
    made.attach(owner);
    return made;
  }
}
