package ai.contexture.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchesTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private Points points(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 100 + i;
    }
    return Points.all(manager.create(values, new Shape(n, 1)));
  }

  private static long[] positions(Points batch) {
    return batch.positions().orElseThrow().toLongArray();
  }

  private long[] batch(Batches batches, int step) {
    return positions(batches.batch(step, manager));
  }

  /** 12 points in batches of 4 make epochs of 3 steps. */
  @Test
  void anEpochIsAPermutation() {
    Batches batches = new Batches(points(12), 4, null, Seed.of(1), manager);
    Set<String> orders = new TreeSet<>();
    for (int epoch = 0; epoch < 20; epoch++) {
      long[] order = new long[12];
      for (int step = 0; step < 3; step++) {
        System.arraycopy(batch(batches, 3 * epoch + step), 0, order, 4 * step, 4);
      }
      orders.add(Arrays.toString(order));
      Arrays.sort(order);
      assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }
    assertThat(orders).hasSize(20);
  }

  /** 11 points in batches of 4: 2 steps an epoch, and 3 points wait for another epoch. */
  @Test
  void stepsOfAnEpochAreDisjoint() {
    Batches batches = new Batches(points(11), 4, null, Seed.of(1), manager);
    for (int epoch = 0; epoch < 20; epoch++) {
      Set<Long> seen = new TreeSet<>();
      for (int step = 0; step < 2; step++) {
        for (long i : batch(batches, 2 * epoch + step)) {
          assertThat(seen.add(i)).isTrue();
        }
      }
      assertThat(seen).hasSize(8).allMatch(i -> i >= 0 && i < 11);
    }
  }

  @Test
  void aBatchFollowsFromSeedAndStepAlone() {
    Batches inOrder = new Batches(points(11), 4, null, Seed.of(1), manager);
    long[][] expected = new long[9][];
    for (int step = 0; step < 9; step++) {
      expected[step] = batch(inOrder, step);
    }
    Batches jumping = new Batches(points(11), 4, null, Seed.of(1), manager);
    for (int step : new int[] {7, 0, 8, 3, 3, 1}) {
      assertThat(batch(jumping, step)).isEqualTo(expected[step]);
    }
    assertThat(batch(new Batches(points(11), 4, null, Seed.of(2), manager), 0))
        .isNotEqualTo(expected[0]);
  }

  /** Each of 10 points is in a first batch of 3 with probability 0.3; 2000 epochs, 5σ. */
  @Test
  void allPointsAreEquallyLikely() {
    int epochs = 2000;
    Batches batches = new Batches(points(10), 3, null, Seed.of(3), manager);
    double[] shares = new double[10];
    try (NDManager scope = manager.newSubManager()) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (long i : positions(batches.batch(3 * epoch, scope))) {
          shares[(int) i] += 1.0 / epochs;
        }
      }
    }
    for (double share : shares) {
      assertThat(share).isCloseTo(0.3, within(5 * Math.sqrt(0.3 * 0.7 / epochs)));
    }
  }

  @Test
  void rowsAreThoseOfThePositionsAndBelongToTheStep() {
    Points points = points(7);
    Batches batches = new Batches(points, 3, null, Seed.of(1), manager);
    try (NDManager scope = manager.newSubManager()) {
      batches.batch(0, scope); // with the order of its epoch, of which one is kept at a time
    }
    Held held = Held.by(manager);
    try (NDManager scope = manager.newSubManager()) {
      Points batch = batches.batch(4, scope);
      float[] rows = batch.rows().toFloatArray();
      long[] at = positions(batch);
      for (int i = 0; i < 3; i++) {
        assertThat((double) rows[i]).isEqualTo(100.0 + at[i]);
      }
      assertThat(batch.manager()).isSameAs(scope);
      assertThat(batch.isSameAs(points)).isFalse();
    }
    held.assertNoMore();
  }

  /** What is drawn for all points must not pile up where the points live. */
  @Test
  void allPointsAreLentToTheStep() {
    Points points = points(7);
    Batches batches = new Batches(points, 0, null, Seed.of(1), manager);
    Held held = Held.by(manager);
    try (NDManager scope = manager.newSubManager()) {
      Points batch = batches.batch(4, scope);
      assertThat(batch.isSameAs(points)).isTrue();
      assertThat(batch.manager()).isSameAs(scope);
      assertThat(batch.rows().toFloatArray()).isEqualTo(points.rows().toFloatArray());
      NDArray index = batch.positions().orElseThrow();
      assertThat(index).isSameAs(points.positions().orElseThrow());
    }
    held.assertNoMore();
    assertThat(points.rows().toFloatArray()).hasSize(7);
  }

  /** Counts of 4 points over 3000 draws by P_X with replacement, each within 5σ. */
  @Test
  void pointsAreDrawnByTheirProbability() {
    double[] p = {0.1, 0.5, 0.15, 0.25};
    Batches batches = new Batches(points(4), 3, p, Seed.of(3), manager);
    int steps = 1000;
    double[] counts = new double[4];
    boolean repeated = false;
    try (NDManager scope = manager.newSubManager()) {
      for (int step = 0; step < steps; step++) {
        long[] batch = positions(batches.batch(step, scope));
        assertThat(batch).hasSize(3);
        repeated |= Arrays.stream(batch).distinct().count() < 3;
        for (long i : batch) {
          counts[(int) i]++;
        }
      }
      long[] again = positions(batches.batch(17, scope));
      assertThat(positions(new Batches(points(4), 3, p, Seed.of(3), manager).batch(17, scope)))
          .isEqualTo(again);
    }
    assertThat(repeated).isTrue();
    double n = 3.0 * steps;
    for (int i = 0; i < 4; i++) {
      assertThat(counts[i] / n).isCloseTo(p[i], within(5 * Math.sqrt(p[i] * (1 - p[i]) / n)));
    }
  }
}
