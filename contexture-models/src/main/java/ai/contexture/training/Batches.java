package ai.contexture.training;

import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The points of each step: all of them, or a slice of a random order that is drawn anew each epoch,
 * or, where P_X is not uniform, draws by P_X with replacement.
 *
 * <p>The batch of a step follows from the seed and the step's number alone.
 */
final class Batches {

  private final Points points;
  private final int size;
  private final Seed seed;

  /** P_X summed up to each point, or null where P_X is uniform. */
  private final double[] cumulative;

  /** Where the order of an epoch is kept. */
  private final NDManager manager;

  private long drawnEpoch = -1;

  /** The points of an epoch, int64, which are brought to the device once. */
  private NDArray order;

  /**
   * Creates the batches.
   *
   * @param size the points of a batch, at most all; 0 for all
   * @param probabilities P_X, or null where it is uniform
   * @param manager of what is kept from step to step
   */
  Batches(Points points, int size, double[] probabilities, Seed seed, NDManager manager) {
    this.points = points;
    this.size = size;
    this.seed = seed;
    this.manager = manager;
    cumulative = probabilities == null ? null : probabilities.clone();
    for (int i = 1; cumulative != null && i < cumulative.length; i++) {
      cumulative[i] += cumulative[i - 1];
    }
  }

  /** Returns the batch of a step, counted from 0; new arrays belong to the scope. */
  Points batch(int step, NDManager scope) {
    if (size == 0) {
      return points.within(scope);
    }
    if (cumulative != null) {
      return points.select(scope.create(draws(seed.derive("by P_X").derive(step).generator())));
    }
    int perEpoch = points.size() / size;
    int epoch = step / perEpoch;
    if (epoch != drawnEpoch) {
      draw(epoch);
    }
    long first = (long) (step % perEpoch) * size;
    NDArray index = order.get(new NDIndex().addSliceDim(first, first + size));
    index.attach(scope);
    return points.select(index);
  }

  private void draw(int epoch) {
    if (order != null) {
      order.close();
    }
    try (NDArray shared = manager.create(permutation(seed.derive(epoch).generator()))) {
      order = shared.duplicate(); // batches look into it, whatever Java does with its memory
    }
    drawnEpoch = epoch;
  }

  private long[] draws(RandomGenerator random) {
    double total = cumulative[cumulative.length - 1];
    long[] drawn = new long[size];
    for (int i = 0; i < size; i++) {
      int found = Arrays.binarySearch(cumulative, total * random.nextDouble());
      int first = found < 0 ? -found - 1 : found + 1; // the first sum above the number
      drawn[i] = Math.min(first, cumulative.length - 1);
    }
    return drawn;
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
