package ai.contexture.view;

import ai.contexture.torch.IndicatorProduct;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The density of rows of which some columns are hidden behind a constant.
 *
 * <p>Where a column of a shows the constant and that of x does not, it is hidden; where it shows
 * the value of x and not the constant, it is not; where both show the constant it may be either. So
 * the probability hangs on two numbers: k columns that are hidden, f that may be.
 */
final class MaskDensity {

  private final CategoryCodes codes;
  private final long[] hidden;
  private final double[] logs;
  private final int g;

  /**
   * Prepares the density.
   *
   * @param table the pretraining rows [n·p]
   * @param fill the constant [p]
   */
  MaskDensity(Columns columns, Selection.Exchangeable selection, double[] table, double[] fill) {
    double[] all = new double[table.length + fill.length];
    System.arraycopy(fill, 0, all, 0, fill.length);
    System.arraycopy(table, 0, all, fill.length, table.length);
    this.codes = new CategoryCodes(columns, all);
    this.hidden = codes.of(fill, CategoryCodes.UNKNOWN_VIEW);
    this.g = columns.count();
    this.logs = new double[(g + 1) * (g + 1)];
    double[][] known = selection.logProbabilities(g);
    for (int k = 0; k <= g; k++) {
      for (int f = 0; k + f <= g; f++) {
        logs[k * (g + 1) + f] = known[k][g - k - f];
      }
    }
  }

  /** See {@link DensityView#density}. */
  DensityView.Density of(NDArray views) {
    NDManager owner = views.getManager();
    long[] a = codes.of(Marginals.values(views), CategoryCodes.UNKNOWN_VIEW);
    int m = a.length / g;
    double[] weights = new double[a.length];
    double[] shown = new double[m];
    for (int i = 0; i < a.length; i++) {
      boolean isHidden = a[i] == hidden[i % g];
      weights[i] = isHidden ? g + 1.0 : 1;
      shown[i / g] += isHidden ? 1 : 0;
    }
    // of the columns that are equal, those with the constant count g + 1, the others 1
    IndicatorProduct matches = new IndicatorProduct(a, weights, codes.sizes(), owner);
    NDArray constants = owner.create(shown, new Shape(1, m));
    return rows -> log(rows, matches, constants);
  }

  private NDArray log(NDArray rows, IndicatorProduct matches, NDArray constants) {
    NDManager owner = rows.getManager();
    try (NDManager scope = owner.newSubManager()) {
      NDArray equal =
          matches.of(codes.of(Marginals.values(rows), CategoryCodes.UNKNOWN_ROW), scope);
      NDArray free = equal.div(g + 1).floor();
      NDArray kept = equal.sub(free.mul(g + 1));
      NDArray possible = kept.add(constants).eq(g);
      NDArray taken = free.neg().add(constants);
      NDArray place = taken.mul(g + 1).add(free).toType(DataType.INT64, false);
      NDArray table = scope.create(logs);
      NDArray log = table.get(place.flatten()).reshape(equal.getShape());
      NDArray never = log.zerosLike().add(Double.NEGATIVE_INFINITY);
      NDArray result = NDArrays.where(possible, log, never);
      result.attach(owner);
      return result;
    }
  }
}
