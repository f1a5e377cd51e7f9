package ai.contexture.view;

import ai.contexture.torch.IndicatorProduct;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * The density of rows of which each column is replaced with probability α by a draw from its
 * marginal m: P⁺(a|x) = Π_g (α m_g(a_g) + (1−α) 1[a_g = x_g]).
 *
 * <p>Where m has a density, a value of a that some pretraining row has was not drawn but kept, so
 * that x must have it.
 */
final class MarginalDensity {

  private final Columns columns;
  private final Marginal marginal;
  private final double rate;
  private final CategoryCodes codes;

  /** For each column and code how many pretraining rows have it. */
  private final int[][] counts;

  private final int n;

  /**
   * Prepares the density.
   *
   * @param table the pretraining rows [n·p]
   */
  MarginalDensity(Columns columns, Marginal marginal, double rate, double... table) {
    this.columns = columns;
    this.marginal = marginal;
    this.rate = rate;
    this.codes = new CategoryCodes(columns, table);
    this.n = table.length / columns.inputs();
    this.counts = new int[columns.count()][];
    for (int column = 0; column < counts.length; column++) {
      counts[column] = new int[codes.size(column)];
    }
    long[] known = codes.of(table, CategoryCodes.UNKNOWN_ROW);
    for (int i = 0; i < known.length; i++) {
      counts[i % counts.length][(int) known[i]]++;
    }
  }

  /** See {@link DensityView#density}. */
  DensityView.Density of(NDArray views) {
    NDManager owner = views.getManager();
    long[] a = codes.of(Marginals.values(views), CategoryCodes.UNKNOWN_VIEW);
    int g = columns.count();
    int m = a.length / g;
    double[] gains = new double[a.length];
    double[] needed = new double[a.length];
    double[] needs = new double[m];
    for (int i = 0; i < a.length; i++) {
      double mass = mass(i % g, a[i]);
      if (mass > 0) {
        gains[i] = Math.log1p((1 - rate) / (rate * mass));
      } else if (a[i] >= 0) {
        needed[i] = 1;
        needs[i / g]++;
      }
    }
    IndicatorProduct gain = new IndicatorProduct(a, gains, codes.sizes(), owner);
    if (Arrays.stream(needs).allMatch(count -> count == 0)) {
      return rows -> gain.of(codesOf(rows), rows.getManager());
    }
    IndicatorProduct need = new IndicatorProduct(a, needed, codes.sizes(), owner);
    NDArray count = owner.create(needs, new Shape(1, m));
    return rows -> log(rows, gain, need, count);
  }

  /** The codes of rows, [b·g]. */
  private long[] codesOf(NDArray rows) {
    return codes.of(Marginals.values(rows), CategoryCodes.UNKNOWN_ROW);
  }

  /** α = 0 leaves no mass to what is drawn. */
  private double mass(int column, long code) {
    if (rate == 0 || code < 0) {
      return 0;
    }
    if (marginal == Marginal.EMPIRICAL) {
      return counts[column][(int) code] / (double) n;
    }
    if (!columns.isNominal(column)) {
      return 0;
    }
    return marginal == Marginal.UNIFORM
        ? 1.0 / counts[column].length
        : counts[column][(int) code] / (double) n;
  }

  private NDArray log(NDArray rows, IndicatorProduct gain, IndicatorProduct need, NDArray count) {
    NDManager owner = rows.getManager();
    try (NDManager scope = owner.newSubManager()) {
      long[] x = codesOf(rows);
      NDArray log = gain.of(x, scope);
      NDArray possible = need.of(x, scope).eq(count);
      NDArray never = log.zerosLike().add(Double.NEGATIVE_INFINITY);
      NDArray result = NDArrays.where(possible, log, never);
      result.attach(owner);
      return result;
    }
  }
}
