package ai.contexture.spectrum;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Computes the exact spectrum of finite contexts.
 *
 * <p>All methods work on the symmetric form K = D^{1/2} TT* D^{-1/2} with D = diag(P_X), from which
 * the constant's direction √p is taken out.
 */
public final class Spectra {

  /** Up to this many points the dense matrix is decomposed, which also gives every eigenvalue. */
  static final int DENSE_POINTS = 2000;

  /** So many points for each wanted function make iteration cheaper than decomposition. */
  static final int POINTS_PER_FUNCTION = 6;

  /** A residual below this counts as converged; eigenvalues are then exact to its square. */
  static final double TOLERANCE = 1e-9;

  /** Columns of a block that keep no more than this beyond the basis are rounding. */
  private static final double DEPENDENT = 1e-12;

  /** Eigenvalues this close may be one that is repeated. */
  private static final double REPEATED = 1e-8;

  /** How many restarts a wider block is given to find copies that were missed. */
  private static final int RESTARTS_OF_A_WIDER_BLOCK = 2;

  private static final int BLOCK = 32;
  private static final int MAX_RESTARTS = 200;

  private Spectra() {}

  /**
   * Returns the top of a context's spectrum, by the cheaper of two exact methods.
   *
   * @param context a context with n points
   * @param top how many functions, 1 ≤ top &lt; n
   * @param manager the owner of the spectrum's arrays
   */
  public static Spectrum exact(FiniteContext context, int top, NDManager manager) {
    int n = context.operator().inputs();
    if (top < 1 || top >= n) {
      throw new IllegalArgumentException(
          Text.format("top: expected 1 to %d (one less than the points), got %d", n - 1, top));
    }
    return n <= DENSE_POINTS || top > n / POINTS_PER_FUNCTION
        ? dense(context, top, manager)
        : krylov(context, top, manager);
  }

  /** Decomposes the dense matrix [n, n]; all n − 1 eigenvalues are returned. */
  static Spectrum dense(FiniteContext context, int top, NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      Symmetric k = new Symmetric(context.operator(), scope);
      NDArray matrix = k.matrix(scope);
      Torch.Eigen eigen = Torch.eigh(matrix);
      int n = k.size();
      // the constant has the eigenvalue −1, the last of all
      NDArray values = eigen.values().flip(0);
      NDArray vectors = eigen.vectors().get(new NDIndex(":, {}:", n - top)).flip(1);
      return finish(context, k, values.get("0:" + (n - 1)), vectors, "dense eigensolver", manager);
    }
  }

  /**
   * Block Lanczos with full orthogonalisation and thick restarts on the applied operator.
   *
   * <p>A block holds no more copies of an eigenvalue than it has columns. Where it has found as
   * many, random columns widen it, and the search goes on for the copies that it may have missed.
   */
  static Spectrum krylov(FiniteContext context, int top, NDManager manager) {
    int n = context.operator().inputs();
    int kept = top + BLOCK;
    int largest = Math.max(3 * top, top + 8 * BLOCK);
    try (NDManager scope = manager.newSubManager()) {
      Symmetric k = new Symmetric(context.operator(), scope);
      NDArray next = k.orthonormal(k.random(BLOCK), k.root());
      NDArray basis = null;
      NDArray image = null;
      int sinceWidened = RESTARTS_OF_A_WIDER_BLOCK;
      for (int restart = 0; restart < MAX_RESTARTS; restart++) {
        int width = columns(next);
        do {
          if ((basis == null ? 0 : columns(basis)) + 2 * width >= n) {
            return dense(context, top, manager); // the blocks fill the space
          }
          NDArray nextImage = k.apply(next);
          basis = append(basis, next);
          next = k.orthonormal(nextImage, basis);
          image = append(image, nextImage);
        } while (columns(basis) < kept || columns(basis) + width <= largest);
        NDArray h = basis.transpose().matMul(image);
        Torch.Eigen eigen = Torch.eigh(h.add(h.transpose()).div(2));
        NDArray z = eigen.vectors().flip(1).get(new NDIndex(":, 0:{}", kept));
        NDArray ritz = basis.matMul(z);
        NDArray ritzImage = image.matMul(z);
        NDArray values = eigen.values().flip(0).get("0:" + kept);
        NDArray residual =
            ritzImage.sub(ritz.mul(values)).square().sum(new int[] {0}).sqrt().get("0:" + top);
        double worst = residual.max().toDoubleArray()[0];
        if (Double.isNaN(worst)) {
          throw new ArithmeticException("the operator of " + context + " gives no finite numbers");
        }
        boolean converged = worst <= TOLERANCE;
        boolean widen = converged && copies(values.get("0:" + top).toDoubleArray()) >= width;
        if (converged && !widen && sinceWidened >= RESTARTS_OF_A_WIDER_BLOCK) {
          String method = Text.format("block Lanczos, %d restarts", restart);
          return finish(
              context, k, values.get("0:" + top), ritz.get(":, 0:" + top), method, manager);
        }
        closeAll(basis, image, h, eigen.values(), eigen.vectors(), z);
        basis = ritz;
        image = ritzImage;
        sinceWidened++;
        if (widen) {
          NDArray both = basis.concat(next, 1);
          next = append(next, k.orthonormal(k.random(width), both));
          both.close();
          sinceWidened = 0;
        }
      }
      throw new ArithmeticException(
          Text.format(
              "the spectrum of %s did not converge after %d restarts", context, MAX_RESTARTS));
    }
  }

  /**
   * The largest number of eigenvalues that may be one that is repeated. More copies of the last
   * would change nothing, so that those are not counted.
   */
  private static int copies(double[] descending) {
    int most = 0;
    int first = 0;
    for (int i = 1; i < descending.length; i++) {
      if (descending[i - 1] - descending[i] > REPEATED) {
        most = Math.max(most, i - first);
        first = i;
      }
    }
    return most;
  }

  private static Spectrum finish(
      FiniteContext context,
      Symmetric k,
      NDArray values,
      NDArray vectors,
      String method,
      NDManager manager) {
    double[] eigenvalues =
        Arrays.stream(values.toDoubleArray()).map(v -> Math.min(1, Math.max(0, v))).toArray();
    NDArray scale = vectors.getManager().create(Arrays.copyOf(eigenvalues, columns(vectors)));
    double[] residuals =
        k.apply(vectors).sub(vectors.mul(scale)).square().sum(new int[] {0}).sqrt().toDoubleArray();
    NDArray largest = vectors.abs().argMax(0).expandDims(0);
    NDArray sign = vectors.gather(largest, 0).sign();
    NDArray functions = vectors.mul(sign).div(k.root());
    functions.attach(manager);
    return new Spectrum(context, eigenvalues, functions, residuals, method);
  }

  private static int columns(NDArray matrix) {
    return Math.toIntExact(matrix.getShape().get(1));
  }

  private static NDArray append(NDArray left, NDArray right) {
    if (left == null) {
      return right;
    }
    NDArray both = NDArrays.concat(new NDList(left, right), 1);
    closeAll(left, right);
    return both;
  }

  private static void closeAll(NDArray... arrays) {
    for (NDArray array : arrays) {
      array.close();
    }
  }

  /** K = D^{1/2} TT* D^{-1/2} − √p √pᵀ, symmetric, with eigenvalues s_1² ≥ s_2² ≥ … ≥ 0. */
  private static final class Symmetric {

    private final ExpectationOperator operator;
    private final NDArray root;
    private final RandomGenerator random = Seed.of(0).derive("krylov").generator();

    Symmetric(ExpectationOperator operator, NDManager scope) {
      this.operator = operator;
      NDArray weights = operator.inputWeights().reshape(-1, 1);
      weights.attach(scope);
      this.root = weights.sqrt();
    }

    int size() {
      return operator.inputs();
    }

    /** √p [n, 1]. */
    NDArray root() {
      return root;
    }

    NDArray apply(NDArray v) {
      try (NDManager step = v.getManager().newSubManager()) {
        NDArray f = v.div(root);
        f.attach(step);
        NDArray image = operator.apply(operator.adjoint(f)).mul(root);
        NDArray result = image.sub(root.matMul(root.transpose().matMul(v)));
        result.attach(v.getManager());
        return result;
      }
    }

    /** K − √p √pᵀ, so that the constant does not mix with functions of eigenvalue 0. */
    NDArray matrix(NDManager scope) {
      NDArray matrix = apply(scope.eye(size()).toType(DataType.FLOAT64, false));
      matrix = matrix.sub(root.matMul(root.transpose()));
      return matrix.add(matrix.transpose()).div(2);
    }

    /** A block [n, b] of random numbers. */
    NDArray random(int b) {
      double[] values = new double[size() * b];
      Arrays.setAll(values, i -> random.nextGaussian());
      return root.getManager().create(values, new Shape(size(), b));
    }

    /**
     * The part of a block that is orthogonal to a basis and to the constant, orthonormalised.
     *
     * <p>Random columns take the place of those that depend on the basis and on each other.
     */
    NDArray orthonormal(NDArray block, NDArray basis) {
      NDManager manager = block.getManager();
      try (NDManager step = manager.newSubManager()) {
        NDArray rest = block;
        for (int pass = 0; pass < 4; pass++) {
          NDArray clean = rest.sub(root.matMul(root.transpose().matMul(rest)));
          clean.attach(step);
          clean = clean.sub(basis.matMul(basis.transpose().matMul(clean)));
          rest = Torch.orthonormalise(clean);
          double[] sizes = rest.mul(clean).sum(new int[] {0}).abs().toDoubleArray();
          boolean dependent = false;
          double[] replaced = new double[sizes.length];
          for (int j = 0; j < sizes.length; j++) {
            if (!(sizes[j] > DEPENDENT)) {
              replaced[j] = 1;
              dependent = true;
            }
          }
          if (dependent) {
            NDArray mask = step.create(replaced);
            NDArray fresh = random(sizes.length);
            fresh.attach(step);
            rest = rest.mul(mask.neg().add(1)).add(fresh.mul(mask));
          } else if (pass > 0) {
            break;
          }
        }
        rest.attach(manager);
        return rest;
      }
    }
  }
}
