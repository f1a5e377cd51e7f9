package ai.contexture.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.contexture.context.ContextData;
import ai.contexture.context.Contexts;
import ai.contexture.context.FiniteContext;
import ai.contexture.context.MaskedKnnContext;
import ai.contexture.context.Points;
import ai.contexture.random.Seed;
import ai.contexture.testing.Held;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shared laws against those of each context by itself. */
class NearnessLawsTest {

  private static final int ROWS = 150;
  private static final int POINTS = 131;
  private static final int COLUMNS = 5;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Rows of whole numbers, whose squared distances are exact, and often equal. */
  private NDArray rows() {
    RandomGenerator random = Seed.of(7).generator();
    double[] values = new double[ROWS * COLUMNS];
    Arrays.setAll(values, i -> random.nextInt(5));
    return manager.create(values, new Shape(ROWS, COLUMNS));
  }

  private NDArray all() {
    return manager.ones(new Shape(1, COLUMNS), DataType.FLOAT64);
  }

  private FiniteContext fitted(String context, NDArray rows) {
    return (FiniteContext)
        Contexts.parse(context).fit(ContextData.of(rows.get("0:" + POINTS)).withSeed(Seed.of(3)));
  }

  private NDArray masks(NDArray rows) {
    return ((MaskedKnnContext) fitted("masked-knn(k=1, drop=0.4, masks=6)", rows)).masks();
  }

  private void assertLaw(String name, NDArray rows, double[] found) {
    FiniteContext context = fitted(name, rows);
    double[] own = context.law(context.points()).dense(manager).toDoubleArray();
    double[] others =
        context.law(Points.of(rows.get(POINTS + ":").duplicate())).dense(manager).toDoubleArray();
    assertThat(found).hasSize(ROWS * POINTS);
    assertThat(Arrays.copyOf(found, own.length)).containsExactly(own, within(1e-12));
    assertThat(Arrays.copyOfRange(found, own.length, found.length))
        .containsExactly(others, within(1e-12));
  }

  @Test
  void gaussianLawsOfSeveralWidths() {
    NDArray rows = rows();
    double[][] laws = NearnessLaws.rbf(rows, POINTS, all(), new double[] {3, 0.2, 0.01});

    assertLaw("rbf(gamma=3)", rows, laws[0]);
    assertLaw("rbf(gamma=0.2)", rows, laws[1]);
    assertLaw("rbf(gamma=0.01)", rows, laws[2]);
  }

  @Test
  void neighboursAreTheFirstOfThoseOfMore() {
    NDArray rows = rows();
    double[][] laws = NearnessLaws.knn(rows, POINTS, all(), new int[] {1, 4, 130});

    assertLaw("knn(k=1)", rows, laws[0]);
    assertLaw("knn(k=4)", rows, laws[1]);
    assertLaw("knn(k=130)", rows, laws[2]);
  }

  @Test
  void meansOverMasks() {
    NDArray rows = rows();
    double[][] gaussian = NearnessLaws.rbf(rows, POINTS, masks(rows), new double[] {2, 0.1});
    double[][] nearest = NearnessLaws.knn(rows, POINTS, masks(rows), new int[] {2, 40});

    assertThat(masks(rows).sum(new int[] {1}).toDoubleArray()).containsOnly(3).hasSize(6);
    assertLaw("masked-rbf(gamma=2, drop=0.4, masks=6)", rows, gaussian[0]);
    assertLaw("masked-rbf(gamma=0.1, drop=0.4, masks=6)", rows, gaussian[1]);
    assertLaw("masked-knn(k=2, drop=0.4, masks=6)", rows, nearest[0]);
    assertLaw("masked-knn(k=40, drop=0.4, masks=6)", rows, nearest[1]);
  }

  @Test
  void nothingIsLeftBehind() {
    NDArray rows = rows();
    NDArray keep = all();
    Held held = Held.by(manager);

    NearnessLaws.rbf(rows, POINTS, keep, new double[] {1});
    NearnessLaws.knn(rows, POINTS, keep, new int[] {3});

    held.assertNoMore();
  }
}
