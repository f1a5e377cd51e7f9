package ai.contexture.cli;

import static ai.contexture.measure.ProbeComparison.Predictor.COLUMNS;
import static ai.contexture.measure.ProbeComparison.Predictor.FEATURES;
import static ai.contexture.measure.ProbeComparison.Predictor.NOTHING;
import static ai.contexture.measure.ProbeComparison.Predictor.TOGETHER;
import static ai.contexture.measure.ProbeComparison.Predictor.TREES;

import ai.contexture.comparison.ResultTable;
import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.measure.ProbeComparison.Predictor;

/** What features are good for, in words. One thing is called better only where that is clear. */
final class Verdict {

  private final ProbeComparison probes;

  private Verdict(ProbeComparison probes) {
    this.probes = probes;
  }

  /**
   * Returns the verdict.
   *
   * @param target the name of what is predicted
   */
  static String of(ProbeComparison probes, String target) {
    return new Verdict(probes).words(target);
  }

  private String words(String target) {
    if (probes.scored() < ProbeComparison.FEWEST_ROWS) {
      return Text.format(
          "%d rows are too few to tell whether these features are better than your columns for '%s'"
              + " (%s %s against %s; together %s).",
          probes.scored(),
          target,
          probes.metric().title(),
          score(FEATURES),
          score(COLUMNS),
          score(TOGETHER));
    }
    StringBuilder words = new StringBuilder();
    words.append(
        Text.format(
            "For '%s' these features are %s your columns (%s %s against %s); together with them %s,"
                + " %s your columns alone.",
            target,
            relation(FEATURES, COLUMNS),
            ResultTable.metric(probes),
            score(FEATURES),
            score(COLUMNS),
            score(TOGETHER),
            relation(TOGETHER, COLUMNS)));
    balanced(words);
    if (!probes.tells(FEATURES)) {
      words.append(" They tell no more of it than nothing does.");
      if (probes.predictors().stream().noneMatch(probes::tells)) {
        words.append(" Nor does anything else here: not worth training.");
      }
    }
    if (probes.predictors().contains(TREES) && treesWin()) {
      words.append(
          Text.format(" Boosted trees on your columns do better than these: %s.", score(TREES)));
    }
    return words.toString();
  }

  /** Where one class has most of the rows, always saying that one is hard to beat. */
  private void balanced(StringBuilder words) {
    probes
        .largestClass()
        .ifPresent(
            share ->
                words.append(
                    Text.format(
                        " %.0f %% of the rows are of one class; with each class counting the same"
                            + " (balanced accuracy) they reach %.3f, your columns %.3f, nothing"
                            + " %.3f.",
                        100 * share, balanced(FEATURES), balanced(COLUMNS), balanced(NOTHING))));
  }

  private double balanced(Predictor predictor) {
    return probes.balanced(predictor).orElseThrow().value();
  }

  private boolean treesWin() {
    return probes.better(TREES, FEATURES)
        && probes.better(TREES, COLUMNS)
        && probes.better(TREES, TOGETHER);
  }

  private String relation(Predictor one, Predictor other) {
    return probes.better(one, other)
        ? "better than"
        : probes.better(other, one) ? "worse than" : "about as good as";
  }

  private String score(Predictor predictor) {
    return ResultTable.score(probes.metric(), probes.score(predictor).value());
  }
}
