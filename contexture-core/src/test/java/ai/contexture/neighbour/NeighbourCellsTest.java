package ai.contexture.neighbour;

import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.input.InputException;
import ai.contexture.testing.Held;
import ai.contexture.testing.Numeric;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NeighbourCellsTest {

  private static final int K = 10;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource
  void mostNeighboursOfClusteredPointsAreFoundByFewComparisons(Distance distance) {
    int n = 3000;
    NDArray points = clusters("points", n);
    NeighbourCells cells = NeighbourCells.of(points, K, distance);
    double found = shareFound(cells.excludingSelf(), Neighbours.excludingSelf(points, K, distance));
    assertThat(found).as(reproduce()).isGreaterThan(0.95);
    // 1,000 points with 10 neighbours each, of which those of one point go together: 5 sigma of
    // the mean of numbers in [0, 1] with mean 0.98 are at most 5 √(0.98 · 0.02 / 1000) = 0.022
    assertThat(cells.recall()).as(reproduce()).isCloseTo(found, within(0.022));
    assertThat(cells.recall()).isGreaterThanOrEqualTo(NeighbourCells.WANTED);
    assertThat(cells.compared()).as(reproduce()).isLessThan(0.3);

    NDArray queries = clusters("queries", 500);
    double foundForNew =
        shareFound(cells.search(queries), Neighbours.search(queries, points, K, distance));
    assertThat(foundForNew).as(reproduce()).isGreaterThan(0.95);
  }

  @ParameterizedTest
  @EnumSource
  void distancesAreExactAndAscend(Distance distance) {
    int n = 700;
    NDArray points = clusters("points", n);
    Neighbours all = Neighbours.includingSelf(points, n, distance);
    long[] order = all.index().toLongArray();
    double[] sorted = all.distances().toDoubleArray();
    double[][] between = new double[n][n];
    for (int i = 0; i < order.length; i++) {
      between[i / n][(int) order[i]] = sorted[i];
    }
    NeighbourCells cells = NeighbourCells.of(points, K, distance);
    for (Neighbours found :
        List.of(cells.includingSelf(), cells.excludingSelf(), cells.search(points))) {
      long[] index = found.index().toLongArray();
      double[] distances = found.distances().toDoubleArray();
      assertThat(found.index().getShape()).isEqualTo(new Shape(n, K));
      for (int i = 0; i < index.length; i++) {
        assertThat(distances[i]).isEqualTo(between[i / K][(int) index[i]]);
        assertThat(i % K == 0 || distances[i - 1] <= distances[i]).isTrue();
      }
    }
  }

  @Test
  void aPointIsItsOwnFirstNeighbourOrNone() {
    int n = 700;
    NDArray points = clusters("points", n);
    NeighbourCells cells = NeighbourCells.of(points, K, Distance.EUCLIDEAN);
    long[] among = cells.includingSelf().index().toLongArray();
    long[] others = cells.excludingSelf().index().toLongArray();
    for (int i = 0; i < n; i++) {
      assertThat(among[i * K]).isEqualTo(i);
      assertThat(Arrays.copyOfRange(others, i * K, (i + 1) * K))
          .doesNotContain(i)
          .doesNotHaveDuplicates();
      assertThat(Arrays.copyOfRange(others, i * K, (i + 1) * K - 1))
          .isEqualTo(Arrays.copyOfRange(among, i * K + 1, (i + 1) * K));
    }
    // a point that comes as a new row falls into the same cell
    assertThat(cells.search(points).index().toLongArray()).isEqualTo(among);
  }

  @Test
  void equalPoints() {
    NDArray points = normal(manager, "points", 3, 2).repeat(0, 40);
    NeighbourCells cells = NeighbourCells.of(points, K, Distance.EUCLIDEAN);
    assertThat(cells.recall()).isEqualTo(1);
    assertThat(cells.includingSelf().index().toLongArray())
        .isEqualTo(Neighbours.includingSelf(points, K).index().toLongArray());
    assertThat(cells.excludingSelf().index().toLongArray())
        .isEqualTo(Neighbours.excludingSelf(points, K, Distance.EUCLIDEAN).index().toLongArray());
    assertThat(cells.excludingSelf().distances().sum().getDouble()).isZero();
  }

  @Test
  void allNeighboursTakeAllCells() {
    NDArray points = normal(manager, "points", 60, 4);
    NeighbourCells cells = NeighbourCells.of(points, 59, Distance.EUCLIDEAN);
    assertThat(cells.compared()).isEqualTo(1);
    assertThat(cells.recall()).isGreaterThanOrEqualTo(NeighbourCells.WANTED);
    assertThat(cells.excludingSelf().index().toLongArray())
        .isEqualTo(Neighbours.excludingSelf(points, 59, Distance.EUCLIDEAN).index().toLongArray());
  }

  @ParameterizedTest
  @EnumSource
  void allWaysAndCompaniesGiveTheSame(Distance distance) {
    NDArray points = clusters("points", 200);
    NDArray queries = clusters("queries", 12);
    NeighbourCells defaults = NeighbourCells.of(points, K, distance);
    for (NeighbourSearch exact :
        List.of(
            CpuSearch.DEFAULT,
            new CpuSearch(7, 13, 1),
            DeviceSearch.DEFAULT,
            new DeviceSearch(41, 1 << 20))) {
      NeighbourCells cells = NeighbourCells.of(points, K, distance, exact);
      assertThat(cells.recall()).isEqualTo(defaults.recall());
      same(cells.includingSelf(), defaults.includingSelf());
      same(cells.excludingSelf(), defaults.excludingSelf());
      same(cells.search(queries), defaults.search(queries));
    }
    for (int i = 0; i < 12; i++) {
      assertThat(defaults.search(queries.get(i + ":" + (i + 1))).index().toLongArray())
          .isEqualTo(defaults.search(queries).index().get(i).toLongArray());
    }
  }

  @Test
  void refusesWhatAnExactSearchRefuses() {
    NDArray points = normal(manager, "points", 5, 2);
    for (int k : new int[] {0, 5}) {
      assertThatThrownBy(() -> NeighbourCells.of(points, k, Distance.EUCLIDEAN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k: expected 1 to 4 (the number of other points), got " + k);
    }
    NDArray zero = manager.create(new double[] {1, 2, 0, 0, 3, 1}, new Shape(3, 2));
    assertThatThrownBy(() -> NeighbourCells.of(zero, 1, Distance.COSINE))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("cosine distance: row 2 of the points ");
    NDArray bad = manager.create(new double[] {1, 2, Double.NaN, 0, 3, 1}, new Shape(3, 2));
    assertThatThrownBy(() -> NeighbourCells.of(bad, 1, Distance.EUCLIDEAN))
        .hasMessage("points: row 2 holds a value that is not finite or beyond 1e150");
  }

  @ParameterizedTest
  @EnumSource
  void twoArraysAreLeftAndInputsStay(Distance distance) {
    NDArray points = clusters("points", 300);
    double[] before = points.toDoubleArray();
    Held held = Held.by(manager);
    NeighbourCells cells = NeighbourCells.of(points, K, distance);
    held.assertNoMore();
    for (Neighbours found :
        List.of(cells.includingSelf(), cells.excludingSelf(), cells.search(points))) {
      found.index().close();
      found.distances().close();
    }
    held.assertNoMore();
    assertThat(points.toDoubleArray()).isEqualTo(before);
  }

  /** Points of 40 round clusters in 6 columns. */
  private NDArray clusters(String consumer, int n) {
    NDArray centres = normal(manager, "centres", 40, 6).mul(3);
    RandomGenerator random = Numeric.random(consumer + " clusters");
    long[] cluster = IntStream.range(0, n).mapToLong(i -> random.nextInt(40)).toArray();
    return centres.get(manager.create(cluster)).add(normal(manager, consumer, n, 6).mul(0.3));
  }

  private static void same(Neighbours found, Neighbours expected) {
    assertThat(found.index().toLongArray()).isEqualTo(expected.index().toLongArray());
    assertThat(found.distances().toDoubleArray()).isEqualTo(expected.distances().toDoubleArray());
  }

  private static double shareFound(Neighbours found, Neighbours exact) {
    long[] index = found.index().toLongArray();
    long[] expected = exact.index().toLongArray();
    long hits = 0;
    for (int start = 0; start < index.length; start += K) {
      var here =
          Arrays.stream(index, start, start + K).boxed().collect(Collectors.toUnmodifiableSet());
      hits += Arrays.stream(expected, start, start + K).filter(here::contains).count();
    }
    return (double) hits / index.length;
  }
}
