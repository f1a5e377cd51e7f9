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
import java.util.Optional;

/** What the cells of {@link ScalingStudy} say. */
final class ScalingReport {

  /** Measures with their names, and the best that was published on the pretraining rows. */
  private enum Shown {
    CCA("cca", "alignment", "pretraining rows", 0.9),
    KNN("knn", "neighbours in common", "pretraining rows", Double.NaN),
    JACCARD("jaccard", "neighbours, of those of either", "pretraining rows", 0.8),
    CCA_NEW("cca_new", "alignment", "new rows", Double.NaN),
    KNN_NEW("knn_new", "neighbours in common", "new rows", Double.NaN);

    private final String measure;
    private final String title;
    private final String rows;
    private final double published;

    Shown(String measure, String title, String rows, double published) {
      this.measure = measure;
      this.title = title;
      this.rows = rows;
      this.published = published;
    }
  }

  private final String grown;

  /**
   * Creates a report on networks of growing size.
   *
   * @param grown their width or depth, the name of a column of the cells
   */
  ScalingReport(String grown) {
    this.grown = grown;
  }

  /** Returns what the finished cells say. */
  StudyReport of(Settings settings, List<CellResult> rows) {
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    List<Integer> sizes = settings.counts(grown + "s");
    List<String> datasets = CellResult.distinct(rows, "dataset");
    for (String dataset : datasets) {
      List<CellResult> own =
          rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
      if (own.stream().noneMatch(CellResult::finished)) {
        continue;
      }
      String file =
          datasets.size() == 1 ? "scaling-" + grown : "scaling-" + grown + "-" + file(dataset);
      parts.add(
          new StudyReport.Drawing(
              file,
              Text.format(
                  "%s: alignment and neighbours in common against the %s of the network. Dashed:"
                      + " the best that was published, on abalone.",
                  dataset, grown),
              figure(own, sizes, dataset.equals("abalone"))));
      parts.add(table(dataset, settings.means(), own, sizes));
      meaning.add(growth(dataset, own, sizes, ScalingStudy.PUBLISHED));
      meaning.add(growth(dataset, own, sizes, ScalingStudy.EXACT));
      for (String method : List.of(ScalingStudy.PUBLISHED, ScalingStudy.EXACT)) {
        task(dataset, own, sizes, method).ifPresent(meaning::add);
      }
      if (dataset.equals("abalone")) {
        parts.add(published(own, sizes));
      }
    }
    meaning.add(
        "The new rows show how much of what was learned holds beyond the rows of the training:"
            + " a network that only remembers its rows rises on the left and not on the right.");
    return new StudyReport(how(settings), parts, meaning);
  }

  /** A part of a file's name. */
  private static String file(String dataset) {
    return dataset.replaceAll("[^\\w-]", "_");
  }

  private List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context says that a row belongs together with its %s nearest neighbours. Its best"
                + " %s features were computed exactly, from 70 %% of the rows. Networks of growing"
                + " %s were trained for %s steps on all of these rows at once, and compared with"
                + " the exact answer.",
            settings.text("k"), settings.text("dim"), grown, settings.text("steps")),
        "Each network was trained in two ways: as published, with VICReg's penalties on variance"
            + " and covariance (kise, vicreg) and AdamW at a rate of 0.001 in one cycle;"
            + " and with features that are made exactly orthonormal in each step (kise,"
            + " whitening(last-ridge=1e-4)) and the optimiser Muon with a rate that falls"
            + " linearly.",
        "Alignment is the mean squared canonical correlation of the learned features with the exact"
            + " ones: 1 if they span the same space. Neighbours in common are among the nearest 10,"
            + " as a share of the 10 and, as was published, of those that either has."
            + " New rows are 15 % of the rows that no network has seen.",
        settings.spread("other rows and first weights"));
  }

  private List<CellResult> of(List<CellResult> rows, int size, String method) {
    return rows.stream()
        .filter(row -> row.text("method").equals(method))
        .filter(row -> row.text(grown).equals(Integer.toString(size)))
        .toList();
  }

  private Figure figure(List<CellResult> rows, List<Integer> sizes, boolean published) {
    List<Panel> panels = new ArrayList<>();
    for (Shown shown : Shown.values()) {
      List<Series> series = new ArrayList<>();
      for (String method : List.of(ScalingStudy.PUBLISHED, ScalingStudy.EXACT)) {
        List<Spread> spreads =
            sizes.stream().map(size -> Spread.of(of(rows, size, method), shown.measure)).toList();
        if (spreads.stream().anyMatch(spread -> spread.n() > 0)) {
          series.add(
              Series.markedLine(
                      method,
                      sizes.stream().mapToDouble(size -> size).toArray(),
                      spreads.stream().mapToDouble(Spread::mean).toArray())
                  .within(
                      spreads.stream().mapToDouble(Spread::low).toArray(),
                      spreads.stream().mapToDouble(Spread::high).toArray()));
        }
      }
      if (series.isEmpty()) {
        continue;
      }
      double most =
          series.stream().flatMapToDouble(s -> Arrays.stream(s.high())).max().orElse(Double.NaN);
      Axis axis = Axis.linear(shown.title);
      boolean known = published && Double.isFinite(shown.published);
      panels.add(
          new Panel(
              shown.rows,
              grown.equals("width") ? Axis.logarithmic("width") : Axis.linear("depth"),
              known && most < shown.published ? axis.between(Double.NaN, shown.published) : axis,
              series,
              known ? List.of(Note.horizontal(shown.published, "published")) : List.of()));
    }
    return new Figure(panels, Math.min(2, panels.size()));
  }

  private StudyReport.Table table(
      String dataset, String means, List<CellResult> rows, List<Integer> sizes) {
    List<List<String>> table = new ArrayList<>();
    for (int size : sizes) {
      for (String method : List.of(ScalingStudy.PUBLISHED, ScalingStudy.EXACT)) {
        List<CellResult> cell = of(rows, size, method);
        List<String> line = new ArrayList<>();
        line.add(Integer.toString(size));
        line.add(method);
        for (Shown shown : Shown.values()) {
          line.add(Spread.of(cell, shown.measure).text("%.3f"));
        }
        line.add(Spread.of(cell, "probe").text());
        line.add(Spread.of(cell, "seconds").text("%.0f"));
        table.add(line);
      }
    }
    String metric =
        rows.stream().filter(CellResult::finished).findFirst().orElseThrow().text("metric");
    return new StudyReport.Table(
        Text.format(
            "%s: %s. The linear model has %s on the exact features and %s on the columns.",
            dataset,
            means,
            Spread.of(rows, "probe_exact").text(),
            Spread.of(rows, "probe_columns").text()),
        List.of(
            grown,
            "trained with",
            "alignment",
            "neighbours",
            "neighbours of either",
            "alignment, new rows",
            "neighbours, new rows",
            "linear model (" + (metric.isEmpty() ? "none" : metric) + ")",
            "seconds"),
        table);
  }

  private StudyReport.Table published(List<CellResult> rows, List<Integer> sizes) {
    List<List<String>> table = new ArrayList<>();
    for (Shown shown : List.of(Shown.CCA, Shown.JACCARD)) {
      for (String method : List.of(ScalingStudy.PUBLISHED, ScalingStudy.EXACT)) {
        int best = best(rows, sizes, method, shown.measure);
        Spread ours = Spread.of(of(rows, best, method), shown.measure);
        if (ours.n() == 0) {
          continue;
        }
        double difference = ours.mean() - shown.published;
        table.add(
            List.of(
                shown.title + ", " + shown.rows,
                (shown == Shown.CCA ? "about " : "above ") + shown.published,
                method,
                ours.text("%.3f"),
                grown + " " + best,
                ours.n() == 1
                    ? "one seed"
                    : Math.abs(difference) <= ours.deviation() ? "yes" : "no"));
      }
    }
    return new StudyReport.Table(
        "The best of all sizes beside the best that was published (read off figure 1)",
        List.of("measure", "published", "trained with", "here", "at", "within the spread"),
        table);
  }

  private int best(List<CellResult> rows, List<Integer> sizes, String method, String measure) {
    int best = sizes.get(0);
    double most = Double.NEGATIVE_INFINITY;
    for (int size : sizes) {
      double mean = Spread.of(of(rows, size, method), measure).mean();
      if (mean > most) {
        most = mean;
        best = size;
      }
    }
    return best;
  }

  /** Says what becomes of the linear model, beside that on the exact features. */
  private Optional<String> task(
      String dataset, List<CellResult> rows, List<Integer> sizes, String method) {
    List<Integer> known =
        sizes.stream().filter(size -> Spread.of(of(rows, size, method), "probe").n() > 0).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    int last = known.get(known.size() - 1);
    return Optional.of(
        Text.format(
            "%s, %s: the linear model goes from %s at %s %d to %s at %s %d; on the exact features it"
                + " has %s, on the columns %s (%s). Coming closer to the exact features helps a task"
                + " as far as these help it.",
            dataset,
            method,
            Spread.of(of(rows, known.get(0), method), "probe").text(),
            grown,
            known.get(0),
            Spread.of(of(rows, last, method), "probe").text(),
            grown,
            last,
            Spread.of(rows, "probe_exact").text(),
            Spread.of(rows, "probe_columns").text(),
            rows.stream().filter(CellResult::finished).findFirst().orElseThrow().text("metric")));
  }

  /** Says whether the alignment grows with the size. */
  private String growth(String dataset, List<CellResult> rows, List<Integer> sizes, String method) {
    List<Integer> known =
        sizes.stream().filter(size -> Spread.of(of(rows, size, method), "cca").n() > 0).toList();
    if (known.isEmpty()) {
      return Text.format("%s, %s: nothing could be measured.", dataset, method);
    }
    int last = known.get(known.size() - 1);
    int best = best(rows, known, method, "cca");
    Spread first = Spread.of(of(rows, known.get(0), method), "cca");
    Spread most = Spread.of(of(rows, best, method), "cca");
    Spread end = Spread.of(of(rows, last, method), "cca");
    String verdict =
        best == last
            ? "the largest network is the best"
            : Text.format(
                "it is best at %s %d (%s) and %s beyond",
                grown,
                best,
                most.text("%.3f"),
                most.mean() - end.mean() > most.deviation() + end.deviation()
                    ? "falls"
                    : "does not change beyond the spread");
    return Text.format(
        "%s, %s: the alignment goes from %s at %s %d to %s at %s %d; %s.",
        dataset,
        method,
        first.text("%.3f"),
        grown,
        known.get(0),
        end.text("%.3f"),
        grown,
        last,
        verdict);
  }
}
