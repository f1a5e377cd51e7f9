package ai.contexture.measure;

import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Conjugate gradients [Hestenes and Stiefel 1952] for several right-hand sides at once: a matrix is
 * applied and never stored.
 */
final class ConjugateGradients {

  /** Residuals, as parts of the right-hand side, at which it ends. */
  private static final double TOLERANCE = 1e-13;

  /** Larger true residuals are refused. */
  private static final double LARGEST = 1e-8;

  /** Solutions are improved by solving for what is left so often. */
  private static final int REFINEMENTS = 3;

  private static final int STEPS = 3000;

  private ConjugateGradients() {}

  /**
   * Solves A x = b.
   *
   * @param matrix A of blocks [n, c], self-adjoint and positive definite in L²(w); its results
   *     belong to the manager of its argument
   * @param weights w, float64 [n, 1], which may be 0 where b and all images of A are
   * @param b float64 [n, c]
   * @return x [n, c] with the manager of b
   * @throws ArithmeticException if a residual stays larger than 10⁻⁸ of its right-hand side
   */
  static NDArray solve(UnaryOperator<NDArray> matrix, NDArray weights, NDArray b) {
    NDManager owner = b.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray w = Torch.within(weights, scope);
      NDArray right = Torch.within(b, scope);
      double[] sizes = norms(right, w);
      NDArray x = right.zerosLike();
      NDArray rest = right;
      double worst = Double.POSITIVE_INFINITY;
      for (int round = 0; round < REFINEMENTS; round++) {
        NDArray better = x.add(approximate(matrix, w, rest));
        NDArray left = right.sub(matrix.apply(better));
        double found = worst(norms(left, w), sizes);
        if (!(found < worst / 2)) {
          break;
        }
        x = better;
        rest = left;
        worst = found;
      }
      if (!(worst <= LARGEST)) {
        throw new ArithmeticException(
            Text.format("conjugate gradients end with a residual of %.3g", worst));
      }
      x.attach(owner);
      return x;
    }
  }

  private static NDArray approximate(UnaryOperator<NDArray> matrix, NDArray w, NDArray b) {
    NDManager owner = b.getManager();
    double[] start = norms(b, w);
    NDArray x = b.zerosLike();
    NDArray r = b.duplicate();
    NDArray p = b.duplicate();
    NDArray square = r.square().mul(w).sum(new int[] {0}, true);
    for (int step = 0; step < STEPS; step++) {
      try (NDManager trial = owner.newSubManager()) {
        NDArray direction = Torch.within(p, trial);
        NDArray image = matrix.apply(direction);
        NDArray curvature = direction.mul(image).mul(w).sum(new int[] {0}, true);
        NDArray alpha = Torch.within(square, trial).mul(Torch.reciprocal(curvature));
        NDArray nextX = direction.mul(alpha).add(x);
        NDArray nextR = image.mul(alpha).neg().add(r);
        NDArray next = nextR.square().mul(w).sum(new int[] {0}, true);
        NDArray beta = next.mul(Torch.reciprocal(Torch.within(square, trial)));
        NDArray nextP = direction.mul(beta).add(nextR);
        for (NDArray old : new NDArray[] {x, r, p, square}) {
          old.close();
        }
        x = kept(nextX, owner);
        r = kept(nextR, owner);
        p = kept(nextP, owner);
        square = kept(next, owner);
      }
      if (worst(Arrays.stream(square.toDoubleArray()).map(Math::sqrt).toArray(), start)
          <= TOLERANCE) {
        break;
      }
    }
    return x;
  }

  private static NDArray kept(NDArray array, NDManager owner) {
    array.attach(owner);
    return array;
  }

  private static double[] norms(NDArray block, NDArray w) {
    return block.square().mul(w).sum(new int[] {0}).sqrt().toDoubleArray();
  }

  /** The largest of some sizes as a part of others; 0 where both are. */
  private static double worst(double[] sizes, double[] of) {
    double worst = 0;
    for (int i = 0; i < sizes.length; i++) {
      double part = sizes[i] == 0 ? 0 : sizes[i] / of[i];
      worst = Double.isNaN(part) ? Double.POSITIVE_INFINITY : Math.max(worst, part);
    }
    return worst;
  }
}
