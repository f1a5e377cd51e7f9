package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the cells of {@link EigenvalueEstimationStudy} say. */
final class EigenvalueEstimationReport {

  /** The rows of the published table. */
  private static final int PUBLISHED_ROWS = 600;

  /** Published figures are drawn below the top of a panel by this factor. */
  private static final double HEADROOM = 1.15;

  /** The errors of table 2 with 600 rows and with all of them. */
  private record Published(double some, double all) {}

  private static final Map<String, Published> TABLE =
      Map.of("abalone", new Published(0.088, 0.088), "fifa", new Published(0.137, 0.131));

  private EigenvalueEstimationReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(
        new StudyReport.Drawing(
            EigenvalueEstimationStudy.NAME,
            "Mean error of the first eigenvalues against the number of rows they were estimated"
                + " from. Bands, where there are several seeds, are standard deviations; points are"
                + " published",
            figure(finished)));
    List<List<String>> published = published(finished);
    if (!published.isEmpty()) {
      parts.add(
          new StudyReport.Table(
              "Mean errors beside those of table 2, which come from a trained network",
              List.of("dataset", "rows", "published", "by", "here", "within the spread"),
              published));
    }
    parts.add(table(finished));
    return new StudyReport(how(settings), parts, meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context says that a row belongs together with its %s nearest neighbours among all"
                + " rows. How strong its functions are is told by numbers between 0 and 1, its"
                + " eigenvalues s². The first %s were computed exactly, and estimated in three"
                + " ways; errors are means over these of |estimate − truth|.",
            settings.text("k"), settings.text("d0")),
        "Sub-sample: the context's similarity between some rows, drawn at random, is a matrix whose"
            + " eigenvalues are too large on average; functions found on four fifths of these rows"
            + " and measured on the last fifth give numbers that are too small. The estimate is the"
            + " mean of both, weighted by the share of rows that were not seen. Nothing is trained."
            + " The column of the matrix shows the error without the second number.",
        Text.format(
            "Network: two hidden layers of width %s with %s outputs were trained for %s steps of at"
                + " most %s rows on the objective kise, and the best functions within the outputs"
                + " were found from the covariances on the given number of rows (the published"
                + " way, there with another network): once with VICReg's penalties and AdamW, once"
                + " with features made exactly orthonormal in each step and Muon.",
            settings.text("width"),
            settings.text("outputs"),
            settings.text("steps"),
            settings.text("batch")),
        settings.spread("other rows, first weights and batches")
            + " Seeds that train networks: "
            + settings.text("networks")
            + ".");
  }

  private static List<CellResult> of(List<CellResult> rows, String dataset, String method) {
    return rows.stream()
        .filter(row -> row.text("dataset").equals(dataset) && row.text("method").equals(method))
        .toList();
  }

  private static List<CellResult> at(List<CellResult> rows, int m) {
    return rows.stream().filter(row -> row.number("rows") == m).toList();
  }

  private static List<String> datasets(List<CellResult> rows) {
    return CellResult.distinct(rows, "dataset");
  }

  private static List<Integer> sizes(List<CellResult> rows) {
    return rows.stream().map(row -> (int) row.number("rows")).distinct().sorted().toList();
  }

  private static Figure figure(List<CellResult> rows) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      List<Series> series = new ArrayList<>();
      for (String method : EigenvalueEstimationStudy.METHODS) {
        List<CellResult> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          series.add(series(method, own, "error"));
        }
        if (method.equals(EigenvalueEstimationStudy.SUB_SAMPLE) && !own.isEmpty()) {
          series.add(series("its matrix alone", own, "gram_error"));
        }
      }
      Published known = TABLE.get(dataset);
      int all =
          (int)
              rows.stream()
                  .filter(row -> row.text("dataset").equals(dataset))
                  .mapToDouble(row -> row.number("of"))
                  .max()
                  .orElseThrow();
      Axis errors = Axis.logarithmic("mean error of s²");
      double most = series.stream().flatMapToDouble(s -> Arrays.stream(s.high())).max().orElse(0);
      boolean beyond = known != null && most < HEADROOM * Math.max(known.some, known.all);
      panels.add(
          new Panel(
              dataset,
              Axis.logarithmic("rows"),
              beyond
                  ? errors.between(Double.NaN, HEADROOM * Math.max(known.some, known.all))
                  : errors,
              series,
              known == null
                  ? List.of()
                  : List.of(
                      Note.point(PUBLISHED_ROWS, known.some, "published"),
                      Note.point(all, known.all, ""))));
    }
    return new Figure(panels, Math.min(2, panels.size()));
  }

  private static Series series(String name, List<CellResult> rows, String measure) {
    List<Integer> sizes = sizes(rows);
    List<Spread> spreads = sizes.stream().map(m -> Spread.of(at(rows, m), measure)).toList();
    return Series.markedLine(
            name,
            sizes.stream().mapToDouble(m -> m).toArray(),
            spreads.stream().mapToDouble(Spread::mean).toArray())
        .within(
            spreads.stream().mapToDouble(Spread::low).toArray(),
            spreads.stream().mapToDouble(Spread::high).toArray());
  }

  private static List<List<String>> published(List<CellResult> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      Published known = TABLE.get(dataset);
      for (String method : known == null ? List.<String>of() : EigenvalueEstimationStudy.METHODS) {
        List<CellResult> own = of(rows, dataset, method);
        for (int m : sizes(own)) {
          boolean all = m == own.get(0).number("of");
          if (m == PUBLISHED_ROWS || all) {
            double figure = all ? known.all : known.some;
            Spread ours = Spread.of(at(own, m), "error");
            table.add(
                List.of(
                    dataset,
                    all ? "all" : Integer.toString(m),
                    Text.format("%.3f", figure),
                    method,
                    ours.text("%.4f"),
                    ours.beside(figure)));
          }
        }
      }
    }
    return table;
  }

  private static StudyReport.Table table(List<CellResult> rows) {
    List<List<String>> table = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      for (String method : EigenvalueEstimationStudy.METHODS) {
        List<CellResult> own = of(rows, dataset, method);
        for (int m : sizes(own)) {
          List<CellResult> cell = at(own, m);
          table.add(
              List.of(
                  dataset,
                  method,
                  Integer.toString(m),
                  Spread.of(cell, "error").text("%.4f"),
                  Spread.of(cell, "gram_error").text("%.4f"),
                  Spread.of(cell, "stated").text("%.4f"),
                  Spread.of(cell, "tau").text("%.3f"),
                  Spread.of(cell, "tau_exact").text("%.3f")));
        }
      }
    }
    return new StudyReport.Table(
        "Means ± standard deviations over the seeds",
        List.of(
            "dataset",
            "by",
            "rows",
            "error",
            "of the matrix alone",
            "error it states",
            "usefulness τ",
            "true τ"),
        table);
  }

  private static List<String> meaning(List<CellResult> rows) {
    List<String> meaning = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      List<CellResult> sampled = of(rows, dataset, EigenvalueEstimationStudy.SUB_SAMPLE);
      if (sampled.isEmpty()) {
        continue;
      }
      int m = sizes(sampled).contains(PUBLISHED_ROWS) ? PUBLISHED_ROWS : sizes(sampled).get(0);
      Spread ours = Spread.of(at(sampled, m), "error");
      Published known = TABLE.get(dataset);
      StringBuilder text =
          new StringBuilder(
              Text.format(
                  "%s: a sub-sample of %d rows has a mean error of %s%s",
                  dataset,
                  m,
                  ours.text("%.4f"),
                  known == null || m != PUBLISHED_ROWS
                      ? ""
                      : Text.format(
                          ", the published network one that is %.1f times as large",
                          known.some / ours.mean())));
      for (String method :
          List.of(EigenvalueEstimationStudy.PUBLISHED, EigenvalueEstimationStudy.EXACT)) {
        List<CellResult> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          int most = sizes(own).get(sizes(own).size() - 1);
          text.append(
              Text.format(
                  "; the %s %s from %d rows",
                  method, Spread.of(at(own, most), "error").text("%.4f"), most));
        }
      }
      meaning.add(text.append('.').toString());
    }
    meaning.add(
        "What a network has not learned, its eigenvalues miss, and no number of rows mends that: it"
            + " is short of steps here, most of all on many rows with VICReg. From few rows its"
            + " numbers are too large by chance, which makes up for what it misses, so that its"
            + " error is least in between without being right. The eigenvalues need no network:"
            + " similarities among some rows are enough, and the error that their estimate states"
            + " is larger than the one it has.");
    return meaning;
  }
}
