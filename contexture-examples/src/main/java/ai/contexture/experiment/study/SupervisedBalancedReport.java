package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Text;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the cells of {@link SupervisedBalancedStudy} say. */
final class SupervisedBalancedReport {

  /** Kernel PCA and the operator agree to this. */
  private static final double SAME = 1e-6;

  private SupervisedBalancedReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(
        new StudyReport.Drawing(
            SupervisedBalancedStudy.NAME,
            "Alignment of the learned features with the functions of the label context, on rows"
                + " that were trained on (across) and on test rows (up), a point for each seed."
                + " Those of 'balanced, exact' lie under those of 'pulled together, exact', which"
                + " is the same loss but for a constant",
            figure(finished)));
    for (String dataset : CellResult.distinct(finished, "dataset")) {
      parts.add(table(dataset, finished));
    }
    return new StudyReport(how(settings), parts, meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context of a row is its class. Its functions were computed by kernel PCA, the"
                + " eigenvectors of the matrix that says of each pair of training rows whether they"
                + " have the same class, divided by how frequent that is: one function less than"
                + " there are classes, all of them with s² = 1. Networks of two hidden layers of"
                + " width %s were trained for %s steps on 70 %% of the rows, of %s at most, and"
                + " their best features compared with these functions.",
            settings.text("width"), settings.text("steps"), settings.text("rows")),
        "Balanced: a linear model on the features predicts the class, with each class weighted so"
            + " that rare ones count as much as frequent ones. Pulled together: features of rows of"
            + " the same class are made alike (kise with the kernel of the label context)."
            + " Contrastive: the published supervised contrastive loss, whose features keep"
            + " themselves apart. Plain: as balanced, with all rows counted alike. 'VICReg' keeps"
            + " features apart by penalties, 'exact' makes them orthonormal in each step.",
        "Alignment is the mean squared canonical correlation, 1 if both span the same space; on"
            + " test rows it is that with the true classes, which features of new rows can only"
            + " guess. The ratio trace is how much of the context the features hold, as a part of"
            + " the most. Accuracy is that of a linear model on the features, fitted to 15 % of the"
            + " rows that the network has not seen.",
        settings.spread("other rows and first weights"));
  }

  private static List<CellResult> of(
      List<CellResult> rows, String dataset, SupervisedBalancedStudy.Method method) {
    return rows.stream()
        .filter(row -> row.text("dataset").equals(dataset))
        .filter(row -> row.text("method").equals(method.name()))
        .toList();
  }

  private static Figure figure(List<CellResult> rows) {
    List<Panel> panels = new ArrayList<>();
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      List<Series> series = new ArrayList<>();
      for (SupervisedBalancedStudy.Method method : SupervisedBalancedStudy.METHODS) {
        List<CellResult> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          series.add(
              Series.points(
                  method.name(),
                  own.stream().mapToDouble(row -> row.number("cca")).toArray(),
                  own.stream().mapToDouble(row -> row.number("cca_new")).toArray()));
        }
      }
      panels.add(
          new Panel(
              dataset, Axis.linear("training rows"), Axis.linear("test rows"), series, List.of()));
    }
    return new Figure(panels, Math.min(3, panels.size()));
  }

  private static StudyReport.Table table(String dataset, List<CellResult> rows) {
    List<List<String>> table = new ArrayList<>();
    List<CellResult> all =
        rows.stream().filter(row -> row.text("dataset").equals(dataset)).toList();
    for (SupervisedBalancedStudy.Method method : SupervisedBalancedStudy.METHODS) {
      List<CellResult> own = of(rows, dataset, method);
      if (!own.isEmpty()) {
        table.add(
            List.of(
                method.name(),
                Spread.of(own, "cca").text("%.4f"),
                Spread.of(own, "cca_new").text("%.3f"),
                Spread.of(own, "ratio_trace").text("%.4f"),
                Spread.of(own, "effective_rank").text("%.1f"),
                Spread.of(own, "accuracy").text("%.3f"),
                Spread.of(own, "seconds").text("%.1f")));
      }
    }
    return new StudyReport.Table(
        Text.format(
            "%s, %s classes. A linear model on the columns themselves has an accuracy of %s, the"
                + " most frequent class %s",
            dataset,
            Spread.of(all, "classes").text("%.0f"),
            Spread.of(all, "accuracy_columns").text("%.3f"),
            Spread.of(all, "accuracy_nothing").text("%.3f")),
        List.of(
            "learned by",
            "alignment",
            "alignment, test rows",
            "ratio trace",
            "dimensions used",
            "accuracy",
            "seconds"),
        table);
  }

  private static List<String> meaning(List<CellResult> rows) {
    List<String> meaning = new ArrayList<>();
    double apart = rows.stream().mapToDouble(row -> 1 - row.number("pca_agrees")).max().orElse(0);
    double error = rows.stream().mapToDouble(row -> row.number("pca_error")).max().orElse(0);
    meaning.add(
        Text.format(
            "Kernel PCA and the spectrum that this library computes without a matrix of all pairs"
                + " %s: eigenvalues differ by %.1g at most, and the alignment by %.1g.",
            apart <= SAME && error <= SAME ? "are the same" : "differ", error, apart));
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      Map<String, Double> means = new HashMap<>();
      for (SupervisedBalancedStudy.Method method : SupervisedBalancedStudy.METHODS) {
        List<CellResult> own = of(rows, dataset, method);
        if (!own.isEmpty()) {
          means.put(method.name(), Spread.of(own, "cca").mean());
        }
      }
      String best =
          means.keySet().stream().max(Comparator.comparingDouble(means::get)).orElseThrow();
      String least =
          means.keySet().stream().min(Comparator.comparingDouble(means::get)).orElseThrow();
      meaning.add(
          Text.format(
              "%s: closest to the functions of the label context comes '%s' (%.4f), farthest stays"
                  + " '%s' (%.4f).",
              dataset, best, means.get(best), least, means.get(least)));
    }
    meaning.add(
        "With as many features as classes less one, all these losses have the same optimum (the"
            + " contrastive one where classes are equally frequent), and the training rows show how"
            + " near each comes to it. On new rows the functions are the classes themselves, so"
            + " that alignment there is bounded by how well the columns tell the class, whatever"
            + " the loss; where they say little, a network that comes closer on the training rows"
            + " has learned these by heart.");
    return meaning;
  }
}
