package ai.contexture.random;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Positions that are drawn at random. */
public final class Draws {

  private Draws() {}

  /**
   * Returns different positions below n, in random order; each choice is equally likely.
   *
   * @param count how many, from 0 to n
   */
  public static int[] distinct(int count, int n, RandomGenerator random) {
    int[] positions = IntStream.range(0, n).toArray();
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(n - i);
      int kept = positions[i];
      positions[i] = positions[other];
      positions[other] = kept;
    }
    return Arrays.copyOf(positions, count);
  }
}
