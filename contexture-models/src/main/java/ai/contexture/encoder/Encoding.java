package ai.contexture.encoder;

import ai.contexture.objective.Similarity;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;

/** What an encoder that is not in training makes of many rows. */
public final class Encoding {

  private static final int MOST_ROWS = 16_384;
  private static final int FEWEST_ROWS = 256;

  /** So many inputs go through an encoder at once, since those of images become many times more. */
  private static final long INPUTS_AT_ONCE = 1 << 20;

  private Encoding() {}

  /**
   * Returns the outputs of rows, some rows at a time, so that memory does not grow with them.
   *
   * @param rows [b, p]; their manager owns the result
   * @param normalise whether outputs are scaled to length 1
   * @return [b, d₁]
   */
  public static NDArray of(Block encoder, ParameterStore store, NDArray rows, boolean normalise) {
    long b = rows.getShape().get(0);
    long block = encoder instanceof GraphNetwork ? b : rowsAtOnce(rows.getShape().get(1));
    NDManager owner = rows.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDList parts = new NDList();
      for (long start = 0; start == 0 || start < b; start += block) {
        try (NDManager step = scope.newSubManager()) {
          NDArray part = rows.get(start + ":" + Math.min(b, start + block));
          part.attach(step);
          NDArray outputs = encoder.forward(store, new NDList(part), false).singletonOrThrow();
          NDArray seen = normalise ? Similarity.normalised(outputs) : outputs;
          seen.attach(scope);
          parts.add(seen);
        }
      }
      NDArray all = parts.size() == 1 ? parts.head() : NDArrays.concat(parts);
      all.attach(owner);
      return all;
    }
  }

  /** How many rows of p inputs are encoded at once. */
  static long rowsAtOnce(long p) {
    return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, INPUTS_AT_ONCE / p));
  }
}
