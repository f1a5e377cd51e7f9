package ai.contexture.data;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Sets of rows: to pretrain on without labels, to fit a probe on with labels, perhaps to choose its
 * penalty on, and to test on. The last three are disjoint. A transductive split pretrains on all
 * rows, whose labels it does not look at; else the first is disjoint from the others too.
 */
public final class Split {

  /** Share of the rows to pretrain on. */
  public static final double PRETRAIN = 0.70;

  /** Share of the rows whose labels are used. */
  public static final double LABELLED = 0.15;

  /** Share of the rows to test on. */
  public static final double TEST = 0.15;

  private static final String TRAIN = "train";
  private static final String VALIDATION = "val";
  private static final String TEST_ROWS = "test";
  private static final String REST = "rest";

  /** What a column may say, and the part that it means. */
  private static final Map<String, String> PARTS =
      Map.of(
          TRAIN,
          TRAIN,
          VALIDATION,
          VALIDATION,
          "valid",
          VALIDATION,
          "validation",
          VALIDATION,
          TEST_ROWS,
          TEST_ROWS,
          REST,
          REST,
          "none",
          REST,
          "unlabelled",
          REST);

  private final int[] pretrain;
  private final int[] labelled;
  private final int[] validation;
  private final int[] test;

  private Split(int[] pretrain, int[] labelled, int[] validation, int[] test) {
    this.pretrain = pretrain;
    this.labelled = labelled;
    this.validation = validation;
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
   * <p>The same seed gives the same rows in the same order. At pretrain = 1 the split is
   * transductive: all rows, in order, are pretrained on, and ⌊labelled·rows⌋ and ⌊test·rows⌋ of
   * them have a label for the probe.
   *
   * @throws InputException if a share is not positive, they do not add up to 1 and the first is not
   *     1, or the rows are too few for all three
   */
  public static Split random(int rows, double pretrain, double labelled, double test, Seed seed) {
    boolean positive = pretrain > 0 && labelled > 0 && test > 0;
    boolean transductive = pretrain == 1 && labelled + test <= 1 + 1e-9;
    if (!positive || !(transductive || Math.abs(pretrain + labelled + test - 1) <= 1e-9)) {
      throw new InputException(
          "split: expected three positive shares that add up to 1, got "
              + pretrain
              + ", "
              + labelled
              + ", "
              + test);
    }
    if (transductive) {
      return transductive(rows, floor(labelled * rows), floor(test * rows), seed);
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
        new int[0],
        Arrays.copyOfRange(shuffled, first + second, rows));
  }

  private static Split transductive(int rows, int labelled, int test, Seed seed) {
    if (labelled < 1 || test < 1) {
      throw new InputException("split: " + rows + " rows are too few to label and to test on");
    }
    int[] shuffled = shuffled(rows, seed.generator());
    return new Split(
        IntStream.range(0, rows).toArray(),
        Arrays.copyOfRange(shuffled, 0, labelled),
        new int[0],
        Arrays.copyOfRange(shuffled, labelled, labelled + test));
  }

  /**
   * Takes the split that a column says: {@code train} for labelled rows, {@code val} for those that
   * the penalty of a probe is chosen on, {@code test}, and {@code rest} or nothing for rows that
   * are only pretrained on.
   *
   * @param transductive whether all rows are pretrained on; else those that are neither to validate
   *     nor to test on
   * @param place what messages begin with
   * @throws InputException if a cell says something else, or no row is labelled or none to test on
   */
  public static Split of(Column column, boolean transductive, String place) {
    Map<String, IntStream.Builder> parts = new TreeMap<>();
    PARTS.values().forEach(part -> parts.put(part, IntStream.builder()));
    for (int row = 0; row < column.rows(); row++) {
      String said = column.missing(row) ? "" : column.text(row).strip();
      String part = said.isEmpty() ? REST : PARTS.get(said.toLowerCase(Locale.ROOT));
      if (part == null) {
        throw new InputException(
            Text.format(
                "%s: column '%s', row %d: expected train, val, test or rest, got '%s'",
                place, column.name(), row + 1, said));
      }
      parts.get(part).add(row);
    }
    Map<String, int[]> rows = new TreeMap<>();
    parts.forEach((part, found) -> rows.put(part, found.build().toArray()));
    for (String needed : List.of(TRAIN, TEST_ROWS)) {
      if (rows.get(needed).length == 0) {
        throw new InputException(
            Text.format(
                "%s: column '%s': expected rows that say %s, got none",
                place, column.name(), needed));
      }
    }
    int[] pretrain =
        transductive
            ? IntStream.range(0, column.rows()).toArray()
            : IntStream.concat(Arrays.stream(rows.get(TRAIN)), Arrays.stream(rows.get(REST)))
                .sorted()
                .toArray();
    return new Split(pretrain, rows.get(TRAIN), rows.get(VALIDATION), rows.get(TEST_ROWS));
  }

  /** Puts all rows, in order, into the part to pretrain on. */
  public static Split all(int rows) {
    return new Split(IntStream.range(0, rows).toArray(), new int[0], new int[0], new int[0]);
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
    int[] first = Arrays.copyOf(pretrain, Math.min(kept, pretrain.length));
    return new Split(first, labelled, validation, test);
  }

  /**
   * Returns the split of some of the rows, which are counted anew.
   *
   * @param rows the rows that are left, each once
   */
  public Split select(int[] rows) {
    Map<Integer, Integer> place = new HashMap<>();
    for (int i = 0; i < rows.length; i++) {
      place.put(rows[i], i);
    }
    UnaryOperator<int[]> left =
        part -> Arrays.stream(part).filter(place::containsKey).map(place::get).toArray();
    return new Split(
        left.apply(pretrain), left.apply(labelled), left.apply(validation), left.apply(test));
  }

  /** Returns whether all rows are pretrained on, those to test on too. */
  public boolean transductive() {
    BitSet pretrained = new BitSet();
    Arrays.stream(pretrain).forEach(pretrained::set);
    return test.length > 0 && Arrays.stream(test).allMatch(pretrained::get);
  }

  /** Returns a copy of the rows to pretrain on. */
  public int[] pretrain() {
    return pretrain.clone();
  }

  /** Returns a copy of the rows whose labels are used. */
  public int[] labelled() {
    return labelled.clone();
  }

  /** Returns a copy of the rows that the penalty of a probe is chosen on; most splits have none. */
  public int[] validation() {
    return validation.clone();
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
        && Arrays.equals(validation, split.validation)
        && Arrays.equals(test, split.test);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new int[][] {pretrain, labelled, validation, test});
  }

  @Override
  public String toString() {
    return pretrain.length
        + " rows to pretrain, "
        + labelled.length
        + " labelled, "
        + (validation.length == 0 ? "" : validation.length + " to validate, ")
        + test.length
        + " to test";
  }
}
