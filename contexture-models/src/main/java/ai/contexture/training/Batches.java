package ai.contexture.training;

import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/**
 * The points of each step: all of them, or a slice of a random order that is drawn anew each epoch.
 *
 * <p>The batch of a step follows from the seed and the step's number alone.
 */
final class Batches {

  private final Points points;
  private final int size;
  private final Seed seed;
  private long drawnEpoch = -1;
  private long[] order;

  /**
   * Creates the batches.
   *
   * @param size the points of a batch, at most all; 0 for all
   */
  Batches(Points points, int size, Seed seed) {
    this.points = points;
    this.size = size;
    this.seed = seed;
  }

  /** Returns the batch of a step, counted from 0; new arrays belong to the manager. */
  Points batch(int step, NDManager manager) {
    if (size == 0) {
      return points.within(manager);
    }
    int perEpoch = points.size() / size;
    int epoch = step / perEpoch;
    if (epoch != drawnEpoch) {
      order = permutation(seed.derive(epoch).generator());
      drawnEpoch = epoch;
    }
    long[] index = new long[size];
    System.arraycopy(order, step % perEpoch * size, index, 0, size);
    return points.select(manager.create(index));
  }

  private long[] permutation(RandomGenerator random) {
    long[] shuffled = new long[points.size()];
    for (int i = 0; i < shuffled.length; i++) {
      int j = random.nextInt(i + 1);
      shuffled[i] = shuffled[j];
      shuffled[j] = i;
    }
    return shuffled;
  }
}
