package ai.contexture.spectrum;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.context.Points;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.LinearAlgebra;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * The eigenproblem of a context: TT* on its inputs, and T*T on its contexts where those are fewer.
 */
final class Eigenproblem {

  /** Numbers in a block of a kernel, or of functions whose residuals are taken. */
  private static final int BLOCK_VALUES = 4 << 20;

  private final KernelContext context;
  private final ExpectationOperator operator;
  private final NDArray gram;
  private final NDArray inputWeights;
  private final NDArray weights;
  private final SymmetricOperator onInputs;
  private final SymmetricOperator smaller;

  private Eigenproblem(
      KernelContext context,
      ExpectationOperator operator,
      NDArray gram,
      NDArray inputWeights,
      NDManager scope) {
    this.context = context;
    this.operator = operator;
    this.gram = gram;
    this.inputWeights = inputWeights;
    this.weights = Torch.within(inputWeights, scope).reshape(-1, 1);
    this.onInputs = new SymmetricOperator(inputWeights, this::square, scope);
    boolean fewContexts = operator != null && operator.contexts() < operator.inputs();
    this.smaller =
        fewContexts
            ? new SymmetricOperator(
                operator.contextWeights(), g -> operator.adjoint(operator.apply(g)), scope)
            : onInputs;
  }

  /**
   * Returns the problem of a finite context, or of the kernel on the points of another.
   *
   * @param owner of the weights, where the context has none of its own
   */
  static Eigenproblem of(KernelContext context, NDManager scope, NDManager owner) {
    if (context instanceof FiniteContext finite) {
      ExpectationOperator operator = finite.operator();
      return new Eigenproblem(context, operator, null, operator.inputWeights(), scope);
    }
    int n = context.points().size();
    NDArray gram = kernel(context, context.points(), n, scope);
    return new Eigenproblem(context, null, gram, uniform(n, owner), scope);
  }

  /** Returns equal weights float64 [n]. */
  static NDArray uniform(int n, NDManager owner) {
    double[] weights = new double[n];
    Arrays.fill(weights, 1.0 / n);
    return owner.create(weights);
  }

  /**
   * Returns the dual kernel of some points [b, b], made block by block.
   *
   * @param x points of the context, or all of them
   * @param width numbers that the context may need for each column
   */
  static NDArray kernel(KernelContext context, Points x, int width, NDManager owner) {
    int b = x.size();
    NDArray gram = owner.zeros(new Shape(b, b), DataType.FLOAT64);
    int block = Math.max(1, Math.min(b, BLOCK_VALUES / Math.max(1, Math.max(b, width))));
    long[] index = Torch.longs(x.positions().orElseThrow());
    for (int start = 0; start < b; start += block) {
      int end = Math.min(b, start + block);
      try (NDManager step = owner.newSubManager()) {
        Points some = context.points().select(step.create(Arrays.copyOfRange(index, start, end)));
        NDArray rows = context.kernel(some, x.within(step));
        Torch.copy(rows, Torch.within(gram, step).get(start + ":" + end));
      }
    }
    return gram;
  }

  /** The form on the smaller side. */
  SymmetricOperator smaller() {
    return smaller;
  }

  /** Returns vectors on the smaller side that go with functions [n, c] on the points. */
  NDArray start(NDArray functions, NDManager step) {
    NDArray f = Torch.within(functions, step);
    return smaller == onInputs ? f.mul(onInputs.root()) : operator.adjoint(f).mul(smaller.root());
  }

  /** TT* f [n, c], with the manager of f. */
  NDArray square(NDArray f) {
    if (operator == null) {
      try (NDManager step = f.getManager().newSubManager()) {
        NDArray image = Torch.within(gram, step).matMul(f.mul(weights));
        image.attach(f.getManager());
        return image;
      }
    }
    return operator.apply(operator.adjoint(f));
  }

  /** Returns the best functions in the span of outputs on the points, [n, d₁]. */
  RayleighRitz ritz(NDArray outputs, int top) {
    return RayleighRitz.of(
        outputs, inputWeights, f -> f.transpose().matMul(square(f).mul(weights)), top);
  }

  /**
   * Returns the spectrum of eigenpairs on the smaller side.
   *
   * @param largestResidual what the method promises; infinite if nothing
   */
  Spectrum spectrum(Eigenpairs pairs, int top, double largestResidual, NDManager manager) {
    double[] values = clipped(pairs.values(), Math.max(top, pairs.values().length));
    String method = pairs.method();
    NDArray functions;
    try (NDManager step = manager.newSubManager()) {
      NDArray f;
      if (smaller == onInputs) {
        f = onInputs.functions(Torch.within(pairs.vectors(), step));
      } else {
        f = lifted(pairs.vectors(), values, top, step);
        boolean all = pairs.values().length == smaller.size() - 1;
        values = all ? Arrays.copyOf(values, operator.inputs() - 1) : values;
        method += " on the contexts";
      }
      functions = signed(f);
      functions.attach(manager);
    }
    return spectrum(values, functions, method, largestResidual, nystrom(values, functions));
  }

  /** Returns a spectrum of functions [n, d] whose residuals are yet to be taken. */
  Spectrum spectrum(
      double[] values,
      NDArray functions,
      String method,
      double largestResidual,
      Spectrum.Extension extension) {
    double[] residuals = residuals(functions, values);
    double worst = Arrays.stream(residuals).max().orElse(0);
    if (!(worst <= largestResidual)) {
      throw new ArithmeticException(
          Text.format(
              "the spectrum of %s (%s) has a residual of %.3g, more than %.3g",
              context, method, worst, largestResidual));
    }
    double[] errors = Arrays.copyOf(residuals, values.length);
    Arrays.fill(errors, Math.min(residuals.length, errors.length), errors.length, worst);
    return new Spectrum(
        context, inputWeights, values, errors, functions, residuals, method, extension);
  }

  /** Values in [0, 1], as many as asked for. */
  static double[] clipped(double[] values, int length) {
    double[] clipped = Arrays.stream(values).map(v -> Math.min(1, Math.max(0, v))).toArray();
    return Arrays.copyOf(clipped, length);
  }

  /** Functions [n, c] of which the largest value is positive. */
  static NDArray signed(NDArray functions) {
    NDArray largest = functions.abs().argMax(0).expandDims(0);
    return functions.mul(functions.gather(largest, 0).sign());
  }

  /**
   * μ_i = T ν_i / s_i of vectors on the contexts. Where s_i is zero, or there are no more vectors,
   * any functions that are orthogonal to the others have the eigenvalue 0.
   */
  private NDArray lifted(NDArray vectors, double[] values, int top, NDManager step) {
    int rank = 0;
    int known = Math.toIntExact(vectors.getShape().get(1));
    while (rank < known && values[rank] >= Spectrum.ZERO) {
      rank++;
    }
    NDArray constant = Torch.within(onInputs.root(), step).transpose();
    var random = Seed.of(0).derive("zeros").generator();
    NDArray all = null;
    if (rank > 0) {
      NDArray onContexts = smaller.functions(Torch.within(vectors, step).get(":, 0:" + rank));
      double[] scale = Arrays.stream(values, 0, rank).map(Math::sqrt).toArray();
      NDArray images = operator.apply(onContexts).div(step.create(scale)).mul(onInputs.root());
      all = LinearAlgebra.orthonormalise(images);
    }
    if (rank < top) {
      NDArray rows = all == null ? constant : constant.concat(all.transpose(), 0);
      NDArray zeros = onInputs.orthonormal(onInputs.random(top - rank, random, step), rows, random);
      all = all == null ? zeros : all.concat(zeros, 1);
    }
    return onInputs.functions(all);
  }

  /** μ_i(x) = (T T*μ_i)(x) / s_i². */
  private Spectrum.Extension nystrom(double[] values, NDArray functions) {
    if (context instanceof FiniteContext finite) {
      Spectrum.Extension byLaws =
          (x, d) -> {
            NDArray first = Torch.within(functions, x.manager()).get(":, 0:" + d);
            NDArray scale = x.manager().create(Arrays.copyOf(values, d));
            return finite.expectation(x, finite.operator().adjoint(first).div(scale));
          };
      return byLaws.scoped();
    }
    double n = functions.getShape().get(0);
    Spectrum.Extension byKernel =
        (x, d) -> {
          NDArray first = Torch.within(functions, x.manager()).get(":, 0:" + d);
          NDArray scale = x.manager().create(Arrays.stream(values, 0, d).map(v -> v * n).toArray());
          return context.kernel(x, context.points()).matMul(first.div(scale));
        };
    return byKernel.scoped();
  }

  /** ‖TT*μ_i − s_i²μ_i‖ in L²(P_X). */
  private double[] residuals(NDArray functions, double[] values) {
    int n = Math.toIntExact(functions.getShape().get(0));
    int d = Math.toIntExact(functions.getShape().get(1));
    double[] residuals = new double[d];
    int block = Math.max(1, Math.min(d, BLOCK_VALUES / n));
    for (int start = 0; start < d; start += block) {
      int end = Math.min(d, start + block);
      try (NDManager step = functions.getManager().newSubManager()) {
        NDArray f = Torch.within(functions, step).get(":, " + start + ":" + end).duplicate();
        NDArray scale = step.create(Arrays.copyOfRange(values, start, end));
        NDArray difference = square(f).sub(f.mul(scale));
        double[] squares = difference.square().mul(weights).sum(new int[] {0}).toDoubleArray();
        for (int j = start; j < end; j++) {
          residuals[j] = Math.sqrt(squares[j - start]);
        }
      }
    }
    return residuals;
  }
}
