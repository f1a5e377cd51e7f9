package ai.contexture.objective;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * How the functions of a low-rank loss −2Σ_i a_i + Σ_ij F_ij G_ij are told apart, so that the i-th
 * output learns the i-th singular function and not just their span [E, §4].
 *
 * <p>Here a_i is the association of the i-th pair of functions, and F, G are the second moments of
 * both sides. The loss of the first k functions is the part of the sums with i, j ≤ k.
 */
public enum Nesting {
  /** One loss of all d functions; any rotation of them is as good. */
  NONE,
  /** The mean of the losses of the first k functions over k = 1 … d. */
  JOINT,
  /**
   * The i-th function goes down the loss of the first i, in which the functions before it are held
   * fixed. The value is that of one loss of all functions; the gradient is not its gradient.
   */
  SEQUENTIAL;

  /** Returns Σ_i a_i, weighted where prefixes are averaged, for a [d]. */
  NDArray sum(NDArray a) {
    return this == JOINT ? a.mul(prefixes(a)).sum() : a.sum();
  }

  /** The share of prefixes that hold each function, [d]. */
  private static NDArray prefixes(NDArray like) {
    int d = Math.toIntExact(like.getShape().get(like.getShape().dimension() - 1));
    double[] share = new double[d];
    for (int i = 0; i < d; i++) {
      share[i] = (double) (d - i) / d;
    }
    return array(share, new Shape(d), like);
  }

  private static NDArray array(double[] values, Shape shape, NDArray like) {
    NDManager manager = like.getManager();
    return Torch.cast(manager.create(values, shape), like.getDataType());
  }

  /** What each pair of functions weighs, [d, d]. */
  private NDArray pairs(int d, NDArray like) {
    double[] weights = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        weights[i * d + j] =
            switch (this) {
              case NONE -> 1;
              case JOINT -> (double) (d - Math.max(i, j)) / d;
              case SEQUENTIAL -> j <= i ? 2 : 0;
            };
      }
    }
    return array(weights, new Shape(d, d), like);
  }

  /**
   * Returns Σ_ij F_ij G_ij, weighted, with F = E[f fᵀ] and G = E[g gᵀ], a scalar.
   *
   * @param f [b, d]
   * @param g [m, d]
   */
  NDArray products(NDArray f, Weights weightsOfF, NDArray g, Weights weightsOfG) {
    if (this != SEQUENTIAL) {
      NDArray products = weightsOfF.moment(f, f).mul(weightsOfG.moment(g, g));
      return this == NONE ? products.sum() : products.mul(pairs(f)).sum();
    }
    NDArray oneSided =
        weightsOfF.moment(f, f.stopGradient()).mul(weightsOfG.moment(g, g.stopGradient()));
    NDArray surrogate = oneSided.mul(pairs(f)).sum();
    return withValue(surrogate, oneSided.sum());
  }

  /**
   * Returns Σ_ij h_i h_j, weighted, of each row, [b] of [b, d].
   *
   * @param h products of two functions
   */
  NDArray squares(NDArray h) {
    int[] axis = {1};
    return switch (this) {
      case NONE -> h.sum(axis).square();
      case JOINT -> h.matMul(pairs(h)).mul(h).sum(axis);
      case SEQUENTIAL ->
          withValue(
              h.stopGradient().matMul(pairs(h).transpose()).mul(h).sum(axis), h.sum(axis).square());
    };
  }

  private NDArray pairs(NDArray like) {
    return pairs(Math.toIntExact(like.getShape().get(1)), like);
  }

  /** The gradient of one array with the value of another. */
  private static NDArray withValue(NDArray gradient, NDArray value) {
    return gradient.sub(gradient.stopGradient()).add(value.stopGradient());
  }
}
