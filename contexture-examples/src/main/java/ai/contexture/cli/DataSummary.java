package ai.contexture.cli;

import ai.contexture.context.Contexts;
import ai.contexture.data.Target;
import ai.contexture.input.Text;
import ai.contexture.measure.ProbeComparison;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Pretraining;
import ai.contexture.pretraining.Recipe;
import java.util.stream.IntStream;

/** What was read for a training, in a few lines. */
final class DataSummary {

  /** More rows than usual to test on, where few have a target. */
  private static final Recipe.Fractions MORE_TO_TEST = new Recipe.Fractions(0.5, 0.1, 0.4);

  private DataSummary() {}

  /** Says how much was read, how it is split, and how many labels are of use. */
  static void say(Pretraining job, Terminal terminal) {
    int heldOut = job.heldOut();
    terminal.say(
        Text.format(
            "%s: %s; %s%s",
            job.data().name(),
            DataDescription.extent(job.data().rows(), job.data().features()),
            job.split(),
            heldOut == 0 ? "" : ", " + heldOut + " held out"));
    DataDescription.remarks(job.data(), job.split()).forEach(terminal::say);
    job.data()
        .target()
        .filter(target -> !target.complete())
        .ifPresent(target -> terminal.say(labels(job, target)));
  }

  /** How many of the rows with a target are of use, and what may make more of them so. */
  private static String labels(Pretraining job, Target target) {
    Recipe recipe = job.recipe();
    boolean usesTarget = Contexts.parse(recipe.context()).usesTarget();
    int[] all = IntStream.range(0, target.rows()).toArray();
    int fitted = LabelledRows.fitted(target, job.split(), usesTarget).length;
    int tested = LabelledRows.known(target, job.split().test()).length;
    Recipe other = recipe.withFractions(MORE_TO_TEST);
    int more = LabelledRows.known(target, PreparedData.split(job.data(), other).test()).length;
    return Text.format(
        "'%s' is known in %d of %d rows: a linear model is fitted on %d of them and tested on %d%s",
        target.name(),
        LabelledRows.known(target, all).length,
        target.rows(),
        fitted,
        tested,
        tested < ProbeComparison.FEWEST_ROWS && more > tested
            ? "; --split 0.5,0.1,0.4 tests on " + more
            : "");
  }
}
