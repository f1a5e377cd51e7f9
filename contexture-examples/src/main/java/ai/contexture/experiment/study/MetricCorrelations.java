package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.Correlation;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Correlations of measures of contexts with the error of linear models, dataset by dataset.
 *
 * @param datasets the finished cells of each dataset, in the order in which they were met
 */
record MetricCorrelations(Map<String, List<CellResult>> datasets) {

  /** Of fewer contexts there is no correlation. */
  private static final int FEWEST = 3;

  static MetricCorrelations of(List<CellResult> rows) {
    return new MetricCorrelations(
        rows.stream()
            .filter(CellResult::finished)
            .collect(
                Collectors.groupingBy(
                    row -> row.text("dataset"), LinkedHashMap::new, Collectors.toList())));
  }

  /** A number of each dataset for which it is known. */
  double[] each(ToDoubleFunction<List<CellResult>> number) {
    return datasets.values().stream().mapToDouble(number).filter(Double::isFinite).toArray();
  }

  /** Pearson's correlation on each dataset. */
  double[] perDataset(ToDoubleFunction<CellResult> measure) {
    return datasets.values().stream()
        .mapToDouble(rows -> correlation(rows, measure, Correlation::pearson))
        .toArray();
  }

  /** On each dataset, the setting that has the best median on the others. */
  double[] crossValidated() {
    double[][] all =
        NearnessSplit.NOISES.stream()
            .map(noise -> perDataset(onColumns(noise)))
            .toArray(double[][]::new);
    return leaveOneOut(all, NearnessSplit.NOISES.indexOf(ColumnError.DEFAULT_NOISE));
  }

  /**
   * For each column, its value in the row of the best median over the other columns.
   *
   * @param fallback the row where none is best
   */
  static double[] leaveOneOut(double[][] values, int fallback) {
    double[] chosen = new double[values[0].length];
    for (int i = 0; i < chosen.length; i++) {
      int best = fallback;
      double most = medianWithout(values[fallback], i);
      for (int k = 0; k < values.length; k++) {
        double median = medianWithout(values[k], i);
        if (median > most) {
          most = median;
          best = k;
        }
      }
      chosen[i] = values[best][i];
    }
    return chosen;
  }

  private static double medianWithout(double[] values, int left) {
    return median(
        IntStream.range(0, values.length)
            .filter(i -> i != left)
            .mapToDouble(i -> values[i])
            .filter(Double::isFinite)
            .toArray());
  }

  /**
   * The mean over the seeds of the correlation of a measure with the error, over the contexts of
   * which it is known; NaN if there are too few.
   */
  static double correlation(
      List<CellResult> rows,
      ToDoubleFunction<CellResult> measure,
      ToDoubleBiFunction<double[], double[]> correlation) {
    return correlation(rows, measure, "error", correlation);
  }

  static double correlation(
      List<CellResult> rows,
      ToDoubleFunction<CellResult> measure,
      String error,
      ToDoubleBiFunction<double[], double[]> correlation) {
    Collection<List<CellResult>> seeds =
        rows.stream()
            .filter(row -> Double.isFinite(measure.applyAsDouble(row) + row.number(error)))
            .collect(Collectors.groupingBy(row -> row.text("seed")))
            .values();
    return seeds.stream()
        .filter(own -> own.size() >= FEWEST)
        .mapToDouble(
            own ->
                correlation.applyAsDouble(
                    own.stream().mapToDouble(measure).toArray(),
                    own.stream().mapToDouble(row -> row.number(error)).toArray()))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  static double pearson(List<CellResult> rows) {
    return correlation(rows, row -> row.number("tau"), Correlation::pearson);
  }

  static double distance(List<CellResult> rows) {
    return correlation(rows, row -> row.number("tau"), Correlation::distance);
  }

  static List<CellResult> telling(List<CellResult> rows) {
    return rows.stream().filter(row -> row.text("tells").equals("yes")).toList();
  }

  static List<CellResult> ofKind(List<CellResult> rows, String kind) {
    return rows.stream().filter(row -> row.text("kind").equals(kind)).toList();
  }

  /** The strongest contexts of each kind, a share of them. */
  static List<CellResult> strongest(List<CellResult> rows, double share) {
    Map<List<String>, List<CellResult>> settings =
        rows.stream()
            .collect(Collectors.groupingBy(row -> List.of(row.text("kind"), row.text("seed"))));
    return settings.values().stream()
        .flatMap(
            own -> {
              boolean neighbours = strength(own.get(0)).neighbours();
              Comparator<CellResult> byValue =
                  Comparator.comparingDouble(row -> strength(row).value());
              return own.stream()
                  .sorted(neighbours ? byValue : byValue.reversed())
                  .limit(Math.round(share * own.size()));
            })
        .toList();
  }

  private static Strength strength(CellResult row) {
    return new Strength(row.text("kind"), row.number("setting"));
  }

  static double unexplained(CellResult row) {
    return 1 - row.number("few_explained");
  }

  static ToDoubleFunction<CellResult> onColumns(double noise) {
    return row -> row.number(NearnessSplit.column(noise));
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** The middle value, or the mean of the two middle ones. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  static double[] finite(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).toArray();
  }
}
