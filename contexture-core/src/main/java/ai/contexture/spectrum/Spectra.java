package ai.contexture.spectrum;

import ai.contexture.context.FiniteContext;
import ai.contexture.context.KernelContext;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.contexture.torch.Forecast;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.OptionalInt;

/**
 * Computes the spectra of contexts.
 *
 * <p>Methods work on the symmetric form K = D^{1/2} TT* D^{-1/2} with D = diag(P_X), from which the
 * constant's direction √p is taken out, or on that of T*T where there are fewer contexts than
 * inputs. A context that gives only its dual kernel has the spectrum of its Gram matrix on the
 * points.
 */
public final class Spectra {

  /** Up to this size the dense matrix is decomposed, which also gives every eigenvalue. */
  static final int DENSE_POINTS = 2000;

  /** So many points for each wanted function make iteration cheaper than decomposition. */
  static final int POINTS_PER_FUNCTION = 6;

  /** The kernel on more points than these is sub-sampled, since its matrix is too large. */
  static final int GRAM_POINTS = 10_000;

  /** Where an exact method takes more multiplications than these, {@link #quick} takes another. */
  static final double QUICK = 5e10;

  /** Numbers that the functions of an eigenspace may take. */
  static final int FUNCTION_VALUES = 1 << 25;

  /** Residuals that the exact methods promise. */
  static final double EXACT = 1e-8;

  /** Fewer multiplications are not timed before. */
  private static final double TIMED = 1e10;

  /** Functions that a context is applied to, to see how long that takes. */
  private static final int TRIAL = 32;

  /**
   * What is said before, and refused.
   *
   * @param least the fewest multiplications that are worth a trial of a sub-sample's time
   * @param memory how much there is in bytes
   * @param listener hears of a sub-sample's time
   * @param starter what foretells how long iterations take
   */
  record Foresight(
      double least, double memory, Forecast.Listener listener, Forecast.Starter starter) {

    static Foresight defaults() {
      return new Foresight(
          TIMED, (double) Forecast.memory().orElse(Long.MAX_VALUE), Forecast::log, Forecast::start);
    }
  }

  private Spectra() {}

  /**
   * Returns the top of a context's spectrum by the method that its size and structure suggest,
   * exact but for kernels without an operator on more than 10,000 points.
   *
   * @param context a context with n points
   * @param top how many functions, 1 ≤ top &lt; n
   * @param manager the owner of the spectrum's arrays
   */
  public static Spectrum of(KernelContext context, int top, NDManager manager) {
    return of(context, top, new SpectralMethod.Auto(), manager);
  }

  /**
   * Returns the top of a context's spectrum.
   *
   * @param context a context with n points
   * @param top how many functions, 1 ≤ top &lt; n; an encoder or a sub-sample of lower rank gives
   *     fewer
   * @param method how to compute it
   * @param manager the owner of the spectrum's arrays
   * @throws ArithmeticException if numbers are not finite, or a residual of an exact method is
   *     above 10⁻⁸
   * @throws ai.contexture.input.InputException if the functions take more memory than there is
   */
  public static Spectrum of(
      KernelContext context, int top, SpectralMethod method, NDManager manager) {
    return of(context, top, method, manager, Foresight.defaults());
  }

  static Spectrum of(
      KernelContext context,
      int top,
      SpectralMethod method,
      NDManager manager,
      Foresight foresight) {
    int n = context.points().size();
    if (top < 1 || top >= n) {
      throw new IllegalArgumentException(
          Text.format("top: expected 1 to %d (one less than the points), got %d", n - 1, top));
    }
    Forecast.requireRoom(
        what(context, top),
        functions(context, top),
        foresight.memory,
        "ask for fewer functions, or take fewer rows");
    boolean finite = context instanceof FiniteContext;
    boolean auto = method instanceof SpectralMethod.Auto;
    if (method instanceof SpectralMethod.SubSample || (auto && !finite && n > GRAM_POINTS)) {
      SpectralMethod.SubSample options =
          method instanceof SpectralMethod.SubSample given
              ? given
              : new SpectralMethod.SubSample(OptionalInt.empty(), Seed.of(0));
      int rows = options.rows().orElse(SubSampling.defaultRows(top, n));
      if (rows < n) {
        foresee(context, top, multiplications(context, top, options), foresight);
        return SubSampling.solve(
            context, top, rows, options.seed().derive("rows").generator(), manager);
      }
    }
    try (NDManager scope = manager.newSubManager()) {
      Eigenproblem problem = Eigenproblem.of(context, scope, manager);
      if (method instanceof SpectralMethod.Encoder encoder) {
        return ritz(context, top, encoder, problem, manager);
      }
      SymmetricOperator k = problem.smaller();
      if (method instanceof SpectralMethod.Sketch sketch) {
        Eigenpairs pairs = Sketching.solve(k, top, sketch, scope);
        return problem.spectrum(pairs, top, Double.POSITIVE_INFINITY, manager);
      }
      boolean iterate =
          auto
              ? k.size() > DENSE_POINTS && top <= k.size() / POINTS_PER_FUNCTION
              : method instanceof SpectralMethod.Krylov;
      NDArray start =
          method instanceof SpectralMethod.Krylov krylov
              ? krylov.start().map(s -> problem.start(s.functions(), scope)).orElse(null)
              : null;
      if (!iterate && context instanceof FiniteContext known) {
        // the matrix, T and T* of every unit vector
        double matrix = 2.0 * known.operator().multiplications() * k.size();
        foresee(context, top, matrix, foresight);
      }
      Eigenpairs pairs =
          iterate
              ? Lanczos.solve(
                  k,
                  top,
                  start,
                  foresight.starter.start(what(context, top), Lanczos.bytes(k, top)),
                  scope)
              : DenseSolver.solve(k, top, scope);
      return problem.spectrum(pairs, top, EXACT, manager);
    }
  }

  private static String what(KernelContext context, int top) {
    return Text.format(
        "The first %d functions of %s on %d rows", top, context, context.points().size());
  }

  private static double functions(KernelContext context, int top) {
    return (double) context.points().size() * top * Double.BYTES;
  }

  /** Says how long multiplications take by a trial, where that may be long. */
  private static void foresee(
      KernelContext context, int top, double multiplications, Foresight foresight) {
    if (multiplications > foresight.least) {
      foresight.listener.hear(
          what(context, top), multiplications * secondsEach(context), functions(context, top));
    }
  }

  /** The seconds of one multiplication, where a context is applied to a few functions. */
  private static double secondsEach(KernelContext context) {
    int n = context.points().size();
    try (NDManager scope = context.points().manager().newSubManager()) {
      long start = System.nanoTime();
      double done;
      if (context instanceof FiniteContext finite) {
        NDArray f = scope.ones(new Shape(finite.contexts().size(), TRIAL), DataType.FLOAT64);
        NDArray image = finite.operator().apply(f);
        image.attach(scope);
        image.sum().toDoubleArray(); // waits for the device
        done = (double) finite.operator().multiplications() * TRIAL;
      } else {
        int some = Math.min(n, TRIAL);
        NDArray index = scope.arange(some).toType(DataType.INT64, false);
        NDArray kernel = context.kernel(context.points().select(index), context.points());
        kernel.attach(scope);
        kernel.sum().toDoubleArray();
        done = (double) n * some;
      }
      return (System.nanoTime() - start) / 1e9 / done;
    }
  }

  /**
   * Returns the method that takes moments: {@code auto}, unless that applied the context to
   * functions again and again, for more than {@value #QUICK} multiplications, as that of {@code
   * rbf} on many rows; then a sub-sample, whose errors its spectrum states.
   *
   * @param top how many functions, as in {@link #of}
   */
  public static SpectralMethod quick(KernelContext context, int top) {
    return quick(context, top, QUICK);
  }

  /** The same with another limit. */
  static SpectralMethod quick(KernelContext context, int top, double limit) {
    int n = context.points().size();
    SpectralMethod.SubSample sample = new SpectralMethod.SubSample(OptionalInt.empty(), Seed.of(0));
    boolean longer = multiplications(context, top, new SpectralMethod.Auto()) > limit;
    return longer && 2 * SubSampling.defaultRows(top, n) < n ? sample : new SpectralMethod.Auto();
  }

  /**
   * Returns about how many multiplications the top of a spectrum takes: those by the context alone,
   * which decide where there are many.
   *
   * @param method {@code auto} or a sub-sample
   */
  static double multiplications(KernelContext context, int top, SpectralMethod method) {
    double n = context.points().size();
    double once =
        context instanceof FiniteContext finite ? finite.operator().multiplications() : n * n;
    if (method instanceof SpectralMethod.SubSample sample) {
      double m = sample.rows().orElse(SubSampling.defaultRows(top, (int) n));
      return once * (m * m / n + SubSampling.PASSES * top);
    }
    return once * Lanczos.applications(top);
  }

  /**
   * Returns the first d functions of a context with all of the eigenspace that begins within them
   * and ends beyond them, if there is one, see {@link Leading}.
   *
   * @param context a context with n points
   * @param d how many functions, 1 ≤ d &lt; n
   * @param manager the owner of the spectrum's arrays
   * @throws ArithmeticException as {@link #of} does, or if the eigenspace is too large
   */
  public static Spectrum leading(KernelContext context, int d, NDManager manager) {
    int n = context.points().size();
    return leading(context, d, Math.max(2 * d, FUNCTION_VALUES / n), manager);
  }

  /** The same with at most so many functions. */
  static Spectrum leading(KernelContext context, int d, int limit, NDManager manager) {
    int n = context.points().size();
    int most = Math.min(n - 1, limit);
    int top = Math.min(most, d + 1);
    while (true) {
      Spectrum found = of(context, top, manager);
      Leading leading = found.leading(d);
      if (leading.through() < found.dimension() || found.dimension() < top || top == n - 1) {
        return found;
      }
      if (top == most) {
        throw new ArithmeticException(
            Text.format(
                "%d functions or more have the same s² = %.4g, too many to compare with",
                most - leading.above(), found.eigenvalues()[d - 1]));
      }
      found.functions().close();
      top = Math.min(most, 2 * top);
    }
  }

  private static Spectrum ritz(
      KernelContext context,
      int top,
      SpectralMethod.Encoder method,
      Eigenproblem problem,
      NDManager manager) {
    try (NDManager step = manager.newSubManager()) {
      NDArray outputs = method.encoder().apply(context.points().within(step).rows());
      outputs.attach(step);
      RayleighRitz ritz = problem.ritz(outputs, top);
      ritz.mean().attach(manager);
      ritz.rotation().attach(manager);
      NDArray functions = ritz.project(outputs);
      functions.attach(manager);
      double[] values = Eigenproblem.clipped(ritz.eigenvalues(), ritz.eigenvalues().length);
      return problem.spectrum(
          values,
          functions,
          Text.format("best functions of an encoder with %d outputs", outputs.getShape().get(1)),
          Double.POSITIVE_INFINITY,
          (x, d) -> {
            NDManager owner = x.manager();
            try (NDManager inner = owner.newSubManager()) {
              NDArray found = method.encoder().apply(x.within(inner).rows());
              found.attach(inner);
              NDArray projected = ritz.project(found).get(":, 0:" + d).duplicate();
              projected.attach(owner);
              return projected;
            }
          });
    }
  }
}
