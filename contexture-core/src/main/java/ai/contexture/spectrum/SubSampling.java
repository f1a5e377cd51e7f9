package ai.contexture.spectrum;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.random.Draws;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * Estimates eigenvalues from the dual kernel at m random rows, whose sums over contexts run over
 * all of them.
 *
 * <p>The eigenvalues of the Gram matrix (k − 1)/m are too large on average, by Σ_{j≠i} s_i²s_j² /
 * (s_i² − s_j²) / m to first order. The energies ‖Tν_i‖² that functions found on four fifths of the
 * rows have on the remaining fifth are too small by as much. What counts is their mean, where all n
 * points are known in part: s_i² ≈ up_i − (1 − m/n)(up_i − low_i)/2.
 *
 * <p>Its error is the root of the squares of the second term and of what the draw of the rows makes
 * of it, up_i √((1 − m/n)(E μ_i⁴ − 1)/m) to first order; or, where it is more, half of the way to
 * where it may be beside functions that the sub-sample misses, being concentrated on few rows.
 * Their energy, the sum of their s², is taken to be the largest of three: that of Σ p(x)(k(x, x) −
 * 1) which is in rows beyond the sub-sample with p(x) k(x, x) &gt; m/(3n), of whose functions fewer
 * than three rows are expected in it, and thrice the median over rows; what the trace at the rows
 * lacks of that at all points; and two standard errors of the former. Spread over r functions of s²
 * at most 1, it moves the i-th eigenvalue up to the i-th of these and of the others, each with
 * twice its error, for the worst r.
 */
final class SubSampling {

  /** How often T or T* is applied to each function: for its values and its residual. */
  static final int PASSES = 2;

  private static final int PARTS = 5;

  /** A function is missed if fewer of the rows that carry it are expected in the sub-sample. */
  private static final double SEEN_ROWS = 3;

  /** Such a row has so many times the energy of the usual one, which the sub-sample shows. */
  private static final double UNUSUAL = 3;

  private static final int BLOCK_VALUES = 4 << 20;

  private final KernelContext context;
  private final NDManager scope;
  private final int n;
  private final int m;
  private final NDArray inputWeights;
  private final Points rows;

  /** Positions of the rows, and their weights, which sum to 1. */
  private final long[] chosen;

  private final double[] w;

  /**
   * Chooses the rows.
   *
   * @param keeper the manager of the rows
   */
  private SubSampling(
      KernelContext context,
      int m,
      RandomGenerator random,
      NDArray weights,
      NDManager keeper,
      NDManager scope) {
    this.context = context;
    this.scope = scope;
    this.n = context.points().size();
    this.m = m;
    this.inputWeights = weights;
    chosen = Arrays.stream(Draws.distinct(m, n, random)).asLongStream().toArray();
    this.rows = context.points().select(keeper.create(chosen));
    double[] p = weights.toDoubleArray();
    double total = Arrays.stream(chosen).mapToDouble(i -> p[(int) i]).sum();
    this.w = Arrays.stream(chosen).mapToDouble(i -> p[(int) i] / total).toArray();
  }

  /** Returns how many rows are taken for so many functions unless asked otherwise. */
  static int defaultRows(int top, int n) {
    return (int) Math.min(n, Math.max(top + 1, Math.ceil(top * Math.log(top + 1.0))));
  }

  /** Returns the estimate from m &lt; n rows. */
  static Spectrum solve(
      KernelContext context, int top, int m, RandomGenerator random, NDManager manager) {
    int n = context.points().size();
    if (m <= top) {
      throw new InputException(
          Text.format("subsample: expected more rows than the %d functions, got rows=%d", top, m));
    }
    try (NDManager scope = manager.newSubManager()) {
      boolean finite = context instanceof FiniteContext;
      // what a spectrum keeps belongs to its owner
      NDArray weights =
          finite
              ? ((FiniteContext) context).operator().inputWeights()
              : Eigenproblem.uniform(n, manager);
      NDManager keeper = finite ? scope : manager;
      return new SubSampling(context, m, random, weights, keeper, scope)
          .solve(top, weights, manager);
    }
  }

  private Spectrum solve(int top, NDArray weights, NDManager manager) {
    int width =
        context instanceof FiniteContext finite
            ? finite.operator().contexts()
            : context.points().size();
    NDArray kernel = Eigenproblem.kernel(context, rows, width, scope).sub(1);
    NDArray root = scope.create(Arrays.stream(w).map(Math::sqrt).toArray());
    LinearAlgebra.Eigen eigen =
        LinearAlgebra.eigh(kernel.mul(root.reshape(-1, 1)).mul(root.reshape(1, -1)));
    double[] up = descending(eigen.values());
    double[] low = energies(kernel);
    double[] spreads = spreads(eigen.vectors());
    double[] values = new double[m - 1];
    double[] errors = new double[m - 1];
    double unseen = 1 - (double) m / n;
    for (int i = 0; i < m - 1; i++) {
      double most = Math.min(1, Math.max(0, up[i]));
      double half = unseen * (most - Math.min(most, low[i])) / 2;
      errors[i] = Math.hypot(half, most * spreads[i]);
      values[i] = Math.min(i == 0 ? 1 : values[i - 1], most - half);
    }
    double[] ends = new double[m - 1];
    Arrays.setAll(ends, i -> Math.min(1, values[i] + 2 * errors[i]));
    double[] beside = beside(missed(), ends);
    for (int i = 0; i < m - 1; i++) {
      errors[i] = Math.max(errors[i], (beside[i] - values[i]) / 2);
    }
    int rank = 0;
    while (rank < Math.min(top, m - 1) && up[rank] > Spectrum.ZERO && values[rank] > 0) {
      rank++;
    }
    if (rank == 0) {
      throw new ArithmeticException("the kernel of " + context + " is constant on the sub-sample");
    }
    NDArray vectors = eigen.vectors().flip(1).get(":, 0:" + rank);
    NDArray coefficients =
        vectors.mul(root.reshape(-1, 1)).div(scope.create(Arrays.copyOf(up, rank)));
    String method = Text.format("sub-sample of %d rows", m);
    return context instanceof FiniteContext finite
        ? extended(finite, coefficients, values, errors, method, manager)
        : extended(coefficients, weights, values, errors, method, manager);
  }

  /** √((1 − m/n)(E μ⁴ − 1)/m) of the functions of orthonormal vectors, by descending value. */
  private double[] spreads(NDArray vectors) {
    NDArray weights = scope.create(w, new Shape(m, 1));
    double[] fourths = descending(vectors.square().square().div(weights).sum(new int[] {0}));
    double unseen = 1 - (double) m / n;
    return Arrays.stream(fourths)
        .map(fourth -> Math.sqrt(unseen * Math.max(0, fourth - 1) / m))
        .toArray();
  }

  /** An upper estimate of Σ s² of the functions that the rows do not show. */
  private double missed() {
    double[] p = inputWeights.toDoubleArray();
    double[] diagonal = context.diagonal(context.points());
    boolean[] seen = new boolean[n];
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < m; i++) {
      int row = (int) chosen[i];
      seen[row] = true;
      mean += w[i] * diagonal[row];
      squares += w[i] * diagonal[row] * diagonal[row];
    }
    double[] ties = new double[n];
    Arrays.setAll(ties, row -> p[row] * diagonal[row]);
    double median = Arrays.stream(ties).sorted().toArray()[n / 2];
    double limit = Math.max(m / (SEEN_ROWS * n), UNUSUAL * median);
    double trace = 0;
    double concentrated = 0;
    for (int row = 0; row < n; row++) {
      double energy = p[row] * (diagonal[row] - 1);
      trace += energy;
      if (!seen[row] && ties[row] > limit) {
        concentrated += energy;
      }
    }
    double unseen = 1 - (double) m / n;
    double deviation = Math.sqrt(Math.max(0, squares - mean * mean));
    double lacking = trace - (mean - 1);
    return Math.max(concentrated, Math.max(lacking, 2 * unseen * deviation / Math.sqrt(m)));
  }

  /** What eigenvalues become at most beside others that sum to so much, each at most 1. */
  private static double[] beside(double energy, double[] values) {
    double[] most = values.clone();
    for (int r = 1; r <= values.length; r++) {
      double other = Math.min(1, energy / r);
      for (int i = 0; i < values.length; i++) {
        most[i] = Math.max(most[i], i < r ? other : Math.min(other, values[i - r]));
      }
    }
    return most;
  }

  /** The energies, on each part of the rows, of the functions found on the others; descending. */
  private double[] energies(NDArray kernel) {
    int parts = Math.min(PARTS, m);
    double[] low = new double[m];
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) part * m / parts);
      int to = (int) ((long) (part + 1) * m / parts);
      long[] others =
          LongStream.concat(LongStream.range(0, from), LongStream.range(to, m)).toArray();
      double total = Arrays.stream(others).mapToDouble(i -> w[(int) i]).sum();
      double[] roots =
          Arrays.stream(others).mapToDouble(i -> Math.sqrt(w[(int) i] / total)).toArray();
      try (NDManager step = scope.newSubManager()) {
        NDArray index = step.create(others);
        NDArray between = Torch.within(kernel, step).get(index); // [others, m]
        NDArray root = step.create(roots, new Shape(roots.length, 1));
        NDArray own = between.transpose().get(index); // [others, others]
        LinearAlgebra.Eigen eigen = LinearAlgebra.eigh(own.mul(root).mul(root.transpose()));
        double[] found = descending(eigen.values());
        NDArray vectors = eigen.vectors().flip(1).mul(root);
        NDArray values = between.get(":, " + from + ":" + to).transpose().matMul(vectors);
        NDArray share = step.create(Arrays.copyOfRange(w, from, to), new Shape(to - from, 1));
        double[] energy = values.square().mul(share).sum(new int[] {0}).toDoubleArray();
        for (int i = 0; i < found.length; i++) {
          low[i] += found[i] > Spectrum.ZERO ? energy[i] / found[i] : 0;
        }
      }
    }
    return Arrays.stream(low).map(v -> -v).sorted().map(v -> -v).toArray();
  }

  private static double[] descending(NDArray ascending) {
    double[] values = ascending.toDoubleArray();
    double[] turned = new double[values.length];
    Arrays.setAll(turned, i -> values[values.length - 1 - i]);
    return turned;
  }

  /**
   * The functions of a finite context at all points, through its contexts; their residuals are
   * those at the rows.
   */
  private Spectrum extended(
      FiniteContext finite,
      NDArray coefficients,
      double[] values,
      double[] errors,
      String method,
      NDManager manager) {
    NDArray q = Torch.within(finite.operator().contextWeights(), scope).reshape(-1, 1);
    NDArray sums = finite.law(rows.within(scope)).transposed(coefficients);
    NDArray g = sums.mul(Torch.reciprocal(q));
    NDArray p = Torch.within(inputWeights, scope).reshape(-1, 1);
    NDArray f = finite.operator().apply(g);
    NDArray mean = f.mul(p).sum(new int[] {0}, true);
    NDArray centred = f.sub(mean);
    NDArray deviation = centred.square().mul(p).sum(new int[] {0}, true).sqrt();
    NDArray scaled = centred.div(deviation);
    NDArray functions = Eigenproblem.signed(scaled);
    NDArray sign = functions.mul(scaled).mul(p).sum(new int[] {0}, true).sign();
    NDArray onContexts = g.sub(mean).div(deviation).mul(sign);
    int d = Math.toIntExact(functions.getShape().get(1));
    NDArray chosen = rows.positions().orElseThrow();
    NDArray image =
        finite.law(rows.within(scope)).expectation(finite.operator().adjoint(functions));
    NDArray difference =
        Torch.within(image, scope)
            .sub(functions.get(chosen).mul(scope.create(Arrays.copyOf(values, d))));
    NDArray share = scope.create(w, new Shape(m, 1));
    double[] residuals = difference.square().mul(share).sum(new int[] {0}).sqrt().toDoubleArray();
    functions.attach(manager);
    onContexts.attach(manager);
    Spectrum.Extension extension =
        (x, wanted) -> {
          NDArray first = Torch.within(onContexts, x.manager()).get(":, 0:" + wanted);
          return finite.expectation(x, first.duplicate());
        };
    return new Spectrum(
        context, inputWeights, values, errors, functions, residuals, method, extension.scoped());
  }

  /**
   * The functions of a kernel at all points, block by block; their residuals are those at the rows.
   */
  private Spectrum extended(
      NDArray coefficients,
      NDArray weights,
      double[] values,
      double[] errors,
      String method,
      NDManager manager) {
    int d = Math.toIntExact(coefficients.getShape().get(1));
    NDArray f = scope.zeros(new Shape(n, d), DataType.FLOAT64);
    NDArray squares = scope.zeros(new Shape(m, d), DataType.FLOAT64); // TT* f at the rows
    int block = Math.max(1, BLOCK_VALUES / m);
    for (int start = 0; start < n; start += block) {
      int end = Math.min(n, start + block);
      try (NDManager step = scope.newSubManager()) {
        NDArray index = step.create(LongStream.range(start, end).toArray());
        NDArray between = context.kernel(context.points().select(index), rows.within(step));
        NDArray part = between.matMul(coefficients);
        Torch.copy(part, Torch.within(f, step).get(start + ":" + end));
        squares.addi(between.transpose().matMul(part).div(n));
      }
    }
    NDArray mean = f.mean(new int[] {0}, true);
    NDArray centred = f.sub(mean);
    NDArray deviation = centred.square().mean(new int[] {0}, true).sqrt();
    NDArray scaled = centred.div(deviation);
    NDArray functions = Eigenproblem.signed(scaled);
    NDArray factor = functions.mul(scaled).mean(new int[] {0}, true).sign().div(deviation);
    NDArray kept = coefficients.mul(factor);
    NDArray offset = mean.mul(factor);
    NDArray chosen = rows.positions().orElseThrow();
    NDArray scale = scope.create(Arrays.copyOf(values, d));
    NDArray difference =
        squares.mul(factor).sub(offset).sub(Torch.within(functions, scope).get(chosen).mul(scale));
    double[] residuals = difference.square().mean(new int[] {0}).sqrt().toDoubleArray();
    functions.attach(manager);
    kept.attach(manager);
    offset.attach(manager);
    Spectrum.Extension extension =
        (x, wanted) -> {
          NDArray first = Torch.within(kept, x.manager()).get(":, 0:" + wanted);
          NDArray constant = Torch.within(offset, x.manager()).get(":, 0:" + wanted);
          return context.kernel(x, rows).matMul(first).sub(constant);
        };
    return new Spectrum(
        context, weights, values, errors, functions, residuals, method, extension.scoped());
  }
}
