package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Operators of libtorch that DJL's {@link NDArray} lacks.
 *
 * <p>All run on the device of their arrays and are differentiable unless they say otherwise.
 * Results belong to the manager of the first array. Factorisations are in {@link LinearAlgebra}.
 */
public final class Torch {

  private static final Method TO_FLOAT32 = TorchScript.method("to_float32");
  private static final Method TO_FLOAT64 = TorchScript.method("to_float64");
  private static final Method TO_BFLOAT16 = TorchScript.method("to_bfloat16");
  private static final Method TO_LIKE = TorchScript.method("to_like");
  private static final Method FROM_FILE = TorchScript.method("from_file");

  /** How Java writes the names of files for the system. */
  private static final Charset FILE_NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private static final Method COPY = TorchScript.method("copy");
  private static final Method SEARCH_SORTED = TorchScript.method("search_sorted");
  private static final Method CLIP = TorchScript.method("clip");
  private static final Method GRADIENTS = TorchScript.method("gradients");
  private static final Method PULLBACK = TorchScript.method("pullback");
  private static final Method ADD = TorchScript.method("add");
  private static final Method AVERAGE = TorchScript.method("average");

  private Torch() {}

  /**
   * Draws columns from the cumulative weights of each row.
   *
   * @param cumulative float64 [b, m], ascending in each row
   * @param uniform float64 [b, r], uniform numbers in [0, 1)
   * @return int64 [b, r], the columns drawn; it belongs to the manager of the cumulative weights
   */
  public static NDArray searchSorted(NDArray cumulative, NDArray uniform) {
    return SEARCH_SORTED.call(cumulative, uniform).head();
  }

  /**
   * Returns the same numbers, in the same memory and differentiably, for another manager, to which
   * belongs what is made of them.
   *
   * <p>A result belongs to the manager of its first operand: work on an array that lives long
   * begins with this, and what it makes is gone with the scope of the work.
   */
  public static NDArray within(NDArray array, NDManager manager) {
    NDArray view = array.reshape(array.getShape());
    view.attach(manager);
    return view;
  }

  /** Returns 1/w for weights w ≥ 0 of any shape, and 0 where w is 0. */
  public static NDArray reciprocal(NDArray weights) {
    try (NDManager scope = weights.getManager().newSubManager()) {
      NDArray w = within(weights, scope);
      NDArray positive = w.gt(scalar(0, scope)).toType(w.getDataType(), false);
      NDArray result = positive.div(w.add(plus(positive.neg(), 1)));
      result.attach(weights.getManager());
      return result;
    }
  }

  /** Returns the mean of each column [1, c] of a matrix [n, c]. */
  public static NDArray columnMeans(NDArray matrix) {
    return matrix.mean(new int[] {0}, true);
  }

  /**
   * Returns an array in float32, float64 or bfloat16, differentiably.
   *
   * <p>{@link NDArray#toType} must not be used on the way from a parameter to a loss: it cuts the
   * gradient off without a word.
   */
  public static NDArray cast(NDArray array, DataType type) {
    return switch (type) {
      case FLOAT32 -> TO_FLOAT32.call(array).head();
      case FLOAT64 -> TO_FLOAT64.call(array).head();
      case BFLOAT16 -> TO_BFLOAT16.call(array).head();
      default ->
          throw new IllegalArgumentException(
              "type: expected FLOAT32, FLOAT64 or BFLOAT16, got " + type);
    };
  }

  /**
   * Returns an array in the type of another and on its device, differentiably.
   *
   * <p>The result belongs to the manager of the other array, unlike those of the other methods.
   */
  public static NDArray like(NDArray array, NDArray other) {
    NDArray result = TO_LIKE.call(array, other).head();
    result.attach(other.getManager());
    return result;
  }

  /**
   * Returns the float32 numbers of a file in the machine's byte order, which are read from disk
   * when they are looked at and given up again when memory is short.
   *
   * @param file which must not become shorter as long as the array lives
   * @param owner on the CPU
   * @return [file size / 4]; what is written into it does not reach the file
   */
  public static NDArray mapped(Path file, NDManager owner) throws IOException {
    byte[] name = file.toAbsolutePath().toString().getBytes(FILE_NAMES);
    int[] codes = new int[name.length];
    Arrays.setAll(codes, i -> Byte.toUnsignedInt(name[i]));
    try (NDManager host = owner.newSubManager(Device.cpu())) {
      NDArray size = host.create(Files.size(file) / Float.BYTES);
      NDArray mapped = FROM_FILE.call(host.create(codes), size).head();
      mapped.attach(owner);
      return mapped;
    }
  }

  /**
   * Returns an array multiplied by a number, differentiably.
   *
   * <p>{@link NDArray#mul(Number)}, {@link NDArray#div(Number)} and {@link NDArray#maximum(Number)}
   * must not be used on the way from a parameter to a loss: the gradient reads the number from a
   * Java buffer that they have given back, in which the garbage collector may have left anything.
   * Here the number lives as long as the array's manager, and in the host's memory: libtorch takes
   * it along, where DJL's methods would copy it to a device and wait.
   */
  public static NDArray times(NDArray array, double number) {
    return array.mul(scalar(number, array.getManager()));
  }

  /** Returns an array plus a number, differentiably, which stays in the host's memory, too. */
  public static NDArray plus(NDArray array, double number) {
    return array.add(scalar(number, array.getManager()));
  }

  /**
   * Returns a number in the host's memory, which may meet arrays on any device where numbers are
   * taken one by one, as in sums, products and comparisons.
   *
   * @return a float64 scalar, which does not change the type of arrays of floating-point numbers
   */
  public static NDArray scalar(double number, NDManager owner) {
    return JniUtils.full(
        (PtNDManager) owner,
        new Shape(),
        number,
        DataType.FLOAT64,
        Device.cpu(),
        SparseFormat.DENSE);
  }

  /**
   * Returns an array on a device: itself where it is there, else a copy.
   *
   * <p>{@link NDArray#toDevice} leaves a manager behind for each copy, which this closes.
   *
   * @param owner the manager of a copy
   */
  public static NDArray onDevice(NDArray array, Device device, NDManager owner) {
    if (array.getDevice().equals(device)) {
      return array;
    }
    NDArray copy = array.toDevice(device, true);
    NDManager made = copy.getManager();
    copy.attach(owner);
    if (made != array.getManager()) {
      made.close();
    }
    return copy;
  }

  /**
   * Returns the numbers of a float64 array.
   *
   * <p>Of an array on a device {@link NDArray#toDoubleArray} makes a copy on the host that lives as
   * long as the array's manager; here it is given back at once.
   */
  public static double[] doubles(NDArray array) {
    return onHost(array, NDArray::toDoubleArray);
  }

  /** Returns the numbers of an int64 array in the same way. */
  public static long[] longs(NDArray array) {
    return onHost(array, NDArray::toLongArray);
  }

  private static <T> T onHost(NDArray array, Function<NDArray, T> read) {
    if (!array.getDevice().isGpu()) {
      return read.apply(array);
    }
    try (NDManager host = array.getManager().newSubManager(Device.cpu())) {
      return read.apply(onDevice(array, Device.cpu(), host));
    }
  }

  /**
   * Copies the values of an array into another of the same shape, which keeps its memory.
   *
   * <p>{@link NDArray#copyTo} must not be used instead: on the CPU it gives the target the memory
   * of a Java buffer for its own, so that views from before do not follow, and views from after
   * dangle once the target is closed.
   */
  public static void copy(NDArray source, NDArray target) {
    if (!source.getShape().equals(target.getShape())) {
      throw new IllegalArgumentException(
          "target: expected shape " + source.getShape() + ", got " + target.getShape());
    }
    withoutGradient(() -> COPY.call(target, source)).close();
  }

  /**
   * Gradients by arrays.
   *
   * @param reached 1 for each array that takes part, 0 for others, float64 [p]
   * @param gradients by each array, zeros where it takes no part
   */
  public record Gradients(NDArray reached, List<NDArray> gradients) {}

  /**
   * Returns the gradients of scale·Σ terms, and lets go of the graph.
   *
   * @param terms scalars, at least one that depends on an array
   * @param by arrays that require gradients, at least one
   * @return arrays that belong to the manager of the first term
   */
  public static Gradients gradients(Collection<NDArray> terms, List<NDArray> by, double scale) {
    try (NDArray share = TorchScript.numbers(scale)) {
      return gradients(GRADIENTS.call(List.of(List.copyOf(terms), by), share));
    }
  }

  /**
   * Returns the gradients of ⟨gradient, outputs⟩, and lets go of the graph.
   *
   * @param outputs an array that depends on another
   * @param gradient of the same shape
   * @param by arrays that require gradients, at least one
   * @return arrays that belong to the manager of the outputs
   */
  public static Gradients pullback(NDArray outputs, NDArray gradient, List<NDArray> by) {
    return gradients(PULLBACK.call(outputs, List.of(by), gradient));
  }

  private static Gradients gradients(NDList result) {
    return new Gradients(result.head(), result.subList(1, result.size()));
  }

  /**
   * Scales arrays down in place, such as all gradients, where their norm over all of them is larger
   * than allowed.
   *
   * @param numbers [k], to whose manager the result belongs
   * @param largest the largest norm; 0 for any
   * @return the numbers, then the norm before, float64 [k + 1], to be read
   */
  public static NDArray clip(NDArray numbers, List<NDArray> arrays, double largest) {
    return CLIP.compute(numbers.getManager(), numbers, arrays, largest).head();
  }

  /** Adds arrays to others of equal shapes in place. */
  public static void add(List<NDArray> sums, List<NDArray> arrays) {
    ADD.update(sums, arrays);
  }

  /** Moves averages towards values in place: a ← a + weight·(v − a), for arrays of equal shapes. */
  public static void average(List<NDArray> averages, List<NDArray> values, double weight) {
    AVERAGE.update(averages, values, new double[] {weight});
  }

  /**
   * Runs work without recording it for gradients, whatever the mode of the thread.
   *
   * <p>libtorch's mode is per thread, and on in threads that did not start the engine.
   */
  public static <T> T withoutGradient(Supplier<T> work) {
    return inMode(false, work);
  }

  /** Runs work and records it for gradients, whatever the mode of the thread. */
  public static <T> T withGradient(Supplier<T> work) {
    return inMode(true, work);
  }

  private static <T> T inMode(boolean recording, Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(recording);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
