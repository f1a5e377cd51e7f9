package ai.contexture.torch;

import ai.contexture.torch.TorchScript.Method;
import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Layers of networks that DJL lacks, or that draw from the engine's generator there.
 *
 * <p>All are differentiable; results belong to the manager of the first array.
 */
public final class Layers {

  private static final Method DROPOUT = TorchScript.method("dropout");
  private static final Method BATCH_NORM = TorchScript.method("batch_norm");
  private static final Method LAYER_NORM = TorchScript.method("layer_norm");
  private static final Method TOKENS = TorchScript.method("tokens");
  private static final Method ATTENTION = TorchScript.method("attention");

  private Layers() {}

  /**
   * Sets a share of the numbers to zero and divides the others by what is left.
   *
   * <p>Whether a number is dropped follows from the seed and its position alone, by the mixing
   * function of SplittableRandom, so that a step that is made again makes the same bits.
   *
   * @param x any shape
   * @param share from 0 to less than 1
   */
  public static NDArray dropout(NDArray x, double share, long seed) {
    try (NDManager host = host(x)) {
      return DROPOUT.call(x, host.create(seed), host.create(share)).head();
    }
  }

  /**
   * Normalises each channel to mean 0 and variance 1, then scales and shifts it.
   *
   * <p>In training by the batch, whose moments enter the running ones with weight 0.1; else by the
   * running moments. ε is 10⁻⁵.
   *
   * @param x [b, c, …]
   * @param gamma the scales [c]
   * @param beta the shifts [c]
   * @param mean the running means [c], changed in place in training
   * @param variance the running variances [c], changed in place in training
   */
  public static NDArray batchNorm(
      NDArray x, NDArray gamma, NDArray beta, NDArray mean, NDArray variance, boolean training) {
    try (NDManager host = host(x)) {
      return BATCH_NORM.call(x, gamma, beta, mean, variance, host.create(training)).head();
    }
  }

  /**
   * Normalises each row to mean 0 and variance 1 over all its numbers, then scales and shifts each
   * channel. ε is 10⁻⁵.
   *
   * @param x [b, c, …]
   * @param gamma the scales [c]
   * @param beta the shifts [c]
   */
  public static NDArray layerNorm(NDArray x, NDArray gamma, NDArray beta) {
    return LAYER_NORM.call(x, gamma, beta).head();
  }

  /**
   * Makes a vector of each group of inputs, behind one that is the same in every row: Σ_{i in g}
   * x_i W_i + b_g. Of a one-hot group it is the embedding of the name.
   *
   * @param x [b, p]
   * @param weight W [p, w]
   * @param bias b [g, w]
   * @param groups int64 [p], the group of each input
   * @param first [w]
   * @return [b, 1 + g, w]
   */
  public static NDArray tokens(
      NDArray x, NDArray weight, NDArray bias, NDArray groups, NDArray first) {
    return TOKENS.call(x, weight, bias, groups, first).head();
  }

  /**
   * Attends from each vector to all of its row: softmax(QKᵀ/√h)V in each head [Vaswani et al.
   * 2017].
   *
   * @param x [b, t, w]
   * @param weight of queries, keys and values, [3w, w]
   * @param bias [3w]
   * @param heads how many, a divisor of w
   * @return [b, t, w], the heads next to each other
   */
  public static NDArray attention(NDArray x, NDArray weight, NDArray bias, int heads) {
    try (NDManager host = host(x)) {
      return ATTENTION.call(x, weight, bias, host.create(heads)).head();
    }
  }

  private static NDManager host(NDArray x) {
    return x.getManager().newSubManager(Device.cpu());
  }
}
