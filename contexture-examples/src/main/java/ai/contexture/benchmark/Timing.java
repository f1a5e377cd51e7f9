package ai.contexture.benchmark;

import ai.contexture.input.Text;
import java.util.Arrays;

/**
 * The seconds that several runs of one piece of work took.
 *
 * @param median half of the runs took at most so long
 * @param q1 a quarter took at most so long
 * @param q3 three quarters took at most so long
 * @param runs how many there were
 */
public record Timing(double median, double q1, double q3, int runs) {

  /**
   * Runs a benchmark.
   *
   * @param warmUp runs before those that count
   * @param runs runs that count, at least 1
   */
  public static Timing of(Benchmark benchmark, int warmUp, int runs) {
    if (warmUp < 0 || runs < 1) {
      throw new IllegalArgumentException(
          Text.format("expected warmUp ≥ 0 and runs ≥ 1, got %d and %d", warmUp, runs));
    }
    for (int i = 0; i < warmUp; i++) {
      benchmark.run();
    }
    double[] seconds = new double[runs];
    for (int i = 0; i < runs; i++) {
      seconds[i] = benchmark.run();
    }
    return of(seconds);
  }

  /**
   * Returns the quartiles of measured times, with values between two neighbours where a quartile
   * falls between them.
   *
   * @param seconds at least one, in any order
   */
  public static Timing of(double... seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return new Timing(
        quantile(sorted, 0.5), quantile(sorted, 0.25), quantile(sorted, 0.75), sorted.length);
  }

  /** Returns the seconds since a {@link System#nanoTime}. */
  static double secondsSince(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
