package ai.contexture.data;

import ai.contexture.input.Message;
import ai.contexture.input.Names;
import ai.contexture.input.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds columns that tell the target in every row, which a column that is known before the target
 * rarely does.
 *
 * <p>A column of few values does if rows with the same value never differ in the target. A column
 * of numbers also does if it orders the rows as the target does, is a straight line of it, or if
 * each class is one interval.
 */
final class Leak {

  /** Fewer rows show nothing, and fewer with another target than most have. */
  private static final int LEAST_ROWS = 20;

  private static final int LEAST_OTHERS = 5;

  /** Rows for each value, on average, if it is to tell more than these rows. */
  private static final int ROWS_OF_VALUE = 10;

  /** Correlations of a column with a copy of it that is rounded. */
  private static final double STRAIGHT = 1 - 1e-9;

  /** Rows that are looked at first. */
  private static final int FIRST = 1000;

  private Leak() {}

  /** Returns what to say of the columns of a table beside the target, if some tell it. */
  static Optional<Message> of(Table table, Target target) {
    List<String> found = new ArrayList<>();
    for (Column column : table.columns()) {
      if (!column.name().equals(target.name()) && tells(column, target)) {
        found.add(column.name());
      }
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    boolean one = found.size() == 1;
    boolean pictures = table.images().isPresent();
    Message message =
        Message.of(
            "%s: the target '%s' follows exactly from %s; %s",
            table.source(),
            target.name(),
            one ? "column '" + found.get(0) + "'" : "each of the columns " + Names.list(found, 5),
            pictures
                ? "see whether the pictures of a class have a mark in common"
                : Message.of(
                    "give %s if it is not known before the target is",
                    Setting.DROP.toName(found.get(0))));
    return Optional.of(pictures ? message : message.described());
  }

  /** Says whether the target of every row follows from a column. */
  static boolean tells(Column column, Target target) {
    int[] rows =
        IntStream.range(0, target.rows())
            .filter(row -> target.known(row) && !column.missing(row))
            .toArray();
    double[] y = Arrays.stream(rows).mapToDouble(row -> value(target, row)).toArray();
    double[] x = Arrays.stream(rows).mapToDouble(row -> value(column, row)).toArray();
    if (rows.length < LEAST_ROWS || 2 * column.missing() > column.rows()) {
      return false;
    }
    double[] someX = Arrays.copyOf(x, Math.min(FIRST, x.length));
    double[] someY = Arrays.copyOf(y, someX.length);
    boolean numbers = column instanceof NumericColumn;
    boolean classes = target instanceof Target.Classes;
    return ((areFew(x) && isFunction(x, y))
            || (numbers && classes && areIntervals(someX, someY) && areIntervals(x, y))
            || (numbers && !classes && isStraight(someX, someY) && isStraight(x, y))
            || (numbers && !classes && isMonotone(someX, someY) && isMonotone(x, y)))
        && others(y) >= LEAST_OTHERS;
  }

  private static double value(Target target, int row) {
    return target instanceof Target.Classes classes
        ? classes.code(row)
        : ((Target.Values) target).value(row);
  }

  private static double value(Column column, int row) {
    return column instanceof NominalColumn names
        ? names.code(row)
        : ((NumericColumn) column).value(row);
  }

  /** The rows whose target is not the most frequent one. */
  private static int others(double[] y) {
    Map<Double, Integer> counts = new HashMap<>();
    Arrays.stream(y).forEach(value -> counts.merge(value, 1, Integer::sum));
    return y.length - counts.values().stream().mapToInt(count -> count).max().orElse(0);
  }

  /** Says whether there are few values for the rows, even where rows occur several times. */
  private static boolean areFew(double[] x) {
    double[] sorted = x.clone();
    Arrays.sort(sorted);
    int different = 0;
    for (int i = 0; i < sorted.length; i++) {
      different += i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
    }
    return (long) different * ROWS_OF_VALUE <= sorted.length;
  }

  private static boolean isFunction(double[] x, double[] y) {
    Map<Double, Double> of = new HashMap<>();
    for (int i = 0; i < x.length; i++) {
      Double before = of.putIfAbsent(x[i] + 0.0, y[i]); // no negative zero
      if (before != null && before != y[i]) {
        return false;
      }
    }
    return true;
  }

  /** Says whether each class has all rows between its least and its largest number. */
  private static boolean areIntervals(double[] x, double[] y) {
    int[] order = order(x);
    long changes = 0;
    for (int i = 1; i < order.length; i++) {
      boolean differ = y[order[i]] != y[order[i - 1]];
      if (differ && x[order[i]] == x[order[i - 1]]) {
        return false;
      }
      changes += differ ? 1 : 0;
    }
    return changes == Arrays.stream(y).distinct().count() - 1;
  }

  private static boolean isMonotone(double[] x, double[] y) {
    int[] order = order(x);
    double direction = Math.signum(y[order[order.length - 1]] - y[order[0]]);
    for (int i = 1; i < order.length; i++) {
      double step = Math.signum(y[order[i]] - y[order[i - 1]]);
      if (step != (x[order[i]] == x[order[i - 1]] ? 0 : direction)) {
        return false;
      }
    }
    return true;
  }

  private static int[] order(double[] x) {
    return IntStream.range(0, x.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> x[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  private static boolean isStraight(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    return Math.abs(xy) >= STRAIGHT * Math.sqrt(xx) * Math.sqrt(yy) && xx > 0 && yy > 0;
  }
}
