package ai.contexture.cli;

import ai.contexture.comparison.Comparison;
import ai.contexture.comparison.ContextMeasures;
import ai.contexture.comparison.ContextScore;
import ai.contexture.comparison.ResultTable;
import ai.contexture.data.Dataset;
import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.Metric;
import ai.contexture.measure.ProbeScore;
import java.util.ArrayList;
import java.util.List;

/** What a comparison of contexts found, in words and tables. */
final class ComparisonReport {

  private final Report report;
  private final Dataset data;
  private final Comparison comparison;
  private final ComparisonRun run;
  private final List<ContextScore> ranked;
  private final boolean allRows;

  /**
   * Creates a report.
   *
   * @param allRows whether all rows were asked for
   */
  ComparisonReport(
      Terminal terminal, Dataset data, Comparison comparison, ComparisonRun run, boolean allRows) {
    this.report = new Report(terminal, true);
    this.data = data;
    this.comparison = comparison;
    this.run = run;
    this.ranked = run.ranked();
    this.allRows = allRows;
  }

  /** Prints the ranking and what is to be known of it. */
  void print() {
    if (ranked.isEmpty()) {
      report.line("No context was judged.");
    } else {
      verdict();
      report.line("");
      report.table(ResultTable.ranking(ranked, comparison, task()));
      report.line("");
      howJudged();
      wrong();
    }
    section("What could not be judged");
    run.failed().forEach((context, why) -> report.item(context + ": " + why));
    run.left().forEach(context -> report.item(context + ": interrupted"));
  }

  private Task task() {
    return comparison.hasTarget() ? data.target().orElseThrow().task() : null;
  }

  private void verdict() {
    ContextScore best = ranked.get(0);
    if (!comparison.hasTarget()) {
      report.paragraph(
          Text.format("Best of these contexts on %s: %s, %s", data.name(), best.context(), best));
      return;
    }
    String target = data.target().orElseThrow().name();
    report.paragraph(
        Text.format("Best of these contexts for '%s': %s, %s", target, best.context(), best));
    ProbeScore probe = best.probe();
    if (!best.beats(probe.meanPredictor())) {
      report.paragraph(
          Text.format(
              "None of them tells more than nothing, which reaches %s.",
              ContextScore.score(probe.metric(), probe.meanPredictor())));
    } else if (!best.beats(probe.rawFeatures())) {
      report.paragraph(
          Text.format(
              "None of them beats your columns as they are: a linear model reaches %s on these.",
              ContextScore.score(probe.metric(), probe.rawFeatures())));
    }
  }

  private void howJudged() {
    if (comparison.hasTarget()) {
      report.paragraph(
          "  ",
          Text.format(
              "A linear model on the best functions of each context, fitted on %d labels, scored on"
                  + " %d other rows: what a network that learns from the context reaches at best.",
              comparison.labels(), comparison.scored()));
      ProbeScore best = ranked.get(0).probe();
      if (best.metric() == Metric.ACCURACY) {
        double deviation = Math.sqrt(best.value() * (1 - best.value()) / best.scored());
        report.paragraph("  ", Text.format("Differences of up to %.2g may be chance.", deviation));
      }
    } else {
      report.paragraph(
          "  ",
          Text.format(
              "Column error: of a linear model from the best functions of each context to the %d"
                  + " columns, on %d new rows; lower is better, about 1 tells nothing. It knows no"
                  + " target.",
              comparison.columns(), comparison.scored()));
    }
    for (ContextScore score : ranked) {
      if (score.ownLabels() > 0) {
        report.item(
            Text.format(
                "%s: %d of these labels made the context, %d the model.",
                score.context(), score.ownLabels(), comparison.labels() - score.ownLabels()));
      }
      if (score.transductive()) {
        report.item(
            Text.format(
                "%s: made of all rows%s%s.",
                score.context(),
                allRows ? "" : ", since it knows no others",
                score.ownLabels() > 0 ? ", those that are scored without labels" : ""));
      }
      if (score.spectrumError() != null) {
        report.item(
            Text.format(
                "%s: estimated from a %s, s² ± %.2g; --exact is slower.",
                score.context(), score.measures().method(), score.spectrumError()));
      }
    }
  }

  private void wrong() {
    if (ranked.stream().allMatch(score -> score.measures().diagnosis().healthy())) {
      return;
    }
    report.heading("What looks wrong");
    for (ContextScore score : ranked) {
      score
          .measures()
          .diagnosis()
          .findings()
          .forEach(found -> report.item(score.context() + ": " + found));
    }
  }

  private void section(String title) {
    if (!run.failed().isEmpty() || !run.left().isEmpty()) {
      report.heading(title);
    }
  }

  /** Prints what else was measured. */
  void measures(double beta) {
    List<ContextMeasures> measured = ranked.stream().map(ContextScore::measures).toList();
    if (measured.isEmpty()) {
      return;
    }
    boolean target = data.target().isPresent();
    report.heading("Other measures");
    report.table(ResultTable.comparison(measured, target));
    report.line("");
    ResultTable.meanings(measured, target, beta)
        .forEach(meaning -> report.entry(meaning.get(0), meaning.get(1)));
    List<String> notes = new ArrayList<>();
    measured.forEach(m -> m.notes().forEach(note -> notes.add(m.context() + ": " + note)));
    if (!notes.isEmpty()) {
      report.heading("What could not be measured");
      notes.forEach(report::item);
    }
  }

  /** Prints how to go on. */
  void next(PretrainLine line) {
    if (!ranked.isEmpty()) {
      ContextScore best = ranked.get(0);
      report.heading("Learn the features of the best");
      report.command(line.with(best.context(), best.dimension()));
    }
  }
}
