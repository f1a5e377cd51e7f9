package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What the cells of {@link TaskSpectrumStudy} say. */
final class TaskSpectrumReport {

  private static final String CHANCE = "chance";

  /** Functions whose cosines are drawn. */
  private static final int SHOWN = 30;

  /** Returns the numbers that a cell has as a text. */
  static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Numbers::parse).toArray();
  }

  private TaskSpectrumReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    return new StudyReport(
        how(settings),
        List.of(
            new StudyReport.Drawing(
                TaskSpectrumStudy.NAME,
                "The share of the target's variance within the first functions; bands, where there"
                    + " are several seeds, are standard deviations. 'Chance' is a target with the same share in each"
                    + " function",
                figure(finished, true)),
            new StudyReport.Drawing(
                TaskSpectrumStudy.NAME + "-cosines",
                Text.format(
                    "The cosine of the target with each of the first %d functions, the roots of the"
                        + " mean squares over the seeds",
                    SHOWN),
                figure(finished, false)),
            table(finished)),
        meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Contexts were made of 70 %% of the rows of each dataset, %s at most, and their"
                + " functions computed exactly, ordered from those that the context tells best (s²"
                + " near 1) to those that it hardly tells. Nothing was trained. The cosine of the"
                + " target with a function is 1 if they are the same and 0 if they have nothing in"
                + " common; its square is the share of the target's variance that the function"
                + " holds. For classes the shares of all classes are put together.",
            settings.text("rows")),
        "ρ is how well the context tells the target, between 0 and 1: ρ² is the mean of s² with"
            + " these shares as weights. A target that was drawn without regard to the rows would"
            + " have the same small share in each function on average, and the ρ of chance.",
        settings.spread("other rows"));
  }

  private static List<List<CellResult>> groups(List<CellResult> rows, String dataset) {
    List<CellResult> own =
        rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
    return CellResult.distinct(own, "context").stream()
        .map(context -> own.stream().filter(row -> row.text("context").equals(context)).toList())
        .toList();
  }

  private static Figure figure(List<CellResult> rows, boolean cumulative) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      List<Series> series = new ArrayList<>();
      int most = 0;
      for (List<CellResult> group : groups(rows, dataset)) {
        List<double[]> shares = group.stream().map(TaskSpectrumReport::shares).toList();
        String context = group.get(0).text("context");
        int d = shares.stream().mapToInt(s -> s.length).min().orElseThrow();
        series.add(cumulative ? sums(context, shares, d) : cosines(context, shares, d));
        most = Math.max(most, d);
      }
      double chance = Spread.of(groups(rows, dataset).get(0), "chance").mean();
      int end = cumulative ? most : Math.min(most, SHOWN);
      double[] across = IntStream.of(TaskSpectrumStudy.spaced(end)).mapToDouble(i -> i).toArray();
      series.add(
          Series.line(
              CHANCE,
              across,
              Arrays.stream(across)
                  .map(i -> cumulative ? i * chance : Math.sqrt(chance))
                  .toArray()));
      panels.add(
          new Panel(
              dataset,
              Axis.logarithmic("function"),
              cumulative ? Axis.linear("share").between(0, 1) : Axis.linear("cosine"),
              series,
              List.of()));
    }
    return new Figure(panels, Math.min(2, panels.size()));
  }

  private static double[] shares(CellResult row) {
    return Arrays.stream(numbers(row.text("cosines"))).map(c -> c * c).toArray();
  }

  /**
   * Cosines at the first function, and at ever fewer of the others, which would hide each other.
   */
  private static Series cosines(String context, List<double[]> shares, int d) {
    int[] shown = IntStream.rangeClosed(1, Math.min(d, SHOWN)).toArray();
    return Series.points(
        context,
        IntStream.of(shown).mapToDouble(i -> i).toArray(),
        IntStream.of(shown)
            .mapToDouble(
                i -> Math.sqrt(shares.stream().mapToDouble(s -> s[i - 1]).average().orElseThrow()))
            .toArray());
  }

  private static Series sums(String context, List<double[]> shares, int d) {
    int[] shown = TaskSpectrumStudy.spaced(d);
    double[][] sums = new double[shares.size()][];
    for (int k = 0; k < sums.length; k++) {
      sums[k] = shares.get(k).clone();
      Arrays.parallelPrefix(sums[k], Double::sum);
    }
    List<Spread> spreads =
        IntStream.of(shown)
            .mapToObj(i -> Spread.of(Arrays.stream(sums).mapToDouble(s -> s[i - 1]).toArray()))
            .toList();
    return Series.line(
            context,
            IntStream.of(shown).mapToDouble(i -> i).toArray(),
            spreads.stream().mapToDouble(Spread::mean).toArray())
        .within(
            spreads.stream().mapToDouble(Spread::low).toArray(),
            spreads.stream().mapToDouble(Spread::high).toArray());
  }

  private static StudyReport.Table table(List<CellResult> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      for (List<CellResult> group : groups(rows, dataset)) {
        table.add(
            List.of(
                dataset,
                group.get(0).text("context"),
                Spread.of(group, "rho").text("%.3f"),
                Spread.of(group, "rho_most").text("%.3f"),
                Spread.of(group, "rho_chance").text("%.3f"),
                Spread.of(group, "first_10").text("%.3f"),
                Spread.of(group, "first_100").text("%.3f"),
                Text.format(
                    "%.3f and %.3f",
                    TaskSpectrumStudy.FEW * Spread.of(group, "chance").mean(),
                    TaskSpectrumStudy.MANY * Spread.of(group, "chance").mean())));
      }
    }
    return new StudyReport.Table(
        "How well the context tells the target, and the share of the target in the first functions",
        List.of(
            "dataset",
            "context",
            "ρ",
            "of the best task",
            "of chance",
            "first 10",
            "first 100",
            "by chance"),
        table);
  }

  private static List<String> meaning(List<CellResult> rows) {
    List<String> meaning = new ArrayList<>();
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      List<CellResult> best = null;
      for (List<CellResult> group : groups(rows, dataset)) {
        if (best == null || ahead(group) > ahead(best)) {
          best = group;
        }
      }
      Spread few = Spread.of(best, "first_10");
      double chance = TaskSpectrumStudy.FEW * Spread.of(best, "chance").mean();
      meaning.add(
          Text.format(
              "%s: the first %d functions of %s hold %s of the target's variance, %.0f times as"
                  + " much as of a target of chance.",
              dataset,
              TaskSpectrumStudy.FEW,
              best.get(0).text("context"),
              few.text("%.3f"),
              few.mean() / chance));
    }
    meaning.add(
        "Where a curve stays above that of chance only at its beginning, a few functions hold all"
            + " that the context knows of the target, and further ones add noise. ρ alone does not"
            + " show that: a context that is strong has a high ρ for any target, chance included.");
    return meaning;
  }

  /** The share in the first functions. */
  private static double ahead(List<CellResult> group) {
    return Spread.of(group, "first_10").mean();
  }
}
