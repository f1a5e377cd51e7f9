package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Measures;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.objective.Objective;
import ai.contexture.objective.Variable;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the cells of {@link ObjectivesStudy} say. */
final class ObjectivesReport {

  private ObjectivesReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> datasets = CellResult.distinct(rows, "dataset");
    List<String> batches = CellResult.distinct(rows, "batch");
    for (Variable encoder : Variable.values()) {
      List<CellResult> own =
          rows.stream()
              .filter(CellResult::finished)
              .filter(row -> encoder(row) == encoder)
              .toList();
      if (!own.isEmpty()) {
        parts.add(
            new StudyReport.Drawing(
                encoder == Variable.INPUT ? ObjectivesStudy.NAME : ObjectivesStudy.NAME + "-mean",
                Text.format(
                    "Encoders of a %s: alignment on rows that were trained on (across) and on rows"
                        + " that were not (up), means over the seeds, a point for each objective"
                        + " and way, named at the best of each objective where there is room. Best"
                        + " is the upper right corner",
                    encoder == Variable.INPUT ? "row" : "mean over the context of a row"),
                figure(own, datasets, batches)));
      }
    }
    List<String> meaning = new ArrayList<>();
    for (String dataset : datasets) {
      for (String batch : batches) {
        List<List<CellResult>> groups =
            groups(rows, dataset, batch).stream()
                .filter(group -> group.stream().anyMatch(CellResult::finished))
                .sorted(
                    Comparator.comparing((List<CellResult> group) -> encoder(group.get(0)))
                        .thenComparingDouble(group -> -Spread.of(group, "cca").mean()))
                .toList();
        if (groups.isEmpty()) {
          continue;
        }
        parts.add(table(dataset, batch, groups));
        for (Variable encoder : Variable.values()) {
          groups.stream()
              .filter(group -> encoder(group.get(0)) == encoder)
              .findFirst()
              .ifPresent(best -> meaning.add(closest(dataset, batch, encoder, best)));
        }
      }
    }
    meaning.add(
        "Objectives that share an optimum differ in how fast and how evenly they get there: what"
            + " keeps features apart decides whether the later, weaker functions are learned too."
            + " All cells have the same number of steps, so that a slow objective may come closer"
            + " with more of them.");
    return new StudyReport(how(settings), parts, meaning);
  }

  private static String closest(
      String dataset, String batch, Variable encoder, List<CellResult> best) {
    return Text.format(
        "%s, %s: of the encoders '%s', closest comes %s with an alignment of %s, and %s on new"
            + " rows.",
        dataset,
        batchName(batch),
        encoder == Variable.INPUT ? "row" : "mean",
        label(best.get(0)),
        Spread.of(best, "cca").text("%.3f"),
        Spread.of(best, "cca_new").text("%.3f"));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "On each dataset the context %s was made of 70 %% of the rows, and its best %s features"
                + " were computed exactly. A network of %s hidden layers of width %s was trained"
                + " for %s steps (%s, %s) with each objective and each way to keep features apart"
                + " that the objective has a place for, and compared with the exact answer.",
            settings.text("context"),
            settings.text("dim"),
            settings.text("depth"),
            settings.text("width"),
            settings.text("steps"),
            settings.text("optimiser"),
            settings.text("schedule")),
        "Alignment is the mean squared canonical correlation of the learned features with the exact"
            + " ones: 1 if they span the same space. Neighbours is the share of the 10 nearest"
            + " neighbours that both have in common. Both are given on the rows that were trained"
            + " on and on 15 % of the rows that were not. The ratio trace is how much of the"
            + " context the features hold, as a part of the most that they can. The last columns"
            + " are a linear model on the features, fitted on another 15 % of the rows, and the"
            + " time to train.",
        "The encoder is either a network on the columns of a row, or the mean of a network over the"
            + " context of the row, which already knows which rows belong together and so begins"
            + " closer to the best features; the two are marked 'row' and 'mean'.",
        "'own' means that the objective keeps features apart by itself, and 'none' that nothing is"
            + " added to the objective: where it does not keep them apart either, they shrink, and"
            + " show what is due to the network alone.",
        settings.spread("other rows, first weights and samples"));
  }

  /** The rows of each objective and way. */
  private static List<List<CellResult>> groups(
      List<CellResult> rows, String dataset, String batch) {
    Map<String, List<CellResult>> groups = new LinkedHashMap<>();
    for (CellResult row : rows) {
      if (row.text("dataset").equals(dataset) && row.text("batch").equals(batch)) {
        groups.computeIfAbsent(label(row), key -> new ArrayList<>()).add(row);
      }
    }
    return List.copyOf(groups.values());
  }

  private static String label(CellResult row) {
    return row.text("objective") + ", " + row.text("orthonormality");
  }

  private static String batchName(String batch) {
    return batch.equals(ObjectivesStudy.FULL) ? "all rows in a step" : batch + " rows in a step";
  }

  private static StudyReport.Table table(
      String dataset, String batch, List<List<CellResult>> groups) {
    List<CellResult> all = groups.stream().flatMap(List::stream).toList();
    boolean accuracy = all.stream().anyMatch(row -> row.text("metric").equals("accuracy"));
    List<List<String>> table = new ArrayList<>();
    for (List<CellResult> group : groups) {
      long failed = group.stream().filter(row -> !row.finished()).count();
      table.add(
          List.of(
              group.get(0).text("objective"),
              group.get(0).text("orthonormality"),
              encoder(group.get(0)) == Variable.INPUT ? "row" : "mean",
              Spread.of(group, "cca").text("%.3f"),
              Spread.of(group, "knn").text("%.3f"),
              Spread.of(group, "cca_new").text("%.3f"),
              Spread.of(group, "knn_new").text("%.3f"),
              share(group),
              Spread.of(group, "probe").text(),
              Spread.of(group, "seconds").text("%.1f"),
              failed == 0 ? "" : failed + " of " + group.size() + " without a result"));
    }
    String metric = accuracy ? "accuracy (higher is better)" : "RMSE (lower is better)";
    String caption =
        Text.format(
            "%s, %s. The linear model's %s is %s on the exact features, %s on the columns"
                + " themselves and %s on nothing.",
            dataset,
            batchName(batch),
            metric,
            Spread.of(all, "probe_exact").text(),
            Spread.of(all, "probe_columns").text(),
            Spread.of(all, "probe_nothing").text());
    return new StudyReport.Table(
        caption,
        List.of(
            "objective",
            "kept apart by",
            "encoder",
            "alignment",
            "neighbours",
            "alignment, new rows",
            "neighbours, new rows",
            "ratio trace",
            accuracy ? "accuracy" : "RMSE",
            "seconds",
            ""),
        table);
  }

  /** What the encoder sees: a row, or the contexts of a row, over which its features are means. */
  private static Variable encoder(CellResult row) {
    return Objective.parse(row.text("objective")).learned();
  }

  /** The ratio trace as a part of the most. */
  private static String share(List<CellResult> group) {
    List<CellResult> shares =
        group.stream()
            .filter(CellResult::finished)
            .map(
                row ->
                    new CellResult(
                        new Measures()
                            .put(
                                "share", row.number("ratio_trace") / row.number("ratio_trace_most"))
                            .values(),
                        ""))
            .toList();
    return Spread.of(shares, "share").text("%.3f");
  }

  private static Figure figure(List<CellResult> rows, List<String> datasets, List<String> batches) {
    List<Panel> panels = new ArrayList<>();
    for (String batch : batches) {
      for (String dataset : datasets) {
        List<Series> series = new ArrayList<>();
        List<String> ways = new ArrayList<>(ObjectivesStudy.WAYS);
        ways.add(ObjectivesStudy.OWN);
        for (String way : ways) {
          List<List<CellResult>> groups =
              groups(rows, dataset, batch).stream()
                  .filter(g -> g.get(0).text("orthonormality").equals(way))
                  .filter(g -> Spread.of(g, "cca").n() > 0)
                  .toList();
          if (!groups.isEmpty()) {
            series.add(
                Series.points(
                    way,
                    groups.stream().mapToDouble(g -> Spread.of(g, "cca").mean()).toArray(),
                    groups.stream().mapToDouble(g -> Spread.of(g, "cca_new").mean()).toArray()));
          }
        }
        if (!series.isEmpty()) {
          panels.add(
              new Panel(
                  dataset + ", " + batchName(batch),
                  Axis.linear("alignment on pretraining rows"),
                  Axis.linear("alignment on new rows"),
                  series,
                  labels(groups(rows, dataset, batch))));
        }
      }
    }
    return new Figure(panels, Math.max(1, Math.min(datasets.size(), panels.size())));
  }

  /** The name of each objective at the best of its points, the best objective first. */
  private static List<Note> labels(List<List<CellResult>> groups) {
    Map<String, Note> best = new LinkedHashMap<>();
    for (List<CellResult> group : groups) {
      Note note =
          Note.label(
              Spread.of(group, "cca").mean(),
              Spread.of(group, "cca_new").mean(),
              group.get(0).text("objective"));
      if (Double.isFinite(note.x() + note.y())) {
        best.merge(note.text(), note, (one, other) -> other.y() > one.y() ? other : one);
      }
    }
    return best.values().stream()
        .sorted(Comparator.comparingDouble((Note note) -> -note.y()))
        .toList();
  }
}
