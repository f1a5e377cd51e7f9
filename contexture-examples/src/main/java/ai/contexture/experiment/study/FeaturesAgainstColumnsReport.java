package ai.contexture.experiment.study;

import static ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.ALL;
import static ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.DEFAULT;
import static ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.METRIC;
import static ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.share;
import static ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.value;

import ai.contexture.experiment.CellResult;
import ai.contexture.experiment.Settings;
import ai.contexture.experiment.StudyReport;
import ai.contexture.experiment.study.FeaturesAgainstColumnsStudy.Standing;
import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;
import ai.contexture.plot.Axis;
import ai.contexture.plot.Figure;
import ai.contexture.plot.Note;
import ai.contexture.plot.Panel;
import ai.contexture.plot.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the cells of {@link FeaturesAgainstColumnsStudy} say. */
final class FeaturesAgainstColumnsReport {

  /** A difference between means over the seeds counts from so many of its standard errors. */
  private static final double CLEAR = 2;

  private FeaturesAgainstColumnsReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<StudyReport.Part> parts = new ArrayList<>();
    List<String> meaning = new ArrayList<>();
    List<Panel> panels = new ArrayList<>();
    for (String labels : CellResult.distinct(finished, "labels")) {
      List<Line> lines = Line.all(finished, labels);
      meaning.add(meaning(labels, lines));
      parts.add(table(settings, labels, lines));
      panels.add(panel(labels, lines));
    }
    parts.add(
        0,
        new StudyReport.Drawing(
            FeaturesAgainstColumnsStudy.NAME,
            "What is gained over the columns, a point for each dataset: above 0 the columns are"
                + " passed. R² of numbers, accuracy of classes; means over the seeds",
            new Figure(panels, panels.size())));
    meaning.add(
        "A context says which rows belong together, and features are what such rows have in common."
            + " That helps where the target follows it and a linear model of the columns does not."
            + " Where the target follows a few columns directly, features smooth away what it needs."
            + " So keep the columns: put features beside them, and believe the comparison on your"
            + " own rows, which contexture pretrain makes.");
    return new StudyReport(how(settings), parts, meaning);
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Of each dataset 70 %% of the rows made the context %s, and a network was trained on"
                + " them as contexture pretrain does it (%s, %s, %s steps). Labels were"
                + " not looked at. Linear models were fitted on the labels of another 15 %%, all of"
                + " them or as many as the table says, and scored on the last 15 %%: on the"
                + " features, on the columns as they are after preprocessing, on both, and on"
                + " nothing, which is always the mean or the most frequent class. So were boosted"
                + " trees on the columns, unless that would take long.",
            settings.text("context"),
            settings.text("objective"),
            settings.text("dim").equals(DEFAULT)
                ? "as many features as suit the number of rows"
                : settings.text("dim") + " features",
            settings.text("steps")),
        "R² is the share of the squared error of the mean that is not made: 1 is perfect, 0 is no"
            + " better than the mean, and less than 0 is worse. Accuracy is the share of the rows"
            + " whose class is right. Of both, more is better.",
        settings.count("seeds") == 1
            ? Text.format(
                "There is one seed, so that numbers have no spread. Better and worse are differences"
                    + " that have the same sign in the middle %.0f %% of %d resamples of the scored"
                    + " rows; what is not is called even.",
                100 * ProbeComparison.LEVEL, ProbeComparison.RESAMPLES)
            : Text.format(
                "Numbers are means ± standard deviations over %d seeds, each with other rows and"
                    + " first weights. Better and worse are differences that are more than %.0f"
                    + " standard errors from 0, by the seeds; what is not is called even. A dataset"
                    + " with one seed so far is judged by resamples of its scored rows.",
                settings.count("seeds"), CLEAR));
  }

  /** A dataset with some number of labels: its row in a table. */
  private record Line(String dataset, List<CellResult> rows) {

    static List<Line> all(List<CellResult> finished, String labels) {
      List<CellResult> own =
          finished.stream().filter(row -> row.text("labels").equals(labels)).toList();
      return CellResult.distinct(own, "dataset").stream()
          .map(
              name ->
                  new Line(
                      name, own.stream().filter(row -> row.text("dataset").equals(name)).toList()))
          .toList();
    }

    double mean(Predictor predictor) {
      return Spread.of(rows, share(predictor)).mean();
    }

    double gain(Predictor predictor) {
      return mean(predictor) - mean(Predictor.COLUMNS);
    }

    /** How a predictor stands to another: by the seeds, or where there is one by its rows. */
    Standing standing(Predictor one, Predictor other) {
      if (rows.size() > 1) {
        Spread gain =
            Spread.of(
                rows.stream()
                    .mapToDouble(row -> row.number(share(one)) - row.number(share(other)))
                    .toArray());
        double least = CLEAR * gain.deviation() / Math.sqrt(gain.n());
        return gain.mean() > least
            ? Standing.BETTER
            : gain.mean() < -least ? Standing.WORSE : Standing.SAME;
      }
      String word = rows.get(0).text(value(one) + "_against_" + value(other));
      return Arrays.stream(Standing.values())
          .filter(standing -> standing.word().equals(word))
          .findFirst()
          .orElse(Standing.SAME);
    }

    /** Whether the mean of one is above that of another. */
    boolean above(Predictor one, Predictor other) {
      return mean(one) > mean(other);
    }

    String text(Predictor predictor) {
      return Spread.of(rows, share(predictor)).text("%.3f");
    }

    String standingText(Predictor predictor) {
      Standing standing = standing(predictor, Predictor.COLUMNS);
      return standing == Standing.SAME ? "even" : standing.word();
    }
  }

  private static String name(String labels) {
    return labels.equals(ALL) ? "all labels" : labels + " labels";
  }

  private static String meaning(String labels, List<Line> lines) {
    long trees = lines.stream().filter(line -> Double.isFinite(line.mean(Predictor.TREES))).count();
    long above =
        lines.stream().filter(line -> line.above(Predictor.TOGETHER, Predictor.TREES)).count();
    return Text.format(
        "With %s, features alone are better than the columns on %d of %d datasets and worse on %d;"
            + " columns and features together are better than the columns on %d and worse on %d."
            + " Together they are above boosted trees on %d of the %d datasets that have these.",
        name(labels),
        count(lines, Predictor.FEATURES, Standing.BETTER),
        lines.size(),
        count(lines, Predictor.FEATURES, Standing.WORSE),
        count(lines, Predictor.TOGETHER, Standing.BETTER),
        count(lines, Predictor.TOGETHER, Standing.WORSE),
        above,
        trees);
  }

  private static long count(List<Line> lines, Predictor predictor, Standing wanted) {
    return lines.stream()
        .filter(line -> line.standing(predictor, Predictor.COLUMNS) == wanted)
        .count();
  }

  private static StudyReport.Table table(Settings settings, String labels, List<Line> lines) {
    List<List<String>> table = new ArrayList<>();
    for (Line line : lines) {
      CellResult first = line.rows.get(0);
      table.add(
          List.of(
              line.dataset,
              first.text("rows"),
              first.text("dimension"),
              first.text("fitted"),
              first.text(METRIC).equals("accuracy") ? "accuracy" : "R²",
              line.text(Predictor.FEATURES),
              line.text(Predictor.COLUMNS),
              line.text(Predictor.TOGETHER),
              line.text(Predictor.TREES),
              line.text(Predictor.NOTHING),
              line.standingText(Predictor.FEATURES),
              line.standingText(Predictor.TOGETHER)));
    }
    return new StudyReport.Table(
        Text.format("How well the target is predicted with %s, %s", name(labels), settings.means()),
        List.of(
            "dataset",
            "rows to learn from",
            "features learned",
            "labels",
            "measure",
            "features",
            "columns",
            "both",
            "trees",
            "nothing",
            "features against columns",
            "both against columns"),
        table);
  }

  private static Panel panel(String labels, List<Line> lines) {
    double[] columns = lines.stream().mapToDouble(line -> line.mean(Predictor.COLUMNS)).toArray();
    List<Note> notes = new ArrayList<>();
    for (Line line : lines) {
      notes.add(
          Note.label(line.mean(Predictor.COLUMNS), line.gain(Predictor.FEATURES), line.dataset));
    }
    notes.add(Note.horizontal(0, "the columns"));
    return new Panel(
        name(labels),
        Axis.linear("R² or accuracy of the columns"),
        Axis.linear("gain over the columns"),
        List.of(
            Series.points("features", columns, gains(lines, Predictor.FEATURES)),
            Series.points("columns and features", columns, gains(lines, Predictor.TOGETHER))),
        notes);
  }

  private static double[] gains(List<Line> lines, Predictor predictor) {
    return lines.stream().mapToDouble(line -> line.gain(predictor)).toArray();
  }
}
