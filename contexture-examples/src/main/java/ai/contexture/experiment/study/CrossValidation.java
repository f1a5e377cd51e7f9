package ai.contexture.experiment.study;

import ai.contexture.data.Target;
import ai.contexture.random.Seed;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Rows in folds, of which each is tested on once, and the ranks of what was tested. */
final class CrossValidation {

  /** Means of the same errors in another order differ by less. */
  private static final double ROUNDING = 1e-9;

  private CrossValidation() {}

  /**
   * A fold.
   *
   * @param train positions of the rows to learn from, in ascending order
   * @param test positions of the others, in ascending order
   */
  record Fold(int[] train, int[] test) {}

  /**
   * Deals rows out at random, those of one class evenly.
   *
   * @param count how many folds, from 2 to the number of rows
   */
  static List<Fold> folds(Target target, int count, Seed seed) {
    int n = target.rows();
    if (count < 2 || count > n) {
      throw new IllegalArgumentException(
          "folds: expected from 2 to " + n + " (the rows), got " + count);
    }
    double[] chance = seed.generator().doubles(n).toArray();
    Comparator<Integer> byClass =
        Comparator.comparingInt(
            row -> target instanceof Target.Classes classes ? classes.code(row) : 0);
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(byClass.thenComparingDouble(row -> chance[row]))
            .mapToInt(row -> row)
            .toArray();
    int[] foldOf = new int[n];
    for (int i = 0; i < n; i++) {
      foldOf[order[i]] = i % count;
    }
    return IntStream.range(0, count)
        .mapToObj(
            fold ->
                new Fold(
                    IntStream.range(0, n).filter(row -> foldOf[row] != fold).toArray(),
                    IntStream.range(0, n).filter(row -> foldOf[row] == fold).toArray()))
        .toList();
  }

  /** Returns the rank of each error, 1 for the least; equal ones share the mean of their ranks. */
  static double[] ranks(double... errors) {
    return Arrays.stream(errors)
        .map(
            error -> {
              long less = Arrays.stream(errors).filter(other -> less(other, error)).count();
              long more = Arrays.stream(errors).filter(other -> less(error, other)).count();
              return (1 + less + errors.length - more) / 2.0;
            })
        .toArray();
  }

  /** Returns whether an error is less than another by more than rounding. */
  static boolean less(double error, double than) {
    return error < than - ROUNDING * Math.abs(than);
  }
}
