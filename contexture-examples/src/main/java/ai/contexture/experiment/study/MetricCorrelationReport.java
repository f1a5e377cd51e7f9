package ai.contexture.experiment.study;

import static ai.contexture.experiment.study.MetricCorrelations.correlation;
import static ai.contexture.experiment.study.MetricCorrelations.distance;
import static ai.contexture.experiment.study.MetricCorrelations.finite;
import static ai.contexture.experiment.study.MetricCorrelations.mean;
import static ai.contexture.experiment.study.MetricCorrelations.median;
import static ai.contexture.experiment.study.MetricCorrelations.ofKind;
import static ai.contexture.experiment.study.MetricCorrelations.onColumns;
import static ai.contexture.experiment.study.MetricCorrelations.pearson;
import static ai.contexture.experiment.study.MetricCorrelations.strongest;
import static ai.contexture.experiment.study.MetricCorrelations.telling;
import static ai.contexture.experiment.study.MetricCorrelations.unexplained;

import ai.contexture.experiment.CellResult;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How closely measures of contexts go with the error of linear models, dataset by dataset. */
final class MetricCorrelationReport {

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
  private record Candidate(String name, String knows, ToDoubleFunction<CellResult> value) {

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
              "share of 50 labels not explained", "50 labels", MetricCorrelations::unexplained),
          new Candidate(
              "the same times the error on the columns, noise 1",
              "50 labels, columns",
              row -> unexplained(row) * onColumns(ColumnError.DEFAULT_NOISE).applyAsDouble(row)));

  private final MetricCorrelations correlations;

  private MetricCorrelationReport(MetricCorrelations correlations) {
    this.correlations = correlations;
  }

  static StudyReport of(Settings settings, List<CellResult> rows) {
    return new MetricCorrelationReport(MetricCorrelations.of(rows)).report(settings);
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
    correlations
        .datasets()
        .forEach(
            (dataset, rows) -> {
              List<Series> series = new ArrayList<>();
              for (String kind : Strength.KINDS) {
                List<CellResult> own = ofKind(rows, kind);
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
                      dataset,
                      Axis.linear("τ"),
                      Axis.linear("error / variance"),
                      series,
                      List.of()));
            });
    return new Figure(panels, Math.min(4, panels.size()));
  }

  private StudyReport.Table perDataset() {
    List<List<String>> table = new ArrayList<>();
    correlations
        .datasets()
        .forEach(
            (dataset, rows) -> {
              PublishedCorrelation published = PublishedCorrelation.OF_DATASETS.get(dataset);
              List<CellResult> telling = telling(rows);
              table.add(
                  List.of(
                      dataset,
                      number(pearson(rows)),
                      published == null ? "–" : number(published.pearson()),
                      number(distance(rows)),
                      published == null ? "–" : number(published.distance()),
                      Text.format("%d of %d", rows.size() - telling.size(), rows.size()),
                      number(pearson(telling)),
                      number(distance(telling))));
            });
    table.add(summary("mean", MetricCorrelations::mean, PublishedCorrelation.MEAN));
    table.add(summary("median", MetricCorrelations::median, PublishedCorrelation.MEDIAN));
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

  private List<String> summary(
      String name, ToDoubleFunction<double[]> of, PublishedCorrelation published) {
    long all = correlations.datasets().values().stream().mapToLong(List::size).sum();
    long telling =
        correlations.datasets().values().stream().mapToLong(rows -> telling(rows).size()).sum();
    return List.of(
        name,
        number(of.applyAsDouble(correlations.each(MetricCorrelations::pearson))),
        number(published.pearson()),
        number(of.applyAsDouble(correlations.each(MetricCorrelations::distance))),
        number(published.distance()),
        Text.format("%.0f %%", 100.0 * (all - telling) / all),
        number(of.applyAsDouble(correlations.each(rows -> pearson(telling(rows))))),
        number(of.applyAsDouble(correlations.each(rows -> distance(telling(rows))))));
  }

  private StudyReport.Table perKind() {
    List<List<String>> table = new ArrayList<>();
    for (String kind : Strength.KINDS) {
      double[] pearson = correlations.each(rows -> pearson(ofKind(rows, kind)));
      double[] distance = correlations.each(rows -> distance(ofKind(rows, kind)));
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

  private StudyReport.Table perRange() {
    List<List<String>> table = new ArrayList<>();
    for (double share : new double[] {1, 0.75, 0.5}) {
      double[] tau = correlations.each(rows -> pearson(strongest(rows, share)));
      double[] columns =
          correlations.each(
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
    ToDoubleFunction<CellResult> tau = row -> row.number("tau");
    ToDoubleFunction<CellResult> onColumns = onColumns(ColumnError.DEFAULT_NOISE);
    NUMBERS.forEach(
        (words, error) -> {
          double[] ofTau =
              correlations.each(rows -> correlation(rows, tau, error, Correlation::pearson));
          double[] columns =
              correlations.each(rows -> correlation(rows, onColumns, error, Correlation::pearson));
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

  private StudyReport.Table candidates() {
    double[] tau = correlations.perDataset(row -> row.number("tau"));
    List<List<String>> table = new ArrayList<>();
    for (Candidate candidate : CANDIDATES) {
      table.add(
          line(candidate.name, candidate.knows, correlations.perDataset(candidate.value), tau));
    }
    for (double noise : NearnessSplit.NOISES) {
      table.add(
          line(
              "error on the columns, noise " + Numbers.text(noise),
              "the context, columns",
              correlations.perDataset(onColumns(noise)),
              tau));
    }
    table.add(
        line(
            "the same, noise chosen on the other datasets",
            "the context, columns",
            correlations.crossValidated(),
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
    correlations
        .datasets()
        .forEach((dataset, rows) -> table.add(numbersOfFunctions(dataset, rows)));
    List<CellResult> all = correlations.datasets().values().stream().flatMap(List::stream).toList();
    table.add(numbersOfFunctions("all", all));
    List<String> header = new ArrayList<>(List.of("dataset", "least error, median"));
    NUMBERS.keySet().forEach(words -> header.add("with " + words));
    return new StudyReport.Table(
        "How much larger the error is than with the best number of functions, median over the"
            + " contexts",
        header,
        table);
  }

  private static List<String> numbersOfFunctions(String name, List<CellResult> rows) {
    List<String> line = new ArrayList<>(List.of(name));
    line.add(number(median(of(rows, row -> row.number("error")))));
    for (String error : NUMBERS.values()) {
      double excess = median(of(rows, row -> row.number(error) / row.number("error") - 1));
      line.add(Text.format("+%.1f %%", 100 * excess));
    }
    return line;
  }

  private static double[] of(List<CellResult> rows, ToDoubleFunction<CellResult> number) {
    return finite(rows.stream().mapToDouble(number).toArray());
  }

  private List<String> meaning() {
    double[] ours = correlations.each(MetricCorrelations::pearson);
    double[] published =
        correlations.datasets().keySet().stream()
            .map(PublishedCorrelation.OF_DATASETS::get)
            .filter(Objects::nonNull)
            .mapToDouble(PublishedCorrelation::pearson)
            .toArray();
    double[] ofTau =
        correlations.each(
            rows -> correlation(rows, row -> row.number("tau"), "error_tau", Correlation::pearson));
    double[] columns = finite(correlations.crossValidated());
    double[] tau = finite(correlations.perDataset(row -> row.number("tau")));
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

  private static String number(double value) {
    return Double.isNaN(value) ? "–" : Text.format("%.3f", value);
  }
}
