package ai.contexture.cli;

import ai.contexture.comparison.Comparison;
import ai.contexture.comparison.ContextMeasures;
import ai.contexture.comparison.ContextScore;
import ai.contexture.comparison.RankingTable;
import ai.contexture.comparison.ResultTable;
import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Task;
import ai.contexture.input.Text;
import ai.contexture.measure.BalancedAccuracy;
import ai.contexture.measure.Metric;
import ai.contexture.measure.ProbeScore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/** What a comparison of contexts found, in words and tables. */
final class ComparisonReport {

  /** So many standard deviations are no chance. */
  private static final double SURE = 2;

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
      report.table(RankingTable.of(ranked, comparison, task()));
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
    if (best.pretrained() != null) {
      report.paragraph(
          Text.format(
              "By pretrain, which has %d labels for them, it is %s with %d of them.",
              comparison.labelsOfPretrain(),
              ContextScore.score(probe.metric(), best.byPretrain().value()),
              best.learned()));
    }
    if (best.transductive() && !allRows) {
      report.paragraph("It knows the rows that are scored" + less() + ".");
    }
    boolean balanced = balanced(best);
    if (!best.beats(probe.meanPredictor())) {
      report.paragraph(
          Text.format(
              "None of them tells more than nothing, which reaches %s.%s",
              ContextScore.score(probe.metric(), probe.meanPredictor()), worth(balanced)));
    } else if (!clearlyBeats(best, probe.meanPredictor())) {
      report.paragraph(
          Text.format(
              "That may be chance: nothing reaches %s.%s",
              ContextScore.score(probe.metric(), probe.meanPredictor()), worth(balanced)));
    } else if (!best.beats(probe.rawFeatures())) {
      report.paragraph(
          Text.format(
              "None of them beats your columns as they are: a linear model reaches %s on these.",
              ContextScore.score(probe.metric(), probe.rawFeatures())));
    }
  }

  private static String worth(boolean balanced) {
    return balanced ? "" : " Not worth training.";
  }

  /**
   * Says what comes out with each class counting the same, where one has most of the rows.
   *
   * @return whether some context clearly beats nothing by that
   */
  private boolean balanced(ContextScore best) {
    BalancedAccuracy own = best.balanced();
    if (own == null) {
      return false;
    }
    report.paragraph(
        Text.format(
            "%.0f %% of the rows are of one class; with each class counting the same (balanced"
                + " accuracy) it reaches %.3f, and nothing %.3f.",
            100 * own.largest(), own.value(), own.ofNothing()));
    return ranked.stream()
        .map(ContextScore::balanced)
        .anyMatch(score -> score.value() - score.ofNothing() > SURE * score.deviation());
  }

  /** What a context that knows the rows to be scored does not promise. */
  private String less() {
    return data.graph().isPresent()
        ? "; a network has to tell nodes apart by their columns and edges, and may reach much less"
        : "; a network that sees only their columns may reach much less";
  }

  private void howJudged() {
    if (comparison.hasTarget()) {
      report.paragraph(
          "  ",
          Text.format(
              "A linear model on the best functions of each context, fitted on %d labels, scored on"
                  + " %d other rows: what a network that learns from the context reaches at best%s.",
              comparison.labels(),
              comparison.scored(),
              ranked.stream().anyMatch(ContextScore::transductive) && !allRows
                  ? ", but for those below that know these rows"
                  : ""));
      if (comparison.labelsOfPretrain() < comparison.labels()) {
        report.paragraph(
            "  ",
            Text.format(
                "%s: with the %d labels that pretrain fits a linear model on.",
                RankingTable.BY_PRETRAIN, comparison.labelsOfPretrain()));
      }
      chance(ranked.get(0).probe())
          .ifPresent(
              deviation ->
                  report.paragraph(
                      "  ", Text.format("Differences of up to %.2g may be chance.", deviation)));
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
                score.ownLabels() > 0 ? ", those that are scored without labels" : "",
                allRows
                    ? ""
                    : ", since it knows no others" + (ranked.get(0).transductive() ? "" : less())));
      }
      if (score.spectrumError() != null) {
        report.item(
            Text.format(
                "%s: estimated from a %s, s² ± %.2g; --exact is slower.",
                score.context(), score.measures().method(), score.spectrumError()));
      }
    }
  }

  /** One standard deviation of an accuracy; nothing for other metrics. */
  private static OptionalDouble chance(ProbeScore score) {
    if (score.metric() != Metric.ACCURACY) {
      return OptionalDouble.empty();
    }
    // of a share that is 0 or 1 as well [Agresti and Coull 1998]
    double rows = score.scored() + 4;
    double share = (score.value() * score.scored() + 2) / rows;
    return OptionalDouble.of(Math.sqrt(share * (1 - share) / rows));
  }

  private void wrong() {
    List<String> wrong = new ArrayList<>();
    for (ContextScore score : ranked) {
      score
          .measures()
          .diagnosis()
          .refutedIf(serves(score))
          .findings()
          .forEach(found -> wrong.add(score.context() + ": " + found));
    }
    if (!wrong.isEmpty()) {
      report.heading("What looks wrong");
      wrong.forEach(report::item);
    }
  }

  /** Says whether the target shows that a context tells enough, whatever else is known of it. */
  private boolean serves(ContextScore score) {
    return score.probe() != null
        && tells(score)
        && (clearlyBeats(score, score.probe().rawFeatures())
            || (score.equals(ranked.get(0)) && ranked.size() > 1));
  }

  /** As far as is known what may be chance. */
  private static boolean clearlyBeats(ContextScore score, double other) {
    OptionalDouble chance = chance(score.probe());
    return score.beats(other) && (chance.isEmpty() || score.value() - other > chance.getAsDouble());
  }

  private static boolean tells(ContextScore score) {
    return score.probe() == null || score.beats(score.probe().meanPredictor());
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
      next("Learn the features of the best", ranked.get(0), line);
      if (ranked.get(0).transductive() && !allRows) {
        ranked.stream()
            .filter(score -> !score.transductive() && tells(score))
            .findFirst()
            .ifPresent(best -> next("Learn those of the best that knows new rows", best, line));
      }
    }
  }

  private void next(String heading, ContextScore score, PretrainLine line) {
    Set<String> drop = new TreeSet<>(comparison.keys());
    drop.removeAll(Contexts.parse(score.context()).keys());
    report.heading(heading);
    report.command(line.with(score.context(), score.learned(), drop));
  }
}
