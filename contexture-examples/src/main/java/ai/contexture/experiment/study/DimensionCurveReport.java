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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the cells of {@link DimensionCurveStudy} say. */
final class DimensionCurveReport {

  /** A worst case and its bound are equal within the S-lemma's search. */
  private static final double EQUAL = 1e-6;

  /** τ is at most 2, and τ_d is not of interest far above. */
  private static final double TAU_SHOWN = 3;

  private DimensionCurveReport() {}

  /** Returns what the finished cells say. */
  static StudyReport of(Settings settings, List<CellResult> rows) {
    List<CellResult> finished = rows.stream().filter(CellResult::finished).toList();
    List<List<CellResult>> curves = curves(finished);
    List<StudyReport.Part> parts = new ArrayList<>();
    parts.add(
        new StudyReport.Drawing(
            DimensionCurveStudy.NAME,
            "τ_d (above) and the error on test rows of a linear model on the first d functions"
                + " (below) for three strengths of association; where there are several seeds, means"
                + " and bands of standard deviations. Other kinds of context are in the table",
            figure(ofFirstKind(curves))));
    parts.add(advised(curves));
    List<List<CellResult>> measured =
        curves.stream()
            .map(c -> c.stream().filter(row -> Double.isFinite(row.number("worst"))).toList())
            .filter(c -> !c.isEmpty())
            .toList();
    if (!measured.isEmpty()) {
      parts.add(
          new StudyReport.Drawing(
              DimensionCurveStudy.NAME + "-worst",
              "The share of a task's variance that the first d features miss, at worst over the"
                  + " compatible tasks of the first seed; other datasets and kinds are in the"
                  + " table",
              worst(
                  ofFirstKind(measured).stream()
                      .limit(DimensionCurveStudy.STRENGTHS.size())
                      .toList())));
      parts.add(bounds(measured));
    }
    return new StudyReport(how(settings), parts, meaning(curves, measured));
  }

  private static List<String> how(Settings settings) {
    return List.of(
        Text.format(
            "Contexts (%s) of three strengths, from strong (few rows belong together) to weak (many"
                + " do), were made on each dataset, of %s rows at most: 70 %% of them pretrain, 15"
                + " %% are labelled and 15 %% test. The exact functions of the context were"
                + " computed, and a linear model on the first d of them was fitted to the labelled"
                + " rows. τ_d is what the context's eigenvalues s² alone say of d functions,"
                + " without a target: 1/(1 − s²_{d+1}) + Σ_{i≤d} s_i² / Σ s_i², lower is better.",
            String.join(", ", settings.texts("kinds")), settings.text("rows")),
        Text.format(
            "A task is compatible with a context as far as the context tells it, by a number ρ"
                + " between 0 and 1. Taken were all tasks with at least %s of the greatest ρ. The"
                + " bound is the formula (s_1² − ρ²)/(s_1² − s²_{d+1}) for the share of the task's"
                + " variance that d functions miss at worst. It was measured by solving for the"
                + " worst task itself, for the exact functions and for the best d functions within"
                + " a network (two layers of 128, %s steps of kise with exact orthonormality); and"
                + " by %d tasks drawn at random, on the pretraining rows and by linear models from"
                + " labelled to test rows.",
            settings.text("compatible"), settings.text("steps"), DimensionCurveStudy.TASKS),
        settings.spread("other rows") + " Worst tasks are those of the first seed.");
  }

  /** The rows of each dataset, kind and strength. */
  private static List<List<CellResult>> curves(List<CellResult> rows) {
    List<List<CellResult>> curves = new ArrayList<>();
    for (String dataset : CellResult.distinct(rows, "dataset")) {
      for (String kind : CellResult.distinct(rows, "kind")) {
        for (String strength : DimensionCurveStudy.STRENGTHS) {
          List<CellResult> own =
              rows.stream()
                  .filter(row -> row.text("dataset").equals(dataset))
                  .filter(row -> row.text("kind").equals(kind))
                  .filter(row -> row.text("strength").equals(strength))
                  .toList();
          if (!own.isEmpty()) {
            curves.add(own);
          }
        }
      }
    }
    return curves;
  }

  private static List<Integer> dims(List<CellResult> curve) {
    return curve.stream().map(row -> (int) row.number("d")).distinct().sorted().toList();
  }

  private static Spread at(List<CellResult> curve, int d, String measure) {
    return Spread.of(curve.stream().filter(row -> row.number("d") == d).toList(), measure);
  }

  private static String title(List<CellResult> curve) {
    return curve.get(0).text("dataset") + ", " + curve.get(0).text("kind");
  }

  private static Series line(String name, List<CellResult> curve, String measure) {
    return Series.markedLine(
        name,
        dims(curve).stream().mapToDouble(d -> d).toArray(),
        dims(curve).stream().mapToDouble(d -> at(curve, d, measure).mean()).toArray());
  }

  private static Series banded(String name, List<CellResult> curve, String measure) {
    List<Spread> spreads = dims(curve).stream().map(d -> at(curve, d, measure)).toList();
    return line(name, curve, measure)
        .within(
            spreads.stream().mapToDouble(Spread::low).toArray(),
            spreads.stream().mapToDouble(Spread::high).toArray());
  }

  /** Figures show one kind of context, since more of them hide each other. */
  private static List<List<CellResult>> ofFirstKind(List<List<CellResult>> curves) {
    String first = curves.get(0).get(0).text("kind");
    return curves.stream().filter(curve -> curve.get(0).text("kind").equals(first)).toList();
  }

  private static Figure figure(List<List<CellResult>> curves) {
    Map<String, List<Series>> usefulness = new LinkedHashMap<>();
    Map<String, List<Series>> errors = new LinkedHashMap<>();
    Map<String, String> metrics = new HashMap<>();
    for (List<CellResult> curve : curves) {
      String strength = curve.get(0).text("strength");
      usefulness
          .computeIfAbsent(title(curve), key -> new ArrayList<>())
          .add(line(strength, curve, "tau_d"));
      errors
          .computeIfAbsent(title(curve), key -> new ArrayList<>())
          .add(banded(strength, curve, "error"));
      metrics.put(title(curve), curve.get(0).text("metric"));
    }
    List<Panel> panels = new ArrayList<>();
    Axis across = Axis.logarithmic("functions d");
    usefulness.forEach(
        (title, series) ->
            panels.add(
                new Panel(
                    title,
                    across,
                    Axis.linear("τ of d functions").between(1, TAU_SHOWN),
                    series,
                    List.of())));
    errors.forEach(
        (title, series) ->
            panels.add(
                new Panel(title, across, Axis.linear(metrics.get(title)), series, List.of())));
    return new Figure(panels, usefulness.size());
  }

  /** The number of functions with the least mean of a measure. */
  private static int least(List<CellResult> curve, String measure) {
    return dims(curve).stream()
        .min(Comparator.comparingDouble(d -> at(curve, d, measure).mean()))
        .orElseThrow();
  }

  private static StudyReport.Table advised(List<List<CellResult>> curves) {
    List<List<String>> table = new ArrayList<>();
    for (List<CellResult> curve : curves) {
      int byTau = least(curve, "tau_d");
      int byError = least(curve, "error");
      table.add(
          List.of(
              title(curve) + " (" + curve.get(0).text("metric") + ")",
              curve.get(0).text("strength"),
              Spread.of(curve, "tau").text("%.3f"),
              Integer.toString(byTau),
              at(curve, byTau, "error").text("%.3f"),
              Integer.toString(byError),
              at(curve, byError, "error").text("%.3f"),
              Spread.of(curve, "columns").text("%.3f")));
    }
    return new StudyReport.Table(
        "The number of functions, of those tried, that τ_d advises and the one with the least"
            + " error",
        List.of(
            "context (error)",
            "strength",
            "τ",
            "d by τ_d",
            "its error",
            "best d",
            "its error",
            "columns themselves"),
        table);
  }

  private static Figure worst(List<List<CellResult>> curves) {
    List<Panel> panels = new ArrayList<>();
    for (List<CellResult> curve : curves) {
      List<Series> series = new ArrayList<>();
      DimensionCurveStudy.WORST_CASES.forEach(
          (name, measure) -> series.add(line(name, curve, measure)));
      panels.add(
          new Panel(
              title(curve) + ", " + curve.get(0).text("strength"),
              Axis.logarithmic("functions d"),
              Axis.linear("share missed").between(0, DimensionCurveStudy.SHARE_SHOWN),
              series,
              List.of()));
    }
    return new Figure(panels, Math.min(DimensionCurveStudy.STRENGTHS.size(), panels.size()));
  }

  private static StudyReport.Table bounds(List<List<CellResult>> curves) {
    List<List<String>> table = new ArrayList<>();
    for (List<CellResult> curve : curves) {
      List<Integer> dims = dims(curve);
      for (int d : List.of(dims.get(0), dims.get(dims.size() / 2), dims.get(dims.size() - 1))) {
        List<String> line = new ArrayList<>();
        line.add(title(curve) + ", " + curve.get(0).text("strength"));
        line.add(Text.format("%.2f", 1 - at(curve, d, "epsilon").mean()));
        line.add(Integer.toString(d));
        line.add(at(curve, d, "next").text("%.3f"));
        DimensionCurveStudy.WORST_CASES
            .values()
            .forEach(measure -> line.add(at(curve, d, measure).text("%.3f")));
        table.add(line);
      }
    }
    List<String> header = new ArrayList<>(List.of("context", "least ρ", "d", "s² after d"));
    header.addAll(DimensionCurveStudy.WORST_CASES.keySet());
    return new StudyReport.Table(
        "The share of variance that is missed at worst, beside the bound", header, table);
  }

  private static List<String> meaning(
      List<List<CellResult>> curves, List<List<CellResult>> measured) {
    List<String> meaning = new ArrayList<>();
    long close =
        curves.stream()
            .filter(
                c -> {
                  Spread advised = at(c, least(c, "tau_d"), "error");
                  Spread best = at(c, least(c, "error"), "error");
                  return advised.mean() - best.mean() <= best.deviation() + advised.deviation();
                })
            .count();
    meaning.add(
        Text.format(
            "With as many functions as τ_d advises, the error is within the spread of the least one"
                + " in %d of %d contexts. τ_d does not know the target, so that it cannot know"
                + " where a target's own functions lie.",
            close, curves.size()));
    if (!measured.isEmpty()) {
      List<CellResult> all = measured.stream().flatMap(List::stream).toList();
      double far = most(all, row -> Math.abs(row.number("worst") - row.number("bound")));
      double lost = most(all, row -> row.number("worst_network") - row.number("bound"));
      double beyond = most(all, row -> row.number("drawn") - row.number("bound"));
      meaning.add(
          Text.format(
              "The worst case of the exact functions is the bound to %.1g in all %d cases, so that"
                  + " the bound is reached and not only kept. The network misses up to %.3f more of"
                  + " a task's variance. %s",
              far,
              all.size(),
              lost,
              beyond <= EQUAL
                  ? "No drawn task passes the bound; most stay far below it, since the worst task"
                      + " puts all it can into one function that is just left out."
                  : "Drawn tasks pass the bound, which must not be."));
      double fresh = most(all, row -> row.number("drawn_new") - row.number("bound"));
      meaning.add(
          Text.format(
              "On new rows a linear model is fitted to labelled rows, which the bound knows nothing"
                  + " of: there, drawn tasks miss up to %.3f more than it says, where functions"
                  + " are many for the labelled rows, or large on a few outlying ones.",
              fresh));
    }
    return meaning;
  }

  private static double most(List<CellResult> rows, ToDoubleFunction<CellResult> value) {
    return rows.stream().mapToDouble(value).max().orElseThrow();
  }
}
