package ai.contexture.prediction;

import ai.contexture.data.Dataset;
import ai.contexture.data.Split;
import ai.contexture.data.Target;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.measure.Conformal;
import ai.contexture.pretraining.LabelledRows;
import ai.contexture.pretraining.PreparedData;
import ai.contexture.pretraining.Recipe;
import ai.contexture.random.Draws;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Which rows of a dataset serve what.
 *
 * @param target of all rows
 * @param asked the rows to predict
 * @param fitted the labelled rows that a regression is fitted on
 * @param validation the labelled rows that its transform and penalty are chosen on; where there are
 *     none, they are chosen by leaving out one of the fitted rows at a time
 * @param held the labelled rows that show how far predictions are off, which may be none
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
public record PredictionRows(
    Target target, int[] asked, int[] fitted, int[] validation, int[] held) {

  /** One of so many labels is held out for intervals. */
  private static final int PARTS = 4;

  private static final int FEWEST_FITTED = 4;

  /**
   * Chooses the rows. Where the target of rows is missing, these are asked for, and all others are
   * labelled; where it is known of all rows, and where the data say what rows are for, the rows to
   * test on are asked for, and those of the split are labelled.
   */
  static PredictionRows of(Dataset data, Recipe recipe, Prediction.Options options) {
    Target target =
        data.target()
            .orElseThrow(() -> new InputException(data.name() + ": expected --target COLUMN"));
    int[] all = IntStream.range(0, data.rows()).toArray();
    int[] unknown = Arrays.stream(all).filter(row -> !target.known(row)).toArray();
    boolean given = data.split().isPresent();
    int[] asked = unknown;
    int[] pool = LabelledRows.known(target, all);
    int[] validation = {};
    if (given || unknown.length == 0) {
      Split split = PreparedData.split(data, recipe);
      Set<Integer> test = new HashSet<>();
      IntStream.concat(Arrays.stream(unknown), Arrays.stream(split.test())).forEach(test::add);
      asked = test.stream().mapToInt(row -> row).sorted().toArray();
      validation = LabelledRows.known(target, split.validation());
      pool =
          given || options.labels().isEmpty()
              ? LabelledRows.known(target, split.labelled())
              : Arrays.stream(pool).filter(row -> !test.contains(row)).toArray();
    }
    Seed seed = Seed.of(recipe.training().seed());
    int[] labelled = shuffled(pool, seed.derive("labels").generator());
    if (options.labels().isPresent()) {
      int wanted = options.labels().getAsInt();
      require(
          wanted <= labelled.length,
          Text.format(
              "--labels: expected at most the %d labelled rows of %s, got %d",
              labelled.length, data.name(), wanted));
      labelled = Arrays.copyOf(labelled, wanted);
    }
    require(
        labelled.length >= FEWEST_FITTED,
        Text.format(
            "%s: expected at least %d rows with a known '%s' to learn from, got %d",
            data.name(), FEWEST_FITTED, target.name(), labelled.length));
    int[] held = {};
    if (options.level() > 0) {
      int fewest = Conformal.fewest(options.level());
      int[] spare = shuffled(validation, seed.derive("held").generator());
      if (spare.length >= 2 * fewest) {
        int half = spare.length / 2;
        held = Arrays.copyOf(spare, half);
        validation = Arrays.copyOfRange(spare, half, spare.length);
      } else if (labelled.length >= fewest + Math.max(fewest, FEWEST_FITTED)) {
        int count = Math.max(fewest, labelled.length / PARTS);
        held = Arrays.copyOf(labelled, count);
        labelled = Arrays.copyOfRange(labelled, count, labelled.length);
      } else {
        require(
            !options.levelAsked(),
            Text.format(
                "--level %s: expected at least %d labelled rows, half of them to see how far"
                    + " predictions are off, got %d",
                options.level(), fewest + Math.max(fewest, FEWEST_FITTED), labelled.length));
      }
    }
    require(
        target.select(labelled).varies(),
        Text.format(
            "%s: the %d labelled rows all have the same '%s'; more labels or another --seed may"
                + " bring others",
            data.name(), labelled.length, target.name()));
    return new PredictionRows(target, asked, sorted(labelled), sorted(validation), sorted(held));
  }

  /** Returns the positions within the asked rows of those whose target is known. */
  int[] scored() {
    return IntStream.range(0, asked.length).filter(i -> target.known(asked[i])).toArray();
  }

  private static int[] sorted(int[] rows) {
    int[] sorted = rows.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static int[] shuffled(int[] rows, RandomGenerator random) {
    return Arrays.stream(Draws.distinct(rows.length, rows.length, random))
        .map(i -> rows[i])
        .toArray();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new InputException(message);
    }
  }
}
