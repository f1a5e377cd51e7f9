package ai.contexture.view;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.random.RandomGenerator;

/** Rows of which some columns are replaced. */
final class Corruption implements View {

  private final String text;
  private final Columns columns;
  private final Selection selection;
  private final Replacement replacement;

  Corruption(String text, Columns columns, Selection selection, Replacement replacement) {
    this.text = text;
    this.columns = columns;
    this.selection = selection;
    this.replacement = replacement;
  }

  /**
   * Returns rows of which some columns are hidden behind a constant, with their density.
   *
   * @param table the pretraining rows [n, p]
   * @param fill the constant [p]
   */
  static View hiding(
      String text,
      NDArray table,
      Columns columns,
      Selection.Exchangeable selection,
      double[] fill) {
    return new KnownDensity(
        new Corruption(text, columns, selection, Replacement.constant(fill)),
        views -> new MaskDensity(columns, selection, Marginals.values(table), fill).of(views),
        false);
  }

  /**
   * Returns rows of which each column is replaced with a probability by a draw from its marginal,
   * with their density where the probability is the same for all rows.
   *
   * @param table the pretraining rows [n, p]
   */
  static View byMarginals(
      String text, NDArray table, Columns columns, Selection.Each selection, Marginal marginal) {
    Corruption view =
        new Corruption(text, columns, selection, new Marginals(table, columns, marginal));
    if (!selection.range().isNumber()) {
      return view;
    }
    double rate = selection.range().least();
    return new KnownDensity(
        view,
        views -> new MarginalDensity(columns, marginal, rate, Marginals.values(table)).of(views),
        marginal == Marginal.EMPIRICAL && rate > 0);
  }

  @Override
  public NDArray apply(NDArray rows, RandomGenerator random) {
    return Draws.within(rows, (scope, view) -> replace(scope, view, random));
  }

  private NDArray replace(NDManager scope, NDArray rows, RandomGenerator random) {
    Shape shape = rows.getShape();
    if (shape.get(1) != columns.inputs()) {
      throw new IllegalArgumentException(
          "rows: expected [b, p=" + columns.inputs() + "], got " + shape);
    }
    int b = Math.toIntExact(shape.get(0));
    NDArray condition = selection.draw(scope, b, columns, random);
    NDArray other = replacement.draw(scope, b, rows.getDataType(), random).broadcast(shape);
    return NDArrays.where(condition, other, rows);
  }

  @Override
  public String toString() {
    return text;
  }
}
