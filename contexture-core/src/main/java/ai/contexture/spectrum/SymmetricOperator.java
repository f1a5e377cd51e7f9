package ai.contexture.spectrum;

import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A self-adjoint map M of functions in L²(w) in symmetric form without the constant: K = D^{1/2} M
 * D^{-1/2} − √w √wᵀ with D = diag(w), whose eigenvalues are s_1² ≥ s_2² ≥ … ≥ 0.
 */
final class SymmetricOperator {

  /** Numbers in a block of columns of the dense matrix. */
  private static final int BLOCK_VALUES = 4 << 20;

  /** What remains of a unit vector when it is dependent on others, within rounding. */
  private static final double DEPENDENT = 1e-12;

  /** The largest inner product of vectors that count as orthogonal. */
  private static final double ORTHOGONAL = 1e-12;

  private static final int PASSES = 6;

  private final NDArray root;
  private final NDArray inverse;
  private final UnaryOperator<NDArray> map;

  /**
   * Creates the form.
   *
   * @param weights w, float64 [size]; functions are taken as 0 where it is 0
   * @param map functions [size, c] to functions, with the manager of its argument
   */
  SymmetricOperator(NDArray weights, UnaryOperator<NDArray> map, NDManager scope) {
    double[] w = weights.toDoubleArray();
    this.root = scope.create(Arrays.stream(w).map(Math::sqrt).toArray(), new Shape(w.length, 1));
    this.inverse =
        scope.create(
            Arrays.stream(w).map(v -> v > 0 ? 1 / Math.sqrt(v) : 0).toArray(),
            new Shape(w.length, 1));
    this.map = map;
  }

  int size() {
    return Math.toIntExact(root.getShape().get(0));
  }

  /** √w [size, 1]. */
  NDArray root() {
    return root;
  }

  /** The functions D^{-1/2} v of vectors [size, c], with their manager. */
  NDArray functions(NDArray v) {
    return v.mul(inverse);
  }

  /** K v [size, c], with the manager of v. */
  NDArray apply(NDArray v) {
    try (NDManager step = v.getManager().newSubManager()) {
      NDArray view = Torch.within(v, step);
      NDArray result = map.apply(view.mul(inverse)).mul(root).sub(constantPart(view));
      result.attach(v.getManager());
      return result;
    }
  }

  /** √w √wᵀ v. */
  private NDArray constantPart(NDArray v) {
    return v.mul(root).sum(new int[] {0}, true).mul(root);
  }

  /** The dense matrix K − √w √wᵀ, in which the constant has the eigenvalue −1, the least. */
  NDArray matrix(NDManager scope) {
    int n = size();
    NDArray matrix = scope.zeros(new Shape(n, n), DataType.FLOAT64);
    int block = Math.max(1, Math.min(256, BLOCK_VALUES / n));
    for (int start = 0; start < n; start += block) {
      int end = Math.min(n, start + block);
      double[] unit = new double[n * (end - start)];
      for (int j = start; j < end; j++) {
        unit[j * (end - start) + j - start] = 1;
      }
      try (NDManager step = scope.newSubManager()) {
        NDArray columns = step.create(unit, new Shape(n, end - start));
        NDArray image = apply(columns).sub(constantPart(columns)).transpose();
        Torch.copy(image, Torch.within(matrix, step).get(start + ":" + end));
      }
    }
    try (NDManager step = scope.newSubManager()) {
      NDArray both = Torch.within(matrix, step).transpose().add(matrix).div(2);
      matrix.close();
      both.attach(scope);
      return both;
    }
  }

  /** A block [size, b] of random numbers. */
  NDArray random(int b, RandomGenerator random, NDManager manager) {
    double[] values = new double[Math.multiplyExact(size(), b)];
    Arrays.setAll(values, i -> random.nextGaussian());
    return manager.create(values, new Shape(size(), b));
  }

  /**
   * The part of a block [size, b] that is orthogonal to orthonormal rows, orthonormalised.
   *
   * <p>What is not orthogonal to the rows is taken out until nothing is left of it, which for a
   * block that was nearly so costs one product and no change. Where the columns depend on the rows
   * or on each other, they are turned into their principal directions, so that those of no size can
   * be told from the others, and random columns take their place.
   *
   * @param rows [r, size], among them the constant's √w
   * @return [size, b] with the manager of the block
   */
  NDArray orthonormal(NDArray block, NDArray rows, RandomGenerator random) {
    NDManager manager = block.getManager();
    try (NDManager step = manager.newSubManager()) {
      NDArray basis = Torch.within(rows, step);
      NDArray rest = Torch.within(block, step);
      NDArray clean = null;
      for (int pass = 0; pass < PASSES; pass++) {
        clean = LinearAlgebra.orthonormalise(rest);
        double[] sizes = clean.mul(rest).sum(new int[] {0}).abs().toDoubleArray();
        if (Arrays.stream(sizes).anyMatch(v -> !(v > DEPENDENT))) {
          // a column of clean without a size of its own may still hold parts of later columns
          LinearAlgebra.Svd svd = LinearAlgebra.svd(clean.transpose().matMul(rest));
          double[] principal = svd.values().toDoubleArray();
          NDArray mask =
              step.create(Arrays.stream(principal).map(v -> v > DEPENDENT ? 0 : 1).toArray());
          NDArray fresh = random(sizes.length, random, step);
          rest = clean.matMul(svd.left()).mul(mask.neg().add(1)).add(fresh.mul(mask));
          continue;
        }
        NDArray inner = basis.matMul(clean);
        if (inner.abs().max().toDoubleArray()[0] <= ORTHOGONAL) {
          break;
        }
        rest = clean.sub(basis.transpose().matMul(inner));
      }
      clean.attach(manager);
      return clean;
    }
  }
}
