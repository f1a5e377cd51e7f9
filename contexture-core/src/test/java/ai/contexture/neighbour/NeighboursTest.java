package ai.contexture.neighbour;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import ai.contexture.testing.Held;
import ai.contexture.testing.Numeric;
import ai.contexture.torch.Forecast;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NeighboursTest {

  /** Every way to search, also with tiles and rooms so small that each is filled many times. */
  private static final List<NeighbourSearch> SEARCHES =
      List.of(
          CpuSearch.DEFAULT,
          new CpuSearch(41, 13, 1),
          new CpuSearch(17, 64, 2),
          DeviceSearch.DEFAULT,
          new DeviceSearch(41, 1 << 20));

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aLongSearchIsForetoldByItsFirstTiles() {
    long[] seconds = new long[1];
    List<String> heard = new ArrayList<>();
    CpuSearch search =
        new CpuSearch(
            50,
            64,
            4,
            (what, bytes) ->
                new Forecast(
                    what,
                    bytes,
                    () -> 1_000_000_000L * seconds[0]++,
                    (w, s, b) -> heard.add(Text.format("%s: %.1f s, %.0f bytes", w, s, b))));
    NDArray points = normal(manager, "points", 200, 3);

    Neighbours.includingSelf(points, 8, Distance.EUCLIDEAN, search);

    // the first of four tiles is done after 2 s by this clock
    assertThat(heard)
        .containsExactly(
            "The 7 nearest of 200 rows for each of 200: 8.0 s, "
                + (200 * 7 * 16 + 200 * 3 * 12)
                + " bytes");
  }

  @ParameterizedTest
  @EnumSource
  void normalPoints(Distance distance) {
    NDArray points = normal(manager, "points", 150, 3);
    NDArray queries = normal(manager, "queries", 9, 3);
    for (int k : new int[] {1, 7, 40, 149, 150}) {
      check(queries, points, k, distance);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneColumn(Distance distance) {
    NDArray points = normal(manager, "points", 70, 1);
    check(points, 5, distance);
  }

  @ParameterizedTest
  @EnumSource
  void moreColumnsThanPoints(Distance distance) {
    check(normal(manager, "queries", 5, 300), normal(manager, "points", 40, 300), 4, distance);
  }

  @ParameterizedTest
  @EnumSource
  void tiesGoToTheLowestPosition(Distance distance) {
    // small integers and bits: sums are exact, and ties are many
    for (int levels : new int[] {1, 2, 4}) {
      NDArray points = array("grid", 130, 3, random -> 1 + random.nextInt(levels));
      for (int k : new int[] {1, 3, 10, 30, 129}) {
        check(points, k, distance);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tiesThatRoundingWouldBreak(Distance distance) {
    // tenths are not exact: sums in another order would differ
    NDArray points = array("tenths", 120, 5, random -> 0.1 * (1 + random.nextInt(3)));
    check(points, 12, distance);
  }

  @ParameterizedTest
  @EnumSource
  void farFromTheOrigin(Distance distance) {
    NDArray points = normal(manager, "points", 120, 3).add(1e6);
    check(points, 6, distance);
  }

  @ParameterizedTest
  @EnumSource
  void wildRows(Distance distance) {
    double[] values = normal(manager, "points", 120, 3).toDoubleArray();
    values[60] = 1e12;
    values[100] = -1e-12;
    NDArray points = manager.create(values, new Shape(120, 3));
    check(points, 6, distance);
    check(normal(manager, "queries", 5, 3).mul(1e9), points, 6, distance);
  }

  @ParameterizedTest
  @EnumSource
  void closeClustersFarApart(Distance distance) {
    // rounding in float32 moves scores by more than the points of a cluster are apart
    NDArray centres = array("centres", 120, 4, random -> 1e5 * Math.sqrt(1 + random.nextInt(2)));
    for (double spread : new double[] {1e-7, 1e-4, 1e-1}) {
      check(centres.add(normal(manager, "points", 120, 4).mul(spread)), 5, distance);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyUnits(Distance distance) {
    for (double unit : new double[] {1e-130, 1e-30, 1e30, 1e130}) {
      NDArray points = normal(manager, "points", 100, 3).mul(unit);
      check(points, 6, distance);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aColumnOfManyUnits(Distance distance) {
    NDArray points =
        array("units", 150, 4, random -> random.nextGaussian() * Math.pow(10, random.nextInt(40)));
    check(points, 6, distance);
  }

  @Test
  void literalDistances() {
    NDArray query = manager.create(new double[] {3, 4}, new Shape(1, 2));
    NDArray points = manager.create(new double[] {6, 8, 4, -3, 0, 0.5}, new Shape(3, 2));
    Neighbours euclidean = Neighbours.search(query, points, 3);
    assertThat(euclidean.index().toLongArray()).containsExactly(2, 0, 1);
    assertThat(euclidean.distances().toDoubleArray()).containsExactly(21.25, 25, 50);
    Neighbours cosine = Neighbours.search(query, points, 3, Distance.COSINE);
    assertThat(cosine.index().toLongArray()).containsExactly(0, 2, 1);
    assertClose(cosine.distances().toDoubleArray(), new double[] {0, 0.2, 1}, 1e-15);
    Neighbours manhattan = Neighbours.search(query, points, 3, Distance.MANHATTAN);
    assertThat(manhattan.index().toLongArray()).containsExactly(2, 0, 1);
    assertThat(manhattan.distances().toDoubleArray()).containsExactly(6.5, 7, 8);
  }

  @Test
  void multiplesOfARowAreTheSameDirection() {
    double[] values = new double[40];
    double[] row = {0.1, -0.7, 1.3, 0.9};
    for (int i = 0; i < 10; i++) {
      for (int c = 0; c < 4; c++) {
        values[4 * i + c] = row[c] * (1 << (i % 4)) * (i == 9 ? -1 : 1);
      }
    }
    NDArray points = manager.create(values, new Shape(10, 4));
    Neighbours found = Neighbours.search(points.get("5:6"), points, 10, Distance.COSINE);
    assertThat(row(found, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(found.distances().toDoubleArray()[8]).isZero();
    assertThat(found.distances().toDoubleArray()[9]).isEqualTo(2);
  }

  @Test
  void duplicatesAreOrderedByPositionAfterThePointItself() {
    NDArray points = manager.create(new double[] {5, 1, 5, 1, 5, 0, 5}, new Shape(7, 1));
    Neighbours found = Neighbours.includingSelf(points, 4);
    assertThat(row(found, 0)).containsExactly(0, 2, 4, 6);
    assertThat(row(found, 4)).containsExactly(4, 0, 2, 6);
    assertThat(row(found, 3)).containsExactly(3, 1, 5, 0);
    assertThat(row(Neighbours.search(points.get("4:5"), points, 4), 0)).containsExactly(0, 2, 4, 6);
    Neighbours others = Neighbours.excludingSelf(points, 3, Distance.EUCLIDEAN);
    assertThat(row(others, 0)).containsExactly(2, 4, 6);
    assertThat(row(others, 4)).containsExactly(0, 2, 6);
  }

  @Test
  void aPointAlone() {
    NDArray points = normal(manager, "points", 1, 3);
    check(points, 1, Distance.EUCLIDEAN);
  }

  @Test
  void refusesOtherNumbers() {
    NDArray points = normal(manager, "points", 5, 2);
    for (int k : new int[] {-1, 0, 6}) {
      assertThatThrownBy(() -> Neighbours.includingSelf(points, k))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k: expected 1 to 5 (the number of points), got " + k);
      assertThatThrownBy(() -> Neighbours.search(points, points, k))
          .hasMessage("k: expected 1 to 5 (the number of points), got " + k);
    }
    assertThatThrownBy(() -> Neighbours.excludingSelf(points, 5, Distance.COSINE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("k: expected 1 to 4 (the number of other points), got 5");
  }

  @Test
  void refusesARowWithoutADirection() {
    NDArray zero = manager.create(new double[] {1, 2, 0, 0}, new Shape(2, 2));
    NDArray points = normal(manager, "points", 3, 2);
    assertThatThrownBy(() -> Neighbours.search(zero, points, 1, Distance.COSINE))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "cosine distance: row 2 of the queries holds only zeros and so has no direction;"
                + " leave it out or take another distance");
    assertThatThrownBy(() -> Neighbours.excludingSelf(zero, 1, Distance.COSINE))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("cosine distance: row 2 of the points ");
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    NDArray points = normal(manager, "points", 3, 2);
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e151}) {
      NDArray queries = manager.create(new double[] {1, 2, bad, 0}, new Shape(2, 2));
      for (Distance distance : Distance.values()) {
        assertThatThrownBy(() -> Neighbours.search(queries, points, 1, distance))
            .isInstanceOf(InputException.class)
            .hasMessage("queries: row 2 holds a value that is not finite or beyond 1e150");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void twoArraysAreLeftAndInputsStay(Distance distance) {
    NDArray points = normal(manager, "points", 30, 3);
    double[] before = points.toDoubleArray();
    Held held = Held.by(manager);
    for (NeighbourSearch search : SEARCHES) {
      Neighbours found = Neighbours.includingSelf(points, 4, distance, search);
      held.assertMore(2);
      assertThat(found.index().getManager()).isSameAs(manager);
      found.index().close();
      found.distances().close();
    }
    assertClose(points.toDoubleArray(), before, 0);
  }

  private void check(NDArray points, int k, Distance distance) {
    check(points, points, k, distance);
  }

  /** Compares the answers of all ways with that of all distances, bit by bit. */
  private void check(NDArray queries, NDArray points, int k, Distance distance) {
    int n = (int) points.getShape().get(0);
    double[][] measured = distances(queries, points, distance);
    double[][] among = distances(points, points, distance);
    for (NeighbourSearch search : SEARCHES) {
      compare(Neighbours.search(queries, points, k, distance, search), measured, k, false, search);
      compare(Neighbours.includingSelf(points, k, distance, search), among, k, true, search);
      if (k < n) {
        Neighbours others = Neighbours.excludingSelf(points, k, distance, search);
        Neighbours withSelf = Neighbours.includingSelf(points, k + 1, distance, search);
        assertThat(others.index().toLongArray())
            .isEqualTo(withSelf.index().get(":, 1:").toLongArray());
        assertThat(others.distances().toDoubleArray())
            .isEqualTo(withSelf.distances().get(":, 1:").toDoubleArray());
      }
    }
  }

  private static void compare(
      Neighbours found, double[][] distances, int k, boolean selfFirst, NeighbourSearch search) {
    int b = distances.length;
    assertThat(found.index().getShape()).isEqualTo(new Shape(b, k));
    assertThat(found.distances().getShape()).isEqualTo(new Shape(b, k));
    long[] index = found.index().toLongArray();
    double[] values = found.distances().toDoubleArray();
    for (int i = 0; i < b; i++) {
      double[] row = distances[i];
      int self = selfFirst ? i : -1;
      int[] order =
          IntStream.range(0, row.length)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingInt(j -> j == self ? 0 : 1)
                      .thenComparingDouble(j -> row[j])
                      .thenComparingInt(j -> j))
              .limit(k)
              .mapToInt(j -> j)
              .toArray();
      assertThat(Arrays.stream(index, i * k, (i + 1) * k).mapToInt(j -> (int) j).toArray())
          .as("row %d, %s, %s", i, search, reproduce())
          .isEqualTo(order);
      assertThat(Arrays.copyOfRange(values, i * k, (i + 1) * k))
          .as("row %d, %s, %s", i, search, reproduce())
          .isEqualTo(Arrays.stream(order).mapToDouble(j -> row[j]).toArray());
    }
  }

  /** All distances, added up column after column. */
  private static double[][] distances(NDArray queries, NDArray points, Distance distance) {
    double[][] q = rows(queries, distance);
    double[][] x = rows(points, distance);
    double[][] distances = new double[q.length][x.length];
    for (int i = 0; i < q.length; i++) {
      for (int j = 0; j < x.length; j++) {
        for (int c = 0; c < q[i].length; c++) {
          double difference = q[i][c] - x[j][c];
          distances[i][j] +=
              distance == Distance.MANHATTAN ? Math.abs(difference) : difference * difference;
        }
        distances[i][j] *= distance == Distance.COSINE ? 0.5 : 1;
      }
    }
    return distances;
  }

  private static double[][] rows(NDArray array, Distance distance) {
    NDArray rows = array;
    if (distance == Distance.COSINE) {
      rows = array.div(array.abs().max(new int[] {1}, true));
      rows = rows.div(rows.square().sum(new int[] {1}, true).sqrt());
    }
    double[] values = rows.toDoubleArray();
    int p = (int) array.getShape().get(1);
    return IntStream.range(0, values.length / p)
        .mapToObj(i -> Arrays.copyOfRange(values, i * p, (i + 1) * p))
        .toArray(double[][]::new);
  }

  private interface Draw {
    double from(RandomGenerator random);
  }

  private NDArray array(String consumer, int n, int p, Draw draw) {
    RandomGenerator random = Numeric.random(consumer);
    double[] values = new double[n * p];
    Arrays.setAll(values, i -> draw.from(random));
    return manager.create(values, new Shape(n, p));
  }

  private static long[] row(Neighbours found, int i) {
    return found.index().get(i).toLongArray();
  }
}
