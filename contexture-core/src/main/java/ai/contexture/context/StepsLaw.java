package ai.contexture.context;

import ai.contexture.torch.Torch;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The laws Σ_t w_t P^t of a walk whose number of steps is drawn; applied step by step.
 *
 * <p>Of some points only, the first step is that of these.
 */
final class StepsLaw implements MarkovLaw {

  private final MarkovLaw step;

  /** The points, int64 [b], as positions among all; null for all in their order. */
  private final NDArray index;

  private final double[] weights;
  private final double[] cumulative;

  private StepsLaw(MarkovLaw step, NDArray index, double... weights) {
    this.step = step;
    this.index = index;
    this.weights = weights;
    cumulative = weights.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
  }

  /**
   * Returns the laws of all points.
   *
   * @param step the law of one step, [n, n]
   * @param weights w_0, w_1, …, which sum to 1, the last one positive
   */
  static MarkovLaw of(MarkovLaw step, double... weights) {
    return new StepsLaw(step, null, weights.clone());
  }

  /**
   * Returns the weights of a walk that ends before each step with a probability: α(1 − α)^t. What
   * is left once it is below 10⁻¹⁵ belongs to the last number of steps.
   */
  static double[] geometric(double alpha) {
    int most = (int) Math.ceil(Math.log(1e-15) / Math.log1p(-alpha));
    double[] weights = new double[most + 1];
    double left = 1;
    for (int t = 0; t < most; t++) {
      weights[t] = alpha * left;
      left *= 1 - alpha;
    }
    weights[most] = left;
    return weights;
  }

  /** Returns the weights of a walk of 1 to so many steps, all as probable. */
  static double[] window(int most) {
    double[] weights = new double[most + 1];
    Arrays.fill(weights, 1, most + 1, 1.0 / most);
    return weights;
  }

  @Override
  public int points() {
    return index == null ? step.points() : Math.toIntExact(index.size());
  }

  @Override
  public int contexts() {
    return step.contexts();
  }

  @Override
  public long multiplications() {
    return (weights.length - 1) * step.multiplications();
  }

  @Override
  public NDArray expectation(NDArray g) {
    NDManager manager = g.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray own = Torch.within(g, scope);
      NDArray sum = Torch.times(own, weights[weights.length - 1]);
      for (int t = weights.length - 2; t >= 0; t--) {
        sum = step.expectation(sum);
        if (weights[t] != 0) {
          sum = sum.add(Torch.times(own, weights[t]));
        }
      }
      NDArray result = index == null ? sum : sum.get(index);
      result.attach(manager);
      return result;
    }
  }

  @Override
  public NDArray transposed(NDArray f) {
    NDManager manager = f.getManager();
    try (NDManager scope = manager.newSubManager()) {
      NDArray own = Torch.within(f, scope);
      NDArray all = index == null ? own : scattered(own, scope);
      NDArray sum = Torch.times(all, weights[weights.length - 1]);
      for (int t = weights.length - 2; t >= 0; t--) {
        sum = step.transposed(sum);
        if (weights[t] != 0) {
          sum = sum.add(Torch.times(all, weights[t]));
        }
      }
      sum.attach(manager);
      return sum;
    }
  }

  /** A function of some points [b, c] as one of all [n, c], 0 elsewhere. */
  private NDArray scattered(NDArray f, NDManager scope) {
    NDArray places = scope.arange(step.points()).toType(index.getDataType(), false);
    NDArray indicator =
        places.reshape(-1, 1).eq(index.reshape(1, -1)).toType(f.getDataType(), false);
    return indicator.matMul(f);
  }

  @Override
  public NDArray draw(int samples, RandomGenerator random, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      long[] start = index == null ? null : Torch.longs(index);
      int b = points();
      long[] at = new long[b * samples];
      int[] left = new int[at.length];
      for (int i = 0; i < at.length; i++) {
        at[i] = start == null ? i / samples : start[i / samples];
        int found = Arrays.binarySearch(cumulative, random.nextDouble());
        left[i] = Math.min(found < 0 ? -found - 1 : found + 1, weights.length - 1);
      }
      int[] walking = walking(left);
      while (walking.length > 0) {
        long[] from = Arrays.stream(walking).mapToLong(i -> at[i]).toArray();
        long[] to = Torch.longs(step.select(scope.create(from), scope).draw(1, random, scope));
        for (int j = 0; j < walking.length; j++) {
          at[walking[j]] = to[j];
          left[walking[j]]--;
        }
        walking = walking(left);
      }
      return owner.create(at);
    }
  }

  private static int[] walking(int... left) {
    int[] found = new int[left.length];
    int next = 0;
    for (int i = 0; i < left.length; i++) {
      if (left[i] > 0) {
        found[next++] = i;
      }
    }
    return Arrays.copyOf(found, next);
  }

  @Override
  public MarkovLaw select(NDArray positions, NDManager owner) {
    NDArray own = index == null ? positions.duplicate() : index.get(positions);
    own.attach(owner);
    return new StepsLaw(step, own, weights);
  }
}
