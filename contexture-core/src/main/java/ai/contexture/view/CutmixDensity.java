package ai.contexture.view;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The density of rows of which each column is replaced with probability α by that of one other row
 * z: P⁺(a|x) = (1/n) Σ_z Π_g (α 1[a_g = z_g] + (1−α) 1[a_g = x_g]).
 *
 * <p>A row counts by the set of columns in which it equals a, and few sets occur.
 */
final class CutmixDensity {

  private final CategoryCodes codes;
  private final long[] table;
  private final int g;
  private final double rate;

  /**
   * Prepares the density.
   *
   * @param table the pretraining rows [n·p]
   */
  CutmixDensity(Columns columns, double rate, double... table) {
    this.codes = new CategoryCodes(columns, table);
    this.table = codes.of(table, CategoryCodes.UNKNOWN_ROW);
    this.g = columns.count();
    this.rate = rate;
  }

  /** See {@link DensityView#density}. */
  DensityView.Density of(NDArray views) {
    long[] a = codes.of(Marginals.values(views), CategoryCodes.UNKNOWN_VIEW);
    List<Map<BitSet, Integer>> partners = new ArrayList<>();
    for (int first = 0; first < a.length; first += g) {
      Map<BitSet, Integer> counts = new HashMap<>();
      for (int row = 0; row < table.length; row += g) {
        counts.merge(equal(a, first, table, row), 1, Integer::sum);
      }
      partners.add(counts);
    }
    return rows -> log(rows, a, partners);
  }

  private BitSet equal(long[] a, int first, long[] rows, int row) {
    BitSet equal = new BitSet(g);
    for (int column = 0; column < g; column++) {
      if (a[first + column] == rows[row + column]) {
        equal.set(column);
      }
    }
    return equal;
  }

  private NDArray log(NDArray rows, long[] a, List<Map<BitSet, Integer>> partners) {
    long[] x = codes.of(Marginals.values(rows), CategoryCodes.UNKNOWN_ROW);
    int b = x.length / g;
    int m = partners.size();
    double[] logs = new double[b * m];
    for (int j = 0; j < m; j++) {
      Map<BitSet, Double> known = new HashMap<>();
      for (int i = 0; i < b; i++) {
        Map<BitSet, Integer> counts = partners.get(j);
        BitSet own = equal(a, j * g, x, i * g);
        logs[i * m + j] = known.computeIfAbsent(own, set -> log(set, counts));
      }
    }
    return rows.getManager().create(logs, new Shape(b, m));
  }

  /** log n·P⁺(a|x) for an x that equals a in these columns. */
  private double log(BitSet own, Map<BitSet, Integer> counts) {
    double log = Double.NEGATIVE_INFINITY;
    for (Map.Entry<BitSet, Integer> partner : counts.entrySet()) {
      BitSet both = (BitSet) partner.getKey().clone();
      both.or(own);
      if (both.cardinality() == g) {
        int onlyPartner = g - own.cardinality();
        int onlyOwn = g - partner.getKey().cardinality();
        double term = Math.log(partner.getValue());
        term += Logarithms.power(rate, onlyPartner, onlyOwn);
        log = Logarithms.sum(log, term);
      }
    }
    return log;
  }
}
