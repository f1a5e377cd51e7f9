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
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the cells of {@link AssociationShapeStudy} say. */
final class AssociationShapeReport {

  /** An end is higher than the best setting if the mean difference is so many standard errors. */
  private static final double ERRORS = 2;

  /** The error of one kind of contexts on one dataset from strong to weak. */
  private record Shape(
      String dataset,
      String kind,
      List<CellResult> strongest,
      List<CellResult> best,
      List<CellResult> weakest) {

    boolean risesStrong() {
      return higher(strongest, best);
    }

    boolean risesWeak() {
      return higher(weakest, best);
    }

    String rises() {
      return risesStrong() && risesWeak()
          ? "at both ends"
          : risesStrong() ? "if strong" : risesWeak() ? "if weak" : "nowhere";
    }
  }

  private AssociationShapeReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<Shape> shapes = shapes(finished);
    long strong = shapes.stream().filter(Shape::risesStrong).count();
    long both = shapes.stream().filter(s -> s.risesStrong() && s.risesWeak()).count();
    return new StudyReport(
        how(settings),
        List.of(
            new StudyReport.Drawing(
                AssociationShapeStudy.NAME,
                "Error with as many functions as the usefulness τ advises, from strong association"
                    + " on the left to weak on the right; bands are standard errors over the"
                    + " splits",
                figure(finished, "error")),
            new StudyReport.Drawing(
                AssociationShapeStudy.NAME + "-fixed",
                Text.format("The same with %d functions", AssociationShapeStudy.FIXED),
                figure(finished, "error_fixed")),
            table(shapes)),
        List.of(
            Text.format(
                "The error rises at the strong end in %d of %d cases, and at both ends in %d.",
                strong, shapes.size(), both),
            "A context that is too strong says only that each row is itself, and one that is too"
                + " weak says that all rows are alike: neither tells what a target might follow."));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Four kinds of context at %s strengths each were made on every dataset, of %s rows at"
                + " most, %s times with other rows to pretrain on (70 %%), to label (15 %%) and to"
                + " test on (15 %%). Nothing was trained: a linear model gets the exact best"
                + " functions of the context.",
            settings.text("strengths"), settings.text("rows"), settings.text("seeds")),
        "An end counts as higher than the best setting where the mean difference over the splits is"
            + " more than two standard errors. 'nothing' is the best constant, and 'columns"
            + " themselves' a linear model on the columns of the table.");
  }

  private static List<Shape> shapes(List<CellResult> rows) {
    List<Shape> shapes = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      for (String kind : Strength.KINDS) {
        List<List<CellResult>> settings = settings(rows, dataset, kind);
        if (!settings.isEmpty()) {
          shapes.add(
              new Shape(
                  dataset,
                  kind,
                  settings.get(0),
                  settings.stream().min(Comparator.comparingDouble(s -> mean(s, "error"))).get(),
                  settings.get(settings.size() - 1)));
        }
      }
    }
    return shapes;
  }

  private static StudyReport.Table table(List<Shape> shapes) {
    List<List<String>> table = new ArrayList<>();
    for (Shape shape : shapes) {
      String metric = shape.best.get(0).text("metric");
      table.add(
          List.of(
              shape.dataset + " (" + metric + ")",
              shape.kind,
              Text.format("%.4g", mean(shape.strongest, "error")),
              Text.format("%.4g", mean(shape.best, "error")),
              Text.format("%.4g", mean(shape.weakest, "error")),
              shape.rises()));
    }
    return new StudyReport.Table(
        "The error at the ends against the best setting between",
        List.of("dataset (error)", "context", "strongest", "best", "weakest", "rises"),
        table);
  }

  private static List<String> datasets(List<CellResult> rows) {
    return CellResult.distinct(rows, "dataset");
  }

  /** The rows of each setting, the strongest first, those of one in the order of their seeds. */
  private static List<List<CellResult>> settings(
      List<CellResult> rows, String dataset, String kind) {
    List<CellResult> own =
        rows.stream()
            .filter(row -> row.text("dataset").equals(dataset) && row.text("kind").equals(kind))
            .sorted(Comparator.comparingDouble(row -> row.number("seed")))
            .toList();
    List<List<CellResult>> settings = new ArrayList<>();
    for (String value : CellResult.distinct(own, "setting")) {
      settings.add(own.stream().filter(row -> row.text("setting").equals(value)).toList());
    }
    settings.sort(Comparator.comparingDouble(s -> mean(s, "decay_rate")));
    return settings;
  }

  /** Whether one setting is worse than another on the splits that both were measured on. */
  private static boolean higher(List<CellResult> rows, List<CellResult> than) {
    double[] differences =
        rows.stream()
            .flatMapToDouble(
                row ->
                    than.stream()
                        .filter(other -> other.text("seed").equals(row.text("seed")))
                        .mapToDouble(other -> row.number("error") - other.number("error")))
            .toArray();
    return Arrays.stream(differences).average().orElse(0) > ERRORS * standardError(differences)
        && rows != than;
  }

  private static double mean(List<CellResult> rows, String measure) {
    return rows.stream().mapToDouble(row -> row.number(measure)).average().orElseThrow();
  }

  private static double standardError(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
  }

  private static Figure figure(List<CellResult> rows, String error) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : datasets(rows)) {
      List<Series> series = new ArrayList<>();
      for (String kind : Strength.KINDS) {
        List<List<CellResult>> settings = settings(rows, dataset, kind);
        if (settings.isEmpty()) {
          continue;
        }
        double[] rates = settings.stream().mapToDouble(s -> mean(s, "decay_rate")).toArray();
        double[] means = settings.stream().mapToDouble(s -> mean(s, error)).toArray();
        double[] half =
            settings.stream()
                .mapToDouble(
                    s -> standardError(s.stream().mapToDouble(row -> row.number(error)).toArray()))
                .toArray();
        series.add(
            Series.markedLine(kind, rates, means)
                .within(
                    IntStream.range(0, half.length).mapToDouble(i -> means[i] - half[i]).toArray(),
                    IntStream.range(0, half.length)
                        .mapToDouble(i -> means[i] + half[i])
                        .toArray()));
      }
      List<CellResult> all =
          rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
      panels.add(
          new Panel(
              dataset,
              Axis.logarithmic("decay rate λ (strong to weak)").between(2e-4, 20),
              Axis.linear(all.get(0).text("metric") + " on test rows"),
              series,
              List.of(
                  Note.horizontal(mean(all, "columns"), "columns themselves"),
                  Note.horizontal(mean(all, "nothing"), "nothing"))));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }
}
