package ai.contexture.objective;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers that a loss keeps from one step to the next, such as running moments.
 *
 * <p>The trainer owns the arrays, hands them to every step, and saves and restores them with the
 * parameters. Nothing of them is recorded for gradients.
 */
public final class State {

  private static final State EMPTY = new State(Map.of(), "");

  private final Map<String, NDArray> arrays;
  private final String prefix;

  private State(Map<String, NDArray> arrays, String prefix) {
    this.arrays = arrays;
    this.prefix = prefix;
  }

  /** Returns the state of a loss that keeps nothing. */
  public static State empty() {
    return EMPTY;
  }

  /** Returns a state that changes these arrays, by name. */
  public static State of(Map<String, NDArray> arrays) {
    return new State(new LinkedHashMap<>(arrays), "");
  }

  /** Returns the arrays by name, to be saved, or restored in place. */
  public Map<String, NDArray> arrays() {
    return Collections.unmodifiableMap(arrays);
  }

  /** Returns the state of a part, whose names begin with a prefix. */
  State part(String name) {
    return new State(arrays, prefix + name);
  }

  /**
   * Returns an array as it is now, which later changes do not reach.
   *
   * @param owner the manager of the result
   */
  public NDArray get(String name, NDManager owner) {
    NDArray copy = Torch.withoutGradient(() -> array(name).duplicate());
    copy.attach(owner);
    return copy;
  }

  /** Sets an array to values of the same shape. */
  public void set(String name, NDArray value) {
    Torch.copy(value, array(name));
  }

  private NDArray array(String name) {
    NDArray array = arrays.get(prefix + name);
    if (array == null) {
      throw new IllegalStateException(
          Text.format("state '%s' was not made; there is %s", prefix + name, arrays.keySet()));
    }
    return array;
  }
}
