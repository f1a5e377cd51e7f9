package ai.contexture.experiment.study;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.input.Numbers;
import ai.contexture.input.Text;
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
import java.util.function.Function;

/** What the cells of {@link EdgeOfStabilityStudy} say. */
final class EdgeOfStabilityReport {

  /** Where the loss rises in more than this share of the last steps, it oscillates. */
  private static final double OSCILLATES = 0.1;

  private EdgeOfStabilityReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(
        new StudyReport.Drawing(
            EdgeOfStabilityStudy.NAME,
            "Alignment with the exact functions against the step size: the bands go from the least"
                + " to the greatest of the last half of the training, means over the seeds",
            figure(finished)));
    parts.add(
        new StudyReport.Drawing(
            EdgeOfStabilityStudy.NAME + "-loss",
            "The share of the last steps in which the loss rose, against the step size",
            rises(finished)));
    for (List<CellResult> line : lines(finished)) {
      parts.add(table(line));
    }
    return new StudyReport(how(settings), parts, meaning(finished));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "The context says that a row belongs together with its %s nearest neighbours; its best"
                + " %s functions were computed exactly. Networks with two hidden layers of %s"
                + " (tanh) were trained for %s steps of constant size on all rows at once, %s at"
                + " most, without clipping, on the objective kise. Features are kept apart by being"
                + " made exactly orthonormal in each step (whitening, with a constant ridge of a"
                + " thousandth), or by a penalty (frobenius).",
            settings.text("k"),
            settings.text("dim"),
            settings.text("width"),
            settings.text("steps"),
            settings.text("rows")),
        "Small steps of gradient descent lower the loss each time. They stop to do so where the"
            + " sharpness, the largest curvature of the loss, passes 2 over the step size: the edge"
            + " of stability. 'Sharpness over edge' is the sharpness at the end as a part of that."
            + " It was found by power iteration with differences of gradients.",
        "Alignment is the mean squared canonical correlation of the features with the exact"
            + " functions, 1 if they span the same space; 'turn' is one minus the same between the"
            + " features at a look and a twentieth of the training before, so that 0 is a span that"
            + " stays. Rises, turns, least and greatest are of the last half of the training.",
        settings.spread("other rows and first weights"));
  }

  /** The rows of each dataset, way and optimiser. */
  private static List<List<CellResult>> lines(List<CellResult> rows) {
    Map<String, List<CellResult>> lines = new LinkedHashMap<>();
    for (CellResult row : rows) {
      lines.computeIfAbsent(title(row), key -> new ArrayList<>()).add(row);
    }
    return List.copyOf(lines.values());
  }

  private static String title(CellResult row) {
    return legend(row) + ", " + row.text("optimiser");
  }

  /** The dataset and the way without its options. */
  private static String legend(CellResult row) {
    return row.text("dataset") + ", " + row.text("way").replaceAll("\\(.*", "");
  }

  private static List<Double> rates(List<CellResult> line) {
    return line.stream().map(row -> row.number("rate")).distinct().sorted().toList();
  }

  /** The rows of trainings that came to their end. */
  private static List<CellResult> ended(List<CellResult> line) {
    return line.stream().filter(row -> row.number("diverged") == 0).toList();
  }

  private static Spread at(List<CellResult> line, double rate, String measure) {
    return Spread.of(line.stream().filter(row -> row.number("rate") == rate).toList(), measure);
  }

  private static double[] means(List<CellResult> line, String measure) {
    return rates(line).stream().mapToDouble(rate -> at(line, rate, measure).mean()).toArray();
  }

  private static Figure figure(List<CellResult> rows) {
    return byOptimiser(
        rows,
        line -> series(line, "cca").within(means(line, "cca_least"), means(line, "cca_most")),
        "alignment",
        List.of());
  }

  private static Figure rises(List<CellResult> rows) {
    return byOptimiser(
        rows,
        line -> series(line, "rises"),
        "share of steps",
        List.of(Note.horizontal(OSCILLATES, "")));
  }

  private static Series series(List<CellResult> line, String measure) {
    return Series.markedLine(
        legend(line.get(0)),
        rates(line).stream().mapToDouble(rate -> rate).toArray(),
        means(line, measure));
  }

  /** A panel for each optimiser, of something between 0 and 1 against the size of a step. */
  private static Figure byOptimiser(
      List<CellResult> rows,
      Function<List<CellResult>, Series> series,
      String measure,
      List<Note> notes) {
    List<Panel> panels = new ArrayList<>();
    for (String optimiser : List.of(EdgeOfStabilityStudy.SGD, EdgeOfStabilityStudy.ADAMW)) {
      List<Series> own =
          lines(ended(rows)).stream()
              .filter(line -> line.get(0).text("optimiser").equals(optimiser))
              .map(series)
              .toList();
      if (!own.isEmpty()) {
        panels.add(
            new Panel(
                optimiser,
                Axis.logarithmic("step size"),
                Axis.linear(measure).between(0, 1),
                own,
                notes));
      }
    }
    return new Figure(panels, panels.size());
  }

  private static StudyReport.Table table(List<CellResult> line) {
    List<List<String>> table = new ArrayList<>();
    List<CellResult> ended = ended(line);
    for (double rate : rates(line)) {
      long lost =
          line.stream()
              .filter(row -> row.number("rate") == rate && row.number("diverged") == 1)
              .count();
      table.add(
          List.of(
              Numbers.text(rate),
              at(ended, rate, "cca").text("%.3f"),
              at(ended, rate, "cca_least").text("%.3f"),
              at(ended, rate, "turn").text("%.4f"),
              at(ended, rate, "rises").text("%.2f"),
              at(ended, rate, "jump").text("%.3g"),
              at(ended, rate, "loss").text("%.3f"),
              at(ended, rate, "sharpness").text("%.3g"),
              at(ended, rate, "edge").text("%.2f"),
              lost == 0 ? "" : lost + " diverged"));
    }
    return new StudyReport.Table(
        title(line.get(0)),
        List.of(
            "step size",
            "alignment",
            "least",
            "turn",
            "rises",
            "largest rise",
            "loss",
            "sharpness",
            "over edge",
            ""),
        table);
  }

  private static List<String> meaning(List<CellResult> rows) {
    List<String> meaning = new ArrayList<>();
    for (List<CellResult> line : lines(rows)) {
      List<CellResult> ended = ended(line);
      double lost =
          line.stream()
              .filter(row -> row.number("diverged") == 1)
              .mapToDouble(row -> row.number("rate"))
              .min()
              .orElse(Double.NaN);
      String divergence =
          Double.isNaN(lost)
              ? ""
              : Text.format(" Trainings diverge from a step of %s on.", Numbers.text(lost));
      if (ended.isEmpty()) {
        meaning.add(title(line.get(0)) + ": no training came to its end." + divergence);
        continue;
      }
      List<Double> rates = rates(ended);
      double best =
          rates.stream()
              .max(Comparator.comparingDouble(rate -> at(ended, rate, "cca").mean()))
              .orElseThrow();
      double last = rates.get(rates.size() - 1);
      String first =
          rates.stream()
              .filter(rate -> at(ended, rate, "rises").mean() > OSCILLATES)
              .findFirst()
              .map(
                  rate ->
                      Text.format(
                          "The loss oscillates from a step of %s on, where the alignment is %s.",
                          Numbers.text(rate), at(ended, rate, "cca").text("%.3f")))
              .orElse("The loss does not oscillate.");
      meaning.add(
          Text.format(
              "%s: the alignment is best at a step of %s, %s, where the loss rises in %.0f %% of"
                  + " the last steps, and %s at %s, the largest that did not diverge. %s%s",
              title(line.get(0)),
              Numbers.text(best),
              at(ended, best, "cca").text("%.3f"),
              100 * at(ended, best, "rises").mean(),
              at(ended, last, "cca").text("%.3f"),
              Numbers.text(last),
              first,
              divergence));
    }
    meaning.add(
        "Where the loss oscillates and the alignment is as good as with smaller steps, the span"
            + " stays although the weights do not: the answer of these runs to the open question is"
            + " yes up to the step at which the alignment falls, and no beyond. They are small"
            + " networks on one context, and no proof.");
    return meaning;
  }
}
