package ai.contexture.data;

import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How much of the mean squared distance between rows each column makes up, that is, how much of the
 * variance of all outputs of a preprocessing its outputs have. The shares add up to 1.
 */
public final class DistanceShares {

  /** Rows that show how far rows are from each other. */
  private static final int SHOWING = 4096;

  /** Of fewer columns one makes up most of the distance easily. */
  private static final int LEAST_COLUMNS = 3;

  /** A column of a larger share makes up most of the distance between rows. */
  public static final double MOST = 0.5;

  private final String source;
  private final List<FittedColumn> columns;
  private final double[] shares;

  private DistanceShares(String source, List<FittedColumn> columns, double[] shares) {
    this.source = source;
    this.columns = columns;
    this.shares = shares;
  }

  /**
   * Returns the shares of the columns of a preprocessing.
   *
   * @param rows of which the first few thousand are looked at, such as those it was fitted to
   */
  public static DistanceShares of(Preprocessing preprocessing, Table rows) {
    int n = Math.min(rows.rows(), SHOWING);
    Matrix inputs = preprocessing.apply(rows.select(IntStream.range(0, n).toArray()));
    int[] column = preprocessing.groups();
    List<FittedColumn> columns = preprocessing.fitted();
    double[] shares = new double[columns.size()];
    double all = 0;
    for (int j = 0; j < inputs.columns(); j++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += inputs.get(i, j) / n;
      }
      for (int i = 0; i < n; i++) {
        double deviation = inputs.get(i, j) - mean;
        shares[column[j]] += deviation * deviation;
        all += deviation * deviation;
      }
    }
    for (int i = 0; i < shares.length && all > 0; i++) {
      shares[i] /= all;
    }
    return new DistanceShares(rows.source(), columns, shares);
  }

  /** Returns the share of a column, counted from 0 over {@link Preprocessing#columns}. */
  public double of(int column) {
    return shares[column];
  }

  /**
   * Returns what to say where one of at least three columns makes up most of the distance between
   * rows, so that near rows are near in this column and little else. Of images there is nothing to
   * say.
   *
   * @param rows those that the preprocessing was fitted to
   */
  public static Optional<Dominant> dominant(Preprocessing preprocessing, Table rows) {
    return preprocessing.columns().size() < LEAST_COLUMNS
            || preprocessing.options().images().isPresent()
        ? Optional.empty()
        : of(preprocessing, rows).dominant();
  }

  /**
   * A column that makes up most of the distance.
   *
   * @param column its name
   * @param share its share
   * @param message the same in words, and what to do
   */
  public record Dominant(String column, double share, Message message) {}

  private Optional<Dominant> dominant() {
    int most = IntStream.range(0, shares.length).reduce(0, (i, j) -> shares[j] > shares[i] ? j : i);
    if (shares[most] <= MOST) {
      return Optional.empty();
    }
    FittedColumn column = columns.get(most);
    boolean names = column instanceof FittedNominalColumn;
    Message message =
        Message.of(
                "%s: column '%s' makes up %d %% of the squared distance between rows%s; %s leaves it"
                    + " out%s",
                source,
                column.name(),
                Math.round(100 * shares[most]),
                names ? ", an input for each of its " + column.outputs().size() + " names" : "",
                Setting.DROP.toName(column.name()),
                names
                    ? ""
                    : Message.of(", %s makes it like the others", Setting.POWER.to("quantile")))
            .described();
    return Optional.of(new Dominant(column.name(), shares[most], message));
  }
}
