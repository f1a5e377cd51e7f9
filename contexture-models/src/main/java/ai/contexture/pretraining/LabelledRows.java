package ai.contexture.pretraining;

import ai.contexture.context.Contexts;
import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.data.Task;
import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rows of a dataset that linear models are fitted on, tuned on and scored on: those whose
 * target is known.
 *
 * @param target of all rows
 * @param fitted the rows that models are fitted on, see {@link #fitted(Target, Split, boolean)}
 * @param validation the rows that a penalty is chosen on, which may be none
 * @param test the rows that scores are made with
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
public record LabelledRows(Target target, int[] fitted, int[] validation, int[] test) {

  /**
   * Returns the labelled rows of a split.
   *
   * @param usesTarget whether the context was made of the target
   * @throws InputException if there is no target, too few rows have one, or it is the same in all
   *     of them
   */
  static LabelledRows of(Dataset data, Split split, boolean usesTarget) {
    Target target =
        data.target()
            .orElseThrow(() -> new InputException(data.name() + ": a probe needs a target column"));
    LabelledRows rows =
        new LabelledRows(
            target,
            fitted(target, split, usesTarget),
            known(target, split.validation()),
            known(target, split.test()));
    rows.require(data.name());
    return rows;
  }

  /** Returns the rows whose target is known. */
  public static int[] known(Target target, int[] rows) {
    return Arrays.stream(rows).filter(target::known).toArray();
  }

  /**
   * Returns the rows that linear models are fitted on: the labelled rows of the split whose target
   * is known. Where fewer than half of all rows have a target, those of the rows to pretrain on
   * come first, unless the context was made of them: too many of the few labels would be lost. A
   * split that names rows is taken as it is.
   *
   * @param usesTarget whether the context was made of the target
   */
  public static int[] fitted(Target target, Split split, boolean usesTarget) {
    int[] labelled = known(target, split.labelled());
    long all = IntStream.range(0, target.rows()).filter(target::known).count();
    if (usesTarget || split.validation().length > 0 || 2 * all >= target.rows()) {
      return labelled;
    }
    Set<Integer> others = new HashSet<>();
    Arrays.stream(concat(split.labelled(), split.test())).forEach(others::add);
    IntStream more =
        Arrays.stream(known(target, split.pretrain())).filter(row -> !others.contains(row));
    return concat(more.toArray(), labelled);
  }

  /**
   * Returns why no linear model can be scored on a dataset, if none can, before anything is
   * trained.
   */
  public static Optional<Message> refusal(Dataset data, Recipe recipe) {
    if (data.target().isEmpty()) {
      return Optional.empty();
    }
    try {
      of(data, PreparedData.split(data, recipe), usesTarget(recipe));
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.said());
    }
  }

  private static boolean usesTarget(Recipe recipe) {
    try {
      return Contexts.parse(recipe.context()).usesTarget();
    } catch (InputException e) {
      return false; // a context of somebody's own, which is not known by its name
    }
  }

  static int[] concat(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /** Requires that a linear model has something to tell, and an accuracy something to say. */
  private void require(String name) {
    requireTwo(fitted, name, "labelled");
    requireTwo(test, name, "test");
    if (!target.select(fitted).varies()) {
      throw new InputException(
          Message.of(
              "%s: expected labelled rows of different '%s', got %d of the same; a larger %s may"
                  + " hold others",
              name, target.name(), fitted.length, Setting.SPLIT));
    }
    if (target.task() == Task.CLASSIFICATION && !target.select(test).varies()) {
      throw new InputException(
          Message.of(
              "%s: expected test rows of different '%s', got %d of the same, of which an accuracy"
                  + " says nothing; a larger %s may hold others",
              name, target.name(), test.length, Setting.SPLIT));
    }
  }

  private void requireTwo(int[] known, String name, String part) {
    if (known.length < 2) {
      throw new InputException(
          Message.of(
              "%s: expected at least 2 %s rows with a known '%s', got %d; a larger %s may hold more",
              name, part, target.name(), known.length, Setting.SPLIT));
    }
  }
}
