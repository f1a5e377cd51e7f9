package ai.contexture.experiment.study;

import ai.contexture.experiment.Row;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.measure.ColumnError;
import ai.contexture.measure.Correlation;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How closely measures of contexts go with the error of linear models, dataset by dataset. */
final class MetricCorrelationReport {

  /** Correlations of τ with the error over 140 contexts. */
  private record Published(double pearson, double distance) {}

  /** [C, table 1] */
  private static final Map<String, Published> PUBLISHED =
      Map.ofEntries(
          Map.entry("breast-w", new Published(0.072, 0.255)),
          Map.entry("diabetes", new Published(0.737, 0.740)),
          Map.entry("solar_flare", new Published(0.019, 0.262)),
          Map.entry("yeast", new Published(0.221, 0.256)),
          Map.entry("Wine", new Published(-0.084, 0.212)),
          Map.entry("scene", new Published(0.608, 0.685)),
          Map.entry("dna", new Published(0.881, 0.843)),
          Map.entry("kr-vs-kp", new Published(0.543, 0.512)),
          Map.entry("abalone", new Published(0.028, 0.470)),
          Map.entry("colleges", new Published(0.155, 0.387)),
          Map.entry("mushroom", new Published(0.185, 0.340)),
          Map.entry("cpu_activity", new Published(0.709, 0.825)),
          Map.entry("SpeedDating", new Published(0.590, 0.656)),
          Map.entry("sulfur", new Published(-0.180, 0.487)),
          Map.entry("fifa", new Published(-0.349, 0.663)),
          Map.entry("health_insurance", new Published(0.601, 0.749)),
          Map.entry("cps88wages", new Published(0.250, 0.479)));

  /** The same over all 28 datasets of that table. */
  private static final Published PUBLISHED_MEAN = new Published(0.431, 0.611);

  private static final Published PUBLISHED_MEDIAN = new Published(0.587, 0.659);

  private static final int FEWEST = 3;

  /** Other numbers of functions than the best, and the errors with them. */
  private static final Map<String, String> NUMBERS = numbers();

  private static Map<String, String> numbers() {
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("as many functions as τ advises", "error_tau");
    numbers.put("as many as the error on the columns advises", "error_column");
    numbers.put(NearnessSplit.FIXED + " functions", "error_fixed");
    return numbers;
  }

  /** A measure that should be the larger the larger the error. */
  private record Candidate(String name, String knows, ToDoubleFunction<Row> value) {

    static Candidate of(String name, String knows, String measure) {
      return new Candidate(name, knows, row -> row.number(measure));
    }

    static Candidate log(String name, String measure) {
      return new Candidate(name, "the context", row -> Math.log(row.number(measure)));
    }
  }

  private static final List<Candidate> CANDIDATES =
      List.of(
          Candidate.of("usefulness τ", "the context", "tau"),
          new Candidate(
              "slow decay, −log λ", "the context", row -> -Math.log(row.number("decay_rate"))),
          Candidate.log("effective rank, log", "effective_rank"),
          Candidate.log("complexity, log κ²", "complexity"),
          Candidate.of("kernel deviation", "the context", "deviation"),
          new Candidate(
              "1 − ρ² from 50 labels", "50 labels", row -> 1 - row.number("few_compatibility")),
          new Candidate(
              "share of 50 labels not explained",
              "50 labels",
              MetricCorrelationReport::unexplained),
          new Candidate(
              "the same times the error on the columns, noise 1",
              "50 labels, columns",
              row -> unexplained(row) * onColumns(ColumnError.DEFAULT_NOISE).applyAsDouble(row)));

  private final Map<String, List<Row>> datasets;

  private MetricCorrelationReport(List<Row> rows) {
    datasets =
        rows.stream()
            .filter(Row::finished)
            .collect(
                Collectors.groupingBy(
                    row -> row.text("dataset"), LinkedHashMap::new, Collectors.toList()));
  }

  static StudyReport of(Settings settings, List<Row> rows) {
    return new MetricCorrelationReport(rows).report(settings);
  }

  /**
   * The mean over the seeds of the correlation of a measure with the error, over the contexts of
   * which it is known; NaN if there are too few.
   */
  static double correlation(
      List<Row> rows,
      ToDoubleFunction<Row> measure,
      ToDoubleBiFunction<double[], double[]> correlation) {
    return correlation(rows, measure, "error", correlation);
  }

  private static double correlation(
      List<Row> rows,
      ToDoubleFunction<Row> measure,
      String error,
      ToDoubleBiFunction<double[], double[]> correlation) {
    Collection<List<Row>> seeds =
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

  private static double pearson(List<Row> rows) {
    return correlation(rows, row -> row.number("tau"), Correlation::pearson);
  }

  private static double distance(List<Row> rows) {
    return correlation(rows, row -> row.number("tau"), Correlation::distance);
  }

  private static List<Row> telling(List<Row> rows) {
    return rows.stream().filter(row -> row.text("tells").equals("yes")).toList();
  }

  private static List<Row> ofKind(List<Row> rows, String kind) {
    return rows.stream().filter(row -> row.text("kind").equals(kind)).toList();
  }

  /** A number of each dataset for which it is known. */
  private double[] each(ToDoubleFunction<List<Row>> number) {
    return datasets.values().stream().mapToDouble(number).filter(Double::isFinite).toArray();
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

  private StudyReport report(Settings settings) {
    return new StudyReport(
        how(settings),
        List.of(
            new StudyReport.Drawing(
                "metric-correlation",
                "The least error of a linear model on test rows, over the number of functions,"
                    + " against the usefulness τ; one point a context; points at τ = 2 are those of"
                    + " which τ cannot tell",
                figure()),
            perDataset(),
            perKind(),
            perRange(),
            candidates(),
            numbersOfFunctions()),
        meaning());
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Contexts of four kinds (rbf, knn, and both with a random fifth of the columns left"
                + " out), %s strengths of each, were made on every dataset, of %s rows at most:"
                + " 70 %% of the rows to pretrain on, 15 %% to label and 15 %% to test on. γ times"
                + " the median squared distance of two rows goes from 1000 to 0.001, the number of"
                + " neighbours from 1 to all rows, both in equal factors. Categories are columns of"
                + " zeros and ones.",
            settings.text("levels"), settings.text("rows")),
        "Nothing was trained. The usefulness τ [C, eq. 4], with β = 1 and d₀ = 512, was computed"
            + " from the eigenvalues of each context alone; lower is better. A ridge regression on"
            + " the first d exact functions of the context was fitted on the labelled rows, its"
            + " penalty chosen by leaving out one of them at a time; classes are vectors of a one"
            + " and zeros. The error is its mean squared error on the test rows over the variance"
            + " of the target, the least over d = 1, 2, 3, 4, 6, 8, 12 … 512: with the best number"
            + " of functions for the task [C, §5.3]. A correlation near 1 means that τ ranks"
            + " contexts as the task would, without having seen a label.",
        "The error on the columns is that of a ridge regression of the table's own columns, each"
            + " of variance 1 and with noise added, on the same functions: of the rows to label,"
            + " each left out once, without their labels, and likewise the least over d.",
        "τ cannot tell contexts apart that are within 1 % of its bound β + 1 = 2; correlations"
            + " are given with and without them.");
  }

  private Figure figure() {
    List<Panel> panels = new ArrayList<>();
    datasets.forEach(
        (dataset, rows) -> {
          List<Series> series = new ArrayList<>();
          for (String kind : Strength.KINDS) {
            List<Row> own = ofKind(rows, kind);
            if (!own.isEmpty()) {
              series.add(
                  Series.points(
                      kind,
                      own.stream().mapToDouble(row -> row.number("tau")).toArray(),
                      own.stream().mapToDouble(row -> row.number("error")).toArray()));
            }
          }
          panels.add(
              new Panel(
                  dataset, Axis.linear("τ"), Axis.linear("error / variance"), series, List.of()));
        });
    return new Figure(panels, Math.min(4, panels.size()));
  }

  private StudyReport.Table perDataset() {
    List<List<String>> table = new ArrayList<>();
    datasets.forEach(
        (dataset, rows) -> {
          Published published = PUBLISHED.get(dataset);
          List<Row> telling = telling(rows);
          table.add(
              List.of(
                  dataset,
                  number(pearson(rows)),
                  published == null ? "–" : number(published.pearson),
                  number(distance(rows)),
                  published == null ? "–" : number(published.distance),
                  Text.format("%d of %d", rows.size() - telling.size(), rows.size()),
                  number(pearson(telling)),
                  number(distance(telling))));
        });
    table.add(summary("mean", MetricCorrelationReport::mean, PUBLISHED_MEAN));
    table.add(summary("median", MetricCorrelationReport::median, PUBLISHED_MEDIAN));
    return new StudyReport.Table(
        "Correlation of τ with the error over the contexts of each dataset, beside the published"
            + " ones, whose mean and median are over 28 datasets",
        List.of(
            "dataset",
            "Pearson",
            "published",
            "distance correlation",
            "published",
            "cannot tell",
            "Pearson without these",
            "distance correlation without these"),
        table);
  }

  private List<String> summary(String name, ToDoubleFunction<double[]> of, Published published) {
    long all = datasets.values().stream().mapToLong(List::size).sum();
    long telling = datasets.values().stream().mapToLong(rows -> telling(rows).size()).sum();
    return List.of(
        name,
        number(of.applyAsDouble(each(MetricCorrelationReport::pearson))),
        number(published.pearson),
        number(of.applyAsDouble(each(MetricCorrelationReport::distance))),
        number(published.distance),
        Text.format("%.0f %%", 100.0 * (all - telling) / all),
        number(of.applyAsDouble(each(rows -> pearson(telling(rows))))),
        number(of.applyAsDouble(each(rows -> distance(telling(rows))))));
  }

  private StudyReport.Table perKind() {
    List<List<String>> table = new ArrayList<>();
    for (String kind : Strength.KINDS) {
      double[] pearson = each(rows -> pearson(ofKind(rows, kind)));
      double[] distance = each(rows -> distance(ofKind(rows, kind)));
      table.add(
          List.of(
              kind,
              number(mean(pearson)),
              number(median(pearson)),
              number(mean(distance)),
              number(median(distance))));
    }
    return new StudyReport.Table(
        "The same over the contexts of one kind at a time",
        List.of("context", "Pearson, mean", "median", "distance correlation, mean", "median"),
        table);
  }

  /** The strongest contexts of each kind, a share of them. */
  static List<Row> strongest(List<Row> rows, double share) {
    Map<List<String>, List<Row>> settings =
        rows.stream()
            .collect(Collectors.groupingBy(row -> List.of(row.text("kind"), row.text("seed"))));
    return settings.values().stream()
        .flatMap(
            own -> {
              boolean neighbours = strength(own.get(0)).neighbours();
              Comparator<Row> byValue = Comparator.comparingDouble(row -> strength(row).value());
              return own.stream()
                  .sorted(neighbours ? byValue : byValue.reversed())
                  .limit(Math.round(share * own.size()));
            })
        .toList();
  }

  private static Strength strength(Row row) {
    return new Strength(row.text("kind"), row.number("setting"));
  }

  private StudyReport.Table perRange() {
    List<List<String>> table = new ArrayList<>();
    for (double share : new double[] {1, 0.75, 0.5}) {
      double[] tau = each(rows -> pearson(strongest(rows, share)));
      double[] columns =
          each(
              rows ->
                  correlation(
                      strongest(rows, share),
                      onColumns(ColumnError.DEFAULT_NOISE),
                      Correlation::pearson));
      table.add(
          List.of(
              share == 1 ? "all" : Text.format("the strongest %.0f %%", 100 * share),
              number(mean(tau)),
              number(median(tau)),
              number(mean(columns)),
              number(median(columns))));
    }
    ToDoubleFunction<Row> tau = row -> row.number("tau");
    ToDoubleFunction<Row> onColumns = onColumns(ColumnError.DEFAULT_NOISE);
    NUMBERS.forEach(
        (words, error) -> {
          double[] ofTau = each(rows -> correlation(rows, tau, error, Correlation::pearson));
          double[] columns =
              each(rows -> correlation(rows, onColumns, error, Correlation::pearson));
          table.add(
              List.of(
                  "all, the error with " + words,
                  number(mean(ofTau)),
                  number(median(ofTau)),
                  number(mean(columns)),
                  number(median(columns))));
        });
    return new StudyReport.Table(
        "Pearson's correlation without the weakest contexts of each kind, and with the error of"
            + " other numbers of functions",
        List.of("contexts", "τ, mean", "median", "error on the columns, mean", "median"),
        table);
  }

  private static double unexplained(Row row) {
    return 1 - row.number("few_explained");
  }

  private static ToDoubleFunction<Row> onColumns(double noise) {
    return row -> row.number(NearnessSplit.column(noise));
  }

  /** Pearson's correlation on each dataset. */
  private double[] correlations(ToDoubleFunction<Row> measure) {
    return datasets.values().stream()
        .mapToDouble(rows -> correlation(rows, measure, Correlation::pearson))
        .toArray();
  }

  /** On each dataset, the setting that has the best median on the others. */
  private double[] crossValidated() {
    double[][] all =
        NearnessSplit.NOISES.stream()
            .map(noise -> correlations(onColumns(noise)))
            .toArray(double[][]::new);
    return leaveOneOut(all, NearnessSplit.NOISES.indexOf(ColumnError.DEFAULT_NOISE));
  }

  /**
   * For each column, its value in the row of the best median over the other columns.
   *
   * @param usual the row where none is best
   */
  static double[] leaveOneOut(double[][] values, int usual) {
    double[] chosen = new double[values[0].length];
    for (int i = 0; i < chosen.length; i++) {
      int best = usual;
      double most = medianWithout(values[usual], i);
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

  private StudyReport.Table candidates() {
    double[] tau = correlations(row -> row.number("tau"));
    List<List<String>> table = new ArrayList<>();
    for (Candidate candidate : CANDIDATES) {
      table.add(line(candidate.name, candidate.knows, correlations(candidate.value), tau));
    }
    for (double noise : NearnessSplit.NOISES) {
      table.add(
          line(
              "error on the columns, noise " + Numbers.text(noise),
              "the context, columns",
              correlations(onColumns(noise)),
              tau));
    }
    table.add(
        line(
            "the same, noise chosen on the other datasets",
            "the context, columns",
            crossValidated(),
            tau));
    return new StudyReport.Table(
        "Pearson's correlation of other measures with the least error",
        List.of("measure", "knows", "mean", "median", "least", "above τ on"),
        table);
  }

  private static List<String> line(String name, String knows, double[] found, double[] tau) {
    double[] known = Arrays.stream(found).filter(Double::isFinite).toArray();
    long above = IntStream.range(0, tau.length).filter(i -> found[i] > tau[i]).count();
    return List.of(
        name,
        knows,
        number(mean(known)),
        number(median(known)),
        number(Arrays.stream(known).min().orElse(Double.NaN)),
        Text.format("%d of %d", above, tau.length));
  }

  /** Of each context's error with a number of functions the part above its least error. */
  private StudyReport.Table numbersOfFunctions() {
    List<List<String>> table = new ArrayList<>();
    datasets.forEach((dataset, rows) -> table.add(numbersOfFunctions(dataset, rows)));
    List<Row> all = datasets.values().stream().flatMap(List::stream).toList();
    table.add(numbersOfFunctions("all", all));
    List<String> header = new ArrayList<>(List.of("dataset", "least error, median"));
    NUMBERS.keySet().forEach(words -> header.add("with " + words));
    return new StudyReport.Table(
        "How much larger the error is than with the best number of functions, median over the"
            + " contexts",
        header,
        table);
  }

  private static List<String> numbersOfFunctions(String name, List<Row> rows) {
    List<String> line = new ArrayList<>(List.of(name));
    line.add(number(median(of(rows, row -> row.number("error")))));
    for (String error : NUMBERS.values()) {
      double excess = median(of(rows, row -> row.number(error) / row.number("error") - 1));
      line.add(Text.format("+%.1f %%", 100 * excess));
    }
    return line;
  }

  private static double[] of(List<Row> rows, ToDoubleFunction<Row> number) {
    return finite(rows.stream().mapToDouble(number).toArray());
  }

  private List<String> meaning() {
    double[] ours = each(MetricCorrelationReport::pearson);
    double[] published =
        datasets.keySet().stream()
            .map(PUBLISHED::get)
            .filter(Objects::nonNull)
            .mapToDouble(Published::pearson)
            .toArray();
    double[] ofTau =
        each(
            rows -> correlation(rows, row -> row.number("tau"), "error_tau", Correlation::pearson));
    double[] columns = finite(crossValidated());
    double[] tau = finite(correlations(row -> row.number("tau")));
    return List.of(
        Text.format(
                "The median of Pearson's correlation of τ with the least error is %.3f and the mean"
                    + " %.3f (datasets: %d).",
                median(ours), mean(ours), ours.length)
            + (published.length == 0
                ? ""
                : Text.format(
                    " The published ones of the same datasets have the median %.3f and the mean"
                        + " %.3f.",
                    median(published), mean(published))),
        Text.format(
            "With the error of as many functions as τ advises, which is another question, the median"
                + " is %.3f.",
            median(ofTau)),
        Text.format(
            "The error on the columns asks how badly a linear model on the same functions predicts"
                + " the columns of the table, which stand in for the task; it needs no labels. With"
                + " its noise chosen on the other datasets its correlation has the median %.3f and"
                + " the mean %.3f, %s those of τ, %.3f and %.3f. It is no measure of the context"
                + " alone, and fails where the target does not hang together with the columns as"
                + " they do with each other.",
            median(columns),
            mean(columns),
            median(columns) > median(tau) && mean(columns) > mean(tau)
                ? "above"
                : "and does not pass",
            median(tau),
            mean(tau)));
  }

  private static double[] finite(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).toArray();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "–" : Text.format("%.3f", value);
  }
}
