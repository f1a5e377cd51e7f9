package ai.contexture.measure;

import ai.contexture.context.ExpectationOperator;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.Points;
import ai.contexture.data.Matrix;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.spectrum.Spectrum;
import ai.contexture.torch.Handover;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Spectrally transformed kernel regression, STKR [S]: f̂ = b + Σ_j α_j K_s(·, x_j) from the labels
 * y_j of m of a context's points, with K_s = Σ_i s(λ_i) μ_i μ_i.
 *
 * <p>It minimises (1/m) Σ_j ‖f(x_j) − y_j‖² + β‖f − b‖² in the RKHS of K_s; b has no penalty. All
 * points, labelled or not, have their part in it by the functions μ_i, and f̂ has a value at each
 * of them and, where the context knows new points, there.
 */
public final class SpectralRegression {

  private final NDArray values;
  private final Function<Points, NDArray> extension;

  private SpectralRegression(NDArray values, Function<Points, NDArray> extension) {
    this.values = values;
    this.extension = extension;
  }

  /**
   * Fits the regression: from the functions of the spectrum where they are all that the context
   * has, or its operator is not known; else from the operator.
   *
   * @param labelled positions of m different points
   * @param target of these points in this order, all known
   * @param manager the owner of the result
   */
  public static SpectralRegression of(
      Spectrum spectrum,
      SpectralTransform transform,
      double penalty,
      int[] labelled,
      Target target,
      NDManager manager) {
    Matrix targets = Targets.of(target);
    boolean all =
        spectrum.extendable() < spectrum.dimension()
            || spectrum.dimension() == spectrum.context().points().size() - 1;
    return !all && spectrum.context() instanceof FiniteContext finite
        ? byOperator(finite, transform, penalty, labelled, targets, manager)
        : byFunctions(spectrum, transform, penalty, labelled, targets, manager);
  }

  /**
   * Fits the regression with the functions of a spectrum in closed form; where these are not all,
   * K_s is that of the leading ones.
   *
   * @param penalty β, greater than 0
   * @param labelled positions of m different points
   * @param targets [m, c]
   * @param manager the owner of the result
   * @throws IllegalArgumentException if shapes do not fit or a number is not finite
   */
  public static SpectralRegression byFunctions(
      Spectrum spectrum,
      SpectralTransform transform,
      double penalty,
      int[] labelled,
      Matrix targets,
      NDManager manager) {
    check(penalty, labelled, targets, spectrum.context().points().size());
    double[] scales = scales(spectrum, transform);
    return Handover.of(
        manager.newSubManager(),
        owner -> {
          NDArray coefficients;
          NDArray intercept;
          NDArray values;
          try (NDManager scope = owner.newSubManager()) {
            NDArray functions = functions(spectrum, scales, scope);
            RidgeSystem system =
                new RidgeSystem(
                    rows(functions, labelled, scope),
                    Targets.array(targets, labelled.length, scope).toDoubleArray(),
                    targets.columns(),
                    /* standardise= */ false,
                    scope);
            coefficients = system.coefficients(penalty * labelled.length);
            intercept = system.intercept(coefficients);
            values = functions.matMul(coefficients).add(intercept);
            coefficients.attach(owner);
            intercept.attach(owner);
            values.attach(owner);
          }
          return new SpectralRegression(
              finite(values), x -> extended(spectrum, scales, coefficients, intercept, x));
        });
  }

  private static NDArray extended(
      Spectrum spectrum, double[] scales, NDArray coefficients, NDArray intercept, Points x) {
    try (NDManager step = x.manager().newSubManager()) {
      NDArray found;
      if (scales.length == 0) {
        found = step.zeros(new Shape(x.size(), 1), DataType.FLOAT64).add(intercept);
      } else {
        NDArray functions = spectrum.extend(x.within(step), scales.length);
        found = functions.mul(step.create(scales)).matMul(coefficients).add(intercept);
      }
      found.attach(x.manager());
      return found;
    }
  }

  /**
   * Fits the regression with a context's operator, by conjugate gradients: each of their steps
   * applies TT* to one function for each target, p times for the transform λ^p.
   *
   * @param penalty β, greater than 0
   * @param labelled positions of m different points
   * @param targets [m, c]
   * @param manager the owner of the result
   * @throws IllegalArgumentException if shapes do not fit or a number is not finite
   * @throws ArithmeticException if the conjugate gradients do not converge
   */
  public static SpectralRegression byOperator(
      FiniteContext context,
      SpectralTransform transform,
      double penalty,
      int[] labelled,
      Matrix targets,
      NDManager manager) {
    check(penalty, labelled, targets, context.points().size());
    return Handover.of(
        manager.newSubManager(),
        owner -> {
          NDArray onContexts;
          NDArray values;
          NDArray intercept;
          try (NDManager scope = owner.newSubManager()) {
            OperatorSystem system =
                new OperatorSystem(context.operator(), labelled, penalty, scope);
            NDArray y = Targets.array(targets, labelled.length, scope);
            NDArray ones = scope.ones(new Shape(labelled.length, 1), DataType.FLOAT64);
            NDArray both = y.concat(ones, 1);
            NDArray w = system.solve(transform, both);
            NDArray rest = both.sub(system.atLabelled(w)); // mβα of y and of 1
            NDArray sums = rest.sum(new int[] {0}, true);
            int c = targets.columns();
            intercept = sums.get(":, 0:" + c).div(sums.get(":, " + c + ":"));
            NDArray ofOne = w.get(":, " + c + ":");
            onContexts = w.get(":, 0:" + c).sub(ofOne.matMul(intercept)).add(intercept);
            values = system.onPoints(onContexts, intercept);
            onContexts.attach(owner);
            intercept.attach(owner);
            values.attach(owner);
          }
          return new SpectralRegression(finite(values), x -> context.expectation(x, onContexts));
        });
  }

  private static void check(double penalty, int[] labelled, Matrix targets, int n) {
    if (!(penalty > 0 && penalty <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("penalty: expected a number above 0, got " + penalty);
    }
    if (labelled.length < 2
        || Arrays.stream(labelled).distinct().count() != labelled.length
        || Arrays.stream(labelled).anyMatch(at -> at < 0 || at >= n)) {
      throw new IllegalArgumentException(
          Text.format("labelled: expected 2 or more different positions below %d", n));
    }
    if (targets.rows() != labelled.length) {
      throw new IllegalArgumentException(
          Text.format(
              "targets: expected (%d, c), one row a labelled point, got (%d, %d)",
              labelled.length, targets.rows(), targets.columns()));
    }
  }

  private static NDArray finite(NDArray values) {
    if (!Double.isFinite(values.sum().toDoubleArray()[0])) {
      throw new ArithmeticException("the regression's predictions are not finite");
    }
    return values;
  }

  /** √s(λ_i) of the functions that have a part in K_s. */
  static double[] scales(Spectrum spectrum, SpectralTransform transform) {
    return Arrays.stream(spectrum.eigenvalues(spectrum.extendable()))
        .map(value -> Math.sqrt(transform.of(value)))
        .toArray();
  }

  /** √s(λ_i) μ_i [n, d] on all points, or a column of zeros where there are none. */
  static NDArray functions(Spectrum spectrum, double[] scales, NDManager scope) {
    NDArray functions = Torch.within(spectrum.functions(), scope);
    return scales.length == 0
        ? functions.get(":, 0:1").mul(0)
        : functions.get(":, 0:" + scales.length).mul(scope.create(scales));
  }

  static NDArray rows(NDArray block, int[] rows, NDManager scope) {
    return at(block, scope.create(Arrays.stream(rows).asLongStream().toArray()), scope);
  }

  private static NDArray at(NDArray block, NDArray index, NDManager scope) {
    NDArray some = block.get(index);
    some.attach(scope);
    return some;
  }

  /** Returns f̂ on all points of the context, float64 [n, c]. */
  public NDArray values() {
    return values;
  }

  /**
   * Returns f̂ at any points, by Nyström's extension of the functions.
   *
   * @param x b points
   * @return float64 [b, c], which belongs to the manager of x
   * @throws IllegalArgumentException if the context knows no new points
   */
  public NDArray at(Points x) {
    return extension.apply(x);
  }

  /**
   * The regression without its intercept as a function w on the contexts, f = T w, with E w(A) = 0.
   *
   * <p>λ^p: (G + mβ) α = y with G = E (TT*)^p D⁻¹ Eᵀ less the constant's part, and w = T*
   * (TT*)^{p−1} D⁻¹Eᵀα, where E takes the values at the labelled points and D = diag(P_X).
   *
   * <p>λ/(1 − ηλ): (mβ (1 − ηT*T) + T* D⁻¹EᵀE T) w = T* D⁻¹Eᵀy, less the constant's part;
   * self-adjoint in L²(P_A).
   */
  private static final class OperatorSystem {

    private final ExpectationOperator operator;
    private final NDManager scope;
    private final NDArray inputWeights;
    private final NDArray contextWeights;
    private final NDArray inverse;
    private final NDArray occurs;
    private final NDArray index;

    /** The place of each point among the labelled ones, m where it is none of them. */
    private final NDArray place;

    private final double ridge;

    OperatorSystem(ExpectationOperator operator, int[] labelled, double penalty, NDManager scope) {
      this.operator = operator;
      this.scope = scope;
      this.inputWeights = Torch.within(operator.inputWeights(), scope).reshape(-1, 1);
      this.contextWeights = Torch.within(operator.contextWeights(), scope).reshape(-1, 1);
      this.inverse = Torch.reciprocal(inputWeights);
      this.occurs = inputWeights.gt(Torch.scalar(0, scope)).toType(DataType.FLOAT64, false);
      this.index = scope.create(Arrays.stream(labelled).asLongStream().toArray());
      long[] places = new long[operator.inputs()];
      Arrays.fill(places, labelled.length);
      for (int i = 0; i < labelled.length; i++) {
        places[labelled[i]] = i;
      }
      this.place = scope.create(places);
      this.ridge = penalty * labelled.length;
    }

    NDArray solve(SpectralTransform transform, NDArray y) {
      if (transform instanceof SpectralTransform.Polynomial polynomial) {
        int further = polynomial.power() - 1;
        NDArray alike = scope.ones(new Shape(y.getShape().get(0), 1), DataType.FLOAT64);
        NDArray alpha =
            ConjugateGradients.solve(
                a ->
                    in(
                        a,
                        step ->
                            atLabelled(image(Torch.within(a, step), further)).add(ridged(a, step))),
                alike,
                y);
        return image(alpha, further);
      }
      double eta = ((SpectralTransform.InverseLaplacian) transform).eta();
      return ConjugateGradients.solve(
          w ->
              in(
                  w,
                  step -> {
                    NDArray own = Torch.within(w, step);
                    NDArray f = onPoints(own);
                    NDArray seen = scattered(at(f, index, step)).sub(f.mul(eta * ridge));
                    return centred(operator.adjoint(seen)).add(own.mul(ridge));
                  }),
          contextWeights,
          centred(operator.adjoint(scattered(y))));
    }

    private NDArray ridged(NDArray alpha, NDManager step) {
      return Torch.within(alpha, step).mul(ridge);
    }

    /** The work of a step, of which only the result is kept, by the argument's manager. */
    private static NDArray in(NDArray argument, Function<NDManager, NDArray> work) {
      try (NDManager step = argument.getManager().newSubManager()) {
        NDArray result = work.apply(step);
        result.attach(argument.getManager());
        return result;
      }
    }

    /** T* (TT*)^further D⁻¹Eᵀα, of mean 0. */
    private NDArray image(NDArray alpha, int further) {
      NDArray w = centred(operator.adjoint(scattered(alpha)));
      for (int i = 0; i < further; i++) {
        w = centred(operator.adjoint(onPoints(w)));
      }
      return w;
    }

    /** D⁻¹Eᵀ of values at the labelled points, [n, c]. */
    private NDArray scattered(NDArray values) {
      NDManager step = values.getManager();
      NDArray nothing = step.zeros(new Shape(1, values.getShape().get(1)), DataType.FLOAT64);
      return at(values.concat(nothing, 0), place, step).mul(inverse);
    }

    private NDArray centred(NDArray w) {
      NDArray mean = w.mul(contextWeights).sum(new int[] {0}, true);
      return w.sub(mean);
    }

    /** T w, and 0 where points have no probability, since the functions are 0 there. */
    NDArray onPoints(NDArray w) {
      return operator.apply(w).mul(occurs);
    }

    /** The same of functions with an intercept. */
    NDArray onPoints(NDArray w, NDArray intercept) {
      return operator.apply(w).sub(intercept).mul(occurs).add(intercept);
    }

    NDArray atLabelled(NDArray w) {
      return at(onPoints(w), index, w.getManager());
    }
  }
}
