package ai.contexture.context;

import static ai.contexture.context.Capability.KERNEL;
import static ai.contexture.context.Capability.NEW_ROWS;
import static ai.contexture.context.Capability.OPERATOR;
import static ai.contexture.context.Capability.SAMPLES;

import ai.contexture.input.Constants;
import ai.contexture.input.InputException;
import ai.contexture.input.Numbers;
import ai.contexture.input.Spec;
import ai.contexture.input.SpecOptions;
import ai.contexture.input.Text;
import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * The random walk on a non-negative kernel: A is a pretraining point, with P⁺(a|x) = k(x,a) / Σ_b
 * k(x,b), and P_X(x) ∝ Σ_b k(x,b) over the pretraining points b [D, ch. 2].
 *
 * <p>Rows in dense regions are more probable, unlike in the {@link RbfContext}. With a symmetric
 * kernel the walk is reversible: P_A = P_X, and the s_i² are the squares of the eigenvalues of one
 * step.
 */
public final class KernelWalkContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "kernel-walk",
              "like rbf with any kernel; rows in dense regions count more",
              Options::of)
          .example("kernel-walk(kernel=polynomial)")
          .giving(SAMPLES, KERNEL, OPERATOR, NEW_ROWS)
          .option("kernel", "rbf, laplace, cosine (rows without negative numbers) or polynomial")
          .option("gamma", "γ in exp(−γ‖x−a‖²), exp(−γ‖x−a‖) or (γ⟨x,a⟩ + offset)^degree")
          .option("degree", "the degree of polynomial")
          .option("offset", "the offset of polynomial");

  /** A function of two rows that is never negative. */
  @FunctionalInterface
  public interface Kernel {

    /**
     * Returns k(x, a) of all pairs, float64 [b, m].
     *
     * @param x float64 [b, p]
     * @param a float64 [m, p], with the manager of x, which is closed soon after
     */
    NDArray between(NDArray x, NDArray a);
  }

  /** A kernel whose logarithm is known, so that it can be normalised where it is too small. */
  private record Exponential(BinaryOperator<NDArray> logarithm) implements Kernel {

    @Override
    public NDArray between(NDArray x, NDArray a) {
      return logarithm.apply(x, a).exp();
    }
  }

  /** The kernels that have names. */
  public enum Kind {
    /** exp(−γ‖x−a‖²). */
    RBF,
    /** exp(−γ‖x−a‖). */
    LAPLACE,
    /** ⟨x,a⟩ / (‖x‖‖a‖), 0 where a row is 0; it suits rows without negative numbers. */
    COSINE,
    /** (γ⟨x,a⟩ + offset)^degree. */
    POLYNOMIAL
  }

  /**
   * What the context needs to know before it sees data.
   *
   * @param kernel which kernel
   * @param gamma γ &gt; 0, which cosine ignores; if absent, one over the median (squared) distance
   *     of two points for laplace (rbf), and 1/p for polynomial
   * @param degree the degree of polynomial, at least 1
   * @param offset the offset of polynomial
   */
  public record Options(Kind kernel, OptionalDouble gamma, int degree, double offset)
      implements ContextFactory {

    /** RBF with γ chosen by the data; polynomials are of degree 2 with offset 1. */
    public static final Options DEFAULT = new Options(Kind.RBF, OptionalDouble.empty(), 2, 1);

    /** Checks the numbers. */
    public Options {
      RbfContext.requireGamma("kernel-walk", gamma);
      if (degree < 1 || !Double.isFinite(offset)) {
        throw new InputException(
            "kernel-walk: expected a degree of at least 1 and a finite offset, got degree="
                + degree
                + ", offset="
                + offset);
      }
    }

    /** Returns these options with another kernel. */
    public Options withKernel(Kind kernel) {
      return new Options(kernel, gamma, degree, offset);
    }

    /** Returns these options with a given γ. */
    public Options withGamma(double gamma) {
      return new Options(kernel, OptionalDouble.of(gamma), degree, offset);
    }

    static Options of(SpecOptions options) {
      Kind kernel = options.choice("kernel", DEFAULT.kernel());
      boolean polynomial = kernel == Kind.POLYNOMIAL;
      return new Options(
          kernel,
          kernel == Kind.COSINE ? OptionalDouble.empty() : RbfContext.readGamma(options),
          polynomial
              ? options.integer("degree", DEFAULT.degree(), 1, Integer.MAX_VALUE)
              : DEFAULT.degree(),
          polynomial
              ? options.number("offset", DEFAULT.offset(), -Double.MAX_VALUE, Double.MAX_VALUE)
              : DEFAULT.offset());
    }

    @Override
    public KernelWalkContext fit(ContextData data) {
      NDArray rows = data.exactRows();
      Options known = gamma.isPresent() ? this : withGamma(defaultGamma(rows, data));
      return new KernelWalkContext(data.points(), rows, known.build(), known.toString());
    }

    private double defaultGamma(NDArray rows, ContextData data) {
      return Numbers.rounded(
          switch (kernel) {
            case RBF -> RbfContext.medianGamma("kernel-walk", rows, data);
            case LAPLACE -> Math.sqrt(RbfContext.medianGamma("kernel-walk", rows, data));
            case COSINE, POLYNOMIAL -> 1.0 / data.points().width();
          },
          RbfContext.DIGITS);
    }

    private Kernel build() {
      return switch (kernel) {
        case RBF ->
            new Exponential((x, a) -> RbfContext.squaredDistances(x, a).mul(-gamma.getAsDouble()));
        case LAPLACE -> new Exponential((x, a) -> distances(x, a).mul(-gamma.getAsDouble()));
        case COSINE -> (x, a) -> unit(x).matMul(unit(a).transpose());
        case POLYNOMIAL ->
            (x, a) -> x.matMul(a.transpose()).mul(gamma.getAsDouble()).add(offset).pow(degree);
      };
    }

    @Override
    public String toString() {
      SortedMap<String, String> values = new TreeMap<>();
      values.put("kernel", Constants.text(kernel));
      if (gamma.isPresent() && kernel != Kind.COSINE) {
        values.put("gamma", Numbers.text(gamma.getAsDouble()));
      }
      if (kernel == Kind.POLYNOMIAL) {
        values.put("degree", Integer.toString(degree));
        values.put("offset", Numbers.text(offset));
      }
      return new Spec("kernel-walk", List.of(), values).toString();
    }
  }

  /** So many values of the kernel are held at once. */
  private static final int TILE_VALUES = 1 << 22;

  /** Squared distances below this share of the squared norms are rounding. */
  private static final double ROUNDING = 1e-13;

  private final NDArray rows64;
  private final Kernel kernel;
  private final String text;

  private KernelWalkContext(Points points, NDArray rows64, Kernel kernel, String text) {
    super(points, points, law(rows64, rows64, kernel), inputWeights(rows64, kernel, text));
    this.rows64 = rows64;
    this.kernel = kernel;
    this.text = text;
  }

  /**
   * Makes the random walk on a kernel that has a name.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @throws InputException if the kernel is negative or not finite for two rows, or 0 for one row
   *     with all
   */
  public static KernelWalkContext of(NDArray rows, Options options) {
    return options.fit(ContextData.of(rows));
  }

  /**
   * Makes the random walk on a kernel of your own.
   *
   * @param rows [n, p], float32 or float64; its manager owns the context's arrays
   * @param text what messages and reports call the context
   * @throws InputException if the kernel is negative or not finite for two rows, or 0 for one row
   *     with all
   */
  public static KernelWalkContext of(NDArray rows, Kernel kernel, String text) {
    NDArray rows64 = rows.toType(DataType.FLOAT64, false);
    return new KernelWalkContext(Points.all(rows), rows64, kernel, text);
  }

  private static int size(NDArray rows) {
    return Math.toIntExact(rows.getShape().get(0));
  }

  private static MarkovLaw law(NDArray rows, NDArray points, Kernel kernel) {
    return TiledLaw.of(rows, size(points), tile -> normalised(kernel, tile, points));
  }

  /** P⁺(a|x) [t, m]; with the manager of the tile, as all that is made on the way. */
  private static NDArray normalised(Kernel kernel, NDArray tile, NDArray points) {
    if (kernel instanceof Exponential exponential) {
      return exponential
          .logarithm()
          .apply(tile, Torch.within(points, tile.getManager()))
          .softmax(1);
    }
    NDArray values = kernel.between(tile, Torch.within(points, tile.getManager()));
    return values.div(values.sum(new int[] {1}, true));
  }

  /** P_X, which belongs to the manager of the rows. */
  private static NDArray inputWeights(NDArray rows, Kernel kernel, String text) {
    double[] sums = sums(kernel, rows, rows, text, "pretraining row");
    double all = Arrays.stream(sums).sum();
    return rows.getManager().create(Arrays.stream(sums).map(sum -> sum / all).toArray());
  }

  /** The sum of the kernel of each row with all points, once all values were looked at. */
  private static double[] sums(
      Kernel kernel, NDArray rows, NDArray points, String text, String which) {
    int m = size(points);
    double[] sums = new double[size(rows)];
    int height = Math.max(1, TILE_VALUES / m);
    for (int from = 0; from < sums.length; from += height) {
      int to = Math.min(sums.length, from + height);
      try (NDManager scope = rows.getManager().newSubManager()) {
        NDArray tile = rows.get(from + ":" + to);
        tile.attach(scope);
        NDArray values = kernel.between(tile, Torch.within(points, scope));
        double least = values.min().getDouble();
        double[] sum = values.sum(new int[] {1}).toDoubleArray();
        if (!(least >= 0) || !(Arrays.stream(sum).sum() <= Double.MAX_VALUE)) {
          throw negative(values.toDoubleArray(), from, m, text, which);
        }
        System.arraycopy(sum, 0, sums, from, sum.length);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] == 0 && !(kernel instanceof Exponential)) {
        throw new InputException(
            Text.format("%s: the kernel of %s %d with every row is 0", text, which, i + 1));
      }
    }
    return sums;
  }

  private static InputException negative(
      double[] values, int from, int m, String text, String which) {
    int at = 0;
    while (at < values.length - 1 && values[at] >= 0 && values[at] <= Double.MAX_VALUE) {
      at++;
    }
    return new InputException(
        Text.format(
            "%s: the kernel of %s %d and pretraining row %d is %.4g, expected a finite number of at"
                + " least 0",
            text, which, from + at / m + 1, at % m + 1, values[at]));
  }

  private static NDArray distances(NDArray x, NDArray a) {
    NDArray centre = RbfContext.centre(a);
    NDArray own = x.sub(centre).square().sum(new int[] {1}, true);
    NDArray others = a.sub(centre).square().sum(new int[] {1});
    NDArray squared = RbfContext.squaredDistances(x, a);
    NDArray apart = squared.gt(own.add(others).mul(ROUNDING)).toType(DataType.FLOAT64, false);
    return squared.mul(apart).sqrt();
  }

  private static NDArray unit(NDArray rows) {
    NDArray norm = rows.square().sum(new int[] {1}, true).sqrt();
    return rows.div(norm.add(norm.eq(0).toType(DataType.FLOAT64, false)));
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    sums(kernel, rows, rows64, text, "new row");
    return law(rows, rows64, kernel);
  }

  @Override
  public String toString() {
    return text;
  }
}
