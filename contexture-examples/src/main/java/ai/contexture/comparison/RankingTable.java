package ai.contexture.comparison;

import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.BalancedAccuracy;
import ai.contexture.measure.LinearProbe;
import ai.contexture.measure.Metric;
import java.util.ArrayList;
import java.util.List;

/** How contexts rank, as a table. */
public final class RankingTable {

  /** What a pretraining would reach, which has fewer labels. */
  public static final String BY_PRETRAIN = "by pretrain";

  /** What stands before the best of several, and before the others. */
  private static final String BEST = "best  ";

  private static final String OTHERS = "      ";

  private RankingTable() {}

  /**
   * Returns how contexts rank, beside the columns as they are and nothing where there is a target.
   *
   * @param ranked the best first, at least one
   * @param task what is predicted, null for the columns
   */
  public static ResultTable of(List<ContextScore> ranked, Comparison comparison, Task task) {
    List<List<String>> table = new ArrayList<>();
    boolean numbers = task == Task.REGRESSION;
    String metric =
        task == null ? "column error" : (numbers ? Metric.RMSE : Metric.ACCURACY).title();
    List<String> head = new ArrayList<>(List.of(OTHERS + "context", "features", metric));
    head.addAll(numbers ? List.of("R²") : List.of());
    BalancedAccuracy onColumns =
        task == null ? null : comparison.onColumns().losses().balanced().orElse(null);
    boolean unbalanced = onColumns != null;
    head.addAll(unbalanced ? List.of("balanced") : List.of());
    boolean both = comparison.hasTarget() && comparison.labelsOfPretrain() < comparison.labels();
    head.add(both ? BY_PRETRAIN : "time");
    table.add(head);
    int place = 0;
    boolean lower = task == null || numbers;
    List<Double> values = new ArrayList<>();
    for (ContextScore score : ranked) {
      List<String> row = new ArrayList<>();
      row.add((place++ == 0 ? BEST : OTHERS) + score.context());
      row.add(Integer.toString(score.dimension()));
      row.add(task == null ? ResultTable.three(score.value()) : Text.format("%.4g", score.value()));
      row.addAll(numbers ? List.of(ResultTable.three(score.explained())) : List.of());
      row.addAll(unbalanced ? List.of(ResultTable.three(score.balanced().value())) : List.of());
      row.add(
          both
              ? Text.format("%.4g", score.byPretrain().value())
              : Text.format("%.1f s", score.seconds()));
      table.add(row);
      values.add(score.value());
    }
    if (task != null) {
      LinearProbe probe = comparison.onColumns();
      insert(table, values, onColumns(comparison, numbers, both), probe.value(), lower);
      String none = numbers ? "nothing: always the mean" : "nothing: the most frequent class";
      double mean = probe.meanPredictor();
      Double ofPretrain = both ? comparison.onColumnsOfPretrain().meanPredictor() : null;
      insert(
          table,
          values,
          baseline(
              none,
              "",
              mean,
              numbers ? Double.valueOf(0) : unbalanced ? (Double) onColumns.ofNothing() : null,
              ofPretrain),
          mean,
          lower);
    }
    return new ResultTable(table);
  }

  /** Returns how many characters of a first cell are before its name, as in a ranking. */
  public static int indent(String cell) {
    return cell.startsWith(BEST) || cell.startsWith(OTHERS) ? BEST.length() : 0;
  }

  /** Adds a row before those that are not better. */
  private static void insert(
      List<List<String>> table,
      List<Double> values,
      List<String> row,
      double value,
      boolean lower) {
    int at = 0;
    while (at < values.size() && (lower ? values.get(at) < value : values.get(at) > value)) {
      at++;
    }
    values.add(at, value);
    table.add(1 + at, row);
  }

  private static List<String> onColumns(Comparison comparison, boolean numbers, boolean both) {
    LinearProbe probe = comparison.onColumns();
    return baseline(
        "your columns as they are",
        Integer.toString(comparison.columns()),
        probe.value(),
        numbers
            ? (Double) LinearProbe.explained(probe.value(), probe.meanPredictor())
            : probe.losses().balanced().map(BalancedAccuracy::value).orElse(null),
        both ? comparison.onColumnsOfPretrain().value() : null);
  }

  private static List<String> baseline(
      String name, String features, double value, Double further, Double ofPretrain) {
    List<String> row =
        new ArrayList<>(List.of(OTHERS + name, features, Text.format("%.4g", value)));
    if (further != null) {
      row.add(ResultTable.three(further));
    }
    row.add(ofPretrain == null ? "" : Text.format("%.4g", ofPretrain));
    return row;
  }
}
