package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Three disjoint sets of rows: to pretrain on without labels, to fit a probe on with labels, and to
 * test on.
 */
public final class Split {

  /** Share of the rows to pretrain on. */
  public static final double PRETRAIN = 0.70;

  /** Share of the rows whose labels are used. */
  public static final double LABELLED = 0.15;

  /** Share of the rows to test on. */
  public static final double TEST = 0.15;

  private final int[] pretrain;
  private final int[] labelled;
  private final int[] test;

  private Split(int[] pretrain, int[] labelled, int[] test) {
    this.pretrain = pretrain;
    this.labelled = labelled;
    this.test = test;
  }

  /**
   * Splits rows at random in the shares 0.70, 0.15, 0.15, as the other method of this name does.
   */
  public static Split random(int rows, Seed seed) {
    return random(rows, PRETRAIN, LABELLED, TEST, seed);
  }

  /**
   * Splits rows at random: ⌊pretrain·rows⌋ and ⌊labelled·rows⌋ of them, and the rest to test on.
   *
   * <p>The same seed gives the same rows in the same order.
   *
   * @throws InputException if a share is not positive, they do not add up to 1, or the rows are too
   *     few for all three
   */
  public static Split random(int rows, double pretrain, double labelled, double test, Seed seed) {
    boolean positive = pretrain > 0 && labelled > 0 && test > 0;
    if (!positive || Math.abs(pretrain + labelled + test - 1) > 1e-9) {
      throw new InputException(
          "split: expected three positive shares that add up to 1, got "
              + pretrain
              + ", "
              + labelled
              + ", "
              + test);
    }
    int first = floor(pretrain * rows);
    int second = floor(labelled * rows);
    if (first < 1 || second < 1 || first + second >= rows) {
      throw new InputException(
          "split: " + rows + " rows are too few to pretrain on, to label and to test on");
    }
    int[] shuffled = shuffled(rows, seed.generator());
    return new Split(
        Arrays.copyOfRange(shuffled, 0, first),
        Arrays.copyOfRange(shuffled, first, first + second),
        Arrays.copyOfRange(shuffled, first + second, rows));
  }

  /** Puts all rows, in order, into the part to pretrain on. */
  public static Split all(int rows) {
    return new Split(IntStream.range(0, rows).toArray(), new int[0], new int[0]);
  }

  /**
   * Returns this split with only the first of the rows to pretrain on.
   *
   * @param kept how many, at least 1
   * @throws InputException if it is none
   */
  public Split withPretrain(int kept) {
    if (kept < 1) {
      throw new InputException("split: no rows are left to pretrain on");
    }
    return new Split(Arrays.copyOf(pretrain, Math.min(kept, pretrain.length)), labelled, test);
  }

  /** Returns a copy of the rows to pretrain on. */
  public int[] pretrain() {
    return pretrain.clone();
  }

  /** Returns a copy of the rows whose labels are used. */
  public int[] labelled() {
    return labelled.clone();
  }

  /** Returns a copy of the rows to test on. */
  public int[] test() {
    return test.clone();
  }

  /** Rounds down, but not what is a whole number except for rounding, such as 0.29·100. */
  private static int floor(double value) {
    return (int) Math.floor(value + 1e-6);
  }

  private static int[] shuffled(int rows, RandomGenerator random) {
    int[] order = IntStream.range(0, rows).toArray();
    for (int i = rows - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Split split
        && Arrays.equals(pretrain, split.pretrain)
        && Arrays.equals(labelled, split.labelled)
        && Arrays.equals(test, split.test);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pretrain) + 31 * Arrays.hashCode(labelled) + 961 * Arrays.hashCode(test);
  }

  @Override
  public String toString() {
    return pretrain.length
        + " rows to pretrain, "
        + labelled.length
        + " labelled, "
        + test.length
        + " to test";
  }
}
