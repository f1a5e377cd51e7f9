package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Features of mean 0 and covariance I, made of others.
 *
 * @param mean float64 [1, k]
 * @param rotation float64 [k, r], after the mean is subtracted
 * @param features float64 [m, r], those that it was fitted to
 */
record Whitened(NDArray mean, NDArray rotation, NDArray features) {

  /** The variance of a constant, as a part of its square, is this within rounding. */
  private static final double ROUNDING = 1e-26;

  /**
   * Whitens features; directions whose variance is below a share of the largest are cut off.
   *
   * @param text what messages begin with
   * @param values float64 [m, k]
   * @param weights the probability of each, float64 [m]
   * @param owner the manager of the result
   */
  static Whitened fit(String text, NDArray values, NDArray weights, double cut, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray x = Torch.within(values, scope);
      if (!Double.isFinite(x.sum().toDoubleArray()[0])) {
        throw new InputException(text + ": the features of a pretraining row are not finite");
      }
      NDArray q = weights.reshape(-1, 1);
      q.attach(scope);
      NDArray mean = x.mul(q).sum(new int[] {0}, true);
      NDArray centred = x.sub(mean);
      LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(centred.transpose().matMul(centred.mul(q)));
      double largest = eigen.values().max().toDoubleArray()[0];
      double offset = mean.square().sum().toDoubleArray()[0];
      if (!(largest > ROUNDING * offset)) {
        throw new InputException(text + ": the features of all pretraining rows are equal");
      }
      NDArray rotation = eigen.whitening(cut);
      NDArray features = centred.matMul(rotation);
      for (NDArray kept : new NDArray[] {mean, rotation, features}) {
        kept.attach(owner);
      }
      return new Whitened(mean, rotation, features);
    }
  }
}
