package ai.contexture.objective;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;

/** The squared error of targets that are read off outputs. */
final class Regression {

  /** The name of the head that is trained. */
  static final String HEAD = "readout";

  private Regression() {}

  /**
   * Returns E‖f(Z) − T‖² of the best, or the trained, f.
   *
   * @param z outputs [m, d]
   * @param weights of their rows
   * @param target E[T | row], [m, q]
   * @param squares E[‖T‖² | row], [m, 1]
   */
  static Loss loss(
      Step<?> step,
      Readout readout,
      Orthonormality orthonormality,
      NDArray z,
      Weights weights,
      NDArray target,
      NDArray squares) {
    var constrained = step.constrain(orthonormality, weights.centred(z), weights);
    NDArray phi = constrained.phi();
    NDArray second = weights.mean(squares).sum();
    if (readout.closed()) {
      NDArray mean = weights.mean(target);
      NDArray covariance = weights.moment(phi, target.sub(mean));
      return Loss.of("variance", second.sub(mean.square().sum()))
          .plus("explained", covariance.square().sum().neg())
          .plus(constrained.penalties());
    }
    NDArray f = step.networks().head(HEAD, phi);
    NDArray products = weights.product(f, target);
    NDArray error = weights.product(f, f).sub(Torch.times(products, 2)).add(second);
    return Loss.of("error", error).plus(constrained.penalties());
  }

  /** Rows in the type of others, which belong to the manager of the others. */
  static NDArray like(NDArray rows, NDArray others) {
    NDArray lent = Torch.within(rows, others.getManager());
    return Torch.cast(lent, others.getDataType());
  }

  /** The squared norm of each row, [m, 1]. */
  static NDArray squares(NDArray rows) {
    return rows.square().sum(new int[] {1}, true);
  }
}
