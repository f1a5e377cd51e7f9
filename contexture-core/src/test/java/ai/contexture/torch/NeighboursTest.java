package ai.contexture.torch;

import static ai.contexture.torch.Numeric.assertClose;
import static ai.contexture.torch.Numeric.normal;
import static ai.contexture.torch.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NeighboursTest {

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void pointsAreTheirOwnFirstNeighbours() {
    NDArray points = normal(manager, "points", 50, 3);
    for (int k : new int[] {1, 7, 49, 50}) {
      check(Neighbours.among(points, k), points, points, k, true);
    }
  }

  @Test
  void newQueries() {
    NDArray points = normal(manager, "points", 50, 3);
    NDArray queries = normal(manager, "queries", 9, 3);
    for (int k : new int[] {1, 7, 50}) {
      check(Neighbours.search(queries, points, k), queries, points, k, false);
    }
  }

  @Test
  void duplicatesAreOrderedByPositionAfterThePointItself() {
    NDArray points = manager.create(new double[] {5, 1, 5, 1, 5, 0, 5}, new Shape(7, 1));
    Neighbours found = Neighbours.among(points, 4);
    assertThat(row(found, 0)).containsExactly(0, 2, 4, 6);
    assertThat(row(found, 4)).containsExactly(4, 0, 2, 6);
    assertThat(row(found, 3)).containsExactly(3, 1, 5, 0);
    assertThat(row(Neighbours.search(points.get("4:5"), points, 4), 0)).containsExactly(0, 2, 4, 6);
  }

  @Test
  void tiesAtTheEdgeGoToTheLowestPosition() {
    // a grid of small integers: distances are exact, and ties are many
    RandomGenerator random = Numeric.random("grid");
    double[] values = new double[40 * 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(4);
    }
    NDArray points = manager.create(values, new Shape(40, 2));
    for (int k : new int[] {3, 10, 30}) {
      check(Neighbours.among(points, k), points, points, k, true);
    }
  }

  @Test
  void moreTiesThanASlackHolds() {
    // 60 equal points, then one that is nearer to the query
    double[] values = new double[61];
    values[60] = 0.5;
    NDArray points = manager.create(values, new Shape(61, 1));
    NDArray query = manager.create(new double[] {1}, new Shape(1, 1));
    check(Neighbours.search(query, points, 3), query, points, 3, false);
    check(Neighbours.among(points, 3), points, points, 3, true);
  }

  @Test
  void tileBorders() {
    NDArray points = normal(manager, "points", 23, 2);
    NDArray queries = normal(manager, "queries", 11, 2);
    for (int tile : new int[] {1, 2, 5, 11, 22, 23, 100}) {
      check(Neighbours.search(points, points, 5, true, tile), points, points, 5, true);
      check(Neighbours.search(queries, points, 5, false, tile), queries, points, 5, false);
    }
  }

  @Test
  void pointsFarFromTheOrigin() {
    NDArray points = normal(manager, "points", 40, 3).add(1e6);
    check(Neighbours.among(points, 6), points, points, 6, true);
  }

  @Test
  void refusesOtherNumbers() {
    NDArray points = normal(manager, "points", 5, 2);
    for (int k : new int[] {-1, 0, 6}) {
      assertThatThrownBy(() -> Neighbours.among(points, k))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k: expected 1 to 5 (the number of points), got " + k);
    }
  }

  @Test
  void twoArraysAreLeftAndInputsStay() {
    NDArray points = normal(manager, "points", 30, 3);
    double[] before = points.toDoubleArray();
    int arrays = manager.getManagedArrays().size();
    Neighbours found = Neighbours.among(points, 4);
    assertThat(manager.getManagedArrays()).hasSize(arrays + 2);
    assertThat(found.index().getManager()).isSameAs(manager);
    assertClose(points.toDoubleArray(), before, 0);
  }

  private static void check(
      Neighbours found, NDArray queries, NDArray points, int k, boolean selfFirst) {
    long b = queries.getShape().get(0);
    int p = (int) points.getShape().get(1);
    assertThat(found.index().getShape()).isEqualTo(new Shape(b, k));
    assertThat(found.squaredDistances().getShape()).isEqualTo(new Shape(b, k));
    double[] q = queries.toDoubleArray();
    double[] x = points.toDoubleArray();
    for (int i = 0; i < b; i++) {
      double[] distances = new double[(int) points.getShape().get(0)];
      List<Integer> order = new ArrayList<>();
      for (int j = 0; j < distances.length; j++) {
        for (int c = 0; c < p; c++) {
          double difference = q[i * p + c] - x[j * p + c];
          distances[j] += difference * difference;
        }
        order.add(j);
      }
      int self = i;
      order.sort(
          Comparator.<Integer>comparingInt(j -> selfFirst && j == self ? 0 : 1)
              .thenComparingDouble(j -> distances[j])
              .thenComparingInt(j -> j));
      assertThat(row(found, i))
          .as("row %d, %s", i, reproduce())
          .containsExactly(order.subList(0, k).stream().mapToLong(j -> j).toArray());
      assertClose(
          found.squaredDistances().get(i).toDoubleArray(),
          order.subList(0, k).stream().mapToDouble(j -> distances[j]).toArray(),
          1e-8);
    }
  }

  private static long[] row(Neighbours found, int i) {
    return found.index().get(i).toLongArray();
  }
}
