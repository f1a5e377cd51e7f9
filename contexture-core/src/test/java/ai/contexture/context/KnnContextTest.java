package ai.contexture.context;

import static ai.contexture.testing.Numeric.assertClose;
import static ai.contexture.testing.Numeric.normal;
import static ai.contexture.testing.Numeric.reproduce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.contexture.input.InputException;
import ai.contexture.spectrum.Spectra;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KnnContextTest
    implements ContextContract.SampledFinite<KnnContext>, ContextContract.KernelFinite<KnnContext> {

  @Override
  public KnnContext context(NDManager manager) {
    return KnnContext.of(normal(manager, "points", 40, 3), 5);
  }

  @Override
  public NDArray newRows(NDManager manager) {
    return normal(manager, "new rows", 7, 3);
  }

  @Test
  void neighboursOnALine() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {0, 1, 3, 7}, new Shape(4, 1));
      KnnContext context = KnnContext.of(rows, 2);
      assertThat(context.neighbours().toLongArray()).containsExactly(0, 1, 1, 0, 2, 1, 3, 2);
      // P_A: 0 and 2 are chosen twice, 1 three times, 3 once, each with probability 1/8
      assertClose(
          context.operator().contextWeights().toDoubleArray(),
          new double[] {2 / 8., 3 / 8., 2 / 8., 1 / 8.},
          1e-15);
      // k(0, 0) = Σ_a P(a|0)²/P_A(a) = ¼/(2/8) + ¼/(3/8)
      assertClose(
          context.kernel(context.points(), context.points()).get(0).toDoubleArray(),
          new double[] {1 + 2 / 3., 1 + 2 / 3., 2 / 3., 0},
          1e-14);
      assertThat(context).hasToString("knn(k=2)");
    }
  }

  @Test
  void float32RowsGiveTheSameNeighbours() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "points", 40, 3).toType(DataType.FLOAT32, false);
      assertThat(KnnContext.of(rows, 5).neighbours().toLongArray())
          .isEqualTo(
              KnnContext.of(rows.toType(DataType.FLOAT64, false), 5).neighbours().toLongArray());
    }
  }

  @Test
  void refusesOtherNumbersOfNeighbours() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "points", 6, 2);
      assertThatThrownBy(() -> KnnContext.of(rows, 0))
          .isInstanceOf(InputException.class)
          .hasMessage("knn: expected k of at least 1, got k=0");
      for (int k : new int[] {6, 7}) {
        assertThatThrownBy(() -> KnnContext.of(rows, k))
            .isInstanceOf(InputException.class)
            .hasMessage(
                "knn: expected k from 1 to 5 (one less than the 6 pretraining rows), got k=" + k);
      }
    }
  }

  @Test
  void itsArraysBelongToTheRowsManager() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = normal(manager, "points", 40, 3);
      double[] before = rows.toDoubleArray();
      Held held = Held.by(manager);
      try (NDManager own = manager.newSubManager()) {
        NDArray copy = rows.duplicate();
        copy.attach(own);
        KnnContext.of(copy, 5);
      }
      held.assertNoMore();
      assertClose(rows.toDoubleArray(), before, 0);
    }
  }

  @Nested
  class WithoutItself
      implements ContextContract.SampledFinite<KnnContext>,
          ContextContract.KernelFinite<KnnContext> {

    @Override
    public KnnContext context(NDManager manager) {
      return (KnnContext)
          Contexts.parse("knn(k=5, self=false)")
              .fit(ContextData.of(normal(manager, "points", 40, 3)));
    }

    @Override
    public NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3);
    }

    @Override
    public boolean knowsItsRows() {
      return false; // the row of a pretraining point, as a new one, has that point for a neighbour
    }

    @Test
    void itIsNoNeighbourOfItsOwn() {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray rows = manager.create(new double[] {0, 1, 3, 7}, new Shape(4, 1));
        KnnContext context =
            (KnnContext) Contexts.parse("knn(k=2, self=false)").fit(ContextData.of(rows));
        assertThat(context.neighbours().toLongArray()).containsExactly(1, 2, 0, 2, 1, 0, 2, 1);
      }
    }
  }

  @Nested
  class WeightedByDistance
      implements ContextContract.SampledFinite<KnnContext>,
          ContextContract.KernelFinite<KnnContext> {

    @Override
    public KnnContext context(NDManager manager) {
      return fit(normal(manager, "points", 40, 3), "knn(k=5, weights=gaussian)");
    }

    private KnnContext fit(NDArray rows, String text) {
      return (KnnContext) Contexts.parse(text).fit(ContextData.of(rows));
    }

    @Override
    public NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3);
    }

    @Test
    void nearerNeighboursWeighMore() {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray rows = manager.create(new double[] {0, 1, 3, 7}, new Shape(4, 1));
        KnnContext context = fit(rows, "knn(k=3, weights=gaussian)");
        double near = Math.exp(-0.5 / 9);
        double far = Math.exp(-0.5);
        double sum = 1 + near + far;
        assertClose(
            context.law(context.points()).dense(manager).get(0).toDoubleArray(),
            new double[] {1 / sum, near / sum, far / sum, 0},
            1e-15);
      }
    }

    @Test
    void equalRowsAreEquallyProbable() {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray rows = manager.create(new double[] {2, 2, 2, 7}, new Shape(4, 1));
        KnnContext context = fit(rows, "knn(k=2, weights=gaussian)");
        assertClose(
            context.law(context.points()).dense(manager).get(0).toDoubleArray(),
            new double[] {0.5, 0.5, 0, 0},
            1e-15);
      }
    }
  }

  @Nested
  class ByManhattanDistance
      implements ContextContract.SampledFinite<KnnContext>,
          ContextContract.KernelFinite<KnnContext> {

    @Override
    public KnnContext context(NDManager manager) {
      return (KnnContext)
          Contexts.parse("knn(k=5, weights=gaussian, distance=manhattan)")
              .fit(ContextData.of(normal(manager, "points", 40, 3)));
    }

    @Override
    public NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3);
    }
  }

  @Nested
  class SearchedForApproximately
      implements ContextContract.SampledFinite<KnnContext>,
          ContextContract.KernelFinite<KnnContext> {

    @Override
    public KnnContext context(NDManager manager) {
      return fit(normal(manager, "points", 40, 3));
    }

    private KnnContext fit(NDArray rows) {
      return (KnnContext) Contexts.parse("knn(k=5, search=approximate)").fit(ContextData.of(rows));
    }

    @Override
    public NDArray newRows(NDManager manager) {
      return normal(manager, "new rows", 7, 3);
    }

    @Test
    void itsSpectrumIsNearlyThatOfExactNeighbours() {
      try (NDManager manager = NDManager.newBaseManager()) {
        NDArray rows = normal(manager, "points", 600, 2);
        KnnContext exact = KnnContext.of(rows, 5);
        KnnContext approximate = fit(rows);
        assertThat(exact.recall()).isEqualTo(1);
        assertThat(approximate.recall()).as(reproduce()).isBetween(0.98, 1.0);
        assertClose(
            Spectra.of(approximate, 10, manager).eigenvalues(10),
            Spectra.of(exact, 10, manager).eigenvalues(10),
            0.02);
      }
    }
  }

  @Test
  void maskedNeighboursAreExact() {
    assertThatThrownBy(() -> Contexts.parse("masked-knn(k=5, search=approximate)"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("search");
  }

  /** From (1, 0): near in angle is (9, 1), in either other distance (0, 1). */
  @Test
  void distancesDiffer() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray rows = manager.create(new double[] {1, 0, 9, 1, 0, 1, -1, 0.5}, new Shape(4, 2));
      assertThat(second(rows, "knn(k=2)")).isEqualTo(2);
      assertThat(second(rows, "knn(k=2, distance=manhattan)")).isEqualTo(2);
      assertThat(second(rows, "knn(k=2, distance=cosine)")).isEqualTo(1);
    }
  }

  private static long second(NDArray rows, String text) {
    KnnContext context = (KnnContext) Contexts.parse(text).fit(ContextData.of(rows));
    assertThat(context).hasToString(text);
    return context.neighbours().toLongArray()[1];
  }
}
