package ai.contexture.context;

import ai.contexture.input.InputException;
import ai.contexture.input.SpecOptions;
import ai.contexture.torch.Torch;
import ai.contexture.view.DensityView;
import ai.contexture.view.DensityView.Density;
import ai.contexture.view.View;
import ai.contexture.view.ViewFactory;
import ai.contexture.view.Views;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An estimate of the operator of a random view, whose A has too many values to be listed.
 *
 * <p>The m = n·r values of A are drawn from P_A, r views a_j of each pretraining row, and the laws
 * are P⁺(a_j|x_i) ∝ p(a_j|x_i) / P_A(a_j), with the density p of the view and P_A(a) = Σ_i p(a|x_i)
 * / n, so that means over the a_j estimate means over A (self-normalised importance sampling). The
 * error of the dual kernel, and so of the eigenvalues, falls as 1/√r. The estimate is a finite
 * context in its own right: T1 = 1 and T*1 = 1 hold exactly, and its samples are some of the a_j.
 *
 * <p>Its laws of new rows are those of the view where every row can give every view; elsewhere new
 * rows are refused.
 */
public final class MonteCarloContext extends MarkovContext {

  static final ContextProvider PROVIDER =
      BuiltInContext.of(
              "monte-carlo",
              "the operator of a random view such as scarf, estimated from samples",
              Options::of)
          .example("monte-carlo(scarf(rate=0.6))")
          .option("samples", "how many samples to draw for each row");

  /**
   * What the context needs to know before it sees data.
   *
   * @param view the view's options
   * @param samples r, how many samples are drawn of each row
   */
  public record Options(ViewFactory view, int samples) implements ContextFactory {

    static final int DEFAULT_SAMPLES = 8;

    /** Requires at least one sample. */
    public Options {
      if (samples < 1) {
        throw new InputException(
            "monte-carlo: expected samples of at least 1, got samples=" + samples);
      }
    }

    static Options of(SpecOptions options) {
      int samples =
          options
              .formerly("draws", "samples")
              .integer("samples", DEFAULT_SAMPLES, 1, Integer.MAX_VALUE);
      return new Options(Views.parse(options.parts(1, 1).get(0).spec()), samples);
    }

    /**
     * Draws the views, from the seed of the data.
     *
     * @throws InputException if the density of the view is not known
     */
    @Override
    public MonteCarloContext fit(ContextData data) {
      View fitted = AugmentationContext.fitted(view, data);
      if (!(fitted instanceof DensityView known)) {
        throw new InputException(
            "monte-carlo: the density of "
                + view
                + " is not known; it is for masking, cutout of columns, scarf, cutmix and noise");
      }
      long m = (long) data.points().size() * samples;
      if (m > Integer.MAX_VALUE) {
        throw new InputException(
            "monte-carlo: "
                + data.points().size()
                + " rows are too many at samples="
                + samples
                + ", expected at most "
                + Integer.MAX_VALUE / data.points().size());
      }
      return new MonteCarloContext(data.points(), Estimate.of(data, known, samples), this);
    }

    @Override
    public String toString() {
      return "monte-carlo(" + view + ", samples=" + samples + ")";
    }
  }

  /** So many densities are held at once. */
  private static final long TILE_VALUES = 1L << 22;

  private final Options options;
  private final Estimate estimate;

  private MonteCarloContext(Points points, Estimate estimate, Options options) {
    super(points, estimate.contexts(points), estimate.law(estimate.rows));
    this.options = options;
    this.estimate = estimate;
  }

  /**
   * What the laws are made of.
   *
   * @param view the view
   * @param rows the pretraining rows, float64 [n, p]
   * @param values the a_j, float64 [m, p]
   * @param density the density of the a_j
   * @param marginal log P_A(a_j), up to what the density leaves out, float64 [1, m]
   */
  private record Estimate(
      DensityView view, NDArray rows, NDArray values, Density density, NDArray marginal) {

    static Estimate of(ContextData data, DensityView view, int samples) {
      NDManager manager = data.points().manager();
      NDArray rows = data.points().rows().toType(DataType.FLOAT64, false);
      NDArray values;
      try (NDManager scope = manager.newSubManager()) {
        NDArray own = Torch.within(rows, scope);
        RandomGenerator random = data.seed().derive("monte-carlo").generator();
        values = view.apply(own.repeat(0, samples), random);
        values.attach(manager);
      }
      Density density = view.density(values);
      int m = data.points().size() * samples;
      NDArray marginal = manager.create(marginal(rows, density, m), new Shape(1, m));
      return new Estimate(view, rows, values, density, marginal);
    }

    /** log Σ_i exp(log p(a_j|x_i)), tile by tile; the largest term keeps the sum in range. */
    private static double[] marginal(NDArray rows, Density density, int m) {
      int n = Math.toIntExact(rows.getShape().get(0));
      int height = (int) Math.max(1, TILE_VALUES / m);
      double[] sums = new double[m];
      Arrays.fill(sums, Double.NEGATIVE_INFINITY);
      for (int from = 0; from < n; from += height) {
        try (NDManager scope = rows.getManager().newSubManager()) {
          NDArray block = rows.get(from + ":" + Math.min(n, from + height));
          block.attach(scope);
          NDArray log = density.log(block);
          NDArray largest = log.max(new int[] {0}, true).maximum(-Double.MAX_VALUE);
          NDArray sum = log.sub(largest).exp().sum(new int[] {0}, true).log().add(largest);
          double[] tile = sum.toDoubleArray();
          for (int j = 0; j < m; j++) {
            double larger = Math.max(sums[j], tile[j]);
            double smaller = Math.min(sums[j], tile[j]);
            sums[j] =
                larger == smaller && Double.isInfinite(larger)
                    ? larger
                    : larger + Math.log1p(Math.exp(smaller - larger));
          }
        }
      }
      return sums;
    }

    /** The values of A in the type of the points. */
    Points contexts(Points points) {
      return Points.all(values.toType(points.dataType(), false));
    }

    /** The laws of rows, float64 [b, p]. */
    MarkovLaw law(NDArray of) {
      int m = Math.toIntExact(values.getShape().get(0));
      return TiledLaw.of(of, m, tile -> density.log(tile).sub(marginal).softmax(1));
    }
  }

  /** Returns r, how many samples were drawn of each row. */
  public int samples() {
    return options.samples;
  }

  @Override
  public boolean inductive() {
    return estimate.view.reachesAll();
  }

  @Override
  protected MarkovLaw lawOfNew(NDArray rows) {
    if (!inductive()) {
      throw refuseNewRows();
    }
    return estimate.law(rows);
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
