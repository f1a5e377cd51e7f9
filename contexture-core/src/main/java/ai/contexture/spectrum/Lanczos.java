package ai.contexture.spectrum;

import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Forecast;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Block Lanczos with thick restarts.
 *
 * <p>With the basis Q and the block X that continues it, K Q = Q H + X R: since K is symmetric, a
 * new block is coupled to the one before only, or after a restart to all kept Ritz vectors, so that
 * H costs nothing. Orthogonality to the whole basis is measured at every block and restored where
 * it is lost. The basis lies in rows, which multiply a block several times faster than columns do.
 *
 * <p>A block holds no more copies of an eigenvalue than it has columns. Where it has found as many,
 * random columns widen it, and the search goes on for the copies that it may have missed. Where the
 * basis spans an invariant space, random columns go on in what is orthogonal to it. That the
 * coupling to the next block is small is a sign of convergence only; the residuals of the pairs
 * themselves decide.
 */
final class Lanczos {

  /** A residual below this counts as converged; eigenvalues are then exact to its square. */
  private static final double TOLERANCE = 1e-9;

  /** Eigenvalues this close may be one that is repeated. */
  private static final double REPEATED = 1e-8;

  /** How many restarts a wider block is given to find copies that were missed. */
  private static final int RESTARTS_OF_A_WIDER_BLOCK = 2;

  private static final int MAX_RESTARTS = 1000;

  /** How many restarts a spectrum usually takes. */
  private static final int DEFAULT_RESTARTS = 2;

  private static final int NARROWEST = 8;
  private static final int WIDEST = 32;

  /** So many wanted functions for each column of a block. */
  private static final int FUNCTIONS_PER_COLUMN = 16;

  private final SymmetricOperator k;
  private final int top;
  private final int kept;
  private final int largest;
  private final NDManager scope;
  private final RandomGenerator random = Seed.of(0).derive("krylov").generator();

  /** The constant's √w, then the basis, one vector a row. */
  private NDArray rows;

  /** How many rows are in use, and from which on they are coupled to the next block. */
  private int used = 1;

  private int coupledFrom;
  private double[][] h;

  /** The block that continues the basis, [size, b], and its R, [b, used − coupledFrom]. */
  private NDArray next;

  private NDArray coupling;

  /** What the first blocks took: to apply K, and for each vector to be made orthogonal to. */
  private final Forecast forecast;

  private int blocks;
  private double applying;
  private double orthogonalising;
  private long against;

  private Lanczos(SymmetricOperator k, int top, Forecast forecast, NDManager scope) {
    this.forecast = forecast;
    this.k = k;
    this.top = top;
    this.kept = kept(top);
    this.largest = largest(top);
    this.scope = scope;
  }

  private static int kept(int top) {
    return top + Math.max(32, top / 4);
  }

  private static int largest(int top) {
    return kept(top) + Math.max(64, 3 * top / 4);
  }

  /** Returns about how often T and T* are applied to a function until the top pairs are found. */
  static int applications(int top) {
    return 2 * (largest(top) + DEFAULT_RESTARTS * (largest(top) - kept(top)) + top);
  }

  /**
   * Returns the top eigenpairs.
   *
   * @param start [size, c], vectors that hold parts of the wanted ones; null for random ones
   * @param forecast hears how long it takes
   * @throws ArithmeticException if the matrix gives no finite numbers, or the iteration stalls and
   *     the matrix is too large to be decomposed
   */
  static Eigenpairs solve(
      SymmetricOperator k, int top, NDArray start, Forecast forecast, NDManager scope) {
    return new Lanczos(k, top, forecast, scope).solve(start);
  }

  private static int width(int top) {
    return Math.max(NARROWEST, Math.min(WIDEST, top / FUNCTIONS_PER_COLUMN));
  }

  /** Returns the memory that the basis takes. */
  static double bytes(SymmetricOperator k, int top) {
    return (1.0 + largest(top) + width(top)) * k.size() * Double.BYTES;
  }

  private Eigenpairs solve(NDArray start) {
    int width = width(top);
    if (kept + 2 * width >= k.size()) {
      return DenseSolver.solve(k, top, scope);
    }
    rows = scope.zeros(new Shape(1 + largest + width, k.size()), DataType.FLOAT64);
    h = new double[1 + largest + width][1 + largest + width];
    store(k.root(), 0);
    next = start(start, width);
    int sinceWidened = RESTARTS_OF_A_WIDER_BLOCK;
    for (int restart = 0; restart < MAX_RESTARTS; restart++) {
      width = columns(next);
      do {
        if (used - 1 + 2 * width >= k.size()) {
          return DenseSolver.solve(k, top, scope); // the blocks fill the space
        }
        expand();
      } while (used - 1 < kept || used - 1 + width <= largest);
      double[] values;
      boolean converged;
      boolean widen;
      try (NDManager step = scope.newSubManager()) {
        NDArray ritz = ritz(step);
        values = ritz.get(0).toDoubleArray();
        NDArray coefficients = ritz.get("1:");
        NDArray last = coefficients.get((coupledFrom - 1) + ":");
        NDArray newCoupling = Torch.within(coupling, step).matMul(last);
        double[] residuals = newCoupling.square().sum(new int[] {0}).sqrt().toDoubleArray();
        double worst = Arrays.stream(residuals, 0, top).max().orElse(0);
        converged = worst <= TOLERANCE;
        double[] wanted = Arrays.copyOf(values, top);
        widen = converged && copies(wanted) >= width;
        if (converged && !widen && sinceWidened >= RESTARTS_OF_A_WIDER_BLOCK) {
          NDArray first = coefficients.get(":, 0:" + top).transpose();
          NDArray vectors = first.matMul(basis(1, step)).transpose();
          if (!(residual(vectors, wanted) <= Spectra.EXACT)) {
            break;
          }
          vectors.attach(scope);
          String method = "block Lanczos, " + Text.count(restart, "restart");
          return new Eigenpairs(wanted, vectors, method);
        }
        NDArray vectors = coefficients.transpose().matMul(basis(1, step));
        Torch.copy(vectors, Torch.within(rows, step).get("1:" + (1 + kept)));
        coupling.close();
        newCoupling.attach(scope);
        coupling = newCoupling;
      }
      restarted(values);
      sinceWidened++;
      if (widen) {
        widen();
        sinceWidened = 0;
      }
    }
    if (k.size() <= DenseSolver.MOST) {
      return DenseSolver.solve(k, top, scope);
    }
    throw new ArithmeticException(
        Text.format("block Lanczos did not converge after %d restarts", MAX_RESTARTS));
  }

  /** The largest ‖K v − θ v‖ of pairs. */
  private double residual(NDArray vectors, double[] values) {
    double worst = 0;
    for (int start = 0; start < values.length; start += WIDEST) {
      int end = Math.min(values.length, start + WIDEST);
      try (NDManager step = scope.newSubManager()) {
        NDArray some = Torch.within(vectors, step).get(":, " + start + ":" + end).duplicate();
        NDArray scale = step.create(Arrays.copyOfRange(values, start, end));
        NDArray rest = k.apply(some).sub(some.mul(scale));
        worst = Math.max(worst, rest.square().sum(new int[] {0}).max().toDoubleArray()[0]);
      }
    }
    return Math.sqrt(worst);
  }

  /** Random vectors, or random mixtures of those to start with. */
  private NDArray start(NDArray vectors, int width) {
    try (NDManager step = scope.newSubManager()) {
      NDArray block = k.random(width, random, step);
      if (vectors != null) {
        int c = columns(vectors);
        double[] mixture = new double[c * width];
        Arrays.setAll(mixture, i -> random.nextGaussian());
        block = Torch.within(vectors, step).matMul(step.create(mixture, new Shape(c, width)));
      }
      NDArray first = k.orthonormal(block, basis(0, step), random);
      first.attach(scope);
      return first;
    }
  }

  /** Makes the next block a part of the basis and finds the one after it. */
  private void expand() {
    int first = used;
    int width = columns(next);
    store(next, first);
    used += width;
    try (NDManager step = scope.newSubManager()) {
      NDArray x = Torch.within(next, step);
      long begun = System.nanoTime();
      NDArray image = k.apply(x);
      long applied = System.nanoTime();
      NDArray own = x.transpose().matMul(image);
      NDArray rest = image.sub(x.matMul(own));
      fill(first, first, own.toDoubleArray(), width);
      if (coupling != null) {
        NDArray r = Torch.within(coupling, step);
        NDArray before = basis(coupledFrom, step).get("0:" + (first - coupledFrom));
        rest = rest.sub(before.transpose().matMul(r.transpose()));
        fill(first, coupledFrom, r.toDoubleArray(), first - coupledFrom);
        coupling.close();
      }
      NDArray following = k.orthonormal(rest, basis(0, step), random);
      NDArray r = following.transpose().matMul(rest);
      following.attach(scope);
      r.attach(scope);
      next.close();
      next = following;
      coupling = r;
      coupledFrom = first;
      timed(width, (applied - begun) / 1e9, (System.nanoTime() - applied) / 1e9);
    }
  }

  /** Takes the times of a block, and foretells those of as many as there usually are. */
  private void timed(int width, double toApply, double others) {
    blocks++;
    applying += toApply;
    orthogonalising += others;
    against += used;
    if (forecast.due()) {
      double first = (double) largest / width;
      double later = DEFAULT_RESTARTS * (double) (largest - kept) / width;
      double vectors = first * largest / 2 + later * (largest + kept) / 2;
      forecast.tell(applying / blocks * (first + later) + orthogonalising / against * vectors);
    }
  }

  /** Writes a block of H and its mirror image. */
  private void fill(int row, int column, double[] values, int columns) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new ArithmeticException("the operator gives no finite numbers");
      }
      int a = row + i / columns;
      int b = column + i % columns;
      h[a][b] = values[i];
      h[b][a] = values[i];
    }
  }

  /** The kept eigenvalues of H, descending, and below them their eigenvectors, one a column. */
  private NDArray ritz(NDManager step) {
    int size = used - 1;
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(h[1 + i], 1, values, i * size, size);
    }
    LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(step.create(values, new Shape(size, size)));
    NDArray descending = eigen.values().flip(0).get("0:" + kept).reshape(1, -1);
    NDArray vectors = eigen.vectors().flip(1).get(":, 0:" + kept);
    return descending.concat(vectors, 0);
  }

  /** The basis is now the kept Ritz vectors, all of them coupled to the next block. */
  private void restarted(double[] values) {
    used = 1 + kept;
    coupledFrom = 1;
    for (double[] row : h) {
      Arrays.fill(row, 0);
    }
    for (int i = 0; i < kept; i++) {
      h[1 + i][1 + i] = values[i];
    }
  }

  /** Adds as many random columns to the next block as it has. */
  private void widen() {
    int width = columns(next);
    try (NDManager step = scope.newSubManager()) {
      NDArray x = Torch.within(next, step);
      NDArray both = basis(0, step).concat(x.transpose(), 0);
      NDArray fresh = k.orthonormal(k.random(width, random, step), both, random);
      NDArray wide = x.concat(fresh, 1);
      NDArray r = Torch.within(coupling, step);
      NDArray padded = r.concat(r.zerosLike(), 0);
      wide.attach(scope);
      padded.attach(scope);
      next.close();
      coupling.close();
      next = wide;
      coupling = padded;
    }
  }

  /** Writes a block [size, b] into rows, of which there are more where these do not suffice. */
  private void store(NDArray block, int first) {
    int end = first + columns(block);
    int capacity = Math.toIntExact(rows.getShape().get(0));
    try (NDManager step = scope.newSubManager()) {
      if (end > capacity) {
        NDArray more =
            scope.zeros(new Shape(end + columns(block) - capacity, k.size()), DataType.FLOAT64);
        NDArray all = NDArrays.concat(new NDList(rows, more), 0);
        all.attach(scope);
        more.close();
        rows.close();
        rows = all;
        h =
            Arrays.stream(h)
                .map(r -> Arrays.copyOf(r, end + columns(block)))
                .toArray(double[][]::new);
        h = Arrays.copyOf(h, end + columns(block));
        for (int i = capacity; i < h.length; i++) {
          h[i] = new double[h.length];
        }
      }
      NDArray target = Torch.within(rows, step).get(first + ":" + end);
      Torch.copy(Torch.within(block, step).transpose(), target);
    }
  }

  /** The rows in use from one on. */
  private NDArray basis(int from, NDManager step) {
    return Torch.within(rows, step).get(from + ":" + used);
  }

  private static int columns(NDArray matrix) {
    return Math.toIntExact(matrix.getShape().get(1));
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
}
