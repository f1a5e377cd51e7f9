package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.measure.Correlation;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the cells of {@link CompatibilityStudy} say. */
final class CompatibilityReport {

  private CompatibilityReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<CellResult> ofSettings = part(finished, CompatibilityStudy.SETTING);
    List<CellResult> estimates = part(finished, CompatibilityStudy.ESTIMATE);
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    if (!ofSettings.isEmpty()) {
      List<Told> told = told(ofSettings);
      parts.add(
          new StudyReport.Drawing(
              CompatibilityStudy.NAME,
              "Error against ρ, a point for each mask ratio or level of noise: means over the"
                  + " splits",
              settingsFigure(ofSettings)));
      parts.add(toldTable(told));
      meaning.addAll(toldMeaning(told));
    }
    if (!estimates.isEmpty()) {
      parts.add(
          new StudyReport.Drawing(
              CompatibilityStudy.NAME + "-estimate",
              "How often an interval for ρ² holds the truth, and how wide it is, by the number of"
                  + " labels: means over datasets and contexts",
              estimatesFigure(estimates)));
      parts.add(estimatesTable(estimates));
      meaning.add(estimatesMeaning(estimates));
    }
    return new StudyReport(how(settings), parts, meaning);
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "ρ is between 0 and 1: 1 if a target can be told from the context alone, 0 if the"
                + " context says nothing of it. Of each dataset %s rows at most were taken, and"
                + " split %s times into rows for the context (70 %%), labelled (15 %%) and test"
                + " rows (15 %%). Nothing was trained: a linear model gets the first %d exact"
                + " functions.",
            settings.text("rows"), settings.text("seeds"), CompatibilityStudy.DIMENSION),
        "Mask ratio: rows are near (30 neighbours) by the columns that random masks leave, which"
            + " hide 1 to 9 tenths of them. Label noise: a row goes with the labels of its 30"
            + " neighbours, of which a share was drawn anew from all rows; ρ and the error are"
            + " those of the true target.",
        Text.format(
            "Estimates: from %s rows drawn independently with their labels, ρ² is estimated with an"
                + " interval for probability %s, by the kernel of the context alone or by its first"
                + " %d functions too, and compared with ρ² on all rows. Up to 50 labels were drawn"
                + " %s times, more of them less often, in inverse proportion.",
            settings.text("labels").replace(",", ", "),
            Text.format("%.2f", CompatibilityStudy.LEVEL),
            CompatibilityStudy.FUNCTIONS,
            settings.text("draws")));
  }

  private static List<CellResult> part(List<CellResult> rows, String part) {
    return rows.stream().filter(row -> row.text("part").equals(part)).toList();
  }

  private static List<CellResult> with(List<CellResult> rows, String name, String value) {
    return rows.stream().filter(row -> row.text(name).equals(value)).toList();
  }

  private static double mean(List<CellResult> rows, String measure) {
    return rows.stream().mapToDouble(row -> row.number(measure)).average().orElse(Double.NaN);
  }

  /**
   * How ρ and the error go together on a dataset.
   *
   * @param rho the mean ρ of each setting, from the first to the last
   * @param error the mean error of each
   * @param correlation Pearson's, NaN where one of them does not change
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
  private record Told(
      String dataset,
      String metric,
      String kind,
      List<String> settings,
      double[] rho,
      double[] error,
      double correlation) {

    int best() {
      return least(error, 1);
    }

    int mostRho() {
      return least(rho, -1);
    }

    private static int least(double[] values, int sign) {
      return IntStream.range(0, values.length)
          .boxed()
          .min(Comparator.comparingDouble(i -> sign * values[i]))
          .orElseThrow();
    }
  }

  private static List<Told> told(List<CellResult> rows) {
    List<Told> told = new ArrayList<>();
    for (String kind : List.of(CompatibilityStudy.MASK, CompatibilityStudy.NOISE)) {
      for (String dataset : CellResult.distinct(rows, "dataset")) {
        List<CellResult> own = with(with(rows, "dataset", dataset), "kind", kind);
        List<String> settings = new ArrayList<>(CellResult.distinct(own, "setting"));
        settings.sort(Comparator.comparingDouble(Double::parseDouble));
        double[] rho =
            settings.stream().mapToDouble(s -> mean(with(own, "setting", s), "rho")).toArray();
        double[] error =
            settings.stream().mapToDouble(s -> mean(with(own, "setting", s), "error")).toArray();
        if (settings.size() < 2) {
          continue;
        }
        boolean varies =
            Arrays.stream(rho).distinct().count() > 1
                && Arrays.stream(error).distinct().count() > 1;
        told.add(
            new Told(
                dataset,
                own.get(0).text("metric"),
                kind,
                settings,
                rho,
                error,
                varies ? Correlation.pearson(rho, error) : Double.NaN));
      }
    }
    return told;
  }

  private static StudyReport.Table toldTable(List<Told> told) {
    List<List<String>> table = new ArrayList<>();
    for (Told one : told) {
      int last = one.rho.length - 1;
      table.add(
          List.of(
              one.kind,
              one.dataset + " (" + one.metric + ")",
              Text.format("%.3f to %.3f", one.rho[0], one.rho[last]),
              Text.format("%.4g to %.4g", one.error[0], one.error[last]),
              Double.isNaN(one.correlation) ? "–" : Text.format("%+.2f", one.correlation),
              one.settings.get(one.best()),
              one.settings.get(one.mostRho())));
    }
    return new StudyReport.Table(
        "From the first setting to the last, and Pearson's correlation of ρ with the error over"
            + " them: −1 if a larger ρ always goes with a smaller error",
        List.of(
            "what changes",
            "dataset (error)",
            "ρ",
            "error",
            "correlation",
            "setting of the least error",
            "setting of the largest ρ"),
        table);
  }

  private static List<String> toldMeaning(List<Told> told) {
    List<String> meaning = new ArrayList<>();
    for (String kind : List.of(CompatibilityStudy.MASK, CompatibilityStudy.NOISE)) {
      List<Told> own =
          told.stream().filter(t -> t.kind.equals(kind) && !Double.isNaN(t.correlation)).toList();
      if (own.isEmpty()) {
        continue;
      }
      long negative = own.stream().filter(t -> t.correlation < 0).count();
      double[] sorted = own.stream().mapToDouble(t -> t.correlation).sorted().toArray();
      long same = own.stream().filter(t -> t.best() == t.mostRho()).count();
      meaning.add(
          Text.format(
              "By %s, a larger ρ goes with a smaller error on %d of %d datasets; the median"
                  + " correlation is %+.2f. The setting of the largest ρ is that of the least error"
                  + " on %d.",
              kind,
              negative,
              own.size(),
              (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
              same));
    }
    meaning.add(
        "ρ compares tasks on one context, or contexts that are about as strong. A context in which"
            + " every row stands for itself has ρ = 1 with every task, and is worth nothing: weigh"
            + " ρ with the strength of the context.");
    return meaning;
  }

  private static Figure settingsFigure(List<CellResult> rows) {
    List<Panel> panels = new ArrayList<>();
    List<Told> told = told(rows);
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      List<CellResult> own = with(rows, "dataset", dataset);
      List<Series> series =
          told.stream()
              .filter(t -> t.dataset.equals(dataset))
              .map(t -> Series.markedLine(t.kind, t.rho, t.error))
              .toList();
      if (series.isEmpty()) {
        series = List.of(Series.points(dataset, column(own, "rho"), column(own, "error")));
      }
      panels.add(
          new Panel(
              dataset,
              Axis.linear("ρ"),
              Axis.linear(own.get(0).text("metric") + " on test rows"),
              series,
              List.of(
                  Note.horizontal(mean(own, "columns"), "columns themselves"),
                  Note.horizontal(mean(own, "nothing"), "nothing"))));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }

  private static double[] column(List<CellResult> rows, String name) {
    return rows.stream().mapToDouble(row -> row.number(name)).toArray();
  }

  /** Numbers of labels that were drawn, from few to many. */
  private static List<String> labels(List<CellResult> rows) {
    return CellResult.distinct(rows, "labels").stream()
        .sorted(Comparator.comparingInt(Integer::parseInt))
        .toList();
  }

  private static Figure estimatesFigure(List<CellResult> rows) {
    List<Series> held = new ArrayList<>();
    List<Series> widths = new ArrayList<>();
    for (String way : CellResult.distinct(rows, "setting")) {
      List<CellResult> own = with(rows, "setting", way);
      List<String> labels = labels(own);
      double[] x = labels.stream().mapToDouble(Double::parseDouble).toArray();
      held.add(Series.markedLine(way, x, means(own, labels, "held")));
      widths.add(Series.markedLine(way, x, means(own, labels, "width")));
    }
    Axis x = Axis.logarithmic("labels");
    return new Figure(
        List.of(
            new Panel(
                "intervals that hold the truth",
                x,
                Axis.linear("share"),
                held,
                List.of(Note.horizontal(CompatibilityStudy.LEVEL, "asked for"))),
            new Panel("width", x, Axis.linear("width for ρ²"), widths, List.of())),
        2);
  }

  private static double[] means(List<CellResult> rows, List<String> labels, String measure) {
    return labels.stream().mapToDouble(n -> mean(with(rows, "labels", n), measure)).toArray();
  }

  private static StudyReport.Table estimatesTable(List<CellResult> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String n : labels(rows)) {
      for (String way : CellResult.distinct(rows, "setting")) {
        List<CellResult> own = with(with(rows, "labels", n), "setting", way);
        if (own.isEmpty()) {
          continue;
        }
        table.add(
            List.of(
                n,
                way,
                Text.format("%.2f", mean(own, "held")),
                Text.format(
                    "%.2f", own.stream().mapToDouble(r -> r.number("held")).min().orElse(0)),
                Text.format("%.3f", mean(own, "width")),
                Text.format("%.3f", mean(own, "off")),
                Text.format("%.0f", mean(own, "draws")),
                Integer.toString(own.size())));
      }
    }
    return new StudyReport.Table(
        Text.format(
            "Intervals for ρ² that should hold the truth with probability %.2f",
            CompatibilityStudy.LEVEL),
        List.of(
            "labels",
            "by",
            "held, mean",
            "held, lowest",
            "width",
            "estimate is off by",
            "draws each",
            "datasets × contexts"),
        table);
  }

  private static String estimatesMeaning(List<CellResult> rows) {
    List<CellResult> functions = with(rows, "setting", CompatibilityStudy.FUNCTIONS_AND_KERNEL);
    List<CellResult> used = functions.isEmpty() ? rows : functions;
    List<String> labels = labels(used);
    List<CellResult> few = with(used, "labels", labels.get(0));
    List<CellResult> many = with(used, "labels", labels.get(labels.size() - 1));
    return Text.format(
        "With functions and kernel, intervals from %s labels held the truth in %.2f of the draws"
            + " and were %.2f wide; from %s labels, in %.2f and %.3f wide. %.2f was asked for.",
        labels.get(0),
        mean(few, "held"),
        mean(few, "width"),
        labels.get(labels.size() - 1),
        mean(many, "held"),
        mean(many, "width"),
        CompatibilityStudy.LEVEL);
  }
}
